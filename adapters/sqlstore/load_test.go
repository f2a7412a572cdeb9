package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing/ledger"
)

// load keeps sending to stores, each sender the same document until it is
// answered, and remembers the answers.
type load struct {
	t      *testing.T
	sealer *contract.Sealer
	end    chan struct{}
	wg     sync.WaitGroup
	moved  chan struct{} // capacity 1

	mu       sync.Mutex
	answered map[string][]byte // receipts by content
	failed   int               // attempts that promised nothing
}

func startLoad(t *testing.T, sealer *contract.Sealer, senders int, stores ...*sqlstore.Store) *load {
	return startLoadNamed(t, sealer, "", senders, stores...)
}

// startLoadNamed is for a second load on the same ledger.
func startLoadNamed(t *testing.T, sealer *contract.Sealer, name string, senders int, stores ...*sqlstore.Store) *load {
	l := &load{
		t: t, sealer: sealer, end: make(chan struct{}), moved: make(chan struct{}, 1), answered: make(map[string][]byte),
	}
	for s := range senders {
		l.wg.Go(func() {
			for i := 0; ; i++ {
				if !l.send(stores[s%len(stores)], fmt.Sprintf("%ssender %d document %d", name, s, i)) {
					return
				}
			}
		})
	}
	t.Cleanup(l.stop)
	return l
}

// send sends until there is an answer; false at the end of the load.
func (l *load) send(store *sqlstore.Store, content string) bool {
	for {
		select {
		case <-l.end:
			return false
		default:
		}
		r, err := store.Append(context.Background(), contract.Submission(content))
		l.mu.Lock()
		if err == nil {
			l.answered[content] = r.Receipt
		} else {
			l.failed++
		}
		l.mu.Unlock()
		select {
		case l.moved <- struct{}{}:
		default:
		}
		if err == nil {
			return true
		}
		if !errors.Is(err, ledger.ErrUnavailable) {
			l.t.Errorf("error %v, want ErrUnavailable", err)
			return false
		}
	}
}

func (l *load) stop() {
	select {
	case <-l.end:
	default:
		close(l.end)
	}
	l.wg.Wait()
}

func (l *load) count() (answered, failed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.answered), l.failed
}

// more waits until that many more documents are answered.
func (l *load) more(n int) {
	l.t.Helper()
	before, _ := l.count()
	l.until(fmt.Sprint(n, " more answers"), func(answered, _ int) bool { return answered >= before+n })
}

// refused waits until an attempt fails.
func (l *load) refused() {
	l.t.Helper()
	_, before := l.count()
	l.until("a refusal", func(_, failed int) bool { return failed > before })
}

func (l *load) until(what string, ok func(answered, failed int) bool) {
	l.t.Helper()
	deadline := time.After(90 * time.Second)
	for !ok(l.count()) {
		select {
		case <-l.moved:
		case <-deadline:
			l.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// check ends the load; every answer must be kept, byte for byte, and the
// ledger clean.
func (l *load) check(store *sqlstore.Store) {
	l.t.Helper()
	l.stop()
	if err := store.Ready(context.Background()); err != nil {
		l.t.Errorf("in the end: not ready: %v", err)
	}
	stored := make(map[string]bool)
	err := store.Entries(context.Background(), 1, 0, func(s ledger.Stored) error {
		stored[string(s.Receipt)] = true
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	for content, receipt := range l.answered {
		if !stored[string(receipt)] {
			l.t.Errorf("%s: its receipt is not in the ledger", content)
		}
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		l.t.Fatal(err)
	}
	a := ledger.NewAuditor(ledger.AuditOptions{Rome: rome, Receipts: l.sealer})
	if err := store.Audit(context.Background(), a); err != nil {
		l.t.Fatal(err)
	}
	if f := a.Findings(); len(f) > 0 {
		l.t.Errorf("findings: %v", f)
	}
	answered, failed := l.count()
	l.t.Logf("%d answered, %d entries, %d attempts refused", answered, len(stored), failed)
}
