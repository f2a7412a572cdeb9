package rules

import (
	"strings"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The rules SOM-01 to SOM-05 of agency work.

// missionDates is SOM-01. Where the communication itself extends the
// relationship, the mission may last until the new end.
func missionDates(f *finder, doc *co.UniSomm) {
	u, m := doc.DittaUtilizzatrice, doc.Mission()
	if m == nil {
		return
	}
	const start, end = belowMission + "/@dataInizioMissione", belowMission + "/@dataFineMissione"
	r := &doc.AgenziaSomministrazione.RapportoAgenziaSomm
	f.tell(m.DataInizioMissione.Before(u.DataInizioContrattoSomm), fault.MissionDates, start,
		"la missione non può iniziare prima del contratto di somministrazione")
	f.tell(m.DataInizioMissione.Before(r.DataInizioSomm), fault.MissionDates, start, "la missione non può iniziare prima del rapporto con l'agenzia")
	f.tell(u.DataFineContrattoSomm != "" && m.DataFineMissione == "", fault.MissionDates, end,
		"la fine della missione è obbligatoria se il contratto di somministrazione ha una fine")
	f.tell(m.DataFineMissione.Before(m.DataInizioMissione), fault.MissionDates, end, "la missione non può finire prima di iniziare")
	f.tell(u.DataFineContrattoSomm.Before(m.DataFineMissione), fault.MissionDates, end,
		"la missione non può finire dopo il contratto di somministrazione")
	last := r.DataFineSomm
	if v := doc.DatiVariazione; v != nil && v.DatiProroga != nil && v.CodiceVariazione != "2.03" && last.Before(v.DatiProroga.DataFineProroga) {
		last = v.DatiProroga.DataFineProroga
	}
	f.tell(last.Before(m.DataFineMissione), fault.MissionDates, end, "la missione non può finire dopo il rapporto con l'agenzia")
}

// gradeAndPayDue is the day from which grade and pay are mandatory, that of
// edition CO190701R1.
const gradeAndPayDue = co.Data("2019-11-04")

// missionTerms is SOM-02, as far as the schema leaves it open: working time is
// REL-08's, and there is no place for incentives. Grade and pay of a mission of
// before they were mandatory are worth a warning; so is the tariff item beside
// a declared risk, which is inferred.
func missionTerms(f *finder, doc *co.UniSomm) {
	m := doc.Mission()
	if m == nil {
		return
	}
	tell := f.tell
	if m.DataInizioMissione.Before(gradeAndPayDue) {
		tell = f.warn
	}
	tell(strings.TrimSpace(m.LivelloInquadramento) == "", fault.MissionTerms, belowMission+"/livelloInquadramento", "il livello di inquadramento è obbligatorio")
	tell(strings.Trim(m.RetribuzioneCompenso, "0") == "", fault.MissionTerms, belowMission+"/RetribuzioneCompenso",
		"la retribuzione è obbligatoria e diversa da zero")
	f.warn(m.RischioAsbestosiSilicosi == "SI" && m.VoceTariffa1 == "", fault.MissionTerms, belowMission+"/@voceTariffa_1",
		"la voce di tariffa INAIL, se c'è rischio di asbestosi o silicosi")
}

// variationCode is SOM-03: what the document carries is what the code speaks of.
// That the code is in its table is what every code is asked (COD-01), and that
// 2.02 and 2.03 need a mission is SOM-04's.
func variationCode(f *finder, doc *co.UniSomm) {
	v := doc.DatiVariazione
	if v == nil || f.Movement == "" {
		return // without variation, or of a code that says nothing
	}
	const code = belowVariation + "/@codiceVariazione"
	switch v.CodiceVariazione[0] {
	case '2':
		f.tell(v.DatiProroga == nil, fault.VariationCode, code, "questo codice richiede DatiProroga")
	case '3':
		f.tell(v.DatiTrasformazione == nil, fault.VariationCode, code, "questo codice richiede DatiTrasformazione")
		f.tell(f.Movement.OfMission() && doc.Mission() == nil, fault.VariationCode, code, "questo codice richiede i dati della missione")
	case '4':
		f.tell(v.DatiCessazione == nil, fault.VariationCode, code, "questo codice richiede DatiCessazione")
		f.tell(f.Movement.OfMission() && doc.Mission() == nil, fault.VariationCode, code, "questo codice richiede i dati della missione")
	}
}

// agencyExtension is SOM-04. The new end of a relationship is by its nature
// after the old one; only a mission extended by itself (2.03) must stay within
// the relationship.
func agencyExtension(f *finder, doc *co.UniSomm) {
	v, r, m := doc.DatiVariazione, &doc.AgenziaSomministrazione.RapportoAgenziaSomm, doc.Mission()
	if v == nil || v.DatiProroga == nil {
		return
	}
	end := v.DatiProroga.DataFineProroga
	f.tell(end.Day() != "" && end.Day() <= r.DataInizioSomm.Day(), fault.AgencyExtension, belowExtension,
		"la nuova fine deve seguire l'inizio del rapporto")
	if v.CodiceVariazione == "2.02" || v.CodiceVariazione == "2.03" {
		f.tell(m == nil, fault.AgencyExtension, belowVariation+"/@codiceVariazione", "questo codice richiede i dati della missione")
		f.tell(m != nil && m.DataFineMissione == "", fault.AgencyExtension, belowMission+"/@dataFineMissione",
			"la fine attuale della missione che si proroga")
	}
	f.tell(v.CodiceVariazione == "2.03" && r.DataFineSomm.Before(end), fault.AgencyExtension, belowExtension,
		"la missione non può essere prorogata oltre la fine del rapporto con l'agenzia")
}

// variationDate is SOM-05. The rule names the start of the relationship; an end
// of the mission before the mission's own start is worth a warning.
func variationDate(f *finder, doc *co.UniSomm) {
	v, start := doc.DatiVariazione, doc.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm
	if v == nil {
		return
	}
	if t := v.DatiTrasformazione; t != nil {
		day := t.DataTrasformazione.Day()
		f.tell(day != "" && day <= start.Day(), fault.VariationDate, belowChangeDate, "la trasformazione deve seguire l'inizio del rapporto")
	}
	if e := v.DatiCessazione; e != nil {
		f.tell(e.DataCessazione.Before(start), fault.VariationDate, belowEndDate, "la cessazione non può precedere l'inizio del rapporto")
		m := doc.Mission()
		f.warn(f.Movement == co.FINEMIS && m != nil && !e.DataCessazione.Before(start) && e.DataCessazione.Before(m.DataInizioMissione),
			fault.VariationDate, belowEndDate, "la fine della missione non dovrebbe precederne l'inizio")
	}
}
