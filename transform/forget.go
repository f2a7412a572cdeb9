package transform

import (
	"reflect"

	"github.com/snodo-co/snodo/transform/co"
)

// Forget empties the values of c whose path, as Outline has it, is one of
// those: values that a schema refused, of which nothing more can be said.
func Forget(c co.Comunicazione, is func(path string) bool) {
	var o Outline
	o.Lay(c)
	for i, p := range o.Places() {
		v := reflect.ValueOf(p.Value)
		if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.String && is(o.Path(i)) {
			v.Elem().SetString("")
		}
	}
}
