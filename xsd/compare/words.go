package compare

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// duty says whether a field must be there.
func (f *field) duty() string {
	switch {
	case f.occurs.most == 0:
		return "non ammesso"
	case f.occurs.least > 0:
		return "obbligatorio"
	case len(f.without) > 0:
		return "in alternativa a " + strings.Join(f.without, ", ")
	}
	return "facoltativo"
}

// words says how often a field may come.
func (o occurs) words() string {
	switch {
	case o.most < 0:
		return "senza limite"
	case o.most == 1:
		return "una"
	}
	return fmt.Sprintf("al massimo %d", o.most)
}

// length says how long a value may be, "" if any.
func (v *value) length() string {
	exact, least, most := v.facets["length"], v.facets["minLength"], v.facets["maxLength"]
	switch {
	case exact != "":
		return exact + " caratteri"
	case least != "" && most != "":
		return "da " + least + " a " + most + " caratteri"
	case least != "":
		return "almeno " + least + " caratteri"
	case most != "":
		return "al massimo " + most + " caratteri"
	}
	return ""
}

// limit is a facet with its words.
type limit struct{ facet, words string }

func limits() []limit {
	return []limit{
		{"minInclusive", "minimo"}, {"maxInclusive", "massimo"},
		{"minExclusive", "maggiore di"}, {"maxExclusive", "minore di"},
		{"totalDigits", "cifre"}, {"fractionDigits", "decimali"},
	}
}

// usualValue is the property of a field that has a value when it is absent.
const usualValue = "valore predefinito"

// null says whether a field may be nil.
func (v *value) null() string {
	if v.nillable {
		return "ammesso"
	}
	return "non ammesso"
}

// typeWords names a built-in type.
func typeWords(base string) string {
	switch base {
	case "string":
		return "testo"
	case "normalizedString":
		return "testo su una riga"
	case "token":
		return "testo su una riga, spazi ridotti"
	case "date":
		return "data"
	case "dateTime":
		return "data e ora"
	case "integer":
		return "numero intero"
	case "nonNegativeInteger":
		return "numero intero maggiore o uguale a zero"
	case "positiveInteger":
		return "numero intero maggiore di zero"
	case "int", "long", "short":
		return "numero intero (" + base + ")"
	case "decimal":
		return "numero"
	case "float", "double":
		return "numero in virgola mobile"
	case "boolean":
		return "vero o falso"
	case "anyType", "anySimpleType":
		return "qualsiasi"
	}
	return base
}

// mark is the sign and the heading of a kind.
func (k Kind) mark() (sign, heading string) {
	switch k {
	case Added:
		return "+", "Aggiunti"
	case Removed:
		return "-", "Tolti"
	case Moved:
		return ">", "Spostati"
	}
	return "~", "Cambiati"
}

// Print writes changes for people, under a heading for each kind.
func Print(w io.Writer, changes []Change) error {
	p := &printer{w: w}
	var kind Kind
	for _, c := range changes {
		sign, heading := c.Kind.mark()
		if c.Kind != kind {
			kind = c.Kind
			p.line("\n%s", heading)
		}
		where, places := c.Paths[0], ""
		if len(c.Paths) > 1 {
			where, places = lastStep(c.Paths[0]), fmt.Sprintf(", in %d posti", len(c.Paths))
		}
		if c.Label != "" && c.Label != lastStep(where) {
			where += " (" + c.Label + ")"
		}
		p.line("  %s %s%s", sign, where, places)
		var all []string
		for _, d := range c.Details {
			all = append(all, d.words(kind))
		}
		separator := "; "
		if kind == Moved || kind == Changed {
			separator = "\n      "
		}
		if len(all) > 0 {
			p.line("      %s", strings.Join(all, separator))
		}
		if len(c.Paths) > 1 {
			for _, path := range c.Paths {
				p.line("        %s", path)
			}
		}
	}
	return p.err
}

// words is a detail as a line.
func (d Detail) words(kind Kind) string {
	none := "nessun vincolo"
	if d.What == usualValue {
		none = "nessuno"
	}
	switch {
	case d.What == "valori aggiunti", d.What == "valori tolti", d.What == "posto" && d.Before == "":
	case kind == Changed || kind == Moved:
		return d.What + ": " + cmp.Or(d.Before, none) + " → " + cmp.Or(d.After, none)
	case d.What == "obbligo", d.What == "contenuto", d.What == "genere":
		return d.Before + d.After // speaks for itself
	}
	return d.What + ": " + d.Before + d.After
}

// printer keeps the first error of writing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
