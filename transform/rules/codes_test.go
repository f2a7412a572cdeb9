package rules

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// codeCases break a code in every block and type, and hold beside it.
func codeCases() []ruleCase {
	const farm, stage = "forza-maggiore-agricoltura", "tirocinio-dopo"
	return []ruleCase{
		{"COD-01 citizenship in a partial table", "assunzione", func(c *co.UniLav) { c.Lavoratore.AnagraficaCompleta.Cittadinanza = "467" },
			[]string{"COD-01* /UniLav/Lavoratore/AnagraficaCompleta/cittadinanza"}},
		{"COD-02 citizenship", "assunzione", func(c *co.UniLav) {
			c.Lavoratore.AnagraficaCompleta.Cittadinanza = "224"
			c.Lavoratore.ExtraCE = &co.ExtraCE{DataScadenzaPS: "2027-01-15", MotivoPermesso: "LAVOR", TipoDocumento: "1", NumeroDocumento: "1", Questura: "042"}
		}, []string{"COD-02 /UniLav/Lavoratore/AnagraficaCompleta/cittadinanza"}},
		{"COD-01 level of education", "assunzione", func(c *co.UniLav) { c.Lavoratore.LivelloIstruzione = "51" },
			[]string{"COD-01 /UniLav/Lavoratore/LivelloIstruzione"}},
		{"COD-01 sector in a dated table", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.Settore = "99.99.99" },
			[]string{"COD-01* /UniLav/DatoreLavoro/Settore"}},
		{"COD-01 host's sector", "distacco", func(c *co.UniLav) { c.Trasformazione.DatoreDistaccatario.Settore = "99.99.99" },
			[]string{"COD-01* /UniLav/Trasformazione/DatoreDistaccatario/Settore"}},
		{"COD-01 occupation", "proroga", func(c *co.UniLav) { c.Proroga.Contratto.QualificaProfessionale = "9.9.9.9.9.9" },
			[]string{"COD-01* /UniLav/Proroga/Contratto/qualificaProfessionale"}},
		{"COD-01 agreement", "assunzione", func(c *co.UniLav) { c.InizioRapporto.CCNL = "ZZZ" }, []string{"COD-01* /UniLav/InizioRapporto/ccnl"}},
		{"COD-01 holds for an agreement of three characters", "assunzione", func(c *co.UniLav) { c.InizioRapporto.CCNL = "042" }, nil},
		{"COD-01 holds for one of four, which has no table", "assunzione", func(c *co.UniLav) { c.InizioRapporto.CCNL = "9999" }, nil},
		{"COD-02 agreement", "assunzione", func(c *co.UniLav) { c.InizioRapporto.CCNL = lapsedAgreement }, []string{"COD-02 /UniLav/InizioRapporto/ccnl"}},
		{"COD-02 an agreement that has ended is a warning where a relationship goes on", "cessazione", func(c *co.UniLav) { c.Cessazione.Contratto.CCNL = lapsedAgreement },
			[]string{"COD-02* /UniLav/Cessazione/Contratto/ccnl"}},
		{"COD-02 so it is in a transfer", "vardatori/CO190701R1/fusione", func(c *co.VarDatori) {
			c.TrasferimentoAzienda.SedeLavoro[0].Lavoratori[0].Contratto.CCNL = lapsedAgreement
		}, []string{"COD-02* /VarDatori/TrasferimentoAzienda/SedeLavoro[1]/Lavoratori[1]/Contratto/ccnl"}},
		{"COD-02 agreement of a new mission", "unisomm/CO190701R1/assunzione-e-missione", func(c *co.UniSomm) { c.Mission().CCNL = lapsedAgreement },
			[]string{"COD-02 /UniSomm/DittaUtilizzatrice/InizioContratto/Inizio/ccnl"}},
		{"COD-01 social security body", "assunzione", func(c *co.UniLav) { c.InizioRapporto.EntePrevidenziale = "77" },
			[]string{"COD-01* /UniLav/InizioRapporto/@entePrevidenziale"}},
		{"COD-01 contract type in a dated table", "assunzione", func(c *co.UniLav) { c.InizioRapporto.TipologiaContrattuale = "Z.01.00" },
			[]string{"COD-01* /UniLav/InizioRapporto/@TipologiaContrattuale"}},
		{"COD-01 working time", "assunzione", func(c *co.UniLav) { c.InizioRapporto.TipoOrario.Codice = "X" },
			[]string{"COD-01 /UniLav/InizioRapporto/tipoOrario/@codice"}},
		{"COD-01 category of placement", farm, func(c *co.UniLav) { c.InizioRapporto.CategoriaLavoratoreAssunzioneObbligatoria = "QQ" },
			[]string{"COD-01* /UniLav/InizioRapporto/@categoriaLavoratoreAssunzioneObbligatoria"}},
		{"COD-01 cause of termination", "cessazione", func(c *co.UniLav) { c.Cessazione.CodiceCausa = "QQ" }, []string{"COD-01* /UniLav/Cessazione/@codiceCausa"}},
		{"COD-01 transformation", "trasformazione", func(c *co.UniLav) { c.Trasformazione.CodiceTrasformazione = "QQ" },
			[]string{"COD-01* /UniLav/Trasformazione/@codiceTrasformazione"}},
		{"COD-01 delegate", "assunzione-parziale", func(c *co.UniLav) { c.TipoDelegato = "099" }, []string{"COD-01* /UniLav/@tipoDelegato"}},
		{"COD-01 promoter, trainee and kind", stage, func(c *co.UniLav) {
			c.Tirocinio.TipologiaEntePromotore, c.Tirocinio.CategoriaTirocinante, c.Tirocinio.TipologieTirocinio = "77", "77", "Z"
		}, []string{"COD-01* /UniLav/Tirocinio/@categoriaTirocinante", "COD-01* /UniLav/Tirocinio/@tipologiaEntePromotore", "COD-01* /UniLav/Tirocinio/@tipologieTirocinio"}},
		{"COD-01 permit", "extra-ue-modello-q", func(c *co.UniLav) {
			c.Lavoratore.ExtraCE.MotivoPermesso, c.Lavoratore.ExtraCE.Questura, c.Lavoratore.ExtraCE.TipoDocumento = "XXXXX", "999", "9"
		}, []string{"COD-01* /UniLav/Lavoratore/extraCE/@motivoPermesso", "COD-01* /UniLav/Lavoratore/extraCE/@questura", "COD-01 /UniLav/Lavoratore/extraCE/@tipoDocumento"}},
		{"COD-02 permit", "extra-ue-modello-q", func(c *co.UniLav) {
			c.DatoreLavoro.ExtraCE.MotivoPermesso, c.DatoreLavoro.ExtraCE.TipoDocumento = "ASILO", "2"
		}, []string{"COD-02* /UniLav/DatoreLavoro/extraCE/@motivoPermesso", "COD-02 /UniLav/DatoreLavoro/extraCE/@tipoDocumento"}},
		{"COD-02 holds for a reason that came back", "extra-ue-modello-q", func(c *co.UniLav) { c.Lavoratore.ExtraCE.MotivoPermesso = "PROTE" }, nil},
		{"COD-01 change of agency work", "unisomm/CO190701R1/cessazione", func(c *co.UniSomm) { c.DatiVariazione.CodiceVariazione = "4.09" },
			[]string{"COD-01 /UniSomm/DatiVariazione/@codiceVariazione"}},
		{"COD-02 holds for the type of an agency's relationship", "unisomm/CO190701R1/assunzione", func(*co.UniSomm) {}, nil},
		{"COD-02 type of an agency's relationship", "unisomm/CO190701R1/assunzione", func(c *co.UniSomm) {
			c.AgenziaSomministrazione.RapportoAgenziaSomm.TipologiaContrattuale = "A.03.00"
		}, []string{"COD-02 /UniSomm/AgenziaSomministrazione/RapportoAgenziaSomm/@TipologiaContrattuale"}},
		{"COD-01 transfer of business", "vardatori/CO190701R1/fusione", func(c *co.VarDatori) { c.TrasferimentoAzienda.CodiceTrasferimento = "77" },
			[]string{"COD-01 /VarDatori/TrasferimentoAzienda/@codiceTrasferimento"}},

		{"ID-10 holds for a birth in a suppressed comune", "assunzione", func(c *co.UniLav) {
			c.Lavoratore.AnagraficaCompleta.Nascita.Comune, c.Lavoratore.AnagraficaCompleta.CodiceFiscale = suppressed, "FRRLNE88C52A003T"
		}, nil},
		{"ID-10 holds for a birth in Italy", "assunzione", func(c *co.UniLav) { c.Lavoratore.AnagraficaCompleta.Nascita.Comune = "0000" }, nil},
		{"ID-10 holds for a birth in a state of the past", "assunzione", func(c *co.UniLav) {
			c.Lavoratore.AnagraficaCompleta.Nascita.Comune, c.Lavoratore.AnagraficaCompleta.CodiceFiscale = "Z118", "FRRLNE88C52Z118E"
		}, nil},
		{"ID-10 workplace in a suppressed comune", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.SedeLavoro.Comune = suppressed },
			[]string{"ID-10 /UniLav/DatoreLavoro/SedeLavoro/Comune"}},
		{"ID-10 a seat in a suppressed comune is a warning", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.SedeLegale.Comune = suppressed },
			[]string{"ID-10* /UniLav/DatoreLavoro/SedeLegale/Comune"}},
		{"ID-10 so is a domicile", "assunzione", func(c *co.UniLav) { c.Lavoratore.IndirizzoLavoratore.Comune = suppressed },
			[]string{"ID-10* /UniLav/Lavoratore/IndirizzoLavoratore/Comune"}},
		{"ID-10 so is a domicile in a state of the past", "assunzione", func(c *co.UniLav) { c.Lavoratore.IndirizzoLavoratore.Comune = "Z118" },
			[]string{"ID-10* /UniLav/Lavoratore/IndirizzoLavoratore/Comune"}},
		{"ID-10 so is the workplace that a transfer leaves", "trasferimento", func(c *co.UniLav) { c.Trasformazione.SedePrecedente.Comune = suppressed },
			[]string{"ID-10* /UniLav/Trasformazione/SedePrecedente/Comune"}},
		{"ID-10 workplace of a mission", "unisomm/CO190701R1/assunzione-e-missione", func(c *co.UniSomm) { c.DittaUtilizzatrice.SedeLavoro.Comune = suppressed },
			[]string{"ID-10 /UniSomm/DittaUtilizzatrice/SedeLavoro/Comune"}},
		{"ID-10 workplace that changes employer", "vardatori/CO190701R1/sedi", func(c *co.VarDatori) { c.TrasferimentoAzienda.SedeLavoro[1].Comune = suppressed },
			[]string{"ID-10 /VarDatori/TrasferimentoAzienda/SedeLavoro[2]/Comune"}},
		{"ID-10 workplace ashore", "unimare/CO190701R1/terra", func(c *co.UniMare) { c.DatoreLavoro.SedeTerra.Comune = suppressed },
			[]string{"ID-10 /UniMare/DatoreLavoro/SedeTerra/Comune"}},
		{"ID-10 holds for a domicile abroad", "assunzione", func(c *co.UniLav) { c.Lavoratore.IndirizzoLavoratore.Comune = "Z133" }, nil},
		{"COD-01 a workplace that is no comune may be a new one", "assunzione", func(c *co.UniLav) { c.DatoreLavoro.SedeLavoro.Comune = "M999" },
			[]string{"COD-01* /UniLav/DatoreLavoro/SedeLavoro/Comune"}},
		{"COD-01 a state that is none", "assunzione", func(c *co.UniLav) { c.Lavoratore.IndirizzoLavoratore.Comune = "Z999" },
			[]string{"COD-01 /UniLav/Lavoratore/IndirizzoLavoratore/Comune"}},
	}
}

