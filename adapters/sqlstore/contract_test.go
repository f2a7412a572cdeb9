package sqlstore_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/adapters/sqlstore"
)

func openStore(ctx context.Context, c contract.Config) (contract.Store, error) {
	return sqlstore.Open(ctx, c.Database, sqlstore.Options{
		Issuer: c.Issuer, Clock: c.Clock, First: c.First, Wrap: c.Wrap,
	})
}

// sqliteDatabase is a Maker.
func sqliteDatabase(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "snodo.db") }

func TestContractSQLite(t *testing.T) {
	t.Parallel()
	contract.Run(t, sqliteDatabase, openStore)
}

func TestContractPostgres(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a database for each test takes its time")
	}
	contract.Run(t, postgrestest.Database, openStore)
}
