package xmlsig

import (
	"bytes"
	"time"

	"github.com/snodo-co/snodo/xsd/datetime"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// timestamp reads Created and Expires, both there and in this order (WS-Security
// utility schema), from the signed Timestamp.
func (m *messagePass) timestamp() (created, expires time.Time, ok bool) {
	r := &m.small
	r.Reset(m.pieces[partTimestamp].canon.out, xmltoken.Limits{})
	if _, err := r.Next(); err != nil {
		return created, expires, false
	}
	for _, f := range []struct {
		local string
		into  *time.Time
	}{{"Created", &created}, {"Expires", &expires}} {
		kind, err := nextElement(r)
		if err != nil || kind != xmltoken.Start || string(r.Local()) != f.local || string(r.Space()) != spaceWSU {
			return created, expires, false
		}
		text, err := r.Text()
		if err != nil {
			return created, expires, false
		}
		if *f.into, ok = instant(text); !ok {
			return created, expires, false
		}
	}
	kind, err := nextElement(r)
	return created, expires, err == nil && kind == xmltoken.End
}

// nextElement moves over blanks; any other text is returned as such.
func nextElement(r *xmltoken.Reader) (xmltoken.Kind, error) {
	for {
		kind, err := r.Next()
		if err != nil || kind != xmltoken.Text || !isBlank(r.Raw()) {
			return kind, err
		}
	}
}

// instant reads an xs:dateTime with a zone, without which it is no instant.
func instant(text []byte) (time.Time, bool) {
	return datetime.Parse(bytes.Trim(text, " \t\r\n"), nil)
}
