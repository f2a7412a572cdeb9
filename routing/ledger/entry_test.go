package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"
)

// full is an entry with every field set, each to something of its own.
func full() Entry {
	h := func(b byte) Hash { return sha256.Sum256([]byte{b}) }
	return Entry{
		Position: 7, Type: Submission, Status: Accepted,
		Received: time.UnixMicro(1_700_000_000_000_001).UTC(), Recorded: time.UnixMicro(1_700_000_000_000_002).UTC(),
		Region: "piemonte", Origin: Channel, Sender: "sender", Kind: "UNILAV", Edition: "CO190701R1",
		Digest: h(1), RequestDigest: h(2), Document: h(3), Evidence: h(4),
		Codice: "1300126000000001", Previous: "1300126000000000", Root: "1300126000000002", Prev: h(5),
		Employer: "employer", Worker: "worker", Start: "2026-01-01",
		Faults: []byte(`[]`), Basis: "basis", Seal: h(6),
		Subject: h(7), Registration: 9, Instant: time.UnixMicro(1_700_000_000_000_003).UTC(), Receipt: h(8),
		Payload: []byte(`{}`),
	}
}

// TestChainBytes writes the hashed bytes down by hand: contracts.md, Entries.
func TestChainBytes(t *testing.T) {
	t.Parallel()
	e := full()
	var b bytes.Buffer
	b.WriteString("snodo/entry/v1")
	put := func(v []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint64(len(v)))
		b.Write(v)
	}
	num := func(n int64) { put(binary.BigEndian.AppendUint64(nil, uint64(n))) }
	num(7)
	put([]byte("submission"))
	put([]byte("accepted"))
	num(1_700_000_000_000_001)
	num(1_700_000_000_000_002)
	for _, s := range []string{"piemonte", "channel", "sender", "UNILAV", "CO190701R1"} {
		put([]byte(s))
	}
	for _, h := range []Hash{e.Digest, e.RequestDigest, e.Document, e.Evidence} {
		put(h[:])
	}
	for _, s := range []string{"1300126000000001", "1300126000000000", "1300126000000002"} {
		put([]byte(s))
	}
	put(e.Prev[:])
	for _, s := range []string{"employer", "worker", "2026-01-01", "[]", "basis"} {
		put([]byte(s))
	}
	put(e.Seal[:])
	put(e.Subject[:])
	num(9)
	num(1_700_000_000_000_003)
	put(e.Receipt[:])
	put([]byte("{}"))
	prev := sha256.Sum256([]byte("before"))
	b.Write(prev[:])
	if got, want := e.Chain(prev), Hash(sha256.Sum256(b.Bytes())); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	absent := bytes.Repeat([]byte{0xff}, 8*29)
	first := sha256.Sum256(append(append([]byte("snodo/entry/v1"), absent...), make([]byte, 32)...))
	if got := (&Entry{}).Chain(Hash{}); got != first {
		t.Errorf("hash of nothing %s, want %s", got, Hash(first))
	}
}

func TestHashForms(t *testing.T) {
	t.Parallel()
	h := Hash(sha256.Sum256(nil))
	back, err := ParseHash(h.String())
	if err != nil || back != h {
		t.Errorf("round trip: %s, error %v", back, err)
	}
	if back, err := ParseHash(""); err != nil || !back.IsZero() || back.String() != "" {
		t.Errorf("absent: %s, error %v", back, err)
	}
	for _, bad := range []string{"00", h.String() + "00", "zz" + h.String()[2:]} {
		if _, err := ParseHash(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
	e := Entry{Hash: h}
	if e.ID() != h.String() {
		t.Error("id is not the hash")
	}
}

func TestNoPrevious(t *testing.T) {
	t.Parallel()
	for codice, want := range map[string]bool{
		"": true, "0000000000000000": true, "1300000000000000": true, "0800000000000000": true,
		"1300126000000001": false, "000000000000000": false, "00000000000000000": false, "XX00000000000000": false,
	} {
		if got := NoPrevious(codice); got != want {
			t.Errorf("%q: %v, want %v", codice, got, want)
		}
	}
}

func TestCodice(t *testing.T) {
	t.Parallel()
	k := Counter{Region: "08", Province: "058", Year: 2026}
	for n, want := range map[int64]string{1: "0805826000000001", 999_999_999: "0805826999999999"} {
		got, err := k.Codice(n)
		if err != nil || got != want {
			t.Errorf("%d: %s, error %v, want %s", n, got, err, want)
		}
		back, m, err := ParseCodice(got)
		if err != nil || back != k || m != n {
			t.Errorf("%s parsed to %v %d, error %v", got, back, m, err)
		}
	}
	for _, n := range []int64{0, -1, 1_000_000_000} {
		if _, err := k.Codice(n); err == nil {
			t.Errorf("%d: no error", n)
		}
	}
	for _, bad := range []string{"", "080582600000001", "08058260000000011", "0805826000000000", "08O5826000000001"} {
		if _, _, err := ParseCodice(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// TestShard keeps the assignment of roots to shards: it must never change.
func TestShard(t *testing.T) {
	t.Parallel()
	for root, want := range map[string]int{"": 37, "1300126000000001": 31, "0805826999999999": 57} {
		if got := Shard(root); got != want {
			t.Errorf("%q in shard %d, want %d", root, got, want)
		}
	}
	var used [Shards]bool
	for i := range 2000 {
		used[Shard(fmt.Sprintf("1300126%09d", i))] = true
	}
	for shard, ok := range used {
		if !ok {
			t.Errorf("consecutive codes never reach shard %d", shard)
		}
	}
}

func TestDayRange(t *testing.T) {
	t.Parallel()
	rome := mustRome(t)
	for _, c := range []struct {
		from, to string
		length   time.Duration
	}{
		{"2026-11-22", "2026-11-22", 24 * time.Hour},
		{"2026-03-29", "2026-03-29", 23 * time.Hour},
		{"2026-10-25", "2026-10-25", 25 * time.Hour},
		{"2026-12-31", "2027-01-01", 48 * time.Hour},
	} {
		from, to, err := DayRange(c.from, c.to, rome)
		if err != nil || to.Sub(from) != c.length {
			t.Errorf("%s..%s: %v long, error %v, want %v", c.from, c.to, to.Sub(from), err, c.length)
		}
		e := Entry{Recorded: from.UTC()}
		if e.Day(rome) != c.from {
			t.Errorf("the day of its first instant is %s, want %s", e.Day(rome), c.from)
		}
	}
}

func mustRome(t *testing.T) *time.Location {
	t.Helper()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return rome
}
