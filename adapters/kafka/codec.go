package kafka

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// maxJSON bounds every JSON value read from a topic.
const maxJSON = 1 << 20

var (
	errTooLong  = errors.New("value above the limit")
	errTrailing = errors.New("bytes after the value")
)

// strict decodes one JSON object: known names only, nothing after it, bounded.
func strict(b []byte, into any) error {
	if len(b) > maxJSON {
		return errTooLong
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		// The decoder's text can quote the value: say only that it failed.
		return errors.New("not the expected JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errTrailing
	}
	return nil
}

// stamp is an instant as JSON, RFC 3339 in UTC with microseconds.
type stamp time.Time

func (s stamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format(timeFormat)), nil
}

func (s *stamp) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.RFC3339Nano, string(b))
	*s = stamp(t.UTC())
	return err
}

// parseID reads 64 hexadecimal digits that are not absent.
func parseID(s string) (ledger.Hash, error) {
	h, err := ledger.ParseHash(s)
	if err != nil {
		return h, err
	}
	if h.IsZero() {
		return h, errors.New("absent hash")
	}
	if h.String() != s {
		return h, fmt.Errorf("hash not in lower case")
	}
	return h, nil
}

// codice checks the form of a codice comunicazione: sixteen digits.
func codice(s string) bool {
	if len(s) != 16 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
