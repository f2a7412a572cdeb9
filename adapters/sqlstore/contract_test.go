package sqlstore_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/sqlstore"
)

func openSQLite(ctx context.Context, c contract.Config) (contract.Store, error) {
	return sqlstore.Open(ctx, "sqlite:"+filepath.Join(c.Folder, "snodo.db"), sqlstore.Options{
		Issuer: c.Issuer, Clock: c.Clock, First: c.First, Wrap: c.Wrap,
	})
}

func TestContractSQLite(t *testing.T) {
	t.Parallel()
	contract.Run(t, openSQLite)
}
