package spicom

import (
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The constants by which the region's own check of sections, which senders run
// before they send, names what is missing (ComunicazioneTUValidator).
const (
	missingExtras    = "SEZIONE_DATI_AGGIUNTIVI_NON_COMPILATA"
	missingEmployer  = "SEZIONE_DATORE_LAVORO_NON_COMPILATA"
	missingWorker    = "SEZIONE_LAVORATORE_NON_COMPILATA"
	missingSending   = "SEZIONE_DATI_INVIO_NON_COMPILATA"
	missingStart     = "SEZIONE_DATI_INIZIO_NON_COMPILATA"
	missingMission   = "SEZIONE_MISSIONE_NON_COMPILATA_CORRETTAMENTE"
	missingSites     = "SEZIONE_SEDI_INTERESSATE_VARDATORI_NON_COMPILATA_CORRETTAMENTE"
	missingSections  = "ESITO_LE_SEZIONI_MINIME_NON_SONO_VALORIZZATE"
	movementUnclear  = "ESITO_IMPOSSIBILE_DETERMINARE_TIPO_COMUNICAZIONE"
	changeCode       = "ESITO_COMUNICAZIONE_CODICE_VARIAZIONE_NON_VALIDO"
	changeIncomplete = "ESITO_COMUNICAZIONE_VARIAZIONE_INCOMPLETA"
	changeWrong      = "ESITO_COMUNICAZIONE_VARIAZIONE_INCONSISTENTE"
	changeNoMission  = "ESITO_COMUNICAZIONE_INCOMPLETA_DATI_MISSIONE"
	changeNoSection  = "ESITO_COMUNICAZIONE_INCOMPLETA_" // and the section's name
)

// The tracks: which national format a communication is in (tipoTracciatoXML).
const (
	trackUniLav    = "UL"
	trackUniSomm   = "US"
	trackUniUrg    = "UG"
	trackVarDatori = "VD"
	trackProspetto = "PD" // of a class of its own
)

// trackOf finds the track of a communication. Domestic work is refused (ENV-11,
// the region's policy). Where the region's check would crash, the section at
// fault is named instead.
func trackOf(root *object) (string, *fault.Fault) {
	if root.class.is(classProspetto) {
		return trackProspetto, nil
	}
	extras := root.get("datiAggiuntivi")
	if extras == nil {
		return "", missing(missingExtras, "datiAggiuntivi")
	}
	track := extras.get("tipoTracciatoXML")
	if track == nil {
		return "", missing(missingExtras, "datiAggiuntivi/tipoTracciatoXML")
	}
	f := &fault.Fault{Code: fault.TrackUnknown, Path: "/object/datiAggiuntivi/tipoTracciatoXML", Line: track.line}
	switch track.text {
	case trackUniLav, trackUniSomm, trackUniUrg, trackVarDatori:
		return track.text, nil
	case "UD":
		f.Code = fault.TrackDomestic
	}
	return "", f
}

// kindOf is the national kind of a track that trackOf gave.
func kindOf(track string) string {
	switch track {
	case trackUniSomm:
		return co.UNISOMM
	case trackUniUrg:
		return co.UNIURG
	case trackVarDatori:
		return co.VARDATORI
	case trackProspetto:
		return co.UNIPI
	}
	return co.UNILAV
}

// section is a part of a communication that must be there, and the region's
// constant for its absence.
type section struct{ name, constant string }

// require finds the first section that is not there.
func require(root *object, sections ...section) *fault.Fault {
	for _, s := range sections {
		if root.get(s.name) == nil {
			return missing(s.constant, s.name)
		}
	}
	return nil
}

// movement is which national element reports a UNILAV communication.
type movement uint8

const (
	hiring movement = iota
	extension
	transformation
	termination
)

// movementOf decides by presence of sections, as the region's check does: a
// termination wins over the other changes, two other changes are unclear, and
// type 05 (from traineeship to employment) admits no change.
func movementOf(root *object) (movement, *fault.Fault) {
	if f := require(root, section{"datoreDiLavoro", missingEmployer}, section{"lavoratore", missingWorker},
		section{"datiInvio", missingSending}); f != nil {
		return 0, f
	}
	tipo := root.get("datiInvio").get("tipoComunicazione")
	if tipo == nil {
		return 0, missing(missingSending, "datiInvio/tipoComunicazione")
	}
	unclear := &fault.Fault{Code: fault.MovementUnclear, Expected: movementUnclear, Path: "/object"}
	extended := root.get("proroga") != nil
	transformed := root.get("trasformazione") != nil
	terminated := root.get("cessazione") != nil
	switch changed := extended || transformed || terminated; {
	case root.get("datiInizio") == nil, changed && tipo.text == "05":
		return 0, unclear
	case !changed:
		return hiring, nil
	case terminated:
		return termination, nil
	case extended && transformed:
		return 0, unclear
	case extended:
		return extension, nil
	}
	return transformation, nil
}

func missing(constant, path string) *fault.Fault {
	return &fault.Fault{Code: fault.SectionMissing, Expected: constant, Path: "/object/" + path}
}

// urgencySections holds UNIURG against the region's check.
func urgencySections(root *object) *fault.Fault {
	return require(root, section{"datiInvio", missingSending}, section{"datoreDiLavoro", missingEmployer},
		section{"lavoratore", missingWorker}, section{"datiInizio", missingStart})
}

// transferSections holds VARDATORI against the region's check: a change of name
// with its employer, or a transfer with both employers and at least one site,
// never both.
func transferSections(root *object) *fault.Fault {
	if f := require(root, section{"datiInvio", missingSending}); f != nil {
		return f
	}
	name, transfer := root.get("variazioneRagioneSociale"), root.get("trasferimentoRamoAziendale")
	unmet := &fault.Fault{Code: fault.SectionMissing, Expected: missingSections, Path: "/object"}
	switch {
	case (name != nil) == (transfer != nil):
		return unmet
	case name != nil:
		if name.get("datoreLavoroAttuale") == nil {
			return unmet
		}
		return nil
	case transfer.get("datoreLavoroAttuale") == nil, transfer.get("datoreLavoroPrecedente") == nil:
		return unmet
	}
	sites := transfer.get("vctElencoSediDiLavoroInteressate")
	const path = "trasferimentoRamoAziendale/vctElencoSediDiLavoroInteressate"
	if sites == nil || len(sites.items) == 0 {
		return missing(missingSites, path)
	}
	for i := range sites.items {
		workers := sites.items[i].get("vctElencoLavoratoriInteressati")
		if sites.items[i].null || workers == nil {
			return missing(missingSites, path)
		}
		for j := range workers.items {
			if workers.items[j].null {
				return missing(missingSites, path)
			}
		}
	}
	return nil
}
