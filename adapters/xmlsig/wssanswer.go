package xmlsig

import (
	"bytes"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Answers reports whether the message is an answer to the request that was
// signed with these references under this MessageID: it relates to it, and its
// signed X-RequestDigest repeats the digest of each, in order, and no other.
func (m Message) Answers(id string, refs []Reference) bool {
	if m.RelatesTo == "" || m.RelatesTo != id || m.digests == nil {
		return false
	}
	var r xmltoken.Reader
	r.Reset(m.digests, xmltoken.Limits{})
	for n := 0; ; {
		kind, err := r.Next()
		if err != nil {
			return false
		}
		if kind == xmltoken.EOF {
			return n == len(refs)
		}
		if kind != xmltoken.Start || string(r.Space()) != spaceDSig {
			continue
		}
		switch string(r.Local()) {
		case "Reference":
			if n == len(refs) || !refersTo(r.Attrs(), refs[n].ID) {
				return false
			}
		case "DigestValue":
			text, err := r.Text()
			if err != nil || n == len(refs) {
				return false
			}
			digest, err := appendBase64(nil, text)
			if err != nil || len(digest) == 0 || !bytes.Equal(digest, refs[n].Digest.bytes()) {
				return false
			}
			n++
		}
	}
}

func refersTo(attrs []xmltoken.Attr, id string) bool {
	for _, a := range attrs {
		if len(a.Prefix) == 0 && string(a.Local) == "URI" {
			return string(a.Value) == "#"+id
		}
	}
	return false
}
