package xsd

import (
	"fmt"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestPlain: of a pack's schema that our own reading does not know, a fault
// names the place all the same, with the labels of the program's own edition,
// and no value of the document.
func TestPlain(t *testing.T) {
	t.Parallel()
	pack := goodPack(t)
	divided(pack)
	_, s, err := open(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	id := ID{"UNILAV", newEdition}
	// As programs write it: on one line.
	valid := strings.NewReplacer("\n", "", "  ", "").Replace(string(pack["samples/assunzione.xml"].Data))
	const value, elements = "un valore, o attributi", "solo gli elementi"
	for _, c := range []struct{ old, with, want string }{
		{"<cap>", "<cap>SEGRETO", "/UniLav/DatoreLavoro/SedeLegale/cap Datore di lavoro > Sede legale > CAP della sede legale: " + value + "\n" +
			"/UniLav/DatoreLavoro/SedeLavoro/cap Datore di lavoro > Sede di lavoro > CAP della sede di lavoro: " + value + "\n" +
			"/UniLav/Lavoratore/IndirizzoLavoratore/cap"},
		{"<sesso>F", "<sesso>SEGRETO", "/UniLav/Lavoratore/AnagraficaCompleta/sesso"},
		{"<Lavoratore>", `<Lavoratore x="SEGRETO">`, "/UniLav/Lavoratore Lavoratore: gli attributi obbligatori"},
		{"<Lavoratore>", "<Lavoratore>SEGRETO", "/UniLav/Lavoratore Lavoratore: nessun testo"},
		{` protocollo="00000000"`, "", "/UniLav Comunicazione UniLav: gli attributi obbligatori"},
		{"<nome>ELENA</nome>", "<altro>SEGRETO</altro>", "/UniLav/Lavoratore/AnagraficaCompleta Lavoratore > Dati anagrafici: " + elements + "\n" +
			"/UniLav/Lavoratore/AnagraficaCompleta Lavoratore > Dati anagrafici: gli elementi obbligatori"},
	} {
		content := strings.ReplaceAll(valid, c.old, c.with)
		faults, err := s.Validate(id, []byte(content))
		if err != nil || content == valid {
			t.Fatal(c.with, err)
		}
		for i, line := range strings.Split(c.want, "\n") {
			if i >= len(faults) {
				t.Errorf("%s: %d faults", c.with, len(faults))
				break
			}
			f := faults[i]
			if got := fmt.Sprintf("%s %s: %s", f.Path, f.Field, f.Expected); f.Code != fault.NotConforming || !strings.HasPrefix(got, line) {
				t.Errorf("%s: %s, want %s", c.with, got, line)
			}
			if strings.Contains(f.Text(), "SEGRETO") {
				t.Errorf("%s quotes the document", f.Text())
			}
		}
		if len(faults) != strings.Count(c.want, "\n")+1 {
			t.Errorf("%s: %v", c.with, faults)
		}
	}
}

// TestPlainMany: where there are more faults than are told, the last says so.
func TestPlainMany(t *testing.T) {
	t.Parallel()
	pack := goodPack(t)
	divided(pack)
	const once = `<xs:element name="LavoratoreCoobbligato" type="LavoratoreCoobbligato" minOccurs="0"`
	swap(pack, "schemi/unilav.xsd", once, once+` maxOccurs="unbounded"`)
	_, s, err := open(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(pack["samples/assunzione.xml"].Data), "  <InizioRapporto")
	for n, want := range map[int]int{1: 1, MaxFaults: MaxFaults, MaxFaults + 1: MaxFaults + 1, 3 * MaxFaults: MaxFaults + 1} {
		content := head + strings.Repeat("<LavoratoreCoobbligato/>\n", n) + "  <InizioRapporto" + rest
		faults, err := s.Validate(ID{"UNILAV", newEdition}, []byte(content))
		if err != nil || len(faults) != want || (faults[len(faults)-1].Code == fault.MoreFaults) != (n > MaxFaults) {
			t.Errorf("%d wrong: %d faults, %v", n, len(faults), err)
		}
	}
}

// TestPackWithNil: what our own reading does not know of a pack's schema it
// does not explain wrongly.
func TestPackWithNil(t *testing.T) {
	t.Parallel()
	pack := goodPack(t)
	swap(pack, "schemi/unilav.xsd", `<xs:element name="cap" type="Cap"`, `<xs:element name="cap" nillable="true" type="Cap"`)
	_, s, err := open(t, pack)
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Replace(string(pack["samples/assunzione.xml"].Data), "<sesso>F", "<sesso>X", 1)
	content = strings.Replace(content, "<cap>00185</cap>", `<cap xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`, 1)
	faults, err := s.Validate(ID{"UNILAV", newEdition}, []byte(content))
	if err != nil || len(faults) != 1 || faults[0].Path != "/UniLav/Lavoratore/AnagraficaCompleta/sesso" {
		t.Errorf("%v, %v", faults, err)
	}
}
