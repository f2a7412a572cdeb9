package transform

import (
	"reflect"
	"strings"
	"testing"
)

// TestForget: what is named is emptied, wherever it lies, and nothing else.
func TestForget(t *testing.T) {
	t.Parallel()
	for _, sample := range allSamples(t) {
		c, err := Decode(sample.id, sample.content)
		if err != nil {
			t.Fatal(err)
		}
		places := func() map[string]string {
			var o Outline
			o.Lay(c)
			all := make(map[string]string)
			for i, p := range o.Places() {
				if v := reflect.ValueOf(p.Value).Elem(); v.Kind() == reflect.String {
					all[o.Path(i)] = v.String()
				}
			}
			return all
		}
		before := places()
		odd := func(path string) bool { return strings.Count(path, "e")%2 == 1 }
		Forget(c, func(path []byte) bool { return odd(string(path)) })
		after := places()
		for path, value := range before {
			if got, there := after[path]; there == odd(path) || there && got != value {
				t.Errorf("%s: %s was %q, is %q", sample.name, path, value, got)
			}
		}
		if len(before) == len(after) || len(after) == 0 {
			t.Errorf("%s: %d of %d values are left", sample.name, len(after), len(before))
		}
	}
}
