package xsd

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// packDay is when the packs of these tests are read.
var packDay = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

const newEdition = "CO270101"

// packManifest describes the pack of goodPack.
const packManifest = `{
  "name": "Prova 2027",
  "editions": [
    {"kind": "UNILAV", "edition": "CO270101", "from": "2027-01-01T00:00:00+01:00", "schema": "schemi/unilav.xsd", "source": "Decreto di prova"},
    {"kind": "UNILAV", "edition": "CO190701R1", "from": "2019-11-04T19:00:00+01:00", "to": "2027-02-01T00:00:00+01:00", "source": "Decreto di prova"}
  ],
  "tables": ["tabelle/cessazione.txt"]
}`

// goodPack is a pack with a new edition of UNILAV, the end of the one before
// it a month later, and a table.
func goodPack(t testing.TB) fstest.MapFS {
	t.Helper()
	schema, err := File("unilav/CO190701R1/unilav.xsd")
	if err != nil {
		t.Fatal(err)
	}
	renamed := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("CO190701R1"), []byte(newEdition)) }
	return fstest.MapFS{
		"pack.json":                {Data: []byte(packManifest)},
		"schemi/unilav.xsd":        {Data: renamed(schema)},
		"samples/assunzione.xml":   {Data: renamed(samples(t)["assunzione"])},
		"tabelle/cessazione.txt":   {Data: []byte("ZZ 2027-01-01 -\n")},
		"leggimi.md":               {Data: []byte("per chi legge")},
		".git/config":              {Data: []byte("passed over")},
		"samples/not-a-sample.txt": {Data: []byte("no")},
	}
}

// divided moves the simple types of the pack's schema to a file of their own
// and adds what our own reading does not know.
func divided(pack fstest.MapFS) {
	text := string(pack["schemi/unilav.xsd"].Data)
	at := strings.Index(text, "  <xs:simpleType")
	head, _, _ := strings.Cut(text[strings.Index(text, "<xs:schema"):], ">")
	pack["schemi/tipi/semplici.xsd"] = &fstest.MapFile{Data: []byte(head + ">\n" + text[at:])}
	pack["schemi/xmldsig.xsd"] = &fstest.MapFile{Data: []byte(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:d"/>`)}
	first := strings.Index(text, "  <xs:annotation>")
	pack["schemi/unilav.xsd"] = &fstest.MapFile{Data: []byte(text[:first] + `<xs:import namespace="urn:d" schemaLocation="http://www.w3.org/TR/xmldsig.xsd"/>` +
		`<xs:include schemaLocation="tipi/semplici.xsd"/>` + text[first:at] + "</xs:schema>\n")}
}

func open(t testing.TB, pack fstest.MapFS) (*Pack, *Standards, error) {
	t.Helper()
	p, err := ReadPack(pack, packDay)
	if err != nil {
		return nil, nil, err
	}
	s, err := With(t.Context(), p, func(ID, []byte) error { return nil })
	return p, s, err
}

func TestPack(t *testing.T) {
	t.Parallel()
	for name, split := range map[string]bool{"one file": false, "several files": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pack := goodPack(t)
			if split {
				divided(pack)
			}
			p, s, err := open(t, pack)
			if err != nil {
				t.Fatal(err)
			}
			if p.Name != "Prova 2027" || len(p.Samples) != 1 || len(p.Tables) != 1 {
				t.Errorf("read %q with %d samples and %d tables", p.Name, len(p.Samples), len(p.Tables))
			}
			old, renewed := samples(t)["assunzione"], pack["samples/assunzione.xml"].Data
			for _, c := range []struct {
				content []byte
				at      string
				want    fault.Code
			}{
				{renewed, "2026-12-31T23:59:59.999999+01:00", fault.EditionNotInForce},
				{old, "2026-12-31T23:59:59.999999+01:00", ""},
				{renewed, "2027-01-01T00:00:00+01:00", ""}, // both, for a month
				{old, "2027-01-31T23:59:59.999999+01:00", ""},
				{old, "2027-02-01T00:00:00+01:00", fault.EditionNotInForce},
				{renewed, "2027-02-01T00:00:00+01:00", ""},
			} {
				at, err := time.Parse(time.RFC3339, c.at)
				if err != nil {
					t.Fatal(err)
				}
				id, faults := s.IdentifyAt(c.content, at)
				var got fault.Code
				if len(faults) > 0 {
					got = faults[0].Code
				}
				if got != c.want || id.Kind != "UNILAV" {
					t.Errorf("%v at %s: %q, want %q", id, c.at, got, c.want)
				}
			}
			id, _ := s.Identify(renewed)
			info := s.Catalogue()[slices.IndexFunc(s.Catalogue(), func(i Info) bool { return i.ID == id })]
			if s.DropIn(ID{"UNILAV", "CO190701R1"}) || !s.DropIn(id) || s.DropIn(ID{}) {
				t.Error("the edition of the pack is not told from the program's")
			}
			if info.Explained == split || !info.DropIn || info.Inferred == 0 || info.Source != "Decreto di prova" {
				t.Errorf("%+v", info)
			}
			broken := bytes.Replace(bytes.Replace(renewed, []byte("<sesso>F<"), []byte("<sesso>X<"), 1), []byte("<cap>"), []byte("<cap>A"), 1)
			faults, err := s.Validate(id, broken)
			if err != nil || len(faults) != 2 || split != (faults[0].Code == fault.NotConforming) {
				t.Errorf("told %v, %v", faults, err)
			}
			labelled := fault.List{{Path: "/UniLav/DatoreLavoro/@codiceFiscale"}}
			if s.Label(id, labelled); labelled[0].Field == "" {
				t.Error("a pack has no labels")
			}
			if strings.Contains(faults[0].Text(), "X") || faults[0].Line == 0 {
				t.Errorf("%+v", faults[0])
			}
		})
	}
}

