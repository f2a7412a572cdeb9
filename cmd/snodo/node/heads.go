package node

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// How often the head is sealed (contracts.md, Entries).
const (
	headDelay = 30 * time.Second // after an advance; the contract allows 60 s
	headIdle  = time.Hour        // when nothing advances
)

// HeadsFile keeps the sealed heads beside the ledger, a JSON line each.
const HeadsFile = "heads"

// headSigner seals heads with the seal of the receipts.
type headSigner struct{ seal *xmlsig.Sealer }

func (s headSigner) Sign(message []byte) ([]byte, error) { return s.seal.SignMessage(message) }
func (s headSigner) Seal() ledger.Hash                   { return s.seal.CertificateHash() }

// HeadVerifier checks sealed heads against known certificates.
type HeadVerifier []*x509.Certificate

// Verify implements ledger.HeadVerifier.
func (v HeadVerifier) Verify(certificate ledger.Hash, message, value []byte) error {
	for _, c := range v {
		if ledger.Sum(c.Raw) == certificate {
			return xmlsig.VerifyMessage(c, message, value)
		}
	}
	return errors.New("verify head: sealed with an unknown certificate")
}

// heads seals the ledger's head: to the file, synced, and to the topic.
type heads struct {
	path      string
	store     *sqlstore.Store
	seals     xmlsig.Seals
	publisher *kafka.Publisher
	holder    func() bool // whether this process is the one that seals
	now       func() time.Time
	log       *slog.Logger

	last  ledger.SealedHead // by this process, or found at its start
	floor time.Time         // instant of the latest head found at start
}

// run seals until ctx ends, while this process is the one that seals.
func (h *heads) run(ctx context.Context) error {
	tick := time.NewTicker(headDelay)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if !h.holder() {
				continue
			}
			if err := h.seal(ctx); err != nil && ctx.Err() == nil {
				h.log.Warn("sealing the head waits", "error", err)
			}
		}
	}
}

// seal seals the head if it advanced since the last time, or an hour passed.
func (h *heads) seal(ctx context.Context) error {
	head, err := h.store.Head(ctx)
	if err != nil {
		return fmt.Errorf("seal head: %w", err)
	}
	now := h.now()
	if head.Position == 0 || head.Position == h.last.Position && now.Sub(h.last.Instant) < headIdle {
		return nil
	}
	sealed, err := ledger.SealHead(head, h.instant(head, now), headSigner{h.seals.At(now)})
	if err != nil {
		return err
	}
	if err := appendHead(h.path, sealed); err != nil {
		return err
	}
	if err := h.publisher.PublishHead(ctx, sealed); err != nil {
		return fmt.Errorf("publish head: %w", err)
	}
	h.last = sealed
	return nil
}

// instant is that of a new head. The latest head by instant is the one that
// counts at a start, so instants must grow whichever process seals and
// whatever its clock says: never before the entry, whose recorded instant
// grows with the position, and after the head found at start.
func (h *heads) instant(head ledger.Head, now time.Time) time.Time {
	for _, least := range []time.Time{head.Recorded, h.floor.Add(time.Microsecond)} {
		if now.Before(least) {
			now = least
		}
	}
	return now
}

// appendHead writes one line and syncs it.
func appendHead(path string, h ledger.SealedHead) error {
	line, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode head: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("write head: %w", err)
	}
	end, err := wholeLines(f)
	if err == nil {
		_, err = f.WriteAt(append(line, '\n'), end)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write head: %w", err)
	}
	return nil
}

// wholeLines drops what a crash left of an unfinished last line, which would
// spoil the next one, and gives the length of the rest.
func wholeLines(f *os.File) (int64, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	tail := make([]byte, min(size, 4096)) // more than a line
	start := size - int64(len(tail))
	if _, err := f.ReadAt(tail, start); err != nil {
		return 0, err
	}
	end := start + int64(bytes.LastIndexByte(tail, '\n')) + 1
	return end, f.Truncate(end)
}

// ReadHeads reads the heads of a data folder's file. A last line that a crash
// cut short is passed over: its head was never promised to anybody.
func ReadHeads(dir string) ([]ledger.SealedHead, error) {
	f, err := os.Open(filepath.Join(dir, HeadsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	defer f.Close()
	var list []ledger.SealedHead
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		var h ledger.SealedHead
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
			if !lines.Scan() && lines.Err() == nil {
				return list, nil
			}
			return nil, fmt.Errorf("read heads: line %d: %w", n, err)
		}
		list = append(list, h)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	return list, nil
}

// scanHeads reads the heads that the topic holds.
func scanHeads(ctx context.Context, addrs []string) ([]ledger.SealedHead, error) {
	var list []ledger.SealedHead
	_, err := scanHeadsFrom(ctx, addrs, nil, func(h ledger.SealedHead) { list = append(list, h) })
	return list, err
}

// scanHeadsFrom reads the heads from offsets on, and gives those where the
// next scan continues.
func scanHeadsFrom(ctx context.Context, addrs []string, from map[int]int64, yield func(ledger.SealedHead)) (map[int]int64, error) {
	return kafka.ScanFrom(ctx, addrs, routing.TopicTotals, from, func(m kafka.Message) error {
		if m.Type() != kafka.TypeHead {
			return nil
		}
		h, err := kafka.DecodeHead(m)
		if err != nil {
			return fmt.Errorf("head at offset %d: %w", m.Offset, err)
		}
		yield(h)
		return nil
	})
}

// HeadWatch knows the latest sealed head of ours, whoever sealed it. Safe for
// concurrent use.
type HeadWatch struct {
	Verifier HeadVerifier // of what is ours
	Log      *slog.Logger

	mu   sync.Mutex
	last ledger.SealedHead
	next map[int]int64 // offsets of the topic not read yet
}

// Latest gives the latest head seen, the zero head if none.
func (w *HeadWatch) Latest() ledger.SealedHead {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// see takes a head into account. The latest counts, not the highest: a restore
// starts again further back.
func (w *HeadWatch) see(h ledger.SealedHead) {
	if err := w.Verifier.Verify(h.Certificate, h.Bytes(), h.Seal); err != nil {
		w.Log.Warn("a head that is not ours is passed over", "position", h.Position, "error", err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if h.Instant.After(w.last.Instant) {
		w.last = h
	}
}

// CatchUp reads what the topic has gained. One caller at a time.
func (w *HeadWatch) CatchUp(ctx context.Context, addrs []string) error {
	next, err := scanHeadsFrom(ctx, addrs, w.next, w.see)
	if err != nil {
		return err
	}
	w.next = next
	return nil
}

// follow keeps the watch up to date for the console.
func (n *Node) follow(ctx context.Context) error {
	return n.every(ctx, headDelay, func() error { return n.watch.CatchUp(ctx, n.Brokers()) })
}
