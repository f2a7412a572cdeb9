package bench

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
)

// databases are the ledger's and the national store's database of one run
// on a PostgreSQL server. The zero value is the files of the data folder.
type databases struct {
	server   string // URL of the server's own database, "" for files
	ledger   string // URL
	national string // URL
	names    []string
}

// makeDatabases makes two fresh databases on a server; drop removes them.
func makeDatabases(ctx context.Context, server string) (*databases, error) {
	d := &databases{server: server}
	if server == "" {
		return d, nil
	}
	name := "snodo_bench_" + strings.ToLower(rand.Text()[:12])
	d.names = []string{name + "_ledger", name + "_national"}
	for i, at := range []*string{&d.ledger, &d.national} {
		u, err := url.Parse(server)
		if err != nil {
			return nil, fmt.Errorf("--database: want postgres://...: %w", verb.ErrUsage)
		}
		u.Path = "/" + d.names[i]
		*at = u.String()
	}
	err := d.each(ctx, "CREATE DATABASE %s")
	if err != nil {
		err = errors.Join(err, d.drop(ctx))
	}
	return d, err
}

// drop removes the databases, whoever is still connected.
func (d *databases) drop(ctx context.Context) error {
	return d.each(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS %s WITH (FORCE)")
}

func (d *databases) each(ctx context.Context, statement string) error {
	if d.server == "" {
		return nil
	}
	config, err := pgx.ParseConfig(d.server)
	if err != nil {
		return fmt.Errorf("--database: %w", err) // pgx redacts the password
	}
	db := sql.OpenDB(stdlib.GetConnector(*config))
	defer db.Close()
	var errs []error
	for _, name := range d.names {
		if _, err := db.ExecContext(ctx, fmt.Sprintf(statement, pgx.Identifier{name}.Sanitize())); err != nil {
			errs = append(errs, fmt.Errorf("databases of the run: %w", err))
		}
	}
	return errors.Join(errs...)
}

// topics are the topics of a hub on brokers elsewhere.
type topics struct {
	client *kafkago.Client
	names  []string
}

func newTopics(addrs []string) *topics {
	t := &topics{client: &kafkago.Client{Addr: kafkago.TCP(addrs...), Transport: kafka.NewTransport(), Timeout: 20 * time.Second}}
	for _, topic := range kafka.Topics(co.Kinds()...) {
		t.names = append(t.names, topic.Name)
	}
	return t
}

// there lists which of the topics exist.
func (t *topics) there(ctx context.Context) ([]string, error) {
	m, err := t.client.Metadata(ctx, &kafkago.MetadataRequest{})
	if err != nil {
		return nil, fmt.Errorf("ask for topics: %w", err)
	}
	var found []string
	for _, topic := range m.Topics {
		for _, name := range t.names {
			if topic.Name == name && topic.Error == nil {
				found = append(found, name)
			}
		}
	}
	return found, nil
}

// remove deletes the topics, and with them what every group has read of them,
// and waits until none is there.
func (t *topics) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		found, err := t.there(ctx)
		if err != nil || len(found) == 0 {
			return err
		}
		res, err := t.client.DeleteTopics(ctx, &kafkago.DeleteTopicsRequest{Topics: found})
		if err != nil {
			return fmt.Errorf("delete topics: %w", err)
		}
		for name, err := range res.Errors {
			if err != nil && !errors.Is(err, kafkago.UnknownTopicOrPartition) {
				return fmt.Errorf("delete topic %s: %w", name, err)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("delete topics: %w", ctx.Err())
		}
	}
}

// fresh makes sure that a run finds no topic of an earlier hub, whose messages
// its ledger would not know. It deletes topics only if it may.
func (t *topics) fresh(ctx context.Context, mayDelete bool) error {
	if mayDelete {
		return t.remove(ctx)
	}
	found, err := t.there(ctx)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("--kafka: topics %s are there; --reset-topics deletes them, with all they hold, before each run: %w",
			strings.Join(found, ", "), verb.ErrUsage)
	}
	return err
}

func (t *topics) close() { t.client.Transport.(*kafkago.Transport).CloseIdleConnections() }
