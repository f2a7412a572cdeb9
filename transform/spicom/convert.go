package spicom

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Trim drops what may stand around a document in a string: outer XML blanks
// and a byte order mark.
func Trim(text []byte) []byte {
	const blanks = " \t\r\n"
	return bytes.Trim(bytes.TrimPrefix(bytes.Trim(text, blanks), []byte("\ufeff")), blanks)
}

// Result is a regional communication in the national form, or why it has none.
type Result struct {
	National []byte            // the national document, unsigned, canonical; nil if Faults refuse
	Kind     string            // of the communication by its track, "" if that is not known
	External string            // chiaveEsterna: the sender's own key, "" if none
	Digest   [sha256.Size]byte // of the regional text without the text of dataInvio
	Previous string            // previous code the national form cannot carry, "" if none
	Faults   fault.List        // of the family CNV: one that refuses, or warnings of what was dropped
	Unknown  []string          // names of properties passed over, for the log
}

// Converter converts regional communications. Safe for concurrent use.
type Converter struct {
	Rome *time.Location // zone of the senders' days: Europe/Rome
}

// Convert reads a regional communication (trimmed UTF-8) and writes it in the
// national format of its track. Text that cannot be read has the digest of all its bytes.
// The error is our own trouble.
func (c Converter) Convert(text []byte) (Result, error) {
	doc, f := read(text)
	if f != nil {
		return Result{Digest: sha256.Sum256(text), Faults: fault.List{*f}}, nil
	}
	r := Result{
		External: doc.root.get("datiAggiuntivi").str("chiaveEsterna"),
		Digest:   doc.digest,
		Unknown:  doc.unknown,
	}
	w := writer{rome: c.Rome, root: &doc.root}
	track, f := trackOf(w.root)
	if f != nil {
		r.Faults = fault.List{*f}
		return r, nil
	}
	r.Kind = kindOf(track)
	communication, f := w.communication(track)
	if f != nil {
		r.Faults = fault.List{*f}
		return r, nil
	}
	var err error
	if r.National, err = transform.Encode(communication); err != nil {
		return Result{}, fmt.Errorf("convert communication: %w", err)
	}
	r.Previous, r.Faults = w.previous, w.warnings
	return r, nil
}
