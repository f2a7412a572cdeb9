package main

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

// Files of a data folder.
const (
	ledgerFile   = "ledger.db"
	nationalFile = "national.db"
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

// keysIn is the folder of the keys: the one given, else the data folder.
func keysIn(given, data string) string {
	if given != "" {
		return given
	}
	return data
}

// parts names where the verbs find what a hub left: its database, its topics
// and its keys. With the data folder alone they are the embedded ones; with the
// other flags a verb works on any machine that reaches them.
type parts struct {
	Data     string   `help:"Data folder; a hub may be running on it." default:"data" type:"path"`
	Database string   `help:"Ledger: sqlite:PATH or postgres://..., if not in the data folder." placeholder:"URL"`
	Kafka    []string `help:"Brokers, if not the one in the data folder." placeholder:"HOST:PORT"`
}

// check refuses flags that are out of form.
func (p parts) check() error {
	return errors.Join(checkDatabase("--database", p.Database), checkBrokers(p.Kafka))
}

// ledger opens the ledger for reading.
func (p parts) ledger(ctx context.Context) (*sqlstore.Store, error) {
	return sqlstore.Open(ctx, databaseIn(p.Database, p.Data, ledgerFile), sqlstore.Options{ReadOnly: true})
}

// broker reaches the brokers: those given, the embedded one that runs on the
// data folder, or one opened for the moment. A folder that never had a broker
// is passed over if the ledger is there too; a ledger elsewhere has its topics
// elsewhere, and to leave them out would prove nothing.
func (p parts) broker(ctx context.Context, use func(addrs []string) error) error {
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
