// Package receipt is the answer a sender keeps: an XML document that is a
// function of its ledger entry alone, and the issuer that has it sealed.
//
// It owns the form of the Ricevuta (namespace urn:snodo:hub:v1, schema in
// xsd/schemas/hub) and when an entry has one. It must not hold keys or know
// how seals are made: a Sealer does that.
package receipt

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Namespace of everything of ours on the wire (contracts.md, Answers).
const Namespace = "urn:snodo:hub:v1"

// Kind is the Tipo of a receipt.
type Kind string

// The kinds of receipt. Refused submissions have none.
const (
	Acceptance        Kind = "accettazione"
	Rejection         Kind = "rifiuto"
	Registration      Kind = "registrazione"
	NationalRejection Kind = "rifiuto-nazionale"
)

// channelNote is what receipts say of documents without the sender's signature
// (contracts.md, Bytes).
const channelNote = "canale, documento non firmato"

// KindOf tells which receipt an entry has; false if it has none.
func KindOf(e ledger.Entry) (Kind, bool) {
	switch {
	case e.Type == ledger.Submission && e.Status == ledger.Accepted:
		return Acceptance, true
	case e.Type == ledger.Submission && e.Status == ledger.Rejected:
		return Rejection, true
	case e.Type == ledger.Outcome && e.Status == ledger.Registered:
		return Registration, true
	case e.Type == ledger.Outcome && e.Status == ledger.RejectedByStore:
		return NationalRejection, true
	}
	return "", false
}

// Build writes the unsealed receipt of an entry: no XML declaration, every
// prefix declared on the root, already in canonical form. The bytes depend on
// the entry alone. It fails for an entry without receipt or with unreadable
// faults.
func Build(e ledger.Entry) ([]byte, error) {
	kind, ok := KindOf(e)
	if !ok {
		return nil, fmt.Errorf("build receipt: %s %s entries have none", e.Type, e.Status)
	}
	faults, err := fault.Decode(e.Faults)
	if err != nil {
		return nil, fmt.Errorf("build receipt of entry %d: %w", e.Position, err)
	}
	w := writer{b: make([]byte, 0, 2048)}
	w.b = append(w.b, `<Ricevuta xmlns="`+Namespace+`" versione="1">`...)
	w.element("Tipo", string(kind))
	w.element("Posizione", strconv.FormatInt(e.Position, 10))
	w.element("Voce", e.ID())
	w.element("Regione", e.Region)
	w.element("Origine", string(e.Origin))
	w.element("Mittente", e.Sender)
	w.element("Tracciato", e.Kind)
	w.element("Edizione", e.Edition)
	w.element("Impronta", e.Digest.String())
	w.element("ImprontaDocumento", e.Document.String())
	w.element("CodiceComunicazione", e.Codice)
	w.element("CodicePrecedente", e.Previous)
	w.element("Catena", e.Root)
	w.element("Ricevuto", stamp(e.Received))
	w.element("Registrato", stamp(e.Recorded))
	if e.Origin == ledger.Channel {
		w.element("Nota", channelNote)
	}
	w.faults(faults)
	if e.Type == ledger.Outcome {
		w.element("VoceAccettazione", e.Subject.String())
		if e.Registration != 0 {
			w.element("Registrazione", strconv.FormatInt(e.Registration, 10))
		}
		w.element("Istante", stamp(e.Instant))
		w.element("ImprontaRicevuta", e.Receipt.String())
	}
	w.b = append(w.b, `</Ricevuta>`...)
	return w.b, nil
}

// stamp writes an instant as xs:dateTime in UTC, microseconds kept.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// Receipt is what a receipt says, read back from its verified bytes.
type Receipt struct {
	Kind         Kind   `xml:"Tipo" json:"tipo"`
	Position     int64  `xml:"Posizione" json:"posizione"`
	Entry        string `xml:"Voce" json:"voce"`
	Region       string `xml:"Regione" json:"regione"`
	Origin       string `xml:"Origine" json:"origine"`
	Sender       string `xml:"Mittente" json:"mittente,omitempty"`
	Tracciato    string `xml:"Tracciato" json:"tracciato,omitempty"`
	Edition      string `xml:"Edizione" json:"edizione,omitempty"`
	Digest       string `xml:"Impronta" json:"impronta"`
	Document     string `xml:"ImprontaDocumento" json:"impronta_documento,omitempty"`
	Codice       string `xml:"CodiceComunicazione" json:"codice,omitempty"`
	Previous     string `xml:"CodicePrecedente" json:"codice_precedente,omitempty"`
	Root         string `xml:"Catena" json:"catena,omitempty"`
	Received     string `xml:"Ricevuto" json:"ricevuto,omitempty"`
	Recorded     string `xml:"Registrato" json:"registrato"`
	Note         string `xml:"Nota" json:"nota,omitempty"`
	Faults       []Line `xml:"Anomalie>Anomalia" json:"anomalie,omitempty"`
	Subject      string `xml:"VoceAccettazione" json:"voce_accettazione,omitempty"`
	Registration int64  `xml:"Registrazione" json:"registrazione,omitempty"`
	Instant      string `xml:"Istante" json:"istante,omitempty"`
	Receipt      string `xml:"ImprontaRicevuta" json:"impronta_ricevuta,omitempty"`
}

// The gravita of a Line.
const (
	Refusal = "errore"
	Warning = "avviso" // does not refuse the document
)

// Line is one fault as a receipt shows it.
type Line struct {
	Code     string `xml:"codice,attr" json:"codice"`
	Severity string `xml:"gravita,attr" json:"gravita"`
	Path     string `xml:"campo,attr" json:"campo,omitempty"`
	Line     int    `xml:"riga,attr" json:"riga,omitempty"`
	Text     string `xml:",chardata" json:"testo"`
}

// errForm hides the decoder's words, which quote the input.
var errForm = errors.New("not a Ricevuta of " + Namespace)

// Parse reads the verified content of a receipt. Never give it bytes that no
// seal covers.
func Parse(content []byte) (Receipt, error) {
	var doc struct {
		XMLName xml.Name `xml:"urn:snodo:hub:v1 Ricevuta"`
		Receipt
	}
	if err := xml.Unmarshal(content, &doc); err != nil {
		return Receipt{}, fmt.Errorf("parse receipt: %w", errForm)
	}
	return doc.Receipt, nil
}
