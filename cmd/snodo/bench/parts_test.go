package bench

import (
	"errors"
	"os"
	"testing"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
)

// TestBenchTopics: topics that are there are not touched unless that was asked
// for, and then they are gone.
func TestBenchTopics(t *testing.T) {
	t.Parallel()
	broker, err := embedded.Start(t.Context(), t.TempDir(), embedded.Options{Topics: kafka.Topics(co.Kinds()...)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
	}()
	topics := newTopics([]string{broker.Addr()})
	defer topics.close()
	if err := topics.fresh(t.Context(), false); !errors.Is(err, verb.ErrUsage) {
		t.Errorf("topics that are there: %v", err)
	}
	if found, err := topics.there(t.Context()); err != nil || len(found) != len(topics.names) {
		t.Errorf("refused, and %v remain: %v", found, err)
	}
	if err := topics.fresh(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if found, err := topics.there(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%v remain: %v", found, err)
	}
	if err := topics.fresh(t.Context(), false); err != nil {
		t.Errorf("no topics: %v", err)
	}
}

// TestBenchDatabases: a run's databases are two, say how they sync, and are
// dropped though somebody is connected.
func TestBenchDatabases(t *testing.T) {
	t.Parallel()
	server := os.Getenv("SNODO_TEST_POSTGRES")
	if server == "" {
		t.Skip("SNODO_TEST_POSTGRES names no server")
	}
	d, err := makeDatabases(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlstore.Open(t.Context(), d.ledger, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if said, err := store.Durability(t.Context()); err != nil || said != "fsync on, synchronous_commit on" {
		t.Errorf("%q, %v", said, err)
	}
	if d.ledger == d.national || d.national == "" {
		t.Errorf("%s and %s", d.ledger, d.national)
	}
	if err := d.drop(t.Context()); err != nil {
		t.Error(err)
	}
	_ = store.Close() // its connections are gone
	if again, err := sqlstore.Open(t.Context(), d.ledger, sqlstore.Options{}); err == nil {
		t.Error("the database is still there", again.Close())
	}
	files, err := makeDatabases(t.Context(), "")
	if err != nil || files.ledger != "" || files.drop(t.Context()) != nil {
		t.Errorf("%+v, %v", files, err)
	}
}
