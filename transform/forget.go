package transform

import (
	"reflect"

	"github.com/snodo-co/snodo/transform/co"
)

// Forget empties the values of c whose path, as Outline has it, is one of
// those: values that a schema refused, of which nothing more can be said. The
// path is good during the call alone.
func Forget(c co.Comunicazione, is func(path []byte) bool) {
	var o Outline
	o.Lay(c)
	var path []byte
	for i, p := range o.Places() {
		v := reflect.ValueOf(p.Value)
		if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.String {
			continue
		}
		if path = o.appendPath(path[:0], i); is(path) {
			v.Elem().SetString("")
		}
	}
}
