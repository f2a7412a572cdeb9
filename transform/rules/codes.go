package rules

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// codeRules look every typed code up in its table, whatever the kind and the
// block that carries it. They stand for the table half of AZ-01, REL-06, TRS-01
// and CES-01 as well; the type of communication is ENV-01.
func codeRules() []Rule {
	return []Rule{
		{Code: fault.UnlistedCode, Check: looked(fault.UnlistedCode)},
		{Code: fault.LapsedCode, Check: looked(fault.LapsedCode)},
		{Code: fault.LapsedPlace, Check: looked(fault.LapsedPlace)},
	}
}

// lookup is a code that its table does not have in force.
type lookup struct {
	place    int
	code     fault.Code
	expected string
	warning  bool
}

// looked makes the check of one fault of the one pass over all codes.
func looked(code fault.Code) func(*Case) fault.List {
	return func(c *Case) fault.List {
		if !c.looked {
			c.lookUp()
			c.looked = true
		}
		var faults fault.List
		for _, l := range c.found {
			if l.code == code {
				faults = append(faults, fault.Fault{Code: code, Path: c.at(l.place, ""), Expected: l.expected, Warning: l.warning})
			}
		}
		return faults
	}
}

// lookUp goes over the codes of the document once. The day that counts is the
// one of submission, but for contract types.
func (c *Case) lookUp() {
	t := c.Tables
	for i, p := range c.outline.Places() {
		switch v := p.Value.(type) {
		case *co.CodiceComune:
			c.lookPlace(i, string(*v))
		case *co.Provincia:
			c.look(i, &t.Province, string(*v), "tabella delle province")
		case *co.Regione:
			c.look(i, &t.Regioni, string(*v), "tabella delle regioni")
		case *co.TipologiaContrattuale:
			c.lookContract(i, string(*v))
		case *co.CCNL:
			c.lookAgreement(i, string(*v))
		case *co.TipoDelegato:
			c.look(i, &t.TipoDelegato, string(*v), "tabella dei tipi di delegato")
		case *co.Cittadinanza:
			c.look(i, &t.Cittadinanza, string(*v), "tabella delle cittadinanze")
		case *co.MotivoPermesso:
			c.lookReason(i, string(*v))
		case *co.TipoDocumento:
			c.look(i, &t.StatusTitoloSoggiorno, string(*v), "tabella dei tipi di titolo di soggiorno")
		case *co.Questura:
			c.look(i, &t.Questure, string(*v), "tabella delle questure")
		case *co.LivelloIstruzione:
			c.look(i, &t.LivelloIstruzione, string(*v), "tabella dei livelli di istruzione")
		case *co.Settore:
			c.look(i, &t.SettoreAteco, string(*v), "tabella dei settori di attività (ATECO)")
		case *co.QualificaProfessionale:
			c.look(i, &t.QualificaProfessionale, string(*v), "tabella delle qualifiche professionali")
		case *co.EntePrevidenziale:
			c.look(i, &t.EntePrevidenziale, string(*v), "tabella degli enti previdenziali")
		case *co.CodiceOrario:
			c.look(i, &t.TipoOrario, string(*v), "tabella dei tipi di orario")
		case *co.CategoriaObbligatoria:
			c.look(i, &t.CategoriaObbligatoria, string(*v), "tabella delle categorie di assunzione obbligatoria")
		case *co.CodiceTrasformazione:
			c.look(i, &t.Trasformazione, string(*v), "tabella delle trasformazioni")
		case *co.CausaCessazione:
			c.look(i, &t.Cessazione, string(*v), "tabella delle cause di cessazione")
		case *co.EntePromotore:
			c.look(i, &t.SoggettoPromotore, string(*v), "tabella dei soggetti promotori di tirocini")
		case *co.CategoriaTirocinante:
			c.look(i, &t.CategoriaTirocinante, string(*v), "tabella delle categorie di tirocinanti")
		case *co.TipologiaTirocinio:
			c.look(i, &t.TipologiaTirocinio, string(*v), "tabella delle tipologie di tirocinio")
		case *co.CodiceVariazione:
			c.look(i, &t.Variazione, string(*v), "tabella delle variazioni della somministrazione")
		case *co.CodiceTrasferimento:
			c.look(i, &t.TrasferimentoAzienda, string(*v), "tabella dei trasferimenti d'azienda")
		}
	}
}

