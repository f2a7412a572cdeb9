package national

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
)

// several opens processes of one store before one board.
func several(t *testing.T, database string, count int) []*office {
	t.Helper()
	b := newBoard()
	var all []*office
	for i := range count {
		all = append(all, colleague(t, database, b, fmt.Sprint("process ", i)))
	}
	return all
}

// checkOnce: numbers from 1 without gaps, one outcome value for each message,
// and the first appearances of each root's in the order of the numbers.
func checkOnce(t *testing.T, o *office, want int) {
	t.Helper()
	first := make(map[string]said)
	last := make(map[string]int64)
	var numbers []int64
	for i, s := range o.outcomes(t) {
		if before, ok := first[s.CeID]; ok {
			if before.Registration != s.Registration || before.Instant != s.Instant {
				t.Errorf("outcome %+v, before %+v", s, before)
			}
			continue
		}
		first[s.CeID] = s
		numbers = append(numbers, s.Registration)
		root := string(o.board.on(routing.TopicOutcomes)[i].Key)
		if s.Registration <= last[root] {
			t.Errorf("root %s: registration %d after %d", root, s.Registration, last[root])
		}
		last[root] = s.Registration
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != int64(i+1) {
			t.Fatalf("number %d is %d", i+1, n)
		}
	}
	if len(numbers) != want || o.count(t, "registrations") != want {
		t.Errorf("%d outcomes, %d registrations, want %d", len(numbers), o.count(t, "registrations"), want)
	}
}

// TestSeveralProcesses: three at once, each with a partition of its own, whose
// chains wait for one another across partitions.
func TestSeveralProcesses(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		const each, batch = 300, 20
		all := several(t, db.fresh(t), 3)
		for _, o := range all {
			o.run(t)
		}
		for from := 0; from < each; from += batch {
			for k, o := range all {
				var msgs []kafkago.Message
				for i := from; i < from+batch; i++ {
					// Message i of process k follows message i of process k-1.
					number, prev := 3*i+k+1, 0
					if k > 0 {
						prev = number - 1
					}
					msgs = append(msgs, fact(number, fmt.Sprint("root ", i), prev, func(m *kafkago.Message) { m.Partition = k }))
				}
				o.feed.batches <- msgs
			}
		}
		o := all[0]
		o.board.wait(t, "all outcomes", func() bool { return len(o.board.on(routing.TopicOutcomes)) >= 3*each })
		checkOnce(t, o, 3*each)
		if n := len(o.board.on(routing.TopicOutcomes)); n != 3*each {
			t.Errorf("%d outcomes published: not one process at a time", n)
		}
		o.board.wait(t, "totals of everything", func() bool {
			s := o.statements(t)
			return len(s) > 0 && s[len(s)-1].Count == 3*each
		})
	})
}

// TestSameMessagesTwice: a rebalance gives one partition to two processes for a
// while; both apply the same messages at once.
func TestSameMessagesTwice(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		all := several(t, db.fresh(t), 2)
		var wg sync.WaitGroup
		for _, o := range all {
			wg.Go(func() {
				for from := 1; from <= 200; from += 10 {
					var msgs []kafkago.Message
					for n := from; n < from+10; n++ {
						msgs = append(msgs, fact(n, "a", n-1))
					}
					o.insist(t.Context(), func() error { return o.apply(t.Context(), msgs) })
				}
			})
		}
		wg.Wait()
		all[0].flush(t)
		checkOnce(t, all[0], 200)
		if got := len(all[0].outcomes(t)); got != 400 {
			t.Errorf("%d outcomes published, want one for each delivery", got)
		}
	})
}

// TestTurnPasses: a publisher that stopped without a word is replaced within
// seconds, begins at its mark, and does no harm when it comes back.
func TestTurnPasses(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		all := several(t, db.fresh(t), 2)
		frozen, next := all[0], all[1]
		for n := 1; n <= 5; n++ {
			frozen.put(t, fact(n, "a", n-1)) // marked each time
		}
		if err := frozen.apply(t.Context(), []kafkago.Message{fact(6, "a", 5), fact(7, "a", 6)}); err != nil {
			t.Fatal(err)
		}
		// It has read what it was about to send when it froze.
		if err := frozen.publisher.load(t.Context()); err != nil {
			t.Fatal(err)
		}
		if held, err := next.lease(t.Context()); err != nil || held {
			t.Fatalf("two have the lease, %v", err)
		}
		began := time.Now()
		stop := next.run(t)
		next.board.wait(t, "the successor", func() bool { return len(next.board.on(routing.TopicOutcomes)) >= 7 })
		if took := time.Since(began); took > 3*leaseTime {
			t.Errorf("the turn passed after %s", took)
		}
		next.feed.batches <- []kafkago.Message{fact(8, "a", 7)}
		next.board.wait(t, "one more", func() bool { return len(next.board.on(routing.TopicOutcomes)) >= 8 })
		stop()
		if err := frozen.publisher.drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := frozen.publisher.save(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkOnce(t, frozen, 8)
		if n := len(frozen.outcomes(t)); n != 7+1+3 {
			t.Errorf("%d outcomes published", n)
		}
		var mark int64
		if err := next.db.Get(&mark, `SELECT registrazione FROM publisher`); err != nil || mark != 8 {
			t.Errorf("mark %d, %v", mark, err)
		}
	})
}

