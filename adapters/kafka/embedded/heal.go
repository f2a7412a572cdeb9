package embedded

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// After a crash kfake finds no snapshot that matches a partition's segments and
// reads all of them into memory at once (persist.go, loadPartitionFullReplay).
// heal writes the snapshot that an orderly shutdown would have written, reading
// one batch at a time, so that a restart costs the same memory either way. It
// changes nothing where the snapshot still matches.

// snapshot is kfake's snapshot.json, version 1.
type snapshot struct {
	Version          int               `json:"version"`
	HighWatermark    int64             `json:"high_watermark"`
	LastStableOffset int64             `json:"last_stable_offset"`
	LogStartOffset   int64             `json:"log_start_offset"`
	Epoch            int32             `json:"epoch"`
	LeaderNode       int32             `json:"leader_node,omitempty"`
	MaxTimestamp     int64             `json:"max_timestamp"`
	CreatedAt        time.Time         `json:"created_at"`
	AbortedTxns      []json.RawMessage `json:"aborted_txns,omitempty"`
	Segments         []segmentInfo     `json:"segments"`
}

type segmentInfo struct {
	BaseOffset int64 `json:"base_offset"`
	Size       int64 `json:"size"`
	MinEpoch   int32 `json:"min_epoch,omitempty"`
	MaxEpoch   int32 `json:"max_epoch,omitempty"`
}

// errForeign: the partition holds what only kfake's own replay understands.
var errForeign = errors.New("transactional batch")

func heal(dir string) error {
	partitions, err := os.ReadDir(filepath.Join(dir, "partitions"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("heal broker data: %w", err)
	}
	for _, p := range partitions {
		if !p.IsDir() {
			continue
		}
		err := healPartition(filepath.Join(dir, "partitions", p.Name()))
		if err != nil && !errors.Is(err, errForeign) {
			return fmt.Errorf("heal partition %s: %w", p.Name(), err)
		}
	}
	return nil
}

func healPartition(dir string) error {
	segments, err := listSegments(dir)
	if err != nil || len(segments) == 0 {
		return err
	}
	var snap snapshot
	old, err := os.ReadFile(filepath.Join(dir, "snapshot.json"))
	if err == nil && json.Unmarshal(old, &snap) == nil && matches(snap.Segments, segments) {
		return nil
	}
	snap = snapshot{Version: 1, LogStartOffset: -1, Segments: segments}
	for i := range segments {
		if err := snap.read(dir, i); err != nil {
			return err
		}
	}
	if snap.LogStartOffset < 0 {
		return nil // no whole batch: nothing to save memory on
	}
	snap.LastStableOffset = snap.HighWatermark
	return snap.write(filepath.Join(dir, "snapshot.json"))
}

func listSegments(dir string) ([]segmentInfo, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var segments []segmentInfo
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".dat")
		base, err := strconv.ParseInt(name, 10, 64)
		if !ok || err != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		segments = append(segments, segmentInfo{BaseOffset: base, Size: info.Size()})
	}
	slices.SortFunc(segments, func(a, b segmentInfo) int { return int(a.BaseOffset - b.BaseOffset) })
	return segments, nil
}

func matches(snap, disk []segmentInfo) bool {
	return slices.EqualFunc(snap, disk, func(a, b segmentInfo) bool {
		return a.BaseOffset == b.BaseOffset && a.Size == b.Size
	})
}

// read enters the batches of one segment and cuts a torn one off its end, as
// kfake's replay does.
func (s *snapshot) read(dir string, i int) error {
	seg := &s.Segments[i]
	path := filepath.Join(dir, strconv.FormatInt(seg.BaseOffset, 10)+".dat")
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReaderSize(f, 256<<10)
	whole, epochs := int64(0), false
	var buf []byte
	for {
		b, err := nextBatch(r, &buf)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		s.enter(b)
		if !epochs {
			seg.MinEpoch, epochs = b.epoch, true
		}
		seg.MinEpoch, seg.MaxEpoch = min(seg.MinEpoch, b.epoch), max(seg.MaxEpoch, b.epoch)
		whole += b.size
	}
	if whole < seg.Size {
		seg.Size = whole
		return os.Truncate(path, whole)
	}
	return nil
}

func (s *snapshot) enter(b batch) {
	if s.LogStartOffset < 0 {
		s.LogStartOffset = b.first
		s.CreatedAt = time.UnixMilli(b.firstTime)
	}
	s.HighWatermark = b.first + int64(b.lastDelta) + 1
	s.Epoch = b.epoch
	s.MaxTimestamp = max(s.MaxTimestamp, b.maxTime)
}

// batch is the header of a record batch (Kafka protocol, record batch v2).
type batch struct {
	size               int64
	first              int64
	epoch              int32
	lastDelta          int32
	firstTime, maxTime int64
}

const (
	batchHeader   = 61
	transactional = 0x10
)

// nextBatch reads one whole batch, reusing buf. A short or broken one is io.EOF.
func nextBatch(r io.Reader, buf *[]byte) (batch, error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return batch{}, io.EOF
	}
	length := int(binary.BigEndian.Uint32(head[8:]))
	if length < batchHeader-12 || length > 1<<30 {
		return batch{}, io.EOF
	}
	*buf = append((*buf)[:0], head[:]...)
	*buf = slices.Grow(*buf, length)[:12+length]
	if _, err := io.ReadFull(r, (*buf)[12:]); err != nil {
		return batch{}, io.EOF
	}
	b := *buf
	if crc32.Checksum(b[21:], crc32.MakeTable(crc32.Castagnoli)) != binary.BigEndian.Uint32(b[17:]) {
		return batch{}, io.EOF
	}
	if binary.BigEndian.Uint16(b[21:])&transactional != 0 {
		return batch{}, errForeign
	}
	return batch{
		size:      int64(len(b)),
		first:     int64(binary.BigEndian.Uint64(b)),
		epoch:     int32(binary.BigEndian.Uint32(b[12:])),
		lastDelta: int32(binary.BigEndian.Uint32(b[23:])),
		firstTime: int64(binary.BigEndian.Uint64(b[27:])),
		maxTime:   int64(binary.BigEndian.Uint64(b[35:])),
	}, nil
}

func (s *snapshot) write(path string) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
