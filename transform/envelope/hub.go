package envelope

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// The operations of the hub's own namespace.
const (
	ReceiptsLocal = "RichiediRicevuta"
	EchoLocal     = "Echo"
)

// MaxEcho is the longest text of Echo, in characters.
const MaxEcho = 1024

// Query asks for the receipts of one submission: by Codice (16 digits) or by
// Entry (64 hexadecimal digits), with the Digest of its document (64, lower
// case).
type Query struct {
	Codice string
	Entry  string
	Digest string
}

// ReadQuery reads a RichiediRicevuta: ImprontaDocumento, then Codice or Voce.
// Outer blanks are dropped, hexadecimal digits made lower case.
func ReadQuery(e *Envelope) (Query, *fault.Fault) {
	r := e.Body()
	q := Query{}
	name, value, f := child(r)
	switch {
	case f != nil:
		return Query{}, f
	case name != "ImprontaDocumento":
		return Query{}, at(r, fault.RequestShape)
	}
	q.Digest = strings.ToLower(value)
	key, value, f := child(r)
	switch {
	case f != nil:
		return Query{}, f
	case key == "Codice":
		q.Codice = value
	case key == "Voce":
		q.Entry = strings.ToLower(value)
	default:
		return Query{}, at(r, fault.RequestShape)
	}
	if f := last(r); f != nil {
		return Query{}, f
	}
	if !isDigest(q.Digest) || key == "Codice" && !isCodice(q.Codice) || key == "Voce" && !isDigest(q.Entry) {
		return Query{}, &fault.Fault{Code: fault.ReceiptQuery}
	}
	return q, nil
}

// AppendReceipts appends the whole answer to RichiediRicevuta: the receipts as
// they are stored, in the order given.
func AppendReceipts(dst []byte, receipts [][]byte) []byte {
	w := open(dst, nil)
	w.Start("hub:RichiediRicevutaRisposta", "xmlns:hub", HubNS)
	for _, receipt := range receipts {
		w.Raw(receipt)
	}
	w.End("hub:RichiediRicevutaRisposta")
	return w.close()
}

// ReadEcho reads an Echo: its Testo, at most MaxEcho characters.
func ReadEcho(e *Envelope) (string, *fault.Fault) {
	r := e.Body()
	value, f := onlyChild(r, "Testo", fault.RequestShape)
	if f != nil {
		return "", f
	}
	if utf8.RuneCount(value) > MaxEcho {
		return "", at(r, fault.RequestShape)
	}
	return string(value), nil
}

// AppendEcho appends the whole answer to Echo.
func AppendEcho(dst []byte, text string) []byte {
	w := open(dst, nil)
	w.Start("hub:EchoRisposta", "xmlns:hub", HubNS)
	w.Element("hub:Testo", text)
	w.End("hub:EchoRisposta")
	return w.close()
}

// child reads the next child element of ours: its name and trimmed text. At
// the parent's End the name is empty.
func child(r *xmltoken.Reader) (name, value string, f *fault.Fault) {
	kind, f := next(r, fault.RequestShape)
	if f != nil || kind != xmltoken.Start {
		return "", "", f
	}
	if string(r.Space()) != HubNS {
		return "", "", at(r, fault.RequestShape)
	}
	name = string(r.Local())
	raw, f := text(r, fault.RequestShape)
	return name, string(trim(raw)), f
}

func isCodice(s string) bool {
	return len(s) == 16 && strings.Trim(s, "0123456789") == ""
}

func isDigest(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 64
}
