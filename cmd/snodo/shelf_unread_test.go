package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd/fault"
)

// foreignSchema is what the official schema of foreignPack has otherwise than the
// program's: a block and an attribute that it does not know, and a field in
// another place, which the program does not find and rules ask for.
func foreignSchema() []string {
	const second, public = `<xs:element name="LavoratoreCoobbligato"`, `<xs:element name="PubblicaAmministrazione" type="SiNo"`
	return []string{
		public, `<xs:element minOccurs="0" maxOccurs="0" name="PubblicaAmministrazione" type="SiNo"`,
		second, `<xs:element name="PubblicaAmministrazione" type="SiNo"/><xs:element name="Piattaforma" minOccurs="0" maxOccurs="unbounded"><xs:complexType>` +
			`<xs:sequence><xs:element name="codiceFiscale" type="xs:string"/></xs:sequence><xs:attribute name="tipo" type="xs:string"/></xs:complexType></xs:element>` + second,
		`<xs:attribute name="tipoLavorazione"`, `<xs:attribute name="lavoroAgile" type="SiNo"/><xs:attribute name="tipoLavorazione"`,
	}
}

// foreign writes a document of foreignPack: the program's, with what it does not
// know put in.
func foreign(t *testing.T, n int) []byte {
	t.Helper()
	text, err := transform.Encode(inEdition(samplesOf(t, "marche", 0).Hiring(n), newEdition))
	if err != nil {
		t.Fatal(err)
	}
	return swapped(t, text, "<PubblicaAmministrazione>NO</PubblicaAmministrazione>", "",
		"</Lavoratore>", `</Lavoratore><PubblicaAmministrazione>NO</PubblicaAmministrazione><Piattaforma tipo="1"><codiceFiscale>X</codiceFiscale></Piattaforma><Piattaforma><codiceFiscale></codiceFiscale></Piattaforma>`,
		` lavoroInAgricoltura="`, ` lavoroAgile="SI" lavoroInAgricoltura="`)
}

// swapped changes the first of each text.
func swapped(t *testing.T, text []byte, pairs ...string) []byte {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(text, []byte(pairs[i])) {
			t.Fatalf("nothing says %q", pairs[i])
		}
		text = bytes.Replace(text, []byte(pairs[i]), []byte(pairs[i+1]), 1)
	}
	return text
}

// foreignPack makes the pack of a folder.
func foreignPack(t *testing.T, dir string) {
	t.Helper()
	writePack(t, dir, "ministero", renewed(time.Now().Add(-time.Hour)))
	file := filepath.Join(dir, "unilav.xsd")
	schema, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	putFile(t, file, swapped(t, schema, foreignSchema()...))
	putFile(t, filepath.Join(dir, "samples", "hiring.xml"), foreign(t, 0))
}

// TestPackBeyondTheProgram: a lawful document with fields that the program does
// not know is accepted, stored, relayed and registered as it is, byte for byte,
// with receipts that hold; rules judge the rest of it.
func TestPackBeyondTheProgram(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	foreignPack(t, dir)
	h := startNode(t, withPack(data, dir), nil)
	signer := signerFor(t, data, 0)
	signed := func(content []byte) []byte {
		t.Helper()
		document, err := signer.Sealer.Seal(content)
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	content := foreign(t, 1)
	document := signed(content)
	a, err := endpointOf(webClient(t, 1), h.URL(), "marche").Submit(t.Context(), "UNILAV", document)
	if err != nil {
		t.Fatal(err)
	}
	first := h.sealHolds(t, a.Receipt)
	if first.Kind != receipt.Acceptance || len(first.Faults) > 0 {
		t.Fatalf("%s with %+v", first.Kind, first.Faults)
	}
	last := h.registered(t, "marche", a.Receipt)
	digest := sha256.Sum256(content)
	if last.Digest != hex.EncodeToString(digest[:]) {
		t.Errorf("registered is %s", last.Digest)
	}
	entry, stored := h.stored(t, first.Codice)
	if !bytes.Equal(stored, document) || entry.Edition != newEdition || entry.Employer == "" || entry.Worker == "" || entry.Start == "" {
		t.Errorf("stored %+v\n%s", entry, stored)
	}
	if m := h.messageOf(t, first.Entry); !bytes.Equal(m.Value, document) {
		t.Errorf("relayed %s", m.Value)
	}
	h.wants(t, document, "") // its receipt again

	h.wants(t, signed(swapped(t, foreign(t, 2), `codiceComunicazione="0`, `codiceComunicazione="1`)), fault.CodeNotZero)
	h.wants(t, signed(swapped(t, foreign(t, 3), ` tipo="1"`, ` genere="1"`)), fault.NotConforming)
	h.wants(t, signedIn(t, signer, 4, "CO190701R1"), "")
}

// TestPackBeyondIsTold: what the program reads otherwise is told when the pack
// is put in force, by `xsd list` and, of a document, by `xsd validate`: names
// alone.
func TestPackBeyondIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	foreignPack(t, dir)
	var logs bytes.Buffer
	if _, err := node.OpenShelf(t.Context(), dir, time.Now, slog.New(slog.NewJSONHandler(&logs, nil))); err != nil {
		t.Fatal(err)
	}
	var line struct {
		Level, Msg, Kind, Edition string
		Fields, Gone              []string
	}
	if err := json.Unmarshal(logs.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, &logs)
	}
	const contract = "/UniLav/InizioRapporto/@lavoroAgile"
	if line.Level != "WARN" || line.Edition != newEdition || !slices.Contains(line.Fields, "/UniLav/Piattaforma") || !slices.Contains(line.Fields, contract) ||
		!slices.Contains(line.Fields, "/UniLav/PubblicaAmministrazione") || !slices.Equal(line.Gone, []string{"/UniLav/DatoreLavoro/PubblicaAmministrazione"}) {
		t.Errorf("logged %s", &logs)
	}
	mustSay(t, mustRun(t, "xsd", "list", "--standards", dir), "campo che il programma non legge: /UniLav/Piattaforma\n",
		"campo che il programma non legge: "+contract+"\n", "campo che il programma conosce e il tracciato non ha più: /UniLav/DatoreLavoro/PubblicaAmministrazione\n")
	file := filepath.Join(t.TempDir(), "a.xml")
	putFile(t, file, foreign(t, 1))
	out := mustRun(t, "xsd", "validate", "--standards", dir, file)
	mustSay(t, out, "valido; errori 0", "campo che il programma non legge: /UniLav/InizioRapporto/@lavoroAgile\n",
		"campo che il programma non legge: /UniLav/Piattaforma\n", "campo che il programma non legge: /UniLav/PubblicaAmministrazione\n")
	if strings.Count(out, "non legge") != 3 {
		t.Errorf("told %s", out)
	}
	var v judged
	if err := json.Unmarshal([]byte(mustRun(t, "xsd", "validate", "--json", "--standards", dir, file)), &v); err != nil || len(v.Unread) != 3 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestPackGaps: every way in which the program reads otherwise is told at its
