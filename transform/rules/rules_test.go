package rules

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

const today = "2026-03-02"

func tables(t testing.TB) *codes.Tables {
	t.Helper()
	all, err := codes.Files(nil).Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sample is a valid document, by the path kind/edition/name; a name alone is
// one of UNILAV.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	if !strings.Contains(name, "/") {
		name = "unilav/CO190701R1/" + name
	}
	folder, file := path.Split(name)
	b, err := os.ReadFile("../../xsd/schemas/" + folder + "testdata/valid/" + file + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// samples goes over the valid documents of every standard, by file.
func samples(t testing.TB) iter.Seq2[string, []byte] {
	t.Helper()
	files, err := filepath.Glob("../../xsd/schemas/*/*/testdata/valid/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	return func(yield func(string, []byte) bool) {
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !yield(file, content) {
				return
			}
		}
	}
}

// standards are compiled once for all cases.
var standards = sync.OnceValues(func() (*xsd.Standards, error) { return xsd.New(context.Background()) })

func decode(t testing.TB, content []byte) co.Comunicazione {
	t.Helper()
	standards, err := standards()
	if err != nil {
		t.Fatal(err)
	}
	id, faults := standards.Identify(content)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	c, err := transform.Decode(id, content)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tell writes faults as "CODE path", with an asterisk for a warning.
func tell(faults fault.List) []string {
	var out []string
	for _, f := range faults {
		mark := ""
		if f.Warning {
			mark = "*"
		}
		out = append(out, fmt.Sprintf("%s%s %s", f.Code, mark, f.Path))
	}
	return out
}

// ruleCase is an edit of a sample and the faults it makes; none where it holds.
// Each rule has at least one of either sort, as near to each other as may be; a
// name begins with its code.
type ruleCase struct {
	name, base string
	edit       any // a function of the model: func(*co.UniLav) and its like
	want       []string
}

// allCases are the cases of every kind.
func allCases() []ruleCase {
	return slices.Concat(
		unilavCases(),
		transferCases(),
		urgencyCases(),
		agencyCases(),
		envelopeCases(), employerCases(), agencyWorkCases(), transferredCases(),
		relationshipCases(), trainingCases(), contractCases(),
		transformationCases(), secondmentCases(), terminationCases(),
		traineeshipCases(), ageCases(),
		seafarerCases(), domesticCases(), prospettoCases(),
		laoCases(),
		codeCases(), identityCases(), permitCases(), termCases(),
	)
}

func unilavCases() []ruleCase {
	return []ruleCase{
		{"ENV-01 holds for the last of the table", "assunzione", func(c *co.UniLav) {
			c.TipoComunicazione, c.CodiceComunicazionePrec = "09", "1104226000000417"
		}, nil},
		{"ENV-01", "assunzione", func(c *co.UniLav) { c.TipoComunicazione = "10" }, []string{"ENV-01 /UniLav/TipoComunicazione"}},
		{"ENV-01 zero", "assunzione", func(c *co.UniLav) { c.TipoComunicazione = "00" }, []string{"ENV-01 /UniLav/TipoComunicazione"}},

		{"ENV-02 holds for 05 on a hiring", "assunzione", func(c *co.UniLav) { c.TipoComunicazione = "05" }, nil},
		{"ENV-02 05", "proroga", func(c *co.UniLav) { c.TipoComunicazione = "05" }, []string{"ENV-02 /UniLav/TipoComunicazione"}},
		{"ENV-02 07", "trasformazione", func(c *co.UniLav) {
			c.TipoComunicazione, c.CodiceComunicazionePrec = "07", "1104226000000417"
		}, []string{"ENV-02 /UniLav/TipoComunicazione"}},
		{"ENV-02 08", "cessazione", func(c *co.UniLav) { c.TipoComunicazione = "08" }, []string{"ENV-02 /UniLav/TipoComunicazione"}},
		{"ENV-02 09", "cessazione", func(c *co.UniLav) { c.TipoComunicazione = "09" }, []string{"ENV-02 /UniLav/TipoComunicazione"}},
		{"ENV-02 holds for 03, 04 and 06 elsewhere", "proroga", func(c *co.UniLav) { c.TipoComunicazione = "06" }, nil},

		{"ENV-03 holds for 03", "rettifica", func(*co.UniLav) {}, nil},
		{"ENV-03 holds for 04", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "04" }, nil},
		{"ENV-03 holds for 07", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "07" }, nil},
		{"ENV-03 holds for 08, which is for ENV-06", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "08" }, []string{"ENV-06 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-03 holds for 09", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "09" }, nil},
		{"ENV-03 01", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "01" }, []string{"ENV-03 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-03 05", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "05" }, []string{"ENV-03 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-03 06", "rettifica", func(c *co.UniLav) { c.TipoComunicazione = "06" }, []string{"ENV-03 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-03 holds for sixteen zeros", "assunzione", func(c *co.UniLav) { c.CodiceComunicazionePrec = co.Zero }, nil},
		{"ENV-03 holds for a region and fourteen zeros", "assunzione", func(c *co.UniLav) { c.CodiceComunicazionePrec = "1300000000000000" }, nil},
		{"ENV-03 a region, a province and zeros", "assunzione", func(c *co.UniLav) { c.CodiceComunicazionePrec = "1300100000000000" },
			[]string{"ENV-03 /UniLav/@codiceComunicazionePrec"}},

		{"ENV-04 holds for sixteen zeros", "assunzione", func(*co.UniLav) {}, nil},
		{"ENV-04 a code", "assunzione", func(c *co.UniLav) { c.CodiceComunicazione = "1104226000000417" }, []string{"ENV-04 /UniLav/@codiceComunicazione"}},
		{"ENV-04 fifteen zeros", "assunzione", func(c *co.UniLav) { c.CodiceComunicazione = "000000000000000" }, []string{"ENV-04 /UniLav/@codiceComunicazione"}},
		{"ENV-04 a region and fourteen zeros", "assunzione", func(c *co.UniLav) { c.CodiceComunicazione = "1300000000000000" }, []string{"ENV-04 /UniLav/@codiceComunicazione"}},
		{"ENV-04 blanks", "assunzione", func(c *co.UniLav) { c.CodiceComunicazione = " " + co.Zero }, []string{"ENV-04 /UniLav/@codiceComunicazione"}},

		{"ENV-05 holds for a rectification", "rettifica", func(*co.UniLav) {}, nil},
		{"ENV-05 rectification of nothing", "rettifica", func(c *co.UniLav) { c.CodiceComunicazionePrec = "" }, []string{"ENV-05 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-05 annulment of nothing", "rettifica", func(c *co.UniLav) { c.TipoComunicazione, c.CodiceComunicazionePrec = "04", "" },
			[]string{"ENV-05 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-05 after no urgency", "assunzione", func(c *co.UniLav) { c.TipoComunicazione = "07" }, []string{"ENV-05 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-05 zeros are a warning, as Piemonte writes where the code is not known", "rettifica", func(c *co.UniLav) { c.CodiceComunicazionePrec = "1300000000000000" },
			[]string{"ENV-05* /UniLav/@codiceComunicazionePrec"}},
		{"ENV-05 so are sixteen", "rettifica", func(c *co.UniLav) { c.CodiceComunicazionePrec = co.Zero }, []string{"ENV-05* /UniLav/@codiceComunicazionePrec"}},
		{"ENV-05 of an agency", "unisomm/CO190701R1/annullamento", func(c *co.UniSomm) { c.CodiceComunicazionePrec = "" },
			[]string{"ENV-05 /UniSomm/@codiceComunicazionePrec"}},

		{"ENV-90", "rettifica", func(c *co.UniLav) { c.CodiceComunicazionePrec = "110422600000041X" }, []string{"ENV-90 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-90 zeros with a letter", "rettifica", func(c *co.UniLav) { c.CodiceComunicazionePrec = "P300000000000000" }, []string{"ENV-90 /UniLav/@codiceComunicazionePrec"}},
		{"ENV-90 holds for digits", "rettifica", func(c *co.UniLav) { c.CodiceComunicazionePrec = "1300000000000001" }, nil},

		{"ID-01 holds for omocodia", "assunzione", func(c *co.UniLav) { c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "FRRLNE88C52A27MP" }, nil},
		{"ID-01 worker", "assunzione", func(c *co.UniLav) { c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "FRRLNE88C52A271W" },
			[]string{"ID-01 /UniLav/Lavoratore/AnagraficaCompleta/codice-fiscale"}},
		{"ID-01 second worker", "lavoro-ripartito", func(c *co.UniLav) {
			c.LavoratoreCoobbligato.AnagraficaCompleta.CodiceFiscale = "BRNMRC79T07L219Z"
		},
			[]string{"ID-01 /UniLav/LavoratoreCoobbligato/AnagraficaCompleta/codice-fiscale"}},
		{"ID-01 delegate and employer", "assunzione-parziale", func(c *co.UniLav) {
			c.Delegato, c.DatoreLavoro.CodiceFiscale = "SLVPTR65H12H501N", "SLVPTR65H12H501A"
		}, []string{"ID-01 /UniLav/@delegato", "ID-01 /UniLav/DatoreLavoro/@codiceFiscale"}},

		{"ID-04 holds", "distacco", func(*co.UniLav) {}, nil},
		{"ID-04 employer", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.CodiceFiscale = "01472580361" }, []string{"ID-04 /UniLav/DatoreLavoro/@codiceFiscale"}},
		{"ID-04 zeros", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.CodiceFiscale = "00000000000" }, []string{"ID-04 /UniLav/DatoreLavoro/@codiceFiscale"}},
		{"ID-04 host", "distacco", func(c *co.UniLav) { c.Trasformazione.DatoreDistaccatario.CodiceFiscale = "09638527418" },
			[]string{"ID-04 /UniLav/Trasformazione/DatoreDistaccatario/@codiceFiscale"}},
		{"ID-04 holds for a foreign host without code", "distacco-estero", func(*co.UniLav) {}, nil},
		{"ID-04 former employer", "trasferimento", func(c *co.UniLav) { c.Trasformazione.DatoreLavoroPrec.CodiceFiscale = "09638527418" },
			[]string{"ID-04 /UniLav/Trasformazione/DatoreLavoroPrec/@codiceFiscale"}},
		{"ID-04 promoter", "tirocinio-dopo", func(c *co.UniLav) { c.Tirocinio.CFSoggettoPromotore = "03216549878" },
			[]string{"ID-04 /UniLav/Tirocinio/@cfSoggettoPromotore"}},

		{"REL-02 holds for one day", "assunzione", func(c *co.UniLav) { c.InizioRapporto.DataFine = "2026-03-09" }, nil},
		{"REL-02 ends before", "assunzione", func(c *co.UniLav) { c.InizioRapporto.DataFine = "2026-03-08" }, []string{"REL-02 /UniLav/InizioRapporto/@dataFine"}},
		{"REL-02 holds without end", "assunzione-parziale", func(*co.UniLav) {}, nil},
		{"REL-02 holds for fifty years", "assunzione", func(c *co.UniLav) { c.InizioRapporto.DataFine = "2076-03-09" }, nil},
		{"REL-02 fifty years and a day", "assunzione", func(c *co.UniLav) { c.InizioRapporto.DataFine = "2076-03-10" }, []string{"REL-02 /UniLav/InizioRapporto/@dataFine"}},
		{"REL-02 extension", "proroga", func(c *co.UniLav) { c.Proroga.Contratto.DataFine = "2026-03-08" }, []string{"REL-02 /UniLav/Proroga/Contratto/@dataFine"}},
		{"REL-02 transformation", "trasformazione", func(c *co.UniLav) { c.Trasformazione.Contratto.DataFine = "2026-03-08" }, []string{"REL-02 /UniLav/Trasformazione/Contratto/@dataFine"}},
		{"REL-02 termination", "cessazione", func(c *co.UniLav) { c.Cessazione.Contratto.DataFine = "2026-03-08" }, []string{"REL-02 /UniLav/Cessazione/Contratto/@dataFine"}},

		{"CES-01 holds on the first day", "cessazione", func(c *co.UniLav) { c.Cessazione.DataCessazione = "2026-03-09" }, nil},
		{"CES-01 before the start", "cessazione", func(c *co.UniLav) { c.Cessazione.DataCessazione = "2026-03-08" }, []string{"CES-01 /UniLav/Cessazione/@dataCessazione"}},

		{"several at once, by rule", "cessazione", func(c *co.UniLav) {
			c.TipoComunicazione, c.CodiceComunicazione, c.Cessazione.DataCessazione = "05", "1", "2026-03-08"
		}, []string{"ENV-02 /UniLav/TipoComunicazione", "ENV-04 /UniLav/@codiceComunicazione", "CES-01 /UniLav/Cessazione/@dataCessazione"}},
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	all := tables(t)
	broken, kept := make(map[fault.Code]bool), make(map[fault.Code]bool)
	for _, c := range allCases() {
		if code, _, _ := strings.Cut(c.name, " "); len(c.want) == 0 {
			kept[fault.Code(code)] = true
		}
		for _, w := range c.want {
			code, _, _ := strings.Cut(w, " ")
			broken[fault.Code(strings.TrimSuffix(code, "*"))] = true
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			com := decode(t, sample(t, c.base))
			reflect.ValueOf(c.edit).Call([]reflect.Value{reflect.ValueOf(com)})
			content, err := transform.Encode(com)
			if err != nil {
				t.Fatal(err)
			}
			faults := Check(com, content, all, today)
			if got := tell(faults); !slices.Equal(got, c.want) {
				t.Errorf("faults %v, want %v", got, c.want)
			}
			for _, f := range faults {
				if f.Line != 1 { // what Encode writes is one line
					t.Errorf("%s on line %d", f.Code, f.Line)
				}
			}
		})
	}
	for _, e := range fault.Catalogue() {
		if e.Stage == fault.StageRegole && (!broken[e.Code] || !kept[e.Code]) {
			t.Errorf("no case breaks %s, or none named after it keeps it", e.Code)
		}
	}
}

func TestSamplesKeepTheRules(t *testing.T) {
	t.Parallel()
	all := tables(t)
	for file, content := range samples(t) {
		if faults := Check(decode(t, content), content, all, today); len(faults) > 0 {
			t.Errorf("%s: %v", file, faults)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	content := bytes.Replace(sample(t, "cessazione"), []byte("FRRLNE88C52A271X"), []byte("FRRLNE88C52A271A"), 1)
	content = bytes.Replace(content, []byte("<TipoComunicazione>01"), []byte("<TipoComunicazione>99"), 1)
	content = bytes.Replace(content, []byte(`dataCessazione="2026-06`), []byte(`dataCessazione="2026-03`), 1)
	content = bytes.Replace(content, []byte(`dataInizio="2026-03`), []byte(`dataInizio="2026-04`), 1)
	want := make([]int, 0, 3)
	for _, mark := range []string{"<TipoComunicazione>", "<codice-fiscale>", "<Cessazione "} {
		want = append(want, 1+bytes.Count(content[:bytes.Index(content, []byte(mark))], []byte("\n")))
	}
	c := decode(t, content)
	var got []int
	for _, f := range Check(c, content, tables(t), today) {
		got = append(got, f.Line)
	}
	if !slices.Equal(got, want) {
		t.Errorf("lines %v, want %v", got, want)
	}
	for _, f := range Check(c, nil, tables(t), today) {
		if f.Line != 0 {
			t.Errorf("a line without content: %+v", f)
		}
	}
}

// TestTable keeps the table and the catalogue of faults one.
func TestTable(t *testing.T) {
	t.Parallel()
	seen := make(map[fault.Code]bool)
	for _, r := range Rules() {
		if e, ok := fault.Lookup(r.Code); !ok || e.Stage != fault.StageRegole || e.Source == "" || e.Remedy == "" {
			t.Errorf("%s is not in the catalogue of rules", r.Code)
		}
		if seen[r.Code] {
			t.Errorf("%s twice", r.Code)
		}
		seen[r.Code] = true
	}
	for _, e := range fault.Catalogue() {
		if e.Stage == fault.StageRegole && !seen[e.Code] {
			t.Errorf("no rule finds %s", e.Code)
		}
	}
}

// TestEmptyCommunication: rules never panic, whatever is missing.
func TestEmptyCommunication(t *testing.T) {
	t.Parallel()
	all := tables(t)
	for _, c := range []co.Comunicazione{
		&co.UniLav{}, &co.UniLav{Cessazione: &co.Cessazione{}}, &co.UniLav{Trasformazione: &co.Trasformazione{}},
		&co.UniLav{LavoratoreCoobbligato: &co.Lavoratore{}}, &co.Lao{}, &co.Cigd{},
		&co.VarDatori{}, &co.VarDatori{TrasferimentoAzienda: &co.TrasferimentoAzienda{SedeLavoro: make([]co.SedeTrasferita, 2)}}, &co.UniUrg{},
		&co.UniSomm{}, &co.UniSomm{DatiVariazione: &co.DatiVariazione{}}, &co.UniSomm{DittaUtilizzatrice: &co.DittaUtilizzatrice{}},
		&co.UniSomm{DatiVariazione: &co.DatiVariazione{CodiceVariazione: "2.02", DatiProroga: &co.DatiProroga{}}},
		&co.UniSomm{DatiVariazione: &co.DatiVariazione{CodiceVariazione: "3.01", DatiTrasformazione: &co.DatiTrasformazione{}}},
		&co.UniSomm{DatiVariazione: &co.DatiVariazione{CodiceVariazione: "4.01", DatiCessazione: &co.DatiCessazione{}}},
		&co.UniLav{Proroga: &co.Proroga{}}, &co.UniLav{InizioRapporto: &co.Contratto{}, Tirocinio: &co.Tirocinio{}},
		&co.UniLav{Trasformazione: &co.Trasformazione{CodiceTrasformazione: "TL"}},
		&co.UniLav{Trasformazione: &co.Trasformazione{CodiceTrasformazione: "DL", DatoreDistaccatario: &co.DatoreDistaccatario{}}},
		&co.UniMare{}, &co.UniMare{Cessazione: &co.CessazioneMarittima{}}, &co.UniDom{}, &co.Prospetto{}, &co.Prospetto{Quadro2: make([]co.Quadro2, 1)},
	} {
		if faults := Check(c, nil, all, today); !faults.Refuses() {
			t.Errorf("accepted: %+v", c)
		}
	}
}
