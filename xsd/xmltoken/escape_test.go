package xmltoken

import "testing"

// FuzzEscape: what is escaped reads back the same, in both places.
func FuzzEscape(f *testing.F) {
	f.Add("a<b>&\"'\r\n\t]]>")
	f.Fuzz(func(t *testing.T, s string) {
		doc := AppendEscapedAttr([]byte(`<r a="`), s)
		doc = AppendEscapedText(append(doc, `">`...), s)
		doc = append(doc, "</r>"...)
		var r Reader
		r.Reset(doc, Limits{})
		if _, err := r.Next(); err != nil {
			t.Skip("not XML characters")
		}
		attr, err := AppendAttr(nil, r.Attrs()[0].Value)
		if err != nil || string(attr) != s {
			t.Errorf("attribute: %q, %v, want %q", attr, err, s)
		}
		text, err := r.Text()
		if err != nil || string(text) != s {
			t.Errorf("text: %q, %v, want %q", text, err, s)
		}
	})
}
