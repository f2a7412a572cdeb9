package national

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// database makes databases of one kind.
type database struct {
	name string
	// fresh gives the URL of a new, empty database, dropped after the test.
	fresh func(t testing.TB) string
}

func databases() []database {
	return []database{{"sqlite", freshSQLite}, {"postgres", freshPostgres}}
}

// onEach runs a test once for each kind of database: the suite is one.
func onEach(t *testing.T, test func(t *testing.T, db database)) {
	t.Helper()
	t.Parallel()
	for _, db := range databases() {
		t.Run(db.name, func(t *testing.T) {
			t.Parallel()
			test(t, db)
		})
	}
}

func freshSQLite(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "nazionale è qui.db")
}

func freshPostgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("SNODO_TEST_POSTGRES")
	if server == "" {
		t.Skip("SNODO_TEST_POSTGRES is not set: no PostgreSQL server to test with")
	}
	return makeDatabase(t, server)
}

// makeDatabase makes a database of its own on a server for one test.
func makeDatabase(t testing.TB, server string) string {
	t.Helper()
	name := "snodo_national_" + strings.ToLower(rand.Text())
	admin := func(ctx context.Context, text string) {
		db, err := sql.Open("pgx", server)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(ctx, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	admin(t.Context(), "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
