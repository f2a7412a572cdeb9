package receipt

import (
	"strconv"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// writer appends canonical XML: no blanks between elements, double quotes,
// attributes in the order of Canonical XML (by name, all without namespace).
type writer struct{ b []byte }

// element writes a simple element; an absent value writes nothing.
func (w *writer) element(name, value string) {
	if value == "" {
		return
	}
	w.b = append(w.b, '<')
	w.b = append(w.b, name...)
	w.b = append(w.b, '>')
	w.b = xmltoken.AppendEscapedText(w.b, value)
	w.b = append(w.b, "</"...)
	w.b = append(w.b, name...)
	w.b = append(w.b, '>')
}

func (w *writer) faults(list fault.List) {
	if len(list) == 0 {
		return
	}
	w.b = append(w.b, "<Anomalie>"...)
	for _, f := range list {
		w.b = append(w.b, "<Anomalia"...)
		w.attribute("campo", f.Path)
		w.attribute("codice", string(f.Code))
		severity := Refusal
		if f.Warning {
			severity = Warning
		}
		w.attribute("gravita", severity)
		if f.Line > 0 {
			w.attribute("riga", strconv.Itoa(f.Line))
		}
		w.b = append(w.b, '>')
		w.b = xmltoken.AppendEscapedText(w.b, f.Text())
		w.b = append(w.b, "</Anomalia>"...)
	}
	w.b = append(w.b, "</Anomalie>"...)
}

func (w *writer) attribute(name, value string) {
	if value == "" {
		return
	}
	w.b = append(w.b, ' ')
	w.b = append(w.b, name...)
	w.b = append(w.b, `="`...)
	w.b = xmltoken.AppendEscapedAttr(w.b, value)
	w.b = append(w.b, '"')
}
