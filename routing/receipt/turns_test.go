package receipt

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// named is a seal that writes its name.
type named byte

func (n named) Seal(xml []byte) ([]byte, error) { return append([]byte{byte(n)}, xml...), nil }
func (n named) CertificateHash() [32]byte       { return hash(byte(n)) }
func (n named) Common() [][]byte                { return [][]byte{{byte(n)}} }

// TestTurns: a seal seals from its instant on, and a receipt has the seal that
// its entry names, whatever the clock says by then.
func TestTurns(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	now := begin
	i := Issuer{Sealer: named(1), Now: func() time.Time { return now }, Next: []Turn{
		{begin.Add(time.Hour), named(2)}, {begin.Add(2 * time.Hour), named(3)},
	}}
	for _, c := range []struct {
		after time.Duration
		want  byte
	}{{-time.Hour, 1}, {time.Hour - 1, 1}, {time.Hour, 2}, {2*time.Hour - 1, 2}, {2 * time.Hour, 3}, {99 * time.Hour, 3}} {
		if now = begin.Add(c.after); i.Seal() != hash(c.want) {
			t.Errorf("after %s another seal than %d", c.after, c.want)
		}
	}
	if common := i.Common(); !reflect.DeepEqual(common, [][]byte{{1}, {2}, {3}}) {
		t.Errorf("texts of the receipts %v", common)
	}
	var list []ledger.Entry
	for _, b := range []byte{3, 1, 2} {
		e := entries(t)["accettazione"]
		e.Seal = hash(b)
		list = append(list, e)
	}
	sealed, err := i.Issue(context.Background(), list)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []byte{3, 1, 2} {
		if sealed[n][0] != want {
			t.Errorf("receipt %d is sealed by %d, want %d", n, sealed[n][0], want)
		}
	}
	list[1].Seal = hash(9)
	if _, err := i.Issue(context.Background(), list); err == nil || !strings.Contains(err.Error(), "a seal that is not here") {
		t.Errorf("a seal that nobody has: %v", err)
	}
}
