package xsd_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	engine "github.com/jacoelho/xsd"
	"golang.org/x/tools/txtar"

	"github.com/snodo-co/snodo/xsd"
)

var (
	hash = strings.Repeat("0a", 32)
	seal = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>`
)

func compile(t *testing.T) *engine.Engine { return compileFile(t, "snodo-hub.xsd") }

func compileFile(t *testing.T, name string) *engine.Engine {
	t.Helper()
	schema, err := xsd.File("hub/v1/" + name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Compile(t.Context(), engine.Bytes(name, schema))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// receipt writes a Ricevuta: head and tail surround what all receipts have.
func receipt(kind, head, tail string) string {
	return `<Ricevuta xmlns="urn:snodo:hub:v1" versione="1"><Tipo>` + kind + `</Tipo><Posizione>12</Posizione><Voce>` + hash +
		`</Voce><Regione>marche</Regione><Origine>signed</Origine>` + head + `<Impronta>` + hash + `</Impronta>` + tail + seal + `</Ricevuta>`
}

const times = `<Ricevuto>2026-11-20T10:00:00.000001Z</Ricevuto><Registrato>2026-11-20T10:00:00.1Z</Registrato>`

func TestSchema(t *testing.T) {
	t.Parallel()
	accepted := receipt("accettazione",
		"<Mittente>x</Mittente><Tracciato>UNILAV</Tracciato><Edizione>CO190701R1</Edizione>",
		"<ImprontaDocumento>"+hash+"</ImprontaDocumento><CodiceComunicazione>1100125000000001</CodiceComunicazione>"+
			"<CodicePrecedente>1100125000000000</CodicePrecedente><Catena>1100125000000000</Catena>"+times+
			"<VocePrecedente>"+hash+"</VocePrecedente><Nota>canale, documento non firmato</Nota>"+
			`<Anomalie><Anomalia codice="CAT-01" gravita="avviso">testo</Anomalia></Anomalie>`)
	valid := map[string]string{
		"accepted": accepted,
		"rejected": receipt("rifiuto", "", times+`<Anomalie><Anomalia codice="ENV-04" gravita="errore" campo="/UniLav/a" riga="3">testo</Anomalia><Anomalia codice="XSD-01" gravita="errore">testo</Anomalia></Anomalie>`),
		"registered": receipt("registrazione", "", times+"<VoceAccettazione>"+hash+"</VoceAccettazione><Registrazione>9</Registrazione><Istante>2026-11-20T10:00:01Z</Istante><ImprontaRicevuta>"+
			hash+"</ImprontaRicevuta>"),
		"refused by the store": receipt("rifiuto-nazionale", "", times+"<VoceAccettazione>"+hash+"</VoceAccettazione><Istante>2026-11-20T10:00:01Z</Istante>"),
		"asked by codice":      `<RichiediRicevuta xmlns="urn:snodo:hub:v1"><ImprontaDocumento>` + strings.ToUpper(hash) + `</ImprontaDocumento><Codice>1100125000000001</Codice></RichiediRicevuta>`,
		"asked by entry":       `<RichiediRicevuta xmlns="urn:snodo:hub:v1"><ImprontaDocumento>` + hash + `</ImprontaDocumento><Voce>` + hash + `</Voce></RichiediRicevuta>`,
		"LAO":                  `<InviaLao xmlns="urn:snodo:hub:v1"><LaoXML>&lt;Lao/&gt;</LaoXML></InviaLao>`,
		"CIGD":                 `<InviaCigd xmlns="urn:snodo:hub:v1"><CigdXML>&lt;Cigd/&gt;</CigdXML></InviaCigd>`,
		"echo":                 `<Echo xmlns="urn:snodo:hub:v1"><Testo/></Echo>`,
	}
	invalid := map[string]string{
		"no seal":         strings.Replace(accepted, seal, "", 1),
		"other seal":      strings.Replace(accepted, "xmldsig#", "xmldsig2#", 1),
		"no version":      strings.Replace(accepted, ` versione="1"`, "", 1),
		"other version":   strings.Replace(accepted, `versione="1"`, `versione="2"`, 1),
		"unknown type":    receipt("boh", "", times),
		"no times":        receipt("rifiuto", "", ""),
		"wrong order":     receipt("rifiuto", "", "<Nota>x</Nota>"+times),
		"short hash":      strings.Replace(accepted, hash, hash[:62], 1),
		"upper-case hash": strings.Replace(accepted, hash, strings.ToUpper(hash), 1),
		"position zero":   strings.Replace(accepted, "<Posizione>12<", "<Posizione>0<", 1),
		"unqualified":     strings.Replace(accepted, "<Tipo>", `<Tipo xmlns="">`, 1),
		"asked by both":   strings.Replace(valid["asked by codice"], "</Codice>", "</Codice><Voce>"+hash+"</Voce>", 1),
		"asked by none":   `<RichiediRicevuta xmlns="urn:snodo:hub:v1"><ImprontaDocumento>` + hash + `</ImprontaDocumento></RichiediRicevuta>`,
		"LAO as elements": `<InviaLao xmlns="urn:snodo:hub:v1"><LaoXML><Lao/></LaoXML></InviaLao>`,
		"no outcome":      `<InviaLaoRisposta xmlns="urn:snodo:hub:v1"/>`,
		"empty list":      `<InviaLaoRisposta xmlns="urn:snodo:hub:v1"><Esito>KO</Esito><ListaAnomalie/></InviaLaoRisposta>`,
		"long echo":       `<Echo xmlns="urn:snodo:hub:v1"><Testo>` + strings.Repeat("x", 1025) + `</Testo></Echo>`,
	}
	e := compile(t)
	for name, doc := range valid {
		if err := e.Validate(context.Background(), strings.NewReader(doc)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, doc := range invalid {
		if e.Validate(context.Background(), strings.NewReader(doc)) == nil {
			t.Errorf("%s: valid", name)
		}
	}
}

// TestSchemaHoldsForAnswers validates what transform/envelope really writes, as
// its goldens show it.
func TestSchemaHoldsForAnswers(t *testing.T) {
	t.Parallel()
	answers, err := txtar.ParseFile("../transform/envelope/testdata/answers.txtar")
	if err != nil {
		t.Fatal(err)
	}
	ours := regexp.MustCompile(`(?s)<(?:Errori|Ricevuta|hub:\w+) xmlns(?::hub)?="urn:snodo:hub:v1".*</(?:Errori|Ricevuta|hub:\w+Risposta)>`)
	e := compile(t)
	seen := 0
	for _, a := range answers.Files {
		if part := ours.Find(a.Data); part != nil {
			seen++
			if err := e.Validate(context.Background(), strings.NewReader(string(part))); err != nil {
				t.Errorf("%s: %v", a.Name, err)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d answers hold something of ours", seen)
	}
}

// TestMassSchema validates what transform/envelope writes of a mass submission.
func TestMassSchema(t *testing.T) {
	t.Parallel()
	e := compileFile(t, "snodo-massivo.xsd")
	text, err := os.ReadFile("../transform/envelope/testdata/mass.xml")
	if err != nil {
		t.Fatal(err)
	}
	valid := string(text)
	if err := e.Validate(context.Background(), strings.NewReader(valid)); err != nil {
		t.Error(err)
	}
	for _, broken := range []struct{ old, new string }{
		{` versione="1"`, ` versione="2"`},
		{">accettata<", ">perduta<"},
		{` numero="2"`, ""},
		{"<Voce>" + hash + "</Voce>", ""},
		{"<Respinte>1</Respinte>", ""},
		{">1300126000000001<", ">13<"},
	} {
		altered := strings.Replace(valid, broken.old, broken.new, 1)
		if altered == valid || e.Validate(context.Background(), strings.NewReader(altered)) == nil {
			t.Errorf("%q for %q: valid, or not there", broken.new, broken.old)
		}
	}
}
