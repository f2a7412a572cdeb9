package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/snodo-co/snodo/routing/ledger"
)

// texts are what many receipts have: the form of their signature and the
// certificates of their seal, two thirds of a receipt. Each is kept once, in
// receipt_texts; a receipt is stored without them, and its pieces say where they
// go. What is read is what was sealed, byte for byte: a program that seals
// otherwise only finds less in common. Safe for concurrent use; the zero value
// knows none.
type texts struct {
	mu    sync.RWMutex
	known map[int64][]byte
	own   []sharedText // those of this process's issuer
}

type sharedText struct {
	id    int64
	bytes []byte
}

// errPieces: a receipt's pieces do not fit it.
var errPieces = errors.New("receipt cannot be put together")

// cut gives what is to be stored of a receipt: all of it, and no pieces, if it
// has nothing in common with others. Pieces are, for each text in the order of
// the receipt, how many bytes of the receipt's own precede it and the text's id,
// as unsigned varints.
func (t *texts) cut(receipt []byte) (own, pieces []byte) {
	rest := receipt
	for _, shared := range t.own {
		at := bytes.Index(rest, shared.bytes)
		if at < 0 {
			continue
		}
		if own == nil {
			own = make([]byte, 0, len(receipt)-len(shared.bytes))
			pieces = make([]byte, 0, len(t.own)*4)
		}
		pieces = binary.AppendUvarint(binary.AppendUvarint(pieces, uint64(at)), uint64(shared.id))
		own = append(own, rest[:at]...)
		rest = rest[at+len(shared.bytes):]
	}
	if own == nil {
		return receipt, nil
	}
	return append(own, rest...), pieces
}

// cutReceipt is a receipt as it is stored.
type cutReceipt struct {
	own, pieces []byte
}

// targets are where its columns are scanned.
func (c *cutReceipt) targets() []any { return []any{(*rawCell)(&c.own), (*rawCell)(&c.pieces)} }

// join puts a receipt together with the texts that are known.
func (c cutReceipt) join(known map[int64][]byte) ([]byte, error) {
	if len(c.pieces) == 0 {
		return c.own, nil
	}
	var receipt []byte
	own := c.own
	for pieces := c.pieces; len(pieces) > 0; {
		at, n := binary.Uvarint(pieces)
		if n <= 0 || at > uint64(len(own)) {
			return nil, errPieces
		}
		id, m := binary.Uvarint(pieces[n:])
		text, ok := known[int64(id)]
		if m <= 0 || !ok {
			return nil, errPieces
		}
		receipt = append(append(receipt, own[:at]...), text...)
		own, pieces = own[at:], pieces[n+m:]
	}
	return append(receipt, own...), nil
}

// whole puts receipts together. Texts that another process has entered since
// are read with q, which must not be reading anything else.
func (s *Store) whole(ctx context.Context, q querier, list []cutReceipt, put func(n int, receipt []byte)) error {
	s.texts.mu.RLock()
	known := s.texts.known
	s.texts.mu.RUnlock()
	for n, c := range list {
		receipt, err := c.join(known)
		if errors.Is(err, errPieces) {
			if known, err = s.learnTexts(ctx, q); err == nil {
				receipt, err = c.join(known)
			}
		}
		if err != nil {
			return err
		}
		put(n, receipt)
	}
	return nil
}

// learnTexts reads all there are: a few for each seal that the hub has had. One
// that is altered is as good as none.
func (s *Store) learnTexts(ctx context.Context, q querier) (map[int64][]byte, error) {
	known := make(map[int64][]byte)
	err := eachText(ctx, q, func(id int64, text []byte, intact bool) error {
		if intact {
			known[id] = text
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read texts of receipts: %w", err)
	}
	s.texts.mu.Lock()
	defer s.texts.mu.Unlock()
	s.texts.known = known
	return known, nil
}

// eachText reads the texts; intact tells whether one is what its digest says.
func eachText(ctx context.Context, q querier, row func(id int64, text []byte, intact bool) error) error {
	return each(ctx, q, `SELECT id, digest, bytes FROM receipt_texts ORDER BY id`, nil, func(scan func(...any) error) error {
		var id int64
		var digest ledger.Hash
		var text []byte
		if err := scan((*numberCell)(&id), (*hashCell)(&digest), (*rawCell)(&text)); err != nil {
			return err
		}
		return row(id, text, digest == sha256.Sum256(text))
	})
}

// enterTexts enters those of the issuer that are new, before any receipt is cut.
func (s *Store) enterTexts(ctx context.Context) error {
	if s.writer == nil || s.options.Issuer == nil {
		return nil
	}
	common := s.options.Issuer.Common()
	there, err := s.textIDs(ctx)
	if err != nil {
		return err
	}
	fresh := false
	for _, text := range common {
		digest := ledger.Hash(sha256.Sum256(text))
		if _, ok := there[digest]; ok {
			continue
		}
		fresh = true
		_, err := s.writer.ExecContext(ctx, s.bind(`INSERT INTO receipt_texts (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING`), digest[:], text)
		if err != nil {
			return fmt.Errorf("enter texts of receipts: %w", err)
		}
	}
	if fresh {
		if there, err = s.textIDs(ctx); err != nil {
			return err
		}
	}
	for _, text := range common {
		if id, ok := there[sha256.Sum256(text)]; ok { // else altered: receipts are stored with it
			s.texts.own = append(s.texts.own, sharedText{id, text})
		}
	}
	return nil
}

// textIDs are the ids of the texts by their digests.
func (s *Store) textIDs(ctx context.Context) (map[ledger.Hash]int64, error) {
	known, err := s.learnTexts(ctx, s)
	ids := make(map[ledger.Hash]int64, len(known))
	for id, text := range known {
		ids[sha256.Sum256(text)] = id
	}
	return ids, err
}
