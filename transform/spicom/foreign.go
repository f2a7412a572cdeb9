package spicom

import (
	"slices"

	"github.com/snodo-co/snodo/xsd/fault"
)

// ownSections are the sections of a communication that its track has (the table of
// beans, which names the track of each).
func ownSections(track string) []string {
	switch track {
	case trackUniSomm:
		return []string{"datoreDiLavoro", "lavoratore", "datiInizio", "datiVariazione", "dittaUtilizzatrice", "missione"}
	case trackUniUrg:
		return []string{"datoreDiLavoro", "lavoratore", "datiInizio"}
	case trackVarDatori:
		return []string{"variazioneRagioneSociale", "trasferimentoRamoAziendale"}
	}
	return []string{"datoreDiLavoro", "lavoratore", "lavoratoreCoobbligato", "datiInizio", "proroga", "trasformazione", "cessazione"}
}

// foreign drops the sections of other tracks than the communication's own. The
// region's check does not look at them, so they refuse nothing here either; but a
// sender who filled one believes that it was reported. A bean in which nothing is
// given, as COMONL writes some, is no section.
func (w *writer) foreign(track string) {
	own := ownSections(track)
	for _, p := range w.root.class.order {
		switch p.name {
		case "datiInvio", "datiAggiuntivi", "esitoValidazione", "esitoValidazioneCoerenzaCompilazioneSezioniTracciato":
			continue // of every track, or the hub's own results
		}
		if o := w.root.bean(p.name); o != nil && !slices.Contains(own, p.name) {
			w.drop(fault.SectionForeign, o, p.name)
		}
	}
	if track != trackUniLav {
		w.dropGiven(fault.SectionForeign, w.root.get("datiAggiuntivi"), "datiAggiuntivi", "datiTirocinio")
	}
	if track == trackUniLav || track == trackUniUrg { // UNISOMM demands its own classes
		w.dropGiven(fault.SectionForeign, w.root.get("datoreDiLavoro"), "datoreDiLavoro", "numIscrizioneAlbo", "flgAgenziaEstera", "dsCognome", "dsNome")
		w.dropGiven(fault.SectionForeign, w.root.get("datiInizio"), "datiInizio",
			"numAgenziaSomministrazione", "numMatricolaLavoratore", "indennitaDisponibilita", "dataFineProroga", "dataCessazione", "flgCcnlApplicato")
	}
}
