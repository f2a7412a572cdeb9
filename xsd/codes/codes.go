// Package codes holds the national code tables, each row with the days on
// which it is in force.
//
// It owns the tables this node needs, in the compact files of its data folder,
// which a test generates from the classification's sources and compares. Small
// tables have a label for each code, large ones codes alone; comuni have names.
// It must not know documents or rules.
package codes

import (
	"embed"
	"fmt"
)

//go:embed data/*.txt
var data embed.FS

// Row is one entry of a table. From and To are days, YYYY-MM-DD, both
// included; empty means without limit on that side.
type Row struct {
	Code, From, To string
}

// On reports whether the row is in force on a day, YYYY-MM-DD.
func (r Row) On(day string) bool {
	return (r.From == "" || r.From <= day) && (r.To == "" || day <= r.To)
}

// Tables are the national tables. A field is named as its data file.
type Tables struct {
	Province              Table // ISTAT codes, three digits
	Regioni               Table // ministry codes, two digits
	TipoComunicazione     Table
	Cessazione            Table // causes of termination
	Trasformazione        Table
	TipologiaContrattuale Table

	TipoDelegato           Table
	Cittadinanza           Table // three digits
	UnioneEuropea          Table // codes of Cittadinanza, on the days when the state is of the Union
	LiberaCircolazione     Table // codes of Cittadinanza, of states out of the Union whose citizens stay without permit
	StatiEsteri            Table // Z codes, and 0000 for Italy
	Questure               Table
	MotivoPermesso         Table
	StatusTitoloSoggiorno  Table // kinds of residence permit
	LivelloIstruzione      Table
	SettoreAteco           Table
	QualificaProfessionale Table
	CCNL                   Table
	TipoOrario             Table
	EntePrevidenziale      Table
	CategoriaObbligatoria  Table // compulsory placement
	SoggettoPromotore      Table // promoters of traineeships
	CategoriaTirocinante   Table
	TipologiaTirocinio     Table
	Variazione             Table // changes of agency work
	TrasferimentoAzienda   Table

	comuni    comuni
	contracts map[string]ContractType
}

// tableComuni is the one table with lines of a form of their own.
const tableComuni = "comuni"

// Load reads the tables. Of Files(nil), the program's own, an error means that
// the build is broken.
func (f Files) Load() (*Tables, error) {
	t := &Tables{}
	for name, table := range t.named() {
		var err error
		if *table, err = f.loadTable(name); err != nil {
			return nil, err
		}
	}
	var err error
	if t.contracts, err = f.loadContracts(); err != nil {
		return nil, err
	}
	if t.comuni, err = f.loadComuni(); err != nil {
		return nil, err
	}
	for _, c := range t.comuni {
		// The provinces lost in 1947 are of no region.
		if !t.Province.Known(c.Provincia) || c.To == "" && !t.Regioni.Known(c.Regione) {
			return nil, fmt.Errorf("read code table comuni: %s is of province %s and region %s, of which province or regioni lacks one",
				c.Code, c.Provincia, c.Regione)
		}
	}
	return t, nil
}

// named are the tables by the name of their data file.
func (t *Tables) named() map[string]*Table {
	return map[string]*Table{
		"province":                          &t.Province,
		"regioni":                           &t.Regioni,
		"tipo_comunicazione":                &t.TipoComunicazione,
		"cessazione":                        &t.Cessazione,
		"trasformazione":                    &t.Trasformazione,
		"tipologia_contrattuale":            &t.TipologiaContrattuale,
		"tipo_delegato":                     &t.TipoDelegato,
		"cittadinanza":                      &t.Cittadinanza,
		"unione_europea":                    &t.UnioneEuropea,
		"libera_circolazione":               &t.LiberaCircolazione,
		"stati_esteri":                      &t.StatiEsteri,
		"questure":                          &t.Questure,
		"motivo_permesso":                   &t.MotivoPermesso,
		"status_titolo_soggiorno":           &t.StatusTitoloSoggiorno,
		"livello_istruzione":                &t.LivelloIstruzione,
		"settore_ateco":                     &t.SettoreAteco,
		"qualifica_professionale":           &t.QualificaProfessionale,
		"ccnl":                              &t.CCNL,
		"tipo_orario":                       &t.TipoOrario,
		"ente_previdenziale":                &t.EntePrevidenziale,
		"categoria_assunzione_obbligatoria": &t.CategoriaObbligatoria,
		"tipologia_soggetto_promotore":      &t.SoggettoPromotore,
		"categoria_tirocinante":             &t.CategoriaTirocinante,
		"tipologia_tirocinio":               &t.TipologiaTirocinio,
		"variazione_somministrazione":       &t.Variazione,
		"trasferimento_azienda":             &t.TrasferimentoAzienda,
	}
}