// TestPackRefused: every reason is told at once, and names what it is about.
func TestPackRefused(t *testing.T) {
	t.Parallel()
	manifest := func(old, with string) func(fstest.MapFS) {
		return func(p fstest.MapFS) {
			text := strings.Replace(packManifest, old, with, 1)
			if text == packManifest {
				t.Errorf("the manifest has no %q", old)
			}
			p["pack.json"] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	file := func(name, text string) func(fstest.MapFS) {
		return func(p fstest.MapFS) { p[name] = &fstest.MapFile{Data: []byte(text)} }
	}
	replace := func(name, old, with string) func(fstest.MapFS) {
		return func(p fstest.MapFS) {
			p[name] = &fstest.MapFile{Data: bytes.Replace(p[name].Data, []byte(old), []byte(with), 1)}
		}
	}
	without := func(name string) func(fstest.MapFS) { return func(p fstest.MapFS) { delete(p, name) } }
	for name, c := range map[string]struct {
		harm    []func(fstest.MapFS)
		reasons []string
	}{
		"no manifest":        {[]func(fstest.MapFS){without("pack.json")}, []string{"no pack.json"}},
		"no JSON":            {[]func(fstest.MapFS){file("pack.json", "name: x")}, []string{"pack.json: "}},
		"unknown property":   {[]func(fstest.MapFS){manifest(`"name"`, `"nome"`)}, []string{"nome"}},
		"something follows":  {[]func(fstest.MapFS){file("pack.json", packManifest+"{}")}, []string{"follows"}},
		"nothing":            {[]func(fstest.MapFS){file("pack.json", `{"name":"x"}`)}, []string{"neither"}},
		"no name":            {[]func(fstest.MapFS){manifest("Prova 2027", " ")}, []string{"name"}},
		"unknown kind":       {[]func(fstest.MapFS){manifest("UNILAV", "UNIALTRO")}, []string{"UNIALTRO CO270101: no such kind"}},
		"edition of no form": {[]func(fstest.MapFS){manifest("CO270101", "CO 27")}, []string{"CO 27: the edition"}},
		"twice":              {[]func(fstest.MapFS){manifest("CO190701R1", "CO270101")}, []string{"stated twice", "no schema"}},
		"no instant":         {[]func(fstest.MapFS){manifest("2027-01-01T00:00:00+01:00", "2027-01-01")}, []string{"from is no instant"}},
		"end before begin":   {[]func(fstest.MapFS){manifest("2027-02-01", "2017-02-01")}, []string{"ends before it begins"}},
		"no source":          {[]func(fstest.MapFS){manifest("Decreto di prova", "")}, []string{"no source"}},
		"schema not there":   {[]func(fstest.MapFS){without("schemi/unilav.xsd")}, []string{"no file schemi/unilav.xsd"}},
		"no schema":          {[]func(fstest.MapFS){manifest(`"schema": "schemi/unilav.xsd", `, "")}, []string{"has not ended"}},
		"table not there":    {[]func(fstest.MapFS){without("tabelle/cessazione.txt")}, []string{"tabelle/cessazione.txt: no such file"}},
		"no such table":      {[]func(fstest.MapFS){manifest("tabelle/cessazione.txt", "leggimi.md")}, []string{"no such table"}},
		"table of no form":   {[]func(fstest.MapFS){file("tabelle/cessazione.txt", "AA\n")}, []string{"want code, first day"}},
		"table of no days":   {[]func(fstest.MapFS){file("tabelle/cessazione.txt", "AA 1.1.2027 -\n")}, []string{"YYYY-MM-DD"}},
		"tables that do not load": {[]func(fstest.MapFS){manifest("tabelle/cessazione.txt", "tabelle/contract.txt"), file("tabelle/contract.txt", "A.01.00 - -\n")},
			[]string{"tables: read code table contract"}},
		"empty table":     {[]func(fstest.MapFS){file("tabelle/cessazione.txt", "# no\n")}, []string{"no codes"}},
		"table backwards": {[]func(fstest.MapFS){file("tabelle/cessazione.txt", "AA 2027-01-01 2026-01-01\n")}, []string{"ends before"}},

		"no XML":            {[]func(fstest.MapFS){file("schemi/unilav.xsd", "<a")}, []string{"CO270101: "}},
		"type not there":    {[]func(fstest.MapFS){replace("schemi/unilav.xsd", `type="Versione"`, `type="Nessuna"`)}, []string{"assunzione.xml: not valid: line 1: "}},
		"part not there":    {[]func(fstest.MapFS){divided, without("schemi/tipi/semplici.xsd")}, []string{"tipi/semplici.xsd, which the pack lacks"}},
		"another root":      {[]func(fstest.MapFS){replace("schemi/unilav.xsd", `<xs:element name="UniLav">`, `<xs:element name="Unilav">`)}, []string{"declares no element UniLav of namespace http://servizi.lavoro.gov.it/unilav,"}},
		"another namespace": {[]func(fstest.MapFS){replace("schemi/unilav.xsd", `targetNamespace="http://servizi.lavoro.gov.it/unilav"`, `targetNamespace="urn:x" xmlns:x="urn:x"`)}, []string{"CO270101: "}},
		"no sample":         {[]func(fstest.MapFS){without("samples/assunzione.xml")}, []string{"no sample of it"}},
		"sample of another": {[]func(fstest.MapFS){replace("samples/assunzione.xml", "CO270101", "CO190701R1")}, []string{"of no edition", "no sample of it"}},
		"sample not valid":  {[]func(fstest.MapFS){replace("samples/assunzione.xml", "<cap>", "<cap>X")}, []string{"assunzione.xml: not valid: line 5: "}},
		"several": {[]func(fstest.MapFS){without("schemi/unilav.xsd"), file("tabelle/cessazione.txt", "AA\n")},
			[]string{"no file schemi/unilav.xsd", "want code, first day"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pack := goodPack(t)
			for _, h := range c.harm {
				h(pack)
			}
			_, _, err := open(t, pack)
			var refusal *Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("error %v", err)
			}
			if len(refusal.Reasons) != len(c.reasons) {
				t.Errorf("reasons %q, want %q", refusal.Reasons, c.reasons)
			}
			for i, want := range c.reasons[:min(len(c.reasons), len(refusal.Reasons))] {
				if !strings.Contains(refusal.Reasons[i], want) || !strings.Contains(err.Error(), want) {
					t.Errorf("reason %q, want %q", refusal.Reasons[i], want)
				}
			}
		})
	}
}

// TestPackInterrupted: a pack that leaves a time between two editions of a kind
// is taken, for a ministry may mean it, and told.
func TestPackInterrupted(t *testing.T) {
	t.Parallel()
	for ends, resumes := range map[string]bool{
		`"2027-02-01T00:00:00+01:00"`: false,
		`"2027-01-01T00:00:00+01:00"`: false, // at the instant when the other begins
		`"2026-12-31T23:00:00Z"`:      false, // the same
		`"2026-12-31T23:59:59+01:00"`: true,
		`""`:                          false,
	} {
		pack := goodPack(t)
		swap(pack, "pack.json", `"2027-02-01T00:00:00+01:00"`, ends)
		_, s, err := open(t, pack)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range s.Catalogue() {
			told := i.Resumes.Equal(time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC))
			if is := resumes && i.ID == unilavID; told != is || !told && !i.Resumes.IsZero() {
				t.Errorf("ends %s: %v resumes %v", ends, i.ID, i.Resumes)
			}
		}
	}
}

