package reconcile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestTotalAgainstBigIntegers compares the arithmetic with math/big, and the
// bytes that are hashed with their definition.
func TestTotalAgainstBigIntegers(t *testing.T) {
	t.Parallel()
	modulus := new(big.Int).Lsh(big.NewInt(1), 256)
	rapid.Check(t, func(rt *rapid.T) {
		var total Total
		want := new(big.Int)
		n := rapid.IntRange(0, 40).Draw(rt, "n")
		for range n {
			id := hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "id"))
			codice := rapid.StringMatching(`[0-9]{16}`).Draw(rt, "codice")
			digest := hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "digest"))
			total.Add(id, codice, digest)
			h := sha256.Sum256([]byte(id + codice + digest))
			want.Add(want, new(big.Int).SetBytes(h[:])).Mod(want, modulus)
		}
		if got := new(big.Int).SetBytes(total.Sum[:]); got.Cmp(want) != 0 || total.Count != int64(n) {
			rt.Fatalf("got %d %x, want %d %x", total.Count, got, n, want)
		}
	})
}

func TestTotalEqual(t *testing.T) {
	t.Parallel()
	id, other, digest := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	of := func(ids ...string) Total {
		total := Total{Day: "2026-11-22", Region: "lazio", Kind: "UNILAV"}
		for _, id := range ids {
			total.Add(id, "0805826000000001", digest)
		}
		return total
	}
	elsewhere := of(id)
	elsewhere.Region = "marche"
	cases := []struct {
		name string
		a, b Total
		want bool
	}{
		{"order does not matter", of(id, other), of(other, id), true},
		{"one missing", of(id, other), of(id), false},
		{"another one", of(id), of(other), false},
		{"one twice", of(id, id), of(id, other), false},
		{"another region", of(id), elsewhere, false},
	}
	for _, c := range cases {
		if got := c.a.Equal(c.b); got != c.want {
			t.Errorf("%s: Equal = %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSumText(t *testing.T) {
	t.Parallel()
	var total Total
	total.Add("id", "codice", "digest")
	text, err := total.Sum.MarshalText()
	if err != nil || len(text) != 64 || !bytes.Equal(text, bytes.ToLower(text)) {
		t.Fatalf("text %q, %v", text, err)
	}
	var back Sum
	if err := back.UnmarshalText(text); err != nil || back != total.Sum {
		t.Fatalf("back %x, %v; want %x", back, err, total.Sum)
	}
	for _, bad := range []string{"", "00", strings.Repeat("0", 63), strings.Repeat("z", 64), strings.Repeat("0", 66)} {
		if err := back.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}
