package compare

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/snodo-co/snodo/xsd"
)

// TestEditions: a pack with a new edition, the end of the former and a schema
// for one that the program has is told in words, with what the new edition
// changes.
func TestEditions(t *testing.T) {
	t.Parallel()
	own, err := xsd.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, edits ...string) *fstest.MapFile {
		b, err := os.ReadFile("../schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return &fstest.MapFile{Data: []byte(strings.NewReplacer(edits...).Replace(string(b)))}
	}
	p, err := xsd.ReadPack(fstest.MapFS{
		"pack.json": {Data: []byte(`{"name": "Prova", "editions": [
			{"kind": "UNIURG", "edition": "CO270101", "from": "2027-01-01T08:00:00+01:00", "schema": "nuovo.xsd", "source": "prova"},
			{"kind": "UNIURG", "edition": "CO130131", "to": "2027-01-01T00:00:00+01:00", "schema": "ufficiale.xsd", "source": "prova"}]}`)},
		"nuovo.xsd":             file("uniurg/CO130131/uniurg.xsd", "CO130131", "CO270101", `<xs:length value="8"/>`, `<xs:length value="9"/>`),
		"ufficiale.xsd":         file("uniurg/CO130131/uniurg.xsd", `<xs:maxLength value="80"/>`, `<xs:maxLength value="90"/>`),
		"samples/ordinaria.xml": file("uniurg/CO130131/testdata/valid/ordinaria.xml", "CO130131", "CO270101", `"00000000"`, `"000000000"`),
		"samples/vecchia.xml":   file("uniurg/CO130131/testdata/valid/ordinaria.xml"),
	}, time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := xsd.With(t.Context(), p, func(xsd.ID, []byte) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		before, after *xsd.Standards
		want          string
	}{
		"none":    {own, own, ""},
		"put on":  {own, packed, putOn},
		"put off": {packed, own, putOff},
	} {
		changes, err := Editions(c.before, c.after)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := PrintEditions(&b, changes); err != nil {
			t.Fatal(err)
		}
		if b.String() != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, b.String(), c.want)
		}
	}
}

const putOn = `
UNIURG CO130131
  validità: senza limiti noti → fino al 01/01/2027, ore 00:00
  attenzione, nessuna edizione in vigore: dal 01/01/2027, ore 00:00 al 01/01/2027, ore 08:00
  schema: uniurg/CO130131/uniurg.xsd → ufficiale.xsd

Cambiati
  ~ /UniUrg/@e-mailDelegato (e-mail di chi invia)
      lunghezza: al massimo 80 caratteri → al massimo 90 caratteri

UNIURG CO270101
  edizione aggiunta: dal 01/01/2027, ore 08:00
  rispetto a CO130131: 2 differenze

Cambiati
  ~ /UniUrg/@protocollo (protocollo del mittente)
      lunghezza: 8 caratteri → 9 caratteri
  ~ /UniUrg/@versione (versione del tracciato)
      valori aggiunti: CO270101
      valori tolti: CO130131
`

const putOff = `
UNIURG CO130131
  validità: fino al 01/01/2027, ore 00:00 → senza limiti noti
  schema: ufficiale.xsd → uniurg/CO130131/uniurg.xsd

Cambiati
  ~ /UniUrg/@e-mailDelegato (e-mail di chi invia)
      lunghezza: al massimo 90 caratteri → al massimo 80 caratteri

UNIURG CO270101
  edizione tolta: dal 01/01/2027, ore 08:00
`
