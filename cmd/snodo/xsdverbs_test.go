package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd"
)

// mustSay checks that a text has every line given.
func mustSay(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line) {
			t.Errorf("nothing says %q:\n%s", line, text)
		}
	}
}

func TestXSDList(t *testing.T) {
	t.Parallel()
	mustSay(t, mustRun(t, "xsd", "list", "--at", "2026-11-26T12:00:00+01:00"),
		"UNILAV CO130110: scaduta\n  validità: fino al 10/01/2013, ore 00:00\n  fonte: Regole nazionali, ENV-10",
		"UNILAV CO190701R1: in vigore\n  validità: dal 04/11/2019, ore 19:00\n",
		"schema: unilav/CO190701R1/unilav.xsd, del programma, non quello del ministero",
		"campi ricostruiti: 37\n    /UniLav/@descrizioneForzaMaggiore\n", "    /UniLav/Proroga/@prosecuzioneDiFatto\n", "spiegazioni: sì")
	mustSay(t, mustRun(t, "xsd", "list", "--at", "2019-11-04T18:59:59+01:00"), "UNILAV CO190701R1: non ancora in vigore")

	dir := t.TempDir()
	begins := time.Now().Add(time.Hour).Truncate(time.Second)
	writePack(t, dir, "prova", renewed(begins), ending(begins))
	mustSay(t, mustRun(t, "xsd", "list", "--standards", dir), "Pacchetto: prova, impronta ", "UNILAV CO270101: non ancora in vigore",
		"schema: unilav.xsd, del pacchetto")
	writePack(t, filepath.Join(dir, "gap"), "salto", renewed(begins.Add(48*time.Hour)), ending(begins))
	mustSay(t, mustRun(t, "xsd", "list", "--standards", filepath.Join(dir, "gap")), "attenzione: poi nessuna edizione in vigore fino al ")
	var l listing
	if err := json.Unmarshal([]byte(mustRun(t, "xsd", "list", "--standards", dir, "--at", begins.Format(time.RFC3339), "--json")), &l); err != nil {
		t.Fatal(err)
	}
	inForce := map[string]bool{}
	for _, e := range l.Editions {
		inForce[e.Kind+" "+e.Edition] = e.InForce
		if (e.Schema == "") != (e.Digest == "") || e.Edition != "" && e.Schema != "" && e.Explained != (e.Fields > 0) {
			t.Errorf("%+v", e)
		}
	}
	if l.Pack != "prova" || len(l.Digest) != 64 || !inForce["UNILAV CO270101"] || inForce["UNILAV CO190701R1"] || inForce["UNILAV CO160201R1"] {
		t.Errorf("pack %s %s, in force %v", l.Pack, l.Digest, inForce)
	}

	// An element that the decoder does not know: valid, told, and not read.
	schema, err := os.ReadFile(filepath.Join(dir, "unilav.xsd"))
	if err != nil {
		t.Fatal(err)
	}
	const after = `<xs:element name="LavoratoreCoobbligato"`
	putFile(t, filepath.Join(dir, "unilav.xsd"),
		[]byte(strings.Replace(string(schema), after, `<xs:element name="Nuovo" type="Versione" minOccurs="0"/>`+after, 1)))
	mustSay(t, mustRun(t, "xsd", "list", "--standards", dir), "campo che il programma non legge: /UniLav/Nuovo\n")

	putFile(t, filepath.Join(dir, "samples", "hiring.xml"), []byte("<a/>"))
	code, out, errs := attempt(t, "xsd", "list", "--standards", dir)
	if code != verb.ExitFinding || out != "" {
		t.Errorf("a broken pack: exit code %d, %s", code, out)
	}
	mustSay(t, errs, "pacchetto rifiutato", "samples/hiring.xml: of no edition", "no sample of it")
	if code, _, errs := attempt(t, "xsd", "list", "--at", "oggi"); code != verb.ExitUsage || !strings.Contains(errs, "--at") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

func TestXSDValidate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hiring := samplesOf(t, "marche", 0).Hiring(0)
	plain, err := transform.Encode(hiring)
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	mustRun(t, "certificate", "init", "--keys", data)
	signed, err := signerFor(t, data, 0).Sign(hiring)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, text []byte) string {
		putFile(t, filepath.Join(dir, name), text)
		return filepath.Join(dir, name)
	}
	swapped := func(old, with string) []byte {
		text := strings.Replace(string(signed), old, with, 1)
		if text == string(signed) {
			t.Fatalf("no %q in the document", old)
		}
		return []byte(text)
	}
	for name, c := range map[string]struct {
		text  []byte
		code  int
		lines []string
	}{
		"plain.xml":   {plain, verb.ExitDone, []string{"plain.xml: UNILAV CO190701R1, valido; errori 0"}},
		"signed.xml":  {signed, verb.ExitDone, []string{"valido; errori 0", "firma presente, non verificata"}},
		"broken.xml":  {swapped("<cap>", "<cap>A"), verb.ExitFinding, []string{"non valido; errori 1", "XSD-20, riga 1, /UniLav/DatoreLavoro/SedeLegale/cap", "Rimedio: "}},
		"rule.xml":    {swapped(`codiceComunicazione="0`, `codiceComunicazione="1`), verb.ExitFinding, []string{"ENV-04", "/UniLav/@codiceComunicazione"}},
		"expired.xml": {swapped("CO190701R1", "CO160201R1"), verb.ExitFinding, []string{"UNILAV CO160201R1, non valido", "ENV-10", "scaduta il 04/11/2019"}},
		"none.xml":    {[]byte("<a/>"), verb.ExitFinding, []string{"standard non riconosciuto", "XSD-02"}},
		"no-xml.xml":  {[]byte("no"), verb.ExitFinding, []string{"XSD-01"}},
	} {
		code, out, errs := attempt(t, "xsd", "validate", file(name, c.text))
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", name, code, c.code, errs)
		}
		mustSay(t, out, c.lines...)
		var v judged
		_, out, _ = attempt(t, "xsd", "validate", "--json", filepath.Join(dir, name))
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.Valid != (c.code == verb.ExitDone) || v.Valid != (len(v.Faults) == 0) || v.File == "" {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
		for _, f := range v.Faults {
			if f.Text == "" || f.Remedy == "" || f.Source == "" {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
	early, _, _ := attempt(t, "xsd", "validate", "--at", "2019-11-04T18:59:59+01:00", filepath.Join(dir, "plain.xml"))
	pack := t.TempDir()
	writePack(t, pack, "prova", renewed(time.Now()))
	with, out, errs := attempt(t, "xsd", "validate", "--standards", pack, file("new.xml", swapped("CO190701R1", newEdition)))
	if early != verb.ExitFinding || with != verb.ExitDone {
		t.Errorf("before its edition: %d; with a pack: %d, %s%s", early, with, out, errs)
	}
}

// TestWithoutSignature: a signature is cut wherever it stands among the root's
// children, and every line stays where it was.
func TestWithoutSignature(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`<a><b/><s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"><s:x/></s:Signature></a>`: `<a><b/></a>`,
		"<a>\n<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">\n<x/>\n</Signature>\n</a>":   "<a>\n\n\n\n</a>",
		`<a><b><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></b></a>`:                     "",
		`<a><Signature/></a>`: "",
		`<a><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><x></a>`: "",
	} {
		content, signed := node.WithoutSignature([]byte(text))
		got := strings.ReplaceAll(string(content), " ", "")
		if want == "" {
			want = strings.ReplaceAll(text, " ", "")
		} else if !signed {
			t.Errorf("%s: no signature found", text)
		}
		if got != want || len(content) != len(text) {
			t.Errorf("%s: %s", text, content)
		}
	}
}

func TestXSDDiff(t *testing.T) {
	t.Parallel()
	dir, begins := t.TempDir(), time.Date(2027, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
	writePack(t, filepath.Join(dir, "a"), "primo", renewed(begins))
	writePack(t, filepath.Join(dir, "b"), "secondo", renewed(begins.AddDate(0, 1, 0)), ending(begins))
	putFile(t, filepath.Join(dir, "b", "tables", "cessazione.txt"), []byte("DI - 2027-12-31\nYY - -\n"))
	own, err := xsd.File("unilav/CO190701R1/unilav.xsd")
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(own), `<xs:element name="PubblicaAmministrazione"`, `<xs:element minOccurs="0" name="PubblicaAmministrazione"`, 1)
	putFile(t, filepath.Join(dir, "b", "unilav.xsd"), []byte(strings.ReplaceAll(edited, "CO190701R1", newEdition)))
	diff := func(args ...string) string {
		t.Helper()
		return mustRun(t, append([]string{"xsd", "diff"}, args...)...)
	}

	mustSay(t, diff("UNILAV/CO190701R1", "UNILAV/CO190701R1"), "Da UNILAV CO190701R1 a UNILAV CO190701R1: nessuna differenza\n")
	const change = "~ /UniLav/DatoreLavoro/PubblicaAmministrazione"
	mustSay(t, diff("--standards", filepath.Join(dir, "b"), "UNILAV/CO190701R1", "UNILAV/CO270101"),
		": 2 differenze", "\nCambiati\n", change, "obbligo: obbligatorio → facoltativo", "valori aggiunti: CO270101", "valori tolti: CO190701R1")
	mustSay(t, diff("UNILAV/CO190701R1", filepath.Join(dir, "b", "unilav.xsd")), "a unilav.xsd: 2 differenze", change)
	mustSay(t, diff(filepath.Join(dir, "a"), filepath.Join(dir, "b")), "Da primo a secondo\n",
		"UNILAV CO190701R1\n  validità: dal 04/11/2019, ore 19:00 → dal 04/11/2019, ore 19:00 al 01/01/2027, ore 00:00",
		"UNILAV CO270101\n  validità: dal 01/01/2027, ore 00:00 → dal 01/02/2027, ore 00:00\n  schema: unilav.xsd → unilav.xsd\n",
		change, "Tabella cessazione", "  + YY (senza limiti)", "  - ZZ (dal 2020-01-01)", "  ~ DI\n      validità: senza limiti → fino al 2027-12-31")
	mustSay(t, diff("snodo", filepath.Join(dir, "a")), "Da tracciati del programma a primo", "edizione aggiunta: dal 01/01/2027, ore 00:00")
	mustSay(t, diff(filepath.Join(dir, "a"), "snodo"), "edizione tolta: dal 01/01/2027, ore 00:00")

	var d difference
	if err := json.Unmarshal([]byte(diff("--json", filepath.Join(dir, "a"), filepath.Join(dir, "b"))), &d); err != nil ||
		d.Before != "primo" || len(d.Editions) != 2 || len(d.Editions[1].Changes) != 1 || len(d.Tables) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "no.xsd"), []byte("<a"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, code := range map[string]int{
		"UNILAV/CO160201R1 UNILAV/CO190701R1": verb.ExitUsage, // no schema of it
		"UNILAV/CO1 UNILAV/CO190701R1":        verb.ExitUsage,
		"DIR/none.xsd UNILAV/CO190701R1":      verb.ExitUsage,
		"DIR/a UNILAV/CO190701R1":             verb.ExitUsage, // a pack and a schema
		"DIR/no.xsd UNILAV/CO190701R1":        verb.ExitFailed,
		"UNILAV/CO190701R1":                   verb.ExitUsage,
		"DIR DIR/a":                           verb.ExitFinding, // no pack
	} {
		words := strings.Fields("xsd diff " + strings.ReplaceAll(args, "DIR", dir))
		if got, _, errs := attempt(t, words...); got != code || errs == "" {
			t.Errorf("%s: exit code %d, want %d: %s", args, got, code, errs)
		}
	}
}