// Codes that were good once.
const (
	suppressed      co.CodiceComune = "A003"
	lapsedAgreement co.CCNL         = "016"
)

// TestThreeFaultsOfACode: a code out of form, one that its table does not list
// and one whose last day has passed are three different faults of one field. It
// goes over every table that has a code of the last sort.
func TestThreeFaultsOfACode(t *testing.T) {
	t.Parallel()
	all := tables(t)
	standards, err := standards()
	if err != nil {
		t.Fatal(err)
	}
	const agency = "/UniSomm/AgenziaSomministrazione/RapportoAgenziaSomm/@TipologiaContrattuale"
	for _, c := range []struct {
		table, base, path          string
		set                        any // a function of the model and the code
		misformed, unlisted, ended string
		late                       fault.Code
	}{
		{"tipologia_contrattuale", "unisomm/CO190701R1/assunzione", agency, func(c *co.UniSomm, code string) {
			c.AgenziaSomministrazione.RapportoAgenziaSomm.TipologiaContrattuale = co.TipologiaContrattuale(code)
		}, "A.1", "Z.01.00", "A.03.00", fault.LapsedCode},
		{"cittadinanza", "assunzione", "/UniLav/Lavoratore/AnagraficaCompleta/cittadinanza", func(c *co.UniLav, code string) {
			c.Lavoratore.AnagraficaCompleta.Cittadinanza = co.Cittadinanza(code)
		}, "ITA", "467", "224", fault.LapsedCode},
		{"ccnl", "assunzione", "/UniLav/InizioRapporto/ccnl", func(c *co.UniLav, code string) {
			c.InizioRapporto.CCNL = co.CCNL(code)
		}, "0-1", "ZZZ", "016", fault.LapsedCode},
		{"status_titolo_soggiorno", "extra-ue-modello-q", "/UniLav/Lavoratore/extraCE/@tipoDocumento", func(c *co.UniLav, code string) {
			c.Lavoratore.ExtraCE.TipoDocumento = co.TipoDocumento(code)
		}, "X", "9", "2", fault.LapsedCode},
		{"motivo_permesso", "extra-ue-modello-q", "/UniLav/Lavoratore/extraCE/@motivoPermesso", func(c *co.UniLav, code string) {
			c.Lavoratore.ExtraCE.MotivoPermesso = co.MotivoPermesso(code)
		}, "LAV", "XXXXX", "ASILO", fault.LapsedCode},
		{"province", "unipi/PIDISABILI001600/completo", "/prospetto/quadro2[2]/datiprovinciali/provincia", func(c *co.Prospetto, code string) {
			c.Quadro2[1].DatiProvinciali.Provincia = co.Provincia(code)
		}, "AN", "999", "701", fault.LapsedCode},
		{"comuni", "assunzione", "/UniLav/DatoreLavoro/SedeLavoro/Comune", func(c *co.UniLav, code string) {
			c.DatoreLavoro.SedeLavoro.Comune = co.CodiceComune(code)
		}, "12", "M999", "A003", fault.LapsedPlace},
		{"stati_esteri", "assunzione", "/UniLav/Lavoratore/IndirizzoLavoratore/Comune", func(c *co.UniLav, code string) {
			c.Lavoratore.IndirizzoLavoratore.Comune = co.CodiceComune(code)
		}, "Z", "Z999", "Z118", fault.LapsedPlace},
	} {
		found := make(map[string]fault.Code)
		for name, code := range map[string]string{"misformed": c.misformed, "unlisted": c.unlisted, "ended": c.ended} {
			content := sample(t, c.base)
			com := decode(t, content)
			reflect.ValueOf(c.set).Call([]reflect.Value{reflect.ValueOf(com), reflect.ValueOf(code)})
			id, _ := standards.Identify(content)
			if content, err = transform.Encode(com); err != nil {
				t.Fatal(err)
			}
			faults, err := standards.Validate(id, content)
			if err != nil {
				t.Fatal(err)
			}
			if name != "misformed" {
				if len(faults) > 0 {
					t.Errorf("%s: the schema refuses %s: %v", c.table, code, faults)
				}
				faults = Check(com, nil, all, today)
			}
			for _, f := range faults {
				if f.Path == c.path && found[name] == "" {
					found[name] = f.Code
				}
			}
		}
		if !strings.HasPrefix(string(found["misformed"]), "XSD-") || found["unlisted"] != fault.UnlistedCode || found["ended"] != c.late {
			t.Errorf("%s: %v", c.table, found)
		}
	}
}

