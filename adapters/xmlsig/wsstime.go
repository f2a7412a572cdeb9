package xmlsig

import (
	"time"

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

// maxZone is the farthest that a zone of an xs:dateTime is from UTC (XML Schema part 2,
// section 3.2.7.3).
const maxZone = 14 * time.Hour

// instant reads an xs:dateTime with a zone, without which it is no instant.
// time.Parse is laxer than the type: hours of one digit, a comma, zones of a day.
func instant(text []byte) (time.Time, bool) {
	for len(text) > 0 && isBlank(text[:1]) {
		text = text[1:]
	}
	for len(text) > 0 && isBlank(text[len(text)-1:]) {
		text = text[:len(text)-1]
	}
	const form = "dddd-dd-ddTdd:dd:dd"
	if len(text) <= len(form) || len(text) > 40 {
		return time.Time{}, false
	}
	for i := range len(form) {
		digit := text[i] >= '0' && text[i] <= '9'
		if form[i] == 'd' && !digit || form[i] != 'd' && text[i] != form[i] {
			return time.Time{}, false
		}
	}
	if c := text[len(form)]; c != '.' && c != 'Z' && c != '+' && c != '-' {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, string(text))
	_, zone := at.Zone()
	lax := time.Duration(zone)*time.Second > maxZone || time.Duration(zone)*time.Second < -maxZone ||
		text[len(text)-1] != 'Z' && text[len(text)-2] > '5'
	return at.UTC(), err == nil && !lax
}
