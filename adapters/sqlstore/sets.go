package sqlstore

import (
	"context"
	"fmt"
	"strings"
)

// Statements about one key serve a whole group. Where the database takes
// arrays (dialect.setwise), one statement made from theirs does, so that a
// group costs the round trips of one; elsewhere they run one by one.

// keyTypes are the types of the marks of the statements that are run for many
// keys at once.
func keyTypes() map[string]string {
	return map[string]string{
		sqlEntry:       "bigint",
		sqlEntryByCode: "text",
		sqlAbout:       "bigint, bytea",
		sqlStatements:  "bytea",
		sqlRejection:   "bytea, text",
		sqlReceipt:     "bigint",
		sqlContent:     "bytea",
		sqlRequest:     "text, bytea",
		sqlChain:       "text, text, text",
		sqlChainStart:  "bigint, text, text, text",
		sqlCounter:     "text, text, bigint",
		sqlMessage:     "bytea",

		sqlContentSet: "text, bytea, bigint, bigint, bytea",
		sqlCounterSet: "bigint, text, text, bigint",
		sqlDead:       "bigint, bigint, text",
		sqlHeadUpdate: "bigint, bytea, bigint, bigint",
	}
}

// setTexts are those statements as they run for many keys, by their own text.
func setTexts() map[string]string {
	texts := make(map[string]string)
	for text, types := range keyTypes() {
		texts[text] = setText(text, types)
	}
	return texts
}

// setText makes the statement for many keys: a query gives the number of the
// key before each row, from 1; a change must end with its WHERE. OFFSET 0 is a
// fence that the planner does not pull a look-up out of: a plan made on an empty
// table would go through all of it once, and look for each row among the keys.
func setText(text, types string) string {
	unnest, names := unnested(types)
	parts := strings.Split(text, "?")
	var one strings.Builder
	for i, part := range parts[:len(parts)-1] {
		one.WriteString(part + "k." + names[i])
	}
	one.WriteString(parts[len(parts)-1])
	if strings.HasPrefix(text, "SELECT") {
		return `SELECT k.n, x.* FROM ` + unnest + ` WITH ORDINALITY AS k (` + strings.Join(names, ", ") + `, n), LATERAL (` +
			one.String() + ` OFFSET 0) AS x ORDER BY k.n`
	}
	change, where, _ := strings.Cut(one.String(), " WHERE ")
	return change + ` FROM ` + unnest + ` AS k (` + strings.Join(names, ", ") + `) WHERE ` + where
}

// unnested is a table made of one array for each type, and names for its
// columns.
func unnested(types string) (string, []string) {
	var arrays, names []string
	for i, t := range strings.Split(types, ", ") {
		arrays = append(arrays, "CAST(? AS "+t+"[])")
		names = append(names, fmt.Sprint("c", i+1))
	}
	return "unnest(" + strings.Join(arrays, ", ") + ")", names
}

// insertSet is the statement that inserts any number of rows.
func (t table) insertSet() string {
	unnest, _ := unnested(t.types)
	return `INSERT INTO ` + t.name + ` (` + t.columns + `) SELECT * FROM ` + unnest + t.suffix
}

// columns turns rows of a width, one after the other, into one array for each
// column.
func columns(width int, values []any) []any {
	n := len(values) / width
	arrays := make([]any, width)
	for c := range arrays {
		column := make(array, n)
		for r := range column {
			column[r] = values[r*width+c]
		}
		arrays[c] = column
	}
	return arrays
}

// keyRows scans rows of a look-up for many keys; it gives the number of the
// key, from 0, that a row belongs to.
type keyRows func(targets ...any) (int, error)

// many runs a look-up for keys of some width, one after the other in values.
func many(ctx context.Context, q querier, statement string, width int, values []any, row func(scan keyRows) error) error {
	if len(values) == 0 {
		return nil
	}
	if text, ok := q.set(statement); ok {
		return each(ctx, q, text, columns(width, values), func(scan func(...any) error) error {
			return row(func(targets ...any) (int, error) {
				var n int
				err := scan(append([]any{&n}, targets...)...)
				return n - 1, err
			})
		})
	}
	for n := range len(values) / width {
		err := each(ctx, q, statement, values[n*width:(n+1)*width], func(scan func(...any) error) error {
			return row(func(targets ...any) (int, error) { return n, scan(targets...) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// members is the condition that a column is one of some values, as few or as
// many as inLimit, and its arguments.
func members[T any](d dialect, values []T) (string, []any) {
	if d.setwise {
		return ` = ANY(?)`, []any{values}
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return ` IN ` + marks(len(values)), args
}
