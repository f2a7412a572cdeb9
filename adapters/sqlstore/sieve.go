package sqlstore

import (
	"context"
	"encoding/binary"
	"math"
	"sync"

	"github.com/snodo-co/snodo/routing/ledger"
)

// sieve tells, without asking the database, that something is not there: a
// Bloom filter over the digests of accepted content and of the requests it came
// in, and the keys of chains. It
// serves where one process alone writes, as the embedded database has it: what
// this process writes enters the sieve before it is committed, so that there is
// never anything that it does not know. When the head is found, under its lock,
// where this process did not put it, the sieve is of no use any more. Almost
// every submission is new, so almost every look-up is spared. Safe for
// concurrent use; the zero value says that everything may be there.
type sieve struct {
	mu    sync.RWMutex
	bits  []uint64 // a power of two of them
	keys  int      // entered
	whole bool     // everything there is has been entered
	head  int64    // the ledger's last position, by this process alone
}

const (
	sieveWords = 1 << 16 // of 64 bits, at least: 512 KiB
	sieveLoad  = 8       // bits for each key at least: one look-up in forty is not spared
	sievePage  = 4096    // keys read at a time
)

// sieveKey is 32 bytes of which no bit is like another.
type sieveKey [4]uint64

func contentKey(digest ledger.Hash) (k sieveKey) {
	for i := range k {
		k[i] = binary.LittleEndian.Uint64(digest[8*i:])
	}
	return k
}

// appendContent appends the keys of accepted content. That of its request leaves
// the sender out: two senders rarely call theirs the same.
func appendContent(keys []sieveKey, digest, request ledger.Hash) []sieveKey {
	keys = append(keys, contentKey(digest))
	if !request.IsZero() {
		keys = append(keys, contentKey(request))
	}
	return keys
}

// relationKey spreads a key of chains, which is 63 bits of a SHA-256.
func relationKey(relation int64) (k sieveKey) {
	x := uint64(relation)
	for i := range k {
		x ^= x >> 29
		x *= 0x9e3779b97f4a7c15 // 2^64 over the golden ratio
		k[i] = x
	}
	return k
}

// begin empties the sieve, for at least so many keys, where the ledger's head is
// at a position.
func (s *sieve) begin(keys int, head int64) {
	words := sieveWords
	for words*64 < 2*keys*sieveLoad {
		words *= 2
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bits, s.keys, s.whole, s.head = make([]uint64, words), 0, false, head
}

// found tells where the head is, read under its lock.
func (s *sieve) found(head int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.head != head {
		s.bits, s.whole = nil, false
	}
}

// close gives the sieve up: a closed database says nothing of what is there.
func (s *sieve) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bits, s.whole = nil, false
}

// moved tells where this process is about to put the head.
func (s *sieve) moved(head int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head = head
}

// add enters keys.
func (s *sieve) add(keys ...sieveKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bits == nil {
		return
	}
	for _, k := range keys {
		for _, h := range k {
			s.bits[h>>6&uint64(len(s.bits)-1)] |= 1 << (h & 63)
		}
	}
	s.keys += len(keys)
}

// finish says that everything there is has been entered.
func (s *sieve) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.whole = s.bits != nil
}

// full reports whether the sieve has more keys than it is made for.
func (s *sieve) full() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.bits != nil && s.keys*sieveLoad > len(s.bits)*64
}

// lacks reports that a key was never entered; false if it may have been.
func (s *sieve) lacks(k sieveKey) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.whole {
		return false
	}
	for _, h := range k {
		if s.bits[h>>6&uint64(len(s.bits)-1)]&(1<<(h&63)) == 0 {
			return true
		}
	}
	return false
}

// enter puts what a batch writes into the sieve.
func (s *sieve) enter(b *ledger.Batch) {
	keys := make([]sieveKey, 0, 2*len(b.Contents)+len(b.Chains))
	for _, c := range b.Contents {
		keys = appendContent(keys, c.Row.Digest, c.Row.RequestDigest)
	}
	for _, c := range b.Chains {
		keys = append(keys, relationKey(relation(c.Employer, c.Worker, c.Start)))
	}
	s.add(keys...)
	s.moved(b.Head.Position)
}

// sift begins the sieve anew and has it filled meanwhile. Only whoever commits
// may call it, between two groups: what a group writes is either in the
// database already or enters the new sieve.
func (s *Store) sift(ctx context.Context) {
	head, err := s.Head(ctx)
	if err != nil {
		return // everything may be there
	}
	s.sieve.begin(int(head.Position), head.Position) // an accepted submission has two keys or three, and an outcome
	s.sifting.Go(func() {
		if s.fill(ctx) == nil {
			s.sieve.finish()
		}
	})
}

// fill enters what is in the database.
func (s *Store) fill(ctx context.Context) error {
	contents := `SELECT position, digest, request_digest FROM content WHERE position > ? ORDER BY position LIMIT ?`
	err := pages(func(after int64, keys []sieveKey) (int64, []sieveKey, error) {
		err := each(ctx, s, contents, []any{after, sievePage}, func(scan func(...any) error) error {
			var digest, request ledger.Hash
			err := scan(&after, (*hashCell)(&digest), (*hashCell)(&request))
			keys = appendContent(keys, digest, request)
			return err
		})
		return after, keys, err
	}, s.sieve.add)
	if err != nil {
		return err
	}
	relations := `SELECT DISTINCT relation FROM chains WHERE relation > ? ORDER BY relation LIMIT ?`
	return pages(func(after int64, keys []sieveKey) (int64, []sieveKey, error) {
		err := each(ctx, s, relations, []any{after, sievePage}, func(scan func(...any) error) error {
			err := scan(&after)
			keys = append(keys, relationKey(after))
			return err
		})
		return after, keys, err
	}, s.sieve.add)
}

// pages reads keys page by page until there are no more.
func pages(read func(after int64, keys []sieveKey) (int64, []sieveKey, error), add func(...sieveKey)) error {
	keys := make([]sieveKey, 0, sievePage)
	for after := int64(math.MinInt64); ; {
		var err error
		if after, keys, err = read(after, keys[:0]); err != nil {
			return err
		}
		add(keys...)
		if len(keys) < sievePage {
			return nil
		}
	}
}