// TestPackOfOtherEditors: files may begin with the mark that editors of Windows
// write, and be named from the folder.
func TestPackOfOtherEditors(t *testing.T) {
	t.Parallel()
	for _, split := range []bool{false, true} {
		pack := goodPack(t)
		if split {
			divided(pack)
		}
		swap(pack, "tabelle/cessazione.txt", "ZZ", "# partial\r\nZZ")
		swap(pack, "pack.json", `"schemi/`, `"./schemi/`)
		swap(pack, "pack.json", `"tabelle/`, `"./tabelle/`)
		for name, f := range pack {
			pack[name] = &fstest.MapFile{Data: append([]byte("\ufeff"), f.Data...)}
		}
		p, _, err := open(t, pack)
		if err != nil {
			t.Fatal(err)
		}
		tables, err := p.Tables.Load()
		if err != nil || !tables.Cessazione.Partial || tables.Cessazione.Len() != 1 {
			t.Errorf("%+v, %v", tables.Cessazione, err)
		}
	}
}

// TestPackDecoder: what the decoder cannot read is refused although it is valid.
func TestPackDecoder(t *testing.T) {
	t.Parallel()
	p, err := ReadPack(goodPack(t), packDay)
	if err != nil {
		t.Fatal(err)
	}
	_, err = With(t.Context(), p, func(id ID, _ []byte) error { return errors.New("cannot read " + id.Edition) })
	var refusal *Refusal
	if !errors.As(err, &refusal) || len(refusal.Reasons) != 1 || !strings.Contains(err.Error(), "cannot read CO270101") {
		t.Errorf("error %v", err)
	}
}

