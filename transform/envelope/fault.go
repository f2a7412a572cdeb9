package envelope

import (
	"strconv"

	"github.com/snodo-co/snodo/xsd/fault"
)

// FaultCode is a faultcode of SOAP 1.1, section 4.4.1.
type FaultCode string

// The fault codes of SOAP 1.1. There are no others, dotted or ours.
const (
	Client          FaultCode = "Client"
	Server          FaultCode = "Server"
	MustUnderstand  FaultCode = "MustUnderstand"
	VersionMismatch FaultCode = "VersionMismatch"
)

// FaultCodeOf gives the faultcode of a fault; sender tells whether the caller
// or this hub is at fault where the code does not say it.
func FaultCodeOf(c fault.Code, sender bool) FaultCode {
	switch {
	case c == fault.MustUnderstand:
		return MustUnderstand
	case c == fault.EnvelopeVersion:
		return VersionMismatch
	case sender:
		return Client
	}
	return Server
}

// Summary is the line a fault opens a faultstring or an anomaly with: its code,
// a colon and its Italian text.
func Summary(f fault.Fault) string { return string(f.Code) + ": " + f.Text() }

// Remedy is what the sender of a fault should do, in Italian; "" if the
// catalogue does not know.
func Remedy(f fault.Fault) string {
	e, _ := fault.Lookup(f.Code)
	return e.Remedy
}

// AppendFault appends a whole SOAP 1.1 message that holds a Fault. The first of
// the faults is the faultstring; detail lists them all, as Errori of the hub's
// namespace. The list must not be empty.
func AppendFault(dst []byte, code FaultCode, faults fault.List) []byte {
	w := open(dst, nil)
	w.Start("soapenv:Fault")
	w.Element("faultcode", "soapenv:"+string(code))
	w.Element("faultstring", Summary(faults[0]))
	w.Start("detail")
	writeErrors(w, faults)
	w.End("detail")
	w.End("soapenv:Fault")
	return w.close()
}

// writeErrors writes Errori, all that a fault has to say.
func writeErrors(w *Writer, faults fault.List) {
	w.Start("Errori", "xmlns", HubNS)
	for _, f := range faults {
		writeError(w, f)
	}
	w.End("Errori")
}

func writeError(w *Writer, f fault.Fault) {
	w.Start("Errore")
	w.Element("Codice", string(f.Code))
	w.Element("Testo", f.Text())
	if f.Path != "" {
		w.Element("Percorso", f.Path)
	}
	if f.Line > 0 {
		w.Element("Riga", strconv.Itoa(f.Line))
	}
	if remedy := Remedy(f); remedy != "" {
		w.Element("Rimedio", remedy)
	}
	w.End("Errore")
}

// open writes a message up to its Body's content; header, if any, is markup put
// verbatim into Header.
func open(dst, header []byte) *Writer {
	w := NewWriter(dst)
	w.buf = append(w.buf, declaration...)
	w.Start("soapenv:Envelope", "xmlns:soapenv", SOAP11)
	if len(header) > 0 {
		w.Start("soapenv:Header")
		w.Raw(header)
		w.End("soapenv:Header")
	}
	w.Start("soapenv:Body")
	return w
}

// close ends what open began and returns the buffer.
func (w *Writer) close() []byte {
	w.End("soapenv:Body")
	w.End("soapenv:Envelope")
	return w.buf
}
