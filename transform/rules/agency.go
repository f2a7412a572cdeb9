package rules

import (
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Where UNISOMM has what its rules speak of, below the root.
const (
	belowAgency          = "/AgenziaSomministrazione"
	belowFirm            = "/DittaUtilizzatrice"
	belowMission         = belowFirm + "/InizioContratto/Inizio"
	belowVariation       = "/DatiVariazione"
	belowExtension       = belowVariation + "/DatiProroga/@dataFineProroga"
	belowChangeDate      = belowVariation + "/DatiTrasformazione/@dataTrasformazione"
	belowVariationChange = belowVariation + "/DatiTrasformazione/@codiceTrasformazione"
	belowEndDate         = belowVariation + "/DatiCessazione/@dataCessazione"
)

func agencyRules() []Rule {
	kinds := []string{co.UNISOMM}
	return []Rule{
		{Code: fault.AgencyCode, Kinds: kinds, Check: somm(agencyCode)},
		{Code: fault.AgencyState, Kinds: kinds, Check: somm(agencyState)},
		{Code: fault.AgencyRegister, Kinds: kinds, Check: somm(agencyRegister)},
		{Code: fault.UserFirm, Kinds: kinds, Check: somm(userFirm)},
		{Code: fault.SupplyContract, Kinds: kinds, Check: somm(supplyContract)},
		{Code: fault.AgencyTransformation, Kinds: kinds, Check: somm(agencyTransformation)},
		{Code: fault.MissionDates, Kinds: kinds, Check: somm(missionDates)},
		{Code: fault.MissionTerms, Kinds: kinds, Check: somm(missionTerms)},
		{Code: fault.VariationCode, Kinds: kinds, Check: somm(variationCode)},
		{Code: fault.AgencyExtension, Kinds: kinds, Check: somm(agencyExtension)},
		{Code: fault.VariationDate, Kinds: kinds, Check: somm(variationDate)},
	}
}

// somm makes a check of a check on the blocks of one UNISOMM, whose rules set
// several of them side by side.
func somm(check func(*finder, *co.UniSomm)) func(*Case) fault.List {
	return func(c *Case) fault.List {
		doc, ok := c.Doc.(*co.UniSomm)
		if !ok {
			return nil
		}
		f := finder{Case: c}
		check(&f, doc)
		return f.faults
	}
}

// finder gathers the faults of one check.
type finder struct {
	*Case
	faults fault.List
}

// tell adds a fault at below the root if it holds that something is wrong.
func (f *finder) tell(wrong bool, code fault.Code, below, expected string) {
	if wrong {
		f.faults = append(f.faults, fault.Fault{Code: code, Path: f.Root() + below, Expected: expected})
	}
}

// warn adds a warning likewise.
func (f *finder) warn(wrong bool, code fault.Code, below, expected string) {
	if wrong {
		f.tell(true, code, below, expected)
		f.faults[len(f.faults)-1].Warning = true
	}
}

// taxCodes are the Italian tax codes of a document: those of type CodiceFiscale,
// and an agency's or a leading company's unless it is said to be foreign.
func taxCodes(c *Case) iter.Seq2[int, co.CodiceFiscale] {
	return func(yield func(int, co.CodiceFiscale) bool) {
		foreign := false
		for i, p := range c.outline.Places() {
			code := co.CodiceFiscale("")
			switch v := p.Value.(type) {
			case *co.AgenziaSomministrazione:
				foreign = v.AgenziaEstera == "SI"
			case *co.DatiProspetto:
				foreign = v.CapogruppoEstera == "S"
			case *co.CodiceFiscale:
				code = *v
			case *co.CodiceFiscaleInternazionale:
				if v.Italian() && !foreign {
					code = co.CodiceFiscale(*v)
				}
			}
			if code != "" && !yield(i, code) {
				return
			}
		}
	}
}

// agencyCode is ID-08: only a foreign agency may have a code of the
// international form. Check characters are ID-01's and ID-04's.
func agencyCode(f *finder, doc *co.UniSomm) {
	a := &doc.AgenziaSomministrazione
	f.tell(a.AgenziaEstera != "SI" && a.CodiceFiscale != "" && !a.CodiceFiscale.Italian(), fault.AgencyCode, belowAgency+"/@codiceFiscale",
		"16 caratteri per le persone fisiche oppure 11 cifre, se agenziaestera è NO")
}

// agencyState is ID-09: the code of a foreign agency begins with the letters of
// a state of the Union.
func agencyState(f *finder, doc *co.UniSomm) {
	a := &doc.AgenziaSomministrazione
	f.tell(a.AgenziaEstera == "SI" && a.CodiceFiscale != "" && !memberLetters(a.CodiceFiscale.State()), fault.AgencyState, belowAgency+"/@codiceFiscale",
		"le due lettere dello Stato e il codice dell'agenzia in quello Stato")
}

// memberLetters reports whether letters stand for a state of the European Union
// other than Italy: ISO 3166-1, and EL, by which tax codes know Greece.
func memberLetters(letters string) bool {
	const all = "AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IE LT LU LV MT NL PL PT RO SE SI SK"
	return len(letters) == 2 && strings.Contains(all, letters)
}

// memberState reports whether a place is a state of the European Union other
// than Italy. The table of citizenships still marks the United Kingdom, which
// left on 31 January 2020; hence a list of our own.
func memberState(place co.CodiceComune) bool {
	const all = "Z102 Z103 Z104 Z107 Z109 Z110 Z112 Z115 Z116 Z120 Z121 Z126 Z127 Z128 Z129 Z131 Z132 Z134 Z144 Z145 Z146 Z149 Z150 Z155 Z156 Z211"
	return place.Foreign() && strings.Contains(all, string(place))
}

// piemonte is the ministry's code of the region whose form AZ-06 asks.
const piemonte = "13"

// agencyRegister is AZ-06. Its national part, one to twenty characters, is the
// schema's; the form it asks in Piemonte is that region's policy, and so a
// warning where Piemonte is competent.
func agencyRegister(f *finder, doc *co.UniSomm) {
	number := doc.AgenziaSomministrazione.NumeroIscrizioneAlbo
	f.warn(f.Tables.RegionOf(string(f.Workplace), f.Day) == piemonte && !piemonteRegister(number), fault.AgencyRegister,
		belowAgency+"/@numeroIscrizioneAlbo", "20 caratteri, gli ultimi dieci una data nella forma gg/mm/aaaa")
}

// piemonteRegister reports whether a number has ten characters followed by a
// date as dd/MM/yyyy.
func piemonteRegister(number string) bool {
	if utf8.RuneCountInString(number) != 20 {
		return false
	}
	d := number[len(number)-10:]
	return d[2] == '/' && d[5] == '/' && co.Data(d[6:]+"-"+d[3:5]+"-"+d[:2]).Day() != ""
}

// userFirm is AZ-07. Tax codes are checked by ID-01 and ID-04, the place of the
// mission by AZ-02.
func userFirm(f *finder, doc *co.UniSomm) {
	u := doc.DittaUtilizzatrice
	if u == nil {
		return
	}
	const code, place, postal = belowFirm + "/@codiceFiscale", belowFirm + "/SedeLegale/Comune", belowFirm + "/SedeLegale/cap"
	if u.DittaUtilizzatriceEsteraOperanteInItalia == "SI" {
		f.tell(u.CodiceFiscale != "", fault.UserFirm, code, "una ditta estera non ha codice fiscale italiano")
		f.tell(!memberState(u.SedeLegale.Comune), fault.UserFirm, place, "la sede legale di una ditta estera è in un altro Stato dell'Unione europea")
		f.tell(u.SedeLegale.Cap != "", fault.UserFirm, postal, "una sede estera non ha CAP")
		return
	}
	agency := co.CodiceFiscale(doc.AgenziaSomministrazione.CodiceFiscale)
	f.tell(u.CodiceFiscale == "", fault.UserFirm, code, "il codice fiscale è obbligatorio se la ditta non è estera")
	f.tell(u.CodiceFiscale != "" && u.CodiceFiscale.Normal() == agency.Normal(), fault.UserFirm, code, "la ditta utilizzatrice non può essere l'agenzia")
	f.tell(u.SedeLegale.Comune.Foreign(), fault.UserFirm, place, "un comune italiano, se la ditta non è estera")
	f.tell(u.SedeLegale.Cap == "" && !u.SedeLegale.Comune.Foreign(), fault.UserFirm, postal, "il CAP è obbligatorio per una sede in Italia")
}

// supplyContract is AZ-08: the contract types of agency work of before 2013
// that end by themselves ask for an end of the supply contract. Its start is
// the schema's.
func supplyContract(f *finder, doc *co.UniSomm) {
	u := doc.DittaUtilizzatrice
	switch doc.AgenziaSomministrazione.RapportoAgenziaSomm.TipologiaContrattuale {
	case "A.05.01", "A.06.01":
		f.tell(u != nil && u.DataFineContrattoSomm == "", fault.SupplyContract, belowFirm+"/@dataFineContrattoSomm", "")
	}
}

// lastOldApprenticeship is the last day of the apprenticeships of before the
// reform (contract types A.03.00 to A.03.03, d.lgs. 167/2011).
const lastOldApprenticeship = co.Data("2012-04-25")

// agencyTransformation is TRS-11. The day up to which relationships may have
// transformation AI is a parameter we do not know; a start after the last day
// of the contract types it transforms is therefore a warning.
func agencyTransformation(f *finder, doc *co.UniSomm) {
	v := doc.DatiVariazione
	if v == nil || v.DatiTrasformazione == nil {
		return
	}
	switch v.DatiTrasformazione.CodiceTrasformazione {
	case "FI", "PV", "DL":
		f.tell(true, fault.AgencyTransformation, belowVariationChange, "")
	case "TL":
		f.tell(v.CodiceVariazione != "3.03" && v.CodiceVariazione != "3.04", fault.AgencyTransformation, belowVariationChange,
			"il trasferimento è ammesso solo con le variazioni 3.03 e 3.04")
	case "AI":
		f.warn(lastOldApprenticeship.Before(doc.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm), fault.AgencyTransformation, belowVariationChange,
			"solo per gli apprendistati iniziati entro il 25 aprile 2012")
	}
}
