package sqlstore_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx", for tampering

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/adapters/sqlstore"
)

// engine is what tampering needs to know of a database.
type engine struct {
	name   string
	make   contract.Maker
	copied func(t *testing.T, databaseURL string) string
	open   func(databaseURL string) (*sql.DB, error)
	free   []string // frees a session from constraints
	quote  string   // the function that makes a literal of a value
	blob   string   // a format for bytes in hexadecimal
	// flipped is an expression of another value of a column.
	flipped func(c sqlstore.Column) string
}

func engines() []engine {
	return []engine{
		{
			name: "sqlite", make: sqliteDatabase, copied: copySQLite,
			open:  func(u string) (*sql.DB, error) { return sql.Open("sqlite", strings.TrimPrefix(u, "sqlite:")) },
			free:  []string{`PRAGMA foreign_keys = OFF`, `PRAGMA ignore_check_constraints = ON`},
			quote: "quote", blob: "x'%s'",
			flipped: flippedSQLite,
		},
		{
			name: "postgres", make: postgrestest.Database, copied: copyPostgres,
			open:  func(u string) (*sql.DB, error) { return sql.Open("pgx", u) },
			free:  []string{`SET session_replication_role = replica`},
			quote: "quote_literal", blob: `'\x%s'`,
			flipped: flippedPostgres,
		},
	}
}

// onEngines runs a test on each.
func onEngines(t *testing.T, test func(t *testing.T, e engine)) {
	t.Parallel()
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			test(t, e)
		})
	}
}

// bytes is a literal of n equal bytes.
func (e engine) bytes(b byte, n int) string {
	return fmt.Sprintf(e.blob, strings.Repeat(fmt.Sprintf("%02x", b), n))
}

func copySQLite(t *testing.T, databaseURL string) string {
	b, err := os.ReadFile(strings.TrimPrefix(databaseURL, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

func copyPostgres(t *testing.T, databaseURL string) string {
	return postgrestest.DatabaseOn(t, os.Getenv(postgrestest.Env), postgrestest.Name(t, databaseURL))
}

func flippedSQLite(c sqlstore.Column) string {
	switch c.Type {
	case "INTEGER":
		return fmt.Sprintf("coalesce(%s, 0) + 1000003", c.Name)
	case "TEXT":
		return fmt.Sprintf("coalesce(%s, '') || 'x'", c.Name)
	default: // the last byte of the blob, or a hash where there is none
		return fmt.Sprintf(`CASE WHEN %[1]s IS NULL THEN CAST(zeroblob(31) || x'01' AS BLOB)
			ELSE CAST(substr(%[1]s, 1, length(%[1]s) - 1) || CASE WHEN hex(substr(%[1]s, -1)) = '41' THEN x'42' ELSE x'41' END AS BLOB) END`, c.Name)
	}
}

func flippedPostgres(c sqlstore.Column) string {
	switch c.Type {
	case "bigint":
		return fmt.Sprintf("coalesce(%s, 0) + 1000003", c.Name)
	case "text":
		return fmt.Sprintf("coalesce(%s, '') || 'x'", c.Name)
	default: // the last bit, or a hash where there is none
		return fmt.Sprintf(`CASE WHEN %[1]s IS NULL THEN decode(repeat('01', 32), 'hex')
			ELSE set_byte(%[1]s, length(%[1]s) - 1, get_byte(%[1]s, length(%[1]s) - 1) # 1) END`, c.Name)
	}
}
