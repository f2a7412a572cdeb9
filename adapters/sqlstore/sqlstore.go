// Package sqlstore keeps the ledger in a SQL database: the group commit, the
// archive, the outbox with its leases, and the feed of the audit.
//
// It owns tables, statements, transactions and the lock of a data folder. It
// must not decide anything about entries: duplicates, chains, codes and hashes
// are routing/ledger's arithmetic, receipts are the Issuer's. Names, documents
// and codici fiscali that it stores never reach its errors or logs.
package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
	_ "time/tzdata" // days and code years are Rome's on every machine

	"github.com/jmoiron/sqlx"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Options of a store. The zero value opens a ledger that can be read, and
// written by Erase and LiftCounters only.
type Options struct {
	// Issuer seals receipts inside the group commit; Append needs it.
	Issuer ledger.Issuer
	// Clock is the source of recorded instants; nil is time.Now.
	Clock func() time.Time
	// First is the first number of new code counters by ministry region code;
	// 1 where silent.
	First map[string]int64
	// ReadOnly opens an existing ledger that another process may be writing.
	ReadOnly bool
	// Log receives alarms, without personal data; nil discards them.
	Log *slog.Logger
	// Wrap may wrap the connector of the writing connections: for tracing, and
	// for tests that break writes.
	Wrap func(driver.Connector) driver.Connector
}

// Store is a ledger in a database. It implements ledger.Journal,
// ledger.Archive and ledger.Outbox; safe for concurrent use.
type Store struct {
	dialect  dialect
	options  Options
	assigner ledger.Assigner
	writer   *sqlx.DB
	reader   *sqlx.DB
	write    statements        // prepared by database/sql, unless the dialect is set-wise
	read     statements        // likewise
	bound    map[string]string // texts with the database's marks, if it is
	sets     map[string]string // texts for many keys, if it is
	atOnce   string            // text that writes a batch, if it is

	recent  recent
	sieve   sieve
	texts   texts
	sifting sync.WaitGroup
	stop    context.CancelFunc // of what runs beside the committer

	mu       sync.Mutex
	queues   [2][]*pending // intake, others
	marks    []*mark
	names    []*naming
	closed   bool
	full     bool          // the database had no room, and has not been seen to have any since
	advanced chan struct{} // closed at the next commit
	others   *messenger    // nil if no other process writes
	wake     chan struct{} // capacity 1
	drained  chan struct{} // closed when the committer has ended
}

