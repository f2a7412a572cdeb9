package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing/ledger"
)

// longTest skips what takes seconds by its nature.
func longTest(t *testing.T) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
}

// openAt opens a store that closes with the test.
func openAt(t *testing.T, databaseURL string, sealer *contract.Sealer) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), databaseURL, sqlstore.Options{Issuer: sealer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// session is a connection of somebody else.
func session(t *testing.T, databaseURL string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := conn.Exec(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestPostgresRestarted: a server that falls twice under load, in the middle
// of commits, and comes back.
func TestPostgresRestarted(t *testing.T) {
	longTest(t)
	server := postgrestest.NewServer(t)
	sealer := &contract.Sealer{}
	databaseURL := postgrestest.DatabaseOn(t, server.URL, "")
	a, b := openAt(t, databaseURL, sealer), openAt(t, databaseURL, sealer)
	l := startLoad(t, sealer, 8, a, b)
	for range 2 {
		l.more(100)
		server.Crash(t)
		l.refused()
		if err := a.Ready(t.Context()); !errors.Is(err, ledger.ErrUnavailable) {
			t.Errorf("while the server is away: readiness %v", err)
		}
		server.Start(t)
		l.more(100)
	}
	l.check(a)
}

// TestPostgresOutOfConnections: others take all connections there are.
func TestPostgresOutOfConnections(t *testing.T) {
	longTest(t)
	server := postgrestest.NewServer(t, "max_connections = 25")
	sealer := &contract.Sealer{}
	databaseURL := postgrestest.DatabaseOn(t, server.URL, "")
	s := openAt(t, databaseURL, sealer)
	l := startLoad(t, sealer, 4, s)
	l.more(20)
	var crowd []*pgx.Conn
	admin := session(t, server.URL)
	take := func() bool {
		conn, err := pgx.Connect(t.Context(), server.URL)
		if err == nil {
			crowd = append(crowd, conn)
		}
		return err == nil
	}
	// Whenever the store's connections end, the crowd takes their places.
	refused := func(err error) bool {
		var answer *pgconn.PgError
		return errors.Is(err, ledger.ErrUnavailable) && errors.As(err, &answer) && answer.Code == "53300"
	}
	deadline := time.Now().Add(30 * time.Second)
	for _, before := l.count(); ; {
		run(t, admin, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'snodo'`)
		for take() {
		}
		if _, failed := l.count(); refused(s.Ready(t.Context())) && failed > before {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the store found connections that there are not")
		}
	}
	for _, conn := range crowd {
		_ = conn.Close(context.Background())
	}
	l.more(20)
	l.check(s)
}

// TestPostgresHeadLocked: a session that sits on the head's lock makes the
// store unavailable within lock_timeout, not hang.
func TestPostgresHeadLocked(t *testing.T) {
	longTest(t)
	sealer := &contract.Sealer{}
	databaseURL := postgrestest.Database(t)
	s := openAt(t, databaseURL, sealer)
	l := startLoad(t, sealer, 4, s)
	l.more(10)
	conn := session(t, databaseURL)
	run(t, conn, `BEGIN`, `SELECT 1 FROM head FOR UPDATE`)
	begun := time.Now()
	l.refused()
	if waited := time.Since(begun); waited > 10*time.Second {
		t.Errorf("waited %v for the lock, want 2 s", waited)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("behind the lock: readiness %v", err)
	}
	if _, _, err := s.Accepted(t.Context(), ledger.Hash{1}, "a", ledger.Hash{}); err != nil {
		t.Errorf("readers must not wait for the lock: %v", err)
	}
	run(t, conn, `ROLLBACK`)
	l.more(10)
	l.check(s)
}

// TestPostgresDeadlock: a group that the database chooses as a deadlock's
// victim is tried again, member by member, and nobody is refused.
func TestPostgresDeadlock(t *testing.T) {
	longTest(t)
	sealer := &contract.Sealer{}
	databaseURL := postgrestest.Database(t)
	s := openAt(t, databaseURL, sealer)
	if _, err := s.Append(t.Context(), contract.Submission("makes the counter")); err != nil {
		t.Fatal(err)
	}
	conn, watch := session(t, databaseURL), session(t, databaseURL)
	run(t, conn, `SET deadlock_timeout = '1min'`)
	answer := make(chan error)
	for n, victims := 0, 0; ; n++ {
		run(t, conn, `BEGIN`, `UPDATE counters SET last = last`)
		go func() {
			_, err := s.Append(context.Background(), contract.Submission(fmt.Sprint("victim ", n)))
			answer <- err
		}()
		awaitWaiting(t, watch, 1)
		// The group holds the head and waits for the counter; now the other way round.
		run(t, conn, `SELECT 1 FROM head FOR UPDATE`, `COMMIT`)
		err := <-answer
		if err == nil {
			awaitDeadlocks(t, watch, victims+1)
			break
		}
		// The second attempt may be at the head before the other session, which
		// stood in line: a second deadlock, and no more attempts.
		victims += 2
		if awaitDeadlocks(t, watch, victims); n == 10 {
			t.Fatalf("the victim was refused: %v", err)
		}
	}
	l := startLoad(t, sealer, 1, s)
	l.more(1)
	l.check(s)
}

// awaitDeadlocks waits until the database counts that many.
func awaitDeadlocks(t *testing.T, conn *pgx.Conn, n int) {
	t.Helper()
	counted := 0
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		err := conn.QueryRow(context.Background(),
			`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).Scan(&counted)
		if err != nil {
			t.Fatal(err)
		}
		if counted >= n {
			return
		}
	}
	t.Fatalf("%d deadlocks, want %d: nothing was tested", counted, n)
}

// awaitWaiting waits until that many sessions of the database wait for a lock.
func awaitWaiting(t *testing.T, conn *pgx.Conn, n int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		var waiting int
		err := conn.QueryRow(context.Background(),
			`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		if waiting >= n {
			return
		}
	}
	t.Fatal("nobody came to wait")
}

// TestPostgresTerminated: connections killed at any moment, commits included.
func TestPostgresTerminated(t *testing.T) {
	longTest(t)
	sealer := &contract.Sealer{}
	databaseURL := postgrestest.Database(t)
	a, b := openAt(t, databaseURL, sealer), openAt(t, databaseURL, sealer)
	l := startLoad(t, sealer, 8, a, b)
	conn := session(t, databaseURL)
	for range 40 {
		l.more(3)
		run(t, conn, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'snodo' AND state <> 'idle'`)
	}
	// The wake-up between processes comes back, too.
	run(t, conn, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'snodo'`)
	l.more(3)
	l.stop()
	for i := range 3 { // the first wake-up may be that of listening again
		advanced := a.Advanced()
		if _, err := b.Append(t.Context(), contract.Submission(fmt.Sprint("wakes ", i))); err != nil {
			t.Fatal(err)
		}
		select {
		case <-advanced:
		case <-time.After(20 * time.Second):
			t.Fatal("the wake-up between processes never came back")
		}
	}
	l.check(a)
}

// TestPostgresCommitUnknown: the connection is killed when the commit has
// happened and its answer has not been given, made certain by a standby that
// never confirms. The answer must be found.
func TestPostgresCommitUnknown(t *testing.T) {
	longTest(t)
	server := postgrestest.NewServer(t)
	sealer := &contract.Sealer{}
	s := openAt(t, postgrestest.DatabaseOn(t, server.URL, ""), sealer)
	conn := session(t, server.URL)
	run(t, conn, `SET synchronous_commit = 'local'`, `ALTER SYSTEM SET synchronous_standby_names = 'nobody'`, `SELECT pg_reload_conf()`)
	answer := make(chan error)
	go func() {
		r, err := s.Append(context.Background(), contract.Submission("one"))
		if err == nil && len(r.Receipt) == 0 {
			err = errors.New("no receipt")
		}
		answer <- err
	}()
	for killed, deadline := 0, time.Now().Add(30*time.Second); killed == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the commit never waited for the standby")
		}
		err := conn.QueryRow(context.Background(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE application_name = 'snodo' AND wait_event = 'SyncRep'`).Scan(&killed)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := <-answer; err != nil {
		t.Errorf("the commit that happened was not found: %v", err)
	}
	run(t, conn, `ALTER SYSTEM RESET synchronous_standby_names`, `SELECT pg_reload_conf()`)
	l := startLoad(t, sealer, 1, s)
	l.more(1)
	l.check(s)
}

// TestPostgresFrozen: a process that stops, as SIGSTOP makes it, while it
// holds the head's lock. The server ends its session, the others go on, and
// the frozen one promised nothing.
func TestPostgresFrozen(t *testing.T) {
	longTest(t)
	databaseURL := postgrestest.Database(t)
	frozen, sealer := &contract.Sealer{}, &contract.Sealer{}
	a, b := openAt(t, databaseURL, frozen), openAt(t, databaseURL, sealer)
	held, release := frozen.Hold()
	answer := make(chan error)
	go func() {
		_, err := a.Append(context.Background(), contract.Submission("frozen"))
		answer <- err
	}()
	<-held
	l := startLoad(t, sealer, 4, b)
	begun := time.Now()
	l.more(10)
	if waited := time.Since(begun); waited > 20*time.Second {
		t.Errorf("the others waited %v", waited)
	}
	release()
	if err := <-answer; !errors.Is(err, ledger.ErrUnavailable) {
		t.Errorf("the frozen process: error %v, want ErrUnavailable", err)
	}
	if r, err := a.Append(t.Context(), contract.Submission("frozen")); err != nil || r.Repeated {
		t.Errorf("sent again: repeated %v, error %v", r.Repeated, err)
	}
	l.check(b)
}

// TestPostgresCutOff: the network swallows everything. The process that is cut
// off notices by itself, the others go on.
func TestPostgresCutOff(t *testing.T) {
	longTest(t)
	databaseURL := postgrestest.Database(t)
	sealer := &contract.Sealer{}
	w := newWire(t, databaseURL)
	a, b := openAt(t, w.url, sealer), openAt(t, databaseURL, sealer)
	l := startLoad(t, sealer, 4, a)
	l.more(10)
	w.cut()
	others := startLoadNamed(t, sealer, "other ", 4, b)
	begun := time.Now()
	others.more(10)
	if waited := time.Since(begun); waited > 20*time.Second {
		t.Errorf("the others waited %v", waited)
	}
	l.refused()
	if waited := time.Since(begun); waited > 40*time.Second {
		t.Errorf("the process that was cut off noticed after %v", waited)
	}
	w.join()
	l.more(10)
	others.check(b)
	l.check(a)
}

// wire is a TCP connection to a database's server that can be cut: bytes are
// taken and go nowhere.
type wire struct {
	url string

	mu    sync.Mutex
	whole chan struct{} // closed while the wire is whole
}

func newWire(t *testing.T, databaseURL string) *wire {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal("the database's URL cannot be read")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{whole: make(chan struct{})}
	close(w.whole)
	server := u.Host
	u.Host = listener.Addr().String()
	w.url = u.String()
	var wg sync.WaitGroup
	var open []net.Conn
	wg.Go(func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", server)
			if err != nil {
				_ = in.Close()
				continue
			}
			open = append(open, in, out)
			wg.Go(func() { w.carry(in, out) })
			wg.Go(func() { w.carry(out, in) })
		}
	})
	t.Cleanup(func() {
		w.join()
		_ = listener.Close()
		for _, c := range open {
			_ = c.Close()
		}
		wg.Wait()
	})
	return w
}

