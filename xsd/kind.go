package xsd

import "github.com/snodo-co/snodo/xsd/xmltoken"

// Kind tells from the root of a document alone which kind it is of, handled by
// this node or not; "" if of none, or unreadable. Nothing else of the document
// is looked at.
func Kind(document []byte) string {
	var r xmltoken.Reader
	r.Reset(document, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return ""
		}
		if kind == xmltoken.Start {
			break
		}
	}
	for _, s := range standards() {
		if string(r.Space()) == s.Space && string(r.Local()) == s.Root {
			return s.Kind
		}
	}
	return ""
}