// look looks a code up on the day of submission.
func (c *Case) look(place int, t *codes.Table, code, table string) {
	switch t.On(code, c.Day) {
	case codes.InForce:
	case codes.Unknown:
		c.found = append(c.found, lookup{place, fault.UnlistedCode, table, t.Partial})
	default:
		c.found = append(c.found, lookup{place, fault.LapsedCode, table, false})
	}
}

// lookReason looks the reason of a permit up. One whose last day has passed is a
// warning: the table is of 2014, and of the four that it ends two are given today,
// temporary protection (decree of 28 March 2022) and asylum (legislative decree
// 251/2007, article 23).
func (c *Case) lookReason(place int, code string) {
	before := len(c.found)
	c.look(place, &c.Tables.MotivoPermesso, code, "tabella dei motivi del permesso di soggiorno")
	c.doubtFrom(before)
}

// doubtFrom makes warnings of what was found from an index on.
func (c *Case) doubtFrom(i int) {
	for ; i < len(c.found); i++ {
		c.found[i].warning = true
	}
}

// lookPlace is ID-10: a comune, or a foreign state, in force; for a birth one
// that is or was, on whatever day. That a place must be in force is inferred, so
// one that is no more is a warning, but for a workplace, whose comune decides the
// competent region (AZ-04). A comune that is not listed may be younger than the
// table. Where there may be a state, 0000 is Italy.
func (c *Case) lookPlace(place int, code string) {
	birth := false
	switch c.outline.Places()[c.outline.Parent(place)].Value.(type) {
	case *co.Nascita, *co.LavoratoreComputabile:
		birth = true
	}
	switch standing := c.Tables.Place(code, c.Day); {
	case standing == codes.Unknown:
		foreign := co.CodiceComune(code).Foreign()
		expected := "tabella dei comuni"
		if foreign {
			expected = "tabella degli stati esteri"
		}
		c.found = append(c.found, lookup{place, fault.UnlistedCode, expected, !foreign})
	case standing != codes.InForce && !birth:
		c.found = append(c.found, lookup{place, fault.LapsedPlace, "un comune o uno stato estero di oggi", !c.ofWorkplace(place)})
	}
}

// ofWorkplace reports whether the comune at a place is one where people work.
func (c *Case) ofWorkplace(place int) bool {
	code := c.outline.Places()[place].Value
	for s := range seats(c) {
		if code == any(&s.Comune) {
			return s.what == workplace || s.what == transferred || s.what == ashore
		}
	}
	_, ofLao := c.outline.Places()[c.outline.Parent(c.outline.Parent(place))].Value.(*co.SediDiLavoro)
	return ofLao
}

// lookContract looks a contract type up. The day that counts is the one on
// which the relationship starts: for a Contratto that is REL-01, with its
// exceptions by movement.
func (c *Case) lookContract(place int, code string) {
	const table = "tabella delle tipologie contrattuali"
	t := &c.Tables.TipologiaContrattuale
	_, ruled := c.outline.Places()[c.outline.Parent(place)].Value.(*co.Contratto)
	switch {
	case !t.Known(code):
		c.found = append(c.found, lookup{place, fault.UnlistedCode, table, t.Partial})
	case !ruled && c.Start != "" && !t.Has(code, c.Start) && !t.Has(code, c.Day):
		c.found = append(c.found, lookup{place, fault.LapsedCode, table, false})
	}
}

// lookAgreement looks a collective agreement up. Of the codes of four
// characters, in use since 2019, the table has none and can say nothing. A
// relationship that goes on may still tell the one it began under, so one whose
// last day has passed is a fault of a hiring and a warning elsewhere.
func (c *Case) lookAgreement(place int, code string) {
	t := &c.Tables.CCNL
	if len(code) == 4 && !t.Known(code) {
		return
	}
	before := len(c.found)
	c.look(place, t, code, "tabella dei contratti collettivi")
	if c.Movement != co.ASS && c.Movement != co.ASSINIMIS {
		c.doubtFrom(before)
	}
}