// place, and why nothing can be told.
func TestPackGaps(t *testing.T) {
	t.Parallel()
	for words, change := range map[string][2]string{
		"campo che il programma non legge: /UniLav/Lavoratore/ModelloQ\n": {
			`name="ModelloQ" type="ModelloQ"`, `name="ModelloQ" type="SiNo"`},
		"": { // another element before the root
			`<xs:element name="UniLav">`, `<xs:element name="Altro" type="SiNo"/><xs:element name="UniLav">`},
	} {
		dir := t.TempDir()
		writePack(t, dir, "x", renewed(time.Now()))
		file := filepath.Join(dir, "unilav.xsd")
		schema, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		putFile(t, file, swapped(t, schema, change[0], change[1]))
		out := mustRun(t, "xsd", "list", "--standards", dir)
		mustSay(t, out, words)
		if told := strings.Count(out, " il programma "); words == "" && told > 0 || words != "" && told != 1 {
			t.Errorf("told %d times: %s", told, out)
		}
	}
	n, err := node.ReadNorms(t.Context(), "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	id := n.Standards.Kinds()[0].ID
	n.Gaps[id] = node.Gaps{Unknown: errors.New("redefine is not read")}
	var out, logs bytes.Buffer
	if err := printListing(&out, n, n.Since); err != nil {
		t.Fatal(err)
	}
	mustSay(t, out.String(), "campi che il programma non legge: non si possono elencare: redefine is not read\n")
	if rows := listed(n, n.Since).Editions; !slices.ContainsFunc(rows, func(e listedEdition) bool { return e.Unknown != "" && e.Kind == id.Kind }) {
		t.Errorf("%+v", rows)
	}
	(&node.Shelf{Log: slog.New(slog.NewJSONHandler(&logs, nil))}).Take(n)
	mustSay(t, logs.String(), `"WARN","msg":"standards pack cannot be compared with what is read","kind":"`+id.Kind+`"`)
}

// TestPackWithoutEmployer: a pack in whose samples the program does not find who
// communicates is refused.
func TestPackWithoutEmployer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writePack(t, dir, "senza", renewed(time.Now()))
	for _, name := range []string{"unilav.xsd", "samples/hiring.xml"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte(`name="codiceFiscale"`), []byte(`name="cf"`))
		putFile(t, filepath.Join(dir, name), bytes.Replace(text, []byte(`<DatoreLavoro codiceFiscale=`), []byte(`<DatoreLavoro cf=`), 1))
	}
	code, _, errs := attempt(t, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--standards", dir)
	if code != verb.ExitFailed || !strings.Contains(errs, "samples/hiring.xml: the program does not find the employer") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

// TestPackBeyondAtOnce: beside a field that the program does not know, a wrong
// value and a broken rule are told together; where elements are out of place,
// those come first, for what was passed over may be what is wrong.
func TestPackBeyondAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writePack(t, dir, "x", renewed(time.Now().Add(-time.Hour)))
	file := filepath.Join(dir, "unilav.xsd")
	schema, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const second = `<xs:element name="LavoratoreCoobbligato"`
	putFile(t, file, swapped(t, schema, second, `<xs:element name="Nuovo" type="Versione" minOccurs="0"/>`+second))
	n, err := node.ReadNorms(t.Context(), dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	plain, err := transform.Encode(inEdition(samplesOf(t, "marche", 0).Hiring(1), newEdition))
	if err != nil {
		t.Fatal(err)
	}
	lawful := swapped(t, plain, "</Lavoratore>", "</Lavoratore><Nuovo>"+newEdition+"</Nuovo>")
	const rule, value = `codiceComunicazione="1`, "<cap>A"
	for name, c := range map[string]struct {
		content []byte
		want    []fault.Code
	}{
		"lawful":       {lawful, nil},
		"rule":         {swapped(t, lawful, `codiceComunicazione="0`, rule), []fault.Code{fault.CodeNotZero}},
		"both":         {swapped(t, lawful, `codiceComunicazione="0`, rule, "<cap>", value), []fault.Code{fault.WrongPattern, fault.CodeNotZero}},
		"out of place": {swapped(t, lawful, `codiceComunicazione="0`, rule, "<Settore>", "<Altro/><Settore>"), []fault.Code{fault.UnexpectedElement}},
	} {
		_, faults, err := judge(n, c.content, time.Now())
		var got []fault.Code
		for _, f := range faults {
			got = append(got, f.Code)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
}
