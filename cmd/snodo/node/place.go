package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// Files of a data folder: databases that are given no URL.
const (
	LedgerFile   = "ledger.db"
	NationalFile = "national.db"
)

// sqliteScheme opens the URL of a database in a file.
const sqliteScheme = "sqlite:"

func isSQLite(u string) bool { return strings.HasPrefix(u, sqliteScheme) }

// databaseIn is a database's URL: the one given, else a file of a data folder.
func databaseIn(given, data, file string) string {
	if given != "" {
		return given
	}
	return sqliteScheme + filepath.Join(data, file)
}

// KeysIn is the folder of the keys: the one given, else the data folder.
func KeysIn(given, data string) string {
	if given != "" {
		return given
	}
	return data
}

// Place names where the verbs find what a hub left: its database, its topics
// and its keys. With the data folder alone they are the embedded ones; with the
// other flags a verb works on any machine that reaches them.
type Place struct {
	Data     string   `help:"Data folder; a hub may be running on it." default:"data" type:"path"`
	Database string   `help:"Ledger: sqlite:PATH or postgres://..., if not in the data folder." placeholder:"URL"`
	Kafka    []string `help:"Brokers, if not the one in the data folder." placeholder:"HOST:PORT"`
}

// Check refuses flags that are out of form; an error is verb.ErrUsage.
func (p Place) Check() error {
	return errors.Join(checkDatabase("--database", p.Database), CheckBrokers(p.Kafka))
}

// Ledger opens the ledger for reading alone; the caller closes it.
func (p Place) Ledger(ctx context.Context) (*sqlstore.Store, error) {
	return sqlstore.Open(ctx, databaseIn(p.Database, p.Data, LedgerFile), sqlstore.Options{ReadOnly: true})
}

// Broker reaches the brokers: those given, the embedded one that runs on the
// data folder, or one opened for the moment. A folder that never had a broker
// is passed over if the ledger is there too; a ledger elsewhere has its topics
// elsewhere, and to leave them out would prove nothing.
func (p Place) Broker(ctx context.Context, use func(addrs []string) error) error {
	if len(p.Kafka) > 0 {
		return use(p.Kafka)
	}
	addr, release, err := embedded.Attach(ctx, p.Data)
	if errors.Is(err, fs.ErrNotExist) {
		if p.Database != "" && !isSQLite(p.Database) {
			return fmt.Errorf("--kafka is needed: the data folder has no broker: %w", verb.ErrUsage)
		}
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(use([]string{addr}), release())
}