// TestPackUnread: a pack too large, or that cannot be read, is an error and no
// refusal of its content.
func TestPackUnread(t *testing.T) {
	t.Parallel()
	pack := goodPack(t)
	pack["big.bin"] = &fstest.MapFile{Data: make([]byte, maxPackBytes)}
	var refusal *Refusal
	if _, err := ReadPack(pack, packDay); err == nil || errors.As(err, &refusal) {
		t.Errorf("too large: %v", err)
	}
	if _, err := ReadPack(os.DirFS(t.TempDir()+"/none"), packDay); err == nil || errors.As(err, &refusal) {
		t.Errorf("not there: %v", err)
	}
}

// TestPackDigest: the digest of the pack, and the one that decisions are known
// by, change with everything that a decision may read.
func TestPackDigest(t *testing.T) {
	t.Parallel()
	plain := build(t)
	own, _ := plain.Digest()
	seen := map[[32]byte]string{own: "the program's own"}
	packs := map[[32]byte]string{}
	for name, harm := range map[string]func(fstest.MapFS){
		"as it is": func(fstest.MapFS) {},
		"from":     func(p fstest.MapFS) { swap(p, "pack.json", "2027-01-01T00", "2027-01-01T01") },
		"to":       func(p fstest.MapFS) { swap(p, "pack.json", "2027-02-01T00", "2027-02-01T01") },
		"schema":   func(p fstest.MapFS) { swap(p, "schemi/unilav.xsd", "One communication.", "A communication.") },
		"part":     func(p fstest.MapFS) { divided(p) },
		"in part":  func(p fstest.MapFS) { divided(p); swap(p, "schemi/tipi/semplici.xsd", "sedici zeri", "16 zeri") },
	} {
		p, s, err := open(t, func() fstest.MapFS { f := goodPack(t); harm(f); return f }())
		if err != nil {
			t.Fatal(name, err)
		}
		d, err := s.Digest()
		if other, ok := seen[d]; ok || err != nil {
			t.Errorf("%s: judged as %s (%v)", name, other, err)
		}
		if other, ok := packs[p.Digest]; ok {
			t.Errorf("%s: the pack is that of %s", name, other)
		}
		seen[d], packs[p.Digest] = name, name
	}
}

func swap(p fstest.MapFS, name, old, with string) {
	p[name] = &fstest.MapFile{Data: bytes.Replace(p[name].Data, []byte(old), []byte(with), 1)}
}

// TestPackTable: a pack's table stands in the place of the program's.
func TestPackTable(t *testing.T) {
	t.Parallel()
	p, _, err := open(t, goodPack(t))
	if err != nil {
		t.Fatal(err)
	}
	ours, err := codes.Files(nil).Load()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := p.Tables.Load()
	if err != nil {
		t.Fatal(err)
	}
	if !theirs.Cessazione.Has("ZZ", "2027-01-01") || theirs.Cessazione.Has("ZZ", "2026-12-31") || theirs.Cessazione.Known("AC") ||
		theirs.Province.Len() != ours.Province.Len() {
		t.Errorf("causes %d, provinces %d", theirs.Cessazione.Len(), theirs.Province.Len())
	}
	a, _ := codes.Files(nil).Digest()
	b, _ := p.Tables.Digest()
	if a == b {
		t.Error("the tables of the pack have the digest of the program's")
	}
}
