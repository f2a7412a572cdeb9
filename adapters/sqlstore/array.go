package sqlstore

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// array is an argument with many values of one column, nil where absent.
type array []any

// knowArrays teaches a connection to encode arrays.
func knowArrays(_ context.Context, conn *pgx.Conn) error {
	types := conn.TypeMap()
	types.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{wrapArray}, types.TryWrapEncodePlanFuncs...)
	return nil
}

func wrapArray(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	a, ok := value.(array)
	if !ok {
		return nil, nil, false
	}
	return &arrayPlan{}, pgtype.FlatArray[any](a), true
}

// arrayPlan makes room for the whole array first: pgx would grow its buffer
// with each document, and copy several times what it has.
type arrayPlan struct{ next pgtype.EncodePlan }

func (p *arrayPlan) SetNext(next pgtype.EncodePlan) { p.next = next }

func (p *arrayPlan) Encode(value any, buf []byte) ([]byte, error) {
	a := value.(array)
	size := 20 // header of one dimension
	for _, v := range a {
		size += 4 // length
		switch v := v.(type) {
		case nil:
		case []byte:
			size += len(v)
		case string:
			size += len(v)
		default:
			size += 8
		}
	}
	return p.next.Encode(pgtype.FlatArray[any](a), slices.Grow(buf, size))
}
