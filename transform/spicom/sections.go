package spicom

import "github.com/snodo-co/snodo/xsd/fault"

// The constants by which the region's own check of sections, which senders run
// before they send, names what is missing (ComunicazioneTUValidator).
const (
	missingExtras   = "SEZIONE_DATI_AGGIUNTIVI_NON_COMPILATA"
	missingEmployer = "SEZIONE_DATORE_LAVORO_NON_COMPILATA"
	missingWorker   = "SEZIONE_LAVORATORE_NON_COMPILATA"
	missingSending  = "SEZIONE_DATI_INVIO_NON_COMPILATA"
	movementUnclear = "ESITO_IMPOSSIBILE_DETERMINARE_TIPO_COMUNICAZIONE"
)

// checkTrack finds the track of a communication and refuses all but UNILAV.
// Where the region's check would crash, the section at fault is named instead.
func checkTrack(root *object) *fault.Fault {
	extras := root.get("datiAggiuntivi")
	if extras == nil {
		return missing(missingExtras, "datiAggiuntivi")
	}
	track := extras.get("tipoTracciatoXML")
	if track == nil {
		return missing(missingExtras, "datiAggiuntivi/tipoTracciatoXML")
	}
	f := &fault.Fault{Path: "/object/datiAggiuntivi/tipoTracciatoXML", Line: track.line}
	switch track.text {
	case "UL":
		return nil
	case "US":
		f.Code, f.Expected = fault.TrackNotYet, "UNISOMM"
	case "UG":
		f.Code, f.Expected = fault.TrackNotYet, "UNIURG"
	case "VD":
		f.Code, f.Expected = fault.TrackNotYet, "VARDATORI"
	case "UD":
		f.Code = fault.TrackDomestic
	default:
		f.Code = fault.TrackUnknown
	}
	return f
}

// movement is which national element reports a UNILAV communication.
type movement uint8

const (
	hiring movement = iota
	extension
	transformation
	termination
)

// movementOf decides by track and presence of sections, as the region's check
// does: a termination wins over the other changes, two other changes are unclear,
// and type 05 (from traineeship to employment) admits no change.
func movementOf(root *object) (movement, *fault.Fault) {
	if f := checkTrack(root); f != nil {
		return 0, f
	}
	for _, s := range []struct{ name, constant string }{
		{"datoreDiLavoro", missingEmployer},
		{"lavoratore", missingWorker},
		{"datiInvio", missingSending},
	} {
		if root.get(s.name) == nil {
			return 0, missing(s.constant, s.name)
		}
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