// Open opens or creates the ledger at a URL (sqlite:PATH, or postgres://... of
// an existing database) and brings its schema up to date. It refuses a database
// that is not durable, or that was made with another format. Close the store to
// release it.
func Open(ctx context.Context, databaseURL string, o Options) (*Store, error) {
	d, err := dialectOf(databaseURL)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{
		dialect: d, options: o,
		assigner: ledger.Assigner{Rome: rome, First: o.First},
		advanced: make(chan struct{}), wake: make(chan struct{}, 1), drained: make(chan struct{}),
	}
	if err := s.connect(ctx, databaseURL); err != nil {
		return nil, errors.Join(err, s.disconnect())
	}
	if o.ReadOnly {
		close(s.drained)
		return s, nil
	}
	if s.dialect.messenger != nil {
		if s.others, err = s.dialect.messenger(databaseURL); err != nil {
			return nil, errors.Join(err, s.disconnect())
		}
		s.others.start(s.advance)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	if s.dialect.alone {
		s.sift(background)
	}
	go s.commitGroups(background)
	return s, nil
}

// readers is how many connections read at once.
const readers = 8

func (s *Store) connect(ctx context.Context, databaseURL string) error {
	write, read, err := s.dialect.connectors(databaseURL, s.options.ReadOnly)
	if err != nil {
		return err
	}
	if s.options.Wrap != nil {
		write = s.options.Wrap(write)
	}
	if !s.options.ReadOnly {
		s.writer = sqlx.NewDb(sql.OpenDB(write), s.dialect.name)
		s.writer.SetMaxOpenConns(s.dialect.writers)
		s.writer.SetMaxIdleConns(s.dialect.writers)
		s.writer.SetConnMaxLifetime(s.dialect.lifetime)
		if err := s.dialect.durable(ctx, s.writer); err != nil {
			return err
		}
		if err := s.dialect.migrate(ctx, s.writer); err != nil {
			return err
		}
	}
	s.reader = sqlx.NewDb(sql.OpenDB(read), s.dialect.name)
	s.reader.SetMaxOpenConns(readers)
	s.reader.SetMaxIdleConns(readers)
	s.reader.SetConnMaxLifetime(s.dialect.lifetime)
	if !s.options.ReadOnly { // the audit names it
		if err := s.checkMeta(ctx); err != nil {
			return err
		}
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	return s.enterTexts(ctx)
}

// prepare makes ready what runs for every group or message.
func (s *Store) prepare(ctx context.Context) error {
	if s.dialect.setwise {
		s.bindAll()
		return nil
	}
	var err error
	if s.writer != nil {
		if s.write, err = prepare(ctx, s.writer, writeStatements(s.dialect)); err != nil {
			return err
		}
	}
	s.read, err = prepare(ctx, s.reader, readStatements(s.dialect))
	return err
}

// meta is what a ledger of this program was made with.
func meta() map[string]string {
	return map[string]string{"format": "snodo/entry/v1", "shards": fmt.Sprint(ledger.Shards)}
}

func (s *Store) checkMeta(ctx context.Context) error {
	for name, want := range meta() {
		var got string
		err := s.reader.GetContext(ctx, &got, s.reader.Rebind(`SELECT value FROM meta WHERE name = ?`), name)
		if err != nil {
			return fmt.Errorf("open database: read %s: %w", name, err)
		}
		if got != want {
			return fmt.Errorf("open database: made with another %s", name)
		}
	}
	return nil
}

// Close refuses new drafts, commits those that wait, and closes the database.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.wakeUp()
	<-s.drained
	if s.stop != nil {
		s.stop()
	}
	s.sifting.Wait()
	s.sieve.close()
	s.others.close()
	return s.disconnect()
}

func (s *Store) disconnect() error {
	var errs []error
	for _, prepared := range []statements{s.write, s.read} {
		errs = append(errs, prepared.close())
	}
	for _, db := range []*sqlx.DB{s.reader, s.writer} { // the last to close tidies up
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Ready reports whether the database answers and takes writes now. After it
// was full, it is ready again when it has taken some.
func (s *Store) Ready(ctx context.Context) error {
	if s.writer == nil {
		return fmt.Errorf("%w: opened read-only", ledger.ErrUnavailable)
	}
	s.mu.Lock()
	closed, full := s.closed, s.full
	s.mu.Unlock()
	if closed {
		return fmt.Errorf("%w: closed", ledger.ErrUnavailable)
	}
	err := s.transact(ctx, func(t *txn) error {
		if _, err := t.lockHead(); err != nil || !full {
			return err
		}
		return t.must(1, `UPDATE probe SET bytes = ? WHERE id = 1`, make([]byte, probeSize))
	})
	if err != nil {
		return unavailable("ask the database", err)
	}
	if full {
		s.setFull(false)
	}
	return nil
}

// probeSize is how much a database that was full must take: about what a group
// of usual documents needs.
const probeSize = 512 << 10

func (s *Store) setFull(full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = full
}

// Advanced gives a channel that is closed at the next commit of this process,
// and soon after one of another. Take it before looking, so that no commit of
// this process is missed; one of another may be, if that process was killed or
// the database restarted in between.
func (s *Store) Advanced() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.advanced
}

// announce tells this process and the others of a commit.
func (s *Store) announce() {
	s.advance()
	s.others.tell()
}

func (s *Store) advance() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.advanced)
	s.advanced = make(chan struct{})
}

// unavailable wraps trouble of the store so that callers find ErrUnavailable.
func unavailable(what string, err error) error {
	if errors.Is(err, ledger.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%s: %w: %w", what, ledger.ErrUnavailable, err)
}