func (w *wire) carry(from, to net.Conn) {
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		w.mu.Lock()
		whole := w.whole
		w.mu.Unlock()
		<-whole
		if err != nil {
			_ = to.Close()
			return
		}
		if _, err := to.Write(b[:n]); err != nil {
			_, _ = io.Copy(io.Discard, from)
			return
		}
	}
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.whole = make(chan struct{})
}

func (w *wire) join() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.whole:
	default:
		close(w.whole)
	}
}

// TestPostgresNotDurable: what durability rests upon is read back.
func TestPostgresNotDurable(t *testing.T) {
	t.Parallel()
	databaseURL := postgrestest.Database(t)
	for _, statement := range []string{`SET synchronous_commit = off`, `SET default_transaction_read_only = on`} {
		s, err := sqlstore.Open(t.Context(), databaseURL, sqlstore.Options{Wrap: after(statement)})
		if err == nil {
			t.Errorf("%s: opened", statement)
			_ = s.Close()
		}
	}
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal("the database's URL cannot be read")
	}
	u.User = url.UserPassword("nobody", "a secret")
	if _, err := sqlstore.Open(t.Context(), u.String(), sqlstore.Options{}); err == nil {
		t.Error("opened without the right to")
	} else if strings.Contains(err.Error(), "a secret") {
		t.Errorf("the error tells the password")
	}
	var refused *pgconn.ConnectError
	if _, err := sqlstore.Open(t.Context(), "postgres://x:y@127.0.0.1:1/none", sqlstore.Options{}); !errors.As(err, &refused) {
		t.Errorf("no server: error %v", err)
	}
}
