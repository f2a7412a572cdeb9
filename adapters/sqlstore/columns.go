package sqlstore

import (
	"errors"
	"strings"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// entryColumns are the columns of entries: the fields in hashing order, hash.
// A test holds them to ledger.Entry.Fields.
const entryColumns = `position, type, status, received, recorded, region, origin, sender, kind, edition, ` +
	`digest, request_digest, document, evidence, codice, previous, root, prev, employer, worker, start_day, ` +
	`faults, basis, seal, subject, registration, instant, receipt, payload, hash`

// entryTypes are their types, where rows come as arrays.
const entryTypes = `bigint, text, text, bigint, bigint, text, text, text, text, text, ` +
	`bytea, bytea, bytea, bytea, text, text, text, bytea, text, text, text, ` +
	`bytea, text, bytea, bytea, bigint, bigint, bytea, bytea, bytea`

// entryWidth is the number of entryColumns.
const entryWidth = 30

// entryValues gives an entry's columns, appended to args.
func entryValues(args []any, e *ledger.Entry) []any {
	return append(args,
		e.Position, string(e.Type), text(string(e.Status)), instant(e.Received), instant(e.Recorded),
		text(e.Region), text(string(e.Origin)), text(e.Sender), text(e.Kind), text(e.Edition),
		hash(e.Digest), hash(e.RequestDigest), hash(e.Document), hash(e.Evidence),
		text(e.Codice), text(e.Previous), text(e.Root), hash(e.Prev),
		text(e.Employer), text(e.Worker), text(e.Start),
		raw(e.Faults), text(e.Basis), hash(e.Seal), hash(e.Subject),
		number(e.Registration), instant(e.Instant), hash(e.Receipt), raw(e.Payload), e.Hash[:])
}

// entryTargets gives scanners for an entry's columns.
func entryTargets(e *ledger.Entry) []any {
	return []any{
		(*numberCell)(&e.Position), (*textCell)(&e.Type), (*textCell)(&e.Status), (*instantCell)(&e.Received), (*instantCell)(&e.Recorded),
		(*textCell)(&e.Region), (*textCell)(&e.Origin), (*textCell)(&e.Sender), (*textCell)(&e.Kind), (*textCell)(&e.Edition),
		(*hashCell)(&e.Digest), (*hashCell)(&e.RequestDigest), (*hashCell)(&e.Document), (*hashCell)(&e.Evidence),
		(*textCell)(&e.Codice), (*textCell)(&e.Previous), (*textCell)(&e.Root), (*hashCell)(&e.Prev),
		(*textCell)(&e.Employer), (*textCell)(&e.Worker), (*textCell)(&e.Start),
		(*rawCell)(&e.Faults), (*textCell)(&e.Basis), (*hashCell)(&e.Seal), (*hashCell)(&e.Subject),
		(*numberCell)(&e.Registration), (*instantCell)(&e.Instant), (*hashCell)(&e.Receipt), (*rawCell)(&e.Payload), (*hashCell)(&e.Hash),
	}
}

// Absent values are NULL.

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func hash(h ledger.Hash) any {
	if h.IsZero() {
		return nil
	}
	return h[:]
}

func raw(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

func number(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// The cells read one column each and refuse another type than the one
// written: a cell that was tampered with must not be read kindly.

type textCell string

func (c *textCell) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c = ""
	case string:
		*c = textCell(v)
	default:
		return errCell
	}
	return nil
}

type hashCell ledger.Hash

func (c *hashCell) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c = hashCell{}
	case []byte:
		if len(v) != len(c) {
			return errCell
		}
		*c = hashCell(v)
	default:
		return errCell
	}
	return nil
}

type rawCell []byte

func (c *rawCell) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c = nil
	case []byte:
		*c = append([]byte{}, v...)
	default:
		return errCell
	}
	return nil
}

type numberCell int64

func (c *numberCell) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c = 0
	case int64:
		*c = numberCell(v)
	default:
		return errCell
	}
	return nil
}

type instantCell time.Time

func (c *instantCell) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c = instantCell{}
	case int64:
		*c = instantCell(time.UnixMicro(v).UTC())
	default:
		return errCell
	}
	return nil
}

// errCell names no value: it may be personal.
var errCell = errors.New("read column: unexpected type or length")

// marks is "(?, ?, ?)" with n question marks.
func marks(n int) string {
	return "(" + strings.TrimSuffix(strings.Repeat("?, ", n), ", ") + ")"
}
