package piemonte

import (
	"context"
	"log/slog"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The classes of an answer to convertiInFormatoUnico2 (wire page, section 3).
const (
	classTranslation   = "it.csi.spicom.interf.RisultatoConversioneTracciato"
	classCommunication = "it.csi.spicom.dto.ComunicazioneTracciatoUnicoDTO"
	classInterface     = "it.csi.spicom.dto.ComunicazioneInt"
)

// The bounds of a call: documents (the region's mass upload sends some hundreds
// at most), and bytes of its answer, in which each comes back twice.
const (
	maxTranslations = 1000
	maxTranslated   = 24 << 20
)

// translation is the State of a call that converts documents.
type translation struct {
	invocation
	results [][]envelope.Property
	size    int // bytes of all texts, and of what is told of them
}

// translate converts every document of a call. One result an input, in the same
// order: the client names the wrong file by its position.
func (d Dialect) translate(in invocation, documents [][]byte) (translation, *hub.Problem) {
	t := translation{invocation: in}
	if len(documents) > maxTranslations {
		return t, refuse(fault.Fault{Code: fault.CallArguments})
	}
	standards := d.Standards()
	for _, document := range documents {
		text, faults, err := d.Converter.Translate(standards, document)
		if err != nil {
			d.Log.LogAttrs(context.Background(), slog.LevelError, "spicom translation", slog.String("error", err.Error()))
			return t, &hub.Problem{Fault: fault.Fault{Code: fault.InternalTrouble}}
		}
		lines := make([]string, 0, len(faults))
		for _, f := range faults {
			lines = append(lines, message(fault.List{f}))
			t.size += len(lines[len(lines)-1]) // a small document may have a hundred
		}
		if t.size += len(document) + len(text); t.size > maxTranslated {
			return t, refuse(fault.Fault{Code: fault.RegionalTooLarge})
		}
		t.results = append(t.results, result(document, text, lines))
	}
	return t, nil
}

// result is one RisultatoConversioneTracciato. The client rebuilds the
// communication from tracciatoInUscita and cannot read the two beans, which are
// null. On success erroriConversione tells what was lost, null if nothing.
func result(document, text []byte, lines []string) []envelope.Property {
	errors := envelope.StringsProperty("erroriConversione", lines...)
	if len(lines) == 0 {
		errors = errors.Null()
	}
	out := envelope.StringProperty("tracciatoInUscita", string(text))
	if text == nil {
		out = out.Null()
	}
	return []envelope.Property{
		envelope.BooleanProperty("conversioneEseguitaConSuccesso", text != nil),
		errors,
		envelope.BeanProperty("traccciatoConvertito", classCommunication).Null(), // so spelled
		envelope.BeanProperty("tracciatoComConvertito", classInterface).Null(),
		envelope.StringProperty("tracciatoInIngresso", string(document)),
		out,
	}
}
