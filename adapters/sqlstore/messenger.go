package sqlstore

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// channel is the name processes notify each other by, in one database.
const channel = "snodo_ledger"

// telling is the shortest time between two notifications of a process: a
// notification takes a lock of the whole server when it commits.
const telling = 5 * time.Millisecond

// deaf is how long a messenger waits before it connects again.
const deaf = time.Second

// messenger tells the other processes on a PostgreSQL database that this one
// has committed, and hears of their commits, on one connection of its own.
// What is told outside the commit may be lost: whoever waits for it also
// looks by itself from time to time.
type messenger struct {
	config *pgx.ConnConfig
	news   chan struct{} // capacity 1: this process has committed
	stop   context.CancelFunc
	done   sync.WaitGroup
}

func postgresMessenger(databaseURL string) (*messenger, error) {
	config, err := postgresConfig(databaseURL, map[string]string{
		"synchronous_commit": "off", // a notification is nothing to keep
	})
	return &messenger{config: config, news: make(chan struct{}, 1), stop: func() {}}, err
}

// start calls heard for commits of other processes, and once when it begins to
// listen, since what was told before is not known.
func (m *messenger) start(heard func()) {
	ctx, cancel := context.WithCancel(context.Background())
	m.stop = cancel
	m.done.Go(func() {
		for ctx.Err() == nil {
			m.listen(ctx, heard)
			select {
			case <-ctx.Done():
			case <-time.After(deaf):
			}
		}
	})
}

// close may be called on nil, and twice.
func (m *messenger) close() {
	if m != nil {
		m.stop()
		m.done.Wait()
	}
}

// tell never blocks.
func (m *messenger) tell() {
	if m == nil {
		return
	}
	select {
	case m.news <- struct{}{}:
	default:
	}
}

// listen hears and tells until its connection ends.
func (m *messenger) listen(ctx context.Context, heard func()) {
	conn, err := pgx.ConnectConfig(ctx, m.config.Copy())
	if err != nil {
		return
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), deaf)
		defer cancel()
		_ = conn.Close(end)
	}()
	if _, err := conn.Exec(ctx, `LISTEN `+channel); err != nil {
		return
	}
	heard()
	for told := time.Now(); ; {
		wait, cancel := context.WithCancel(ctx)
		news := make(chan bool, 1)
		go func() {
			news <- m.fresh(wait, told.Add(telling))
			cancel()
		}()
		n, err := conn.WaitForNotification(wait)
		cancel()
		fresh := <-news
		switch {
		case ctx.Err() != nil || conn.IsClosed():
			return
		case err == nil && n.PID != conn.PgConn().PID():
			heard()
		}
		if fresh {
			if _, err := conn.Exec(ctx, `NOTIFY `+channel); err != nil {
				return
			}
			told = time.Now()
		}
	}
}

// fresh waits for news to tell, not before an instant; false if the wait ends.
func (m *messenger) fresh(wait context.Context, after time.Time) bool {
	select {
	case <-time.After(time.Until(after)):
	case <-wait.Done():
		return false
	}
	select {
	case <-m.news:
		return true
	case <-wait.Done():
		return false
	}
}
