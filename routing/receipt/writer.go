package receipt

import (
	"strconv"

	"github.com/snodo-co/snodo/xsd/fault"
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
	w.text(value)
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
		severity := "errore"
		if f.Warning {
			severity = "avviso"
		}
		w.attribute("gravita", severity)
		if f.Line > 0 {
			w.attribute("riga", strconv.Itoa(f.Line))
		}
		w.b = append(w.b, '>')
		w.text(f.Text())
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
	for i := range len(value) {
		switch c := value[i]; c {
		case '&':
			w.b = append(w.b, "&amp;"...)
		case '<':
			w.b = append(w.b, "&lt;"...)
		case '"':
			w.b = append(w.b, "&quot;"...)
		case '\t', '\n', '\r':
			// A literal one would be refused by our own grammar.
			w.b = append(w.b, ' ')
		default:
			w.b = append(w.b, c)
		}
	}
	w.b = append(w.b, '"')
}

func (w *writer) text(value string) {
	for i := range len(value) {
		switch c := value[i]; c {
		case '&':
			w.b = append(w.b, "&amp;"...)
		case '<':
			w.b = append(w.b, "&lt;"...)
		case '>':
			w.b = append(w.b, "&gt;"...)
		case '\r':
			w.b = append(w.b, "&#xD;"...)
		default:
			w.b = append(w.b, c)
		}
	}
}
