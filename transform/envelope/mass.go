package envelope

import (
	"strconv"

	"github.com/snodo-co/snodo/xsd/fault"
)

// The states of one file of a mass submission, as people read them.
const (
	FileAccepted = "accettata"     // accepted: receipt of acceptance
	FileRejected = "respinta"      // judged and rejected: receipt of rejection
	FileRefused  = "rifiutata"     // not judged, by the sender's doing: no receipt
	FileMissed   = "non elaborata" // nothing promised, by our trouble or for want of time: send again
)

// MassItem is what became of one file of a mass submission.
type MassItem struct {
	File     string // its name in the archive, "" if that is not admitted
	State    string // one of the four above
	Repeated bool   // an earlier receipt given again
	Codice   string // of an accepted communication
	Position int64  // in the ledger, 0 without an entry
	Entry    string // of the ledger, 64 hexadecimal digits
	Digest   string // of the content, 64 hexadecimal digits
	Faults   fault.List
	Receipt  []byte // sealed, byte for byte; nil if none, or if there was no room
}

// AppendMassOutcome appends EsitoMassivo: one summary, and one outcome for each
// file, in the order of the archive. It has no XML declaration: it travels as a
// string. The form is that of snodo-massivo.xsd.
func AppendMassOutcome(dst []byte, items []MassItem) []byte {
	w := NewWriter(dst)
	w.Start("EsitoMassivo", "xmlns", HubNS, "versione", "1")
	count, repeated := make(map[string]int), 0
	for _, item := range items {
		count[item.State]++
		if item.Repeated {
			repeated++
		}
	}
	w.Start("Riepilogo")
	w.Element("File", strconv.Itoa(len(items)))
	w.Element("Accettate", strconv.Itoa(count[FileAccepted]))
	w.Element("Respinte", strconv.Itoa(count[FileRejected]))
	w.Element("Rifiutate", strconv.Itoa(count[FileRefused]))
	w.Element("NonElaborate", strconv.Itoa(count[FileMissed]))
	w.Element("Ripetute", strconv.Itoa(repeated))
	w.End("Riepilogo")
	for i, item := range items {
		w.massItem(i+1, item)
	}
	w.End("EsitoMassivo")
	return w.Bytes()
}

func (w *Writer) massItem(number int, item MassItem) {
	attrs := []string{"numero", strconv.Itoa(number)}
	if item.File != "" {
		attrs = append(attrs, "file", item.File)
	}
	if item.Repeated {
		attrs = append(attrs, "ripetuta", "true")
	}
	w.Start("Comunicazione", attrs...)
	w.Element("Stato", item.State)
	if item.Codice != "" {
		w.Element("CodiceComunicazione", item.Codice)
	}
	if item.Position > 0 {
		w.Element("Posizione", strconv.FormatInt(item.Position, 10))
		w.Element("Voce", item.Entry)
		w.Element("Impronta", item.Digest)
	}
	if len(item.Faults) > 0 {
		w.Start("Errori")
		for _, f := range item.Faults {
			writeError(w, f)
		}
		w.End("Errori")
	}
	w.Raw(item.Receipt)
	w.End("Comunicazione")
}