// TestNewContractTypes: the types that the ministry has added since the table
// was made are accepted with a warning, whatever they are told with.
func TestNewContractTypes(t *testing.T) {
	t.Parallel()
	all := tables(t)
	for _, code := range []co.TipologiaContrattuale{"A.03.15", "B.04.00", "H.03.00", "N.01.00", "N.02.00", "N.03.00"} {
		for _, base := range []string{"assunzione", "assunzione-parziale", "apprendistato", "proroga", "trasformazione", "distacco", "cessazione", "cessazione-apprendista",
			"unisomm/CO190701R1/assunzione", "vardatori/CO190701R1/sedi"} {
			com, told := decode(t, sample(t, base)), false
			for _, v := range values(com) {
				if _, ok := v.Addr().Interface().(*co.TipologiaContrattuale); ok {
					v.SetString(string(code))
				}
			}
			for _, f := range Check(com, nil, all, today) {
				told = told || f.Code == fault.UnlistedCode
				if !f.Warning {
					t.Errorf("%s in %s: %s at %s refuses", code, base, f.Code, f.Path)
				}
			}
			if !told {
				t.Errorf("%s in %s: nothing says that the table lacks it", code, base)
			}
		}
	}
}

// TestLookupsOfASampleDoNotAllocate: codes in order cost no memory.
func TestLookupsOfASampleDoNotAllocate(t *testing.T) {
	c := &Case{Doc: decode(t, sample(t, "extra-ue-modello-q")), Tables: tables(t), Day: today}
	c.Particulars = c.Doc.Particulars()
	c.outline.Lay(c.Doc)
	if n := testing.AllocsPerRun(100, c.lookUp); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if !slices.Equal(c.found, nil) {
		t.Errorf("found %v", c.found)
	}
}

// TestEveryCodeTypeHasItsTable: no type of code of the model is forgotten.
func TestEveryCodeTypeHasItsTable(t *testing.T) {
	t.Parallel()
	model, err := os.ReadFile("../co/codes.go")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := os.ReadFile("codes.go")
	if err != nil {
		t.Fatal(err)
	}
	types := regexp.MustCompile(`(?m)^\t(\w+) +string //`).FindAllSubmatch(model, -1)
	if len(types) < 20 {
		t.Fatalf("%d types of codes", len(types))
	}
	for _, m := range types {
		name := string(m[1])
		if name != "TipoComunicazione" && !bytes.Contains(rules, []byte("case *co."+name+":")) { // that one is ENV-01
			t.Errorf("co.%s is looked up in no table", name)
		}
	}
}
