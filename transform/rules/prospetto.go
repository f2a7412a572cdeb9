package rules

import (
	"strconv"
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

func prospettoRules() []Rule {
	unipi := []string{co.UNIPI}
	return []Rule{
		{Code: fault.ProspettoTipo, Kinds: unipi, Check: prospettoTipo},
		{Code: fault.ReferenceDate, Kinds: unipi, Check: referenceDate},
		{Code: fault.FurtherHirings, Kinds: unipi, Check: furtherHirings},
		{Code: fault.PartAboveWhole, Kinds: unipi, Check: partAboveWhole},
	}
}

// prospettoTipo is RET-06: UNIPI has types of its own, which stand in for those
// of ENV-01; and, as ENV-03 has it of the others, a previous code goes with the
// types that correct one.
func prospettoTipo(c *Case) fault.List {
	_, previous := c.codeNames()
	switch c.Tipo {
	case co.UnipiInvio:
		if c.Previous != "" {
			return one(fault.ProspettoTipo, c.Root()+previous, "nessun codice precedente per un invio")
		}
	case co.UnipiRettifica, co.UnipiAnnullamento:
		if c.Previous == "" {
			return one(fault.ProspettoTipo, c.Root()+previous, "il codice della comunicazione da rettificare o annullare")
		}
	default:
		return one(fault.ProspettoTipo, c.Root()+"/tipocomunicazione", "01 (invio), 02 (rettifica) oppure 03 (annullamento)")
	}
	return nil
}

// referenceDate expects the last day of a year, as the description of the
// format has it. No rule asks for it, so it only warns.
func referenceDate(c *Case) fault.List {
	var faults fault.List
	for i, d := range each[co.DatiProspetto](c) {
		if !strings.HasSuffix(d.DataRiferimento.Day(), "-12-31") {
			faults = append(faults, doubt(fault.ReferenceDate, c.at(i, "/datariferimento"), "il 31 dicembre")...)
		}
	}
	return faults
}

// furtherHirings: the ministry's schema fixes nessunaassunzioneaggiuntiva to N
// in the branch with dates and to S in the one without, where it may be left out.
func furtherHirings(c *Case) fault.List {
	var faults fault.List
	for i, d := range each[co.DatiProspetto](c) {
		dates, none := d.DataPrimaAssunzione != "", d.NessunaAssunzioneAggiuntiva
		expected := ""
		switch {
		case dates && none != "N":
			expected = "N, poiché ci sono date di assunzioni aggiuntive"
		case !dates && none != "" && none != "S":
			expected = "S, poiché non ci sono date di assunzioni aggiuntive"
		default:
			continue
		}
		faults = append(faults, one(fault.FurtherHirings, c.at(i, "/nessunaassunzioneaggiuntiva"), expected)...)
	}
	return faults
}

// partAboveWhole: those in force in 2000 are among the workers of protected
// categories, as their name says. No rule asks for it, so it only warns.
func partAboveWhole(c *Case) fault.List {
	var faults fault.List
	for i, p := range each[co.PersonaleDipendente](c) {
		part, err := strconv.Atoi(p.DiCuiInForzaAl17012000)
		whole, wrong := strconv.Atoi(p.CategorieProtette)
		if err == nil && wrong == nil && part > whole {
			faults = append(faults, doubt(fault.PartAboveWhole, c.at(i, "/dicuiinforzaal17012000"), "al più quanti le categorie protette in forza")...)
		}
	}
	return faults
}
