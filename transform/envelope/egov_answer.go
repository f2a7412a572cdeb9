package envelope

import (
	"strings"

	"github.com/snodo-co/snodo/xsd/fault"
)

// The faultstrings of SPCoop: of a message that is wrong, and of trouble of ours.
const (
	egovWrong   = "EGOV_IT_001 - Formato Busta non corretto"
	egovTrouble = "EGOV_IT_300 - Errore nel processamento del messaggio SPCoop"
)

// AppendEGovFault appends a whole message of exceptions: the header with its
// Exceptions, and a fault of one of SPCoop's two kinds. What the header has no
// room for (our code, text and remedy) is a header block Errori of the hub's
// namespace: SOAP 1.1, section 4.4, forbids detail where the Body is not at
// fault, and SPCoop's ports refuse it. The list must not be empty.
func AppendEGovFault(dst []byte, h EGov, sender bool, faults fault.List) []byte {
	block := NewWriter(AppendEGov(nil, h))
	writeErrors(block, faults)
	w := open(dst, block.Bytes())
	code, text := Server, egovTrouble
	if sender {
		code, text = Client, egovWrong
	}
	w.Start("soapenv:Fault")
	w.Element("faultcode", "soapenv:"+string(code))
	w.Element("faultstring", text)
	w.End("soapenv:Fault")
	return w.close()
}

// InsertBlock puts a block of markup first into the Header of a message that
// this package wrote.
func InsertBlock(message, block []byte) []byte {
	const (
		start  = declaration + `<soapenv:Envelope xmlns:soapenv="` + SOAP11 + `">`
		header = "<soapenv:Header>"
	)
	if !strings.HasPrefix(string(message[:min(len(message), len(start))]), start) {
		return message // not ours: nothing in it is known
	}
	rest := message[len(start):]
	out := make([]byte, 0, len(message)+len(block)+len("<soapenv:Header></soapenv:Header>"))
	out = append(append(out, start...), header...)
	out = append(out, block...)
	if len(rest) >= len(header) && string(rest[:len(header)]) == header {
		return append(out, rest[len(header):]...)
	}
	out = append(out, "</soapenv:Header>"...)
	return append(out, rest...)
}

// Errors reads the faults of a message of exceptions, in the hub's own words:
// the header block that AppendEGovFault writes; nil if there is none.
func (e *Envelope) Errors() []Error {
	name := Name{HubNS, "Errori"}
	if !e.Has(name) {
		return nil
	}
	var list []Error
	if f := readErrors(e.headerBlock(name), &list); f != nil {
		return nil
	}
	return list
}
