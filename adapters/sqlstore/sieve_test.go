package sqlstore

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/routing/ledger"
)

func keyOf(n int) sieveKey { return contentKey(sha256.Sum256(fmt.Append(nil, n))) }

// TestSieve: what was entered is never lacking, and of what was not, almost
// all is.
func TestSieve(t *testing.T) {
	t.Parallel()
	var s sieve
	if s.lacks(keyOf(1)) {
		t.Error("one that knows nothing says that something is not there")
	}
	const n = 300_000
	s.begin(n, 7)
	for i := range n {
		s.add(keyOf(i), relationKey(relation("employer", fmt.Sprint(i), "2026-11-26")))
	}
	if s.lacks(keyOf(n + 1)) {
		t.Error("one that is being filled says that something is not there")
	}
	s.finish()
	spared := 0
	for i := range n {
		if s.lacks(keyOf(i)) || s.lacks(relationKey(relation("employer", fmt.Sprint(i), "2026-11-26"))) {
			t.Fatalf("%d was entered", i)
		}
		if s.lacks(keyOf(n + i)) {
			spared++
		}
	}
	if spared < n*95/100 {
		t.Errorf("of %d others %d are known to be others", n, spared)
	}
	s.found(7)
	if !s.whole {
		t.Error("given up for its own head")
	}
	s.found(8)
	if s.lacks(keyOf(n+1)) || s.full() {
		t.Error("still used after another process wrote")
	}
	s.finish()
	if s.lacks(keyOf(n + 1)) {
		t.Error("used again without having been filled")
	}
}

// TestSieveFills: a full one says so, and a ledger that is opened knows what it
// holds.
func TestSieveFills(t *testing.T) {
	t.Parallel()
	var full sieve
	full.begin(0, 0)
	room := len(full.bits) * 64 / sieveLoad
	for i := 0; !full.full(); i++ {
		if i > room+1 {
			t.Fatal("never full")
		}
		full.add(sieveKey{uint64(i)})
	}

	url := "sqlite:" + filepath.Join(t.TempDir(), "snodo.db")
	open := func() *Store {
		s, err := Open(t.Context(), url, Options{Issuer: &contract.Sealer{}})
		if err != nil {
			t.Fatal(err)
		}
		s.sifting.Wait()
		return s
	}
	s := open()
	var entries []ledger.Entry
	for i := range 3 {
		r, err := s.Append(t.Context(), contract.Submission(fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, r.Entry)
	}
	for range 2 { // as it was filled while writing, and as it is filled at opening
		for _, e := range entries {
			if s.sieve.lacks(contentKey(e.Digest)) || s.sieve.lacks(relationKey(relation(e.Employer, e.Worker, e.Start))) {
				t.Errorf("position %d is not known", e.Position)
			}
		}
		if !s.sieve.lacks(keyOf(99)) {
			t.Error("nothing is known to be new")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Accepted(t.Context(), ledger.Sum([]byte("new")), "sender", ledger.Hash{}); !errors.Is(err, ledger.ErrUnavailable) {
			t.Errorf("a closed ledger says what it does not hold: error %v", err)
		}
		s = open()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSieveOutlivesAFailure: a group that is rolled back, or whose COMMIT fails,
// leaves the head where it was, and the sieve in use.
func TestSieveOutlivesAFailure(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"INSERT INTO outbox", "COMMIT"} {
		breaker := new(contract.Breaker)
		s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "snodo.db"), Options{Issuer: &contract.Sealer{}, Wrap: breaker.Wrap})
		if err != nil {
			t.Fatal(err)
		}
		s.sifting.Wait()
		breaker.Break(operation, false, 1)
		_, _ = s.Append(t.Context(), contract.Submission("one")) // it may be tried again
		if breaker.Unbreak() != 1 {
			t.Errorf("%s: nothing was broken", operation)
		}
		if _, err := s.Append(t.Context(), contract.Submission("two")); err != nil {
			t.Error(err)
		}
		if !s.sieve.lacks(keyOf(99)) {
			t.Errorf("%s: the sieve was given up", operation)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