// TestTwoStreams: registrations leave by number and all else by the outbox, yet
// everything leaves in the order in which it was decided, also when much has
// piled up and the publisher changes half way.
func TestTwoStreams(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		var want []string
		for n := 1; n <= 3*callMessages; {
			var msgs []kafkago.Message
			for len(msgs) < 200 {
				m := fact(n, "a", 0)
				switch {
				case n%7 == 0:
					m = fact(n, "a", 0, document("rotto"))
				case n%100 > 60 && n > 50: // a run of repetitions
					m = fact(n-n%100+1, "a", 0)
				}
				msgs = append(msgs, m)
				want = append(want, header(m, "ce_id"))
				n++
			}
			if err := o.apply(t.Context(), msgs); err != nil {
				t.Fatal(err)
			}
		}
		o.board.answer = func(call int, _ []kafkago.Message) error {
			if call == 2 {
				return errors.New("broker away")
			}
			return nil
		}
		if err := o.drain(t.Context()); err == nil {
			t.Fatal("a failure went unnoticed")
		}
		if err := o.publisher.save(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.publisher = nil // another takes over at the mark
		o.flush(t)
		var got []string
		for _, s := range o.outcomes(t) {
			got = append(got, s.CeID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d outcomes in another order than decided, want %d", len(got), len(want))
		}
		if n := o.count(t, "outbox"); n != 0 {
			t.Errorf("%d rows left in the outbox", n)
		}
	})
}

// TestFrozenInMidApply: a process that stops with the head's lock in its hand
// loses it, and its batch is applied once all the same. On SQLite one process
// has the file; there nobody waits.
func TestFrozenInMidApply(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		if db.name == "sqlite" {
			t.Skip("sqlite is for one process at a time: nobody waits for the frozen one")
		}
		all := several(t, db.fresh(t), 2)
		frozen, other := all[0], all[1]
		thaw, locked := make(chan struct{}), make(chan struct{})
		end := make(chan error, 1)
		go func() {
			end <- frozen.transact(context.Background(), func(ctx context.Context, tx *txn) error {
				d, err := frozen.desk(ctx, tx, question{}, nil)
				if err != nil {
					return err
				}
				c, _ := open(fact(1, "a", 0), frozen.rome)
				c.Content = []byte("x")
				if err := d.take(c); err != nil {
					return err
				}
				close(locked)
				<-thaw
				return d.save(ctx, tx, nil)
			})
		}()
		<-locked
		if !other.insist(t.Context(), func() error { return other.apply(t.Context(), []kafkago.Message{fact(2, "b", 0)}) }) {
			t.Fatal("the other process never went on")
		}
		close(thaw)
		if err := <-end; err == nil {
			t.Fatal("committed without the lock")
		}
		if err := frozen.apply(t.Context(), []kafkago.Message{fact(1, "a", 0)}); err != nil {
			t.Fatal(err)
		}
		frozen.flush(t)
		checkOnce(t, frozen, 2)
	})
}

// TestCutInMidCommit: the answer to COMMIT is lost; the batch comes again and
// is found applied.
func TestCutInMidCommit(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		o := newOffice(t, db)
		batch := []kafkago.Message{fact(1, "a", 0), fact(2, "a", 1)}
		lost := errors.New("connection cut")
		calls := 0
		ok := o.insist(t.Context(), func() error {
			calls++
			if err := o.apply(t.Context(), batch); err != nil || calls > 1 {
				return err
			}
			return lost
		})
		if !ok || calls != 2 {
			t.Fatalf("%d calls", calls)
		}
		o.flush(t)
		checkOnce(t, o, 2)
	})
}

// TestOpenTogether: processes that start at once on an empty database all open
// it.
func TestOpenTogether(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		if db.name == "sqlite" {
			t.Skip("sqlite is for one process at a time")
		}
		address := db.fresh(t)
		errs := make(chan error, 4)
		for range cap(errs) {
			go func() {
				node, err := Open(context.Background(), Config{Database: address})
				if err == nil {
					err = node.Close()
				}
				errs <- err
			}()
		}
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

// TestOwnSchema: on PostgreSQL nothing of the store lies outside its schema.
func TestOwnSchema(t *testing.T) {
	t.Parallel()
	o := newOffice(t, database{"postgres", freshPostgres})
	var elsewhere []string
	err := o.db.Select(&elsewhere, `SELECT schemaname || '.' || tablename FROM pg_tables
		WHERE schemaname NOT IN ('nazionale', 'pg_catalog', 'information_schema')`)
	if err != nil || len(elsewhere) != 0 {
		t.Errorf("tables %v, %v", elsewhere, err)
	}
	if n := o.count(t, "nazionale.registrations"); n != 0 {
		t.Error("not empty")
	}
}

// TestNotDurable: a database that would lose what it acknowledged is refused,
// and so is an address of neither kind.
func TestNotDurable(t *testing.T) {
	t.Parallel()
	address := freshPostgres(t)
	for _, u := range []string{address + "?synchronous_commit=off", "mysql://x", "sqlite:", "n.db", "postgres://%zz:secret@h/"} {
		node, err := Open(t.Context(), Config{Database: u})
		if err == nil {
			_ = node.Close()
			t.Errorf("%s was opened", u)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}
