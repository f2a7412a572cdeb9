package node

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// TestHeadInstants: the instants of sealed heads grow whichever process seals.
func TestHeadInstants(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ now, recorded, floor, want time.Time }{
		"a clock that is right":       {noon, noon.Add(-time.Second), noon.Add(-time.Minute), noon},
		"a clock behind the ledger":   {noon.Add(-time.Hour), noon, time.Time{}, noon},
		"a clock behind the last one": {noon, noon.Add(-time.Hour), noon.Add(time.Hour), noon.Add(time.Hour + time.Microsecond)},
	} {
		h := &heads{floor: c.floor}
		if got := h.instant(ledger.Head{Recorded: c.recorded}, c.now); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestHolderNames: processes that share a ledger differ in name; the one
// process of a ledger in a file inherits what its predecessor held.
func TestHolderNames(t *testing.T) {
	t.Parallel()
	const shared = "postgres://host/name"
	if a, b := holderOn(shared), holderOn(shared); a == b || !strings.Contains(a, fmt.Sprintf("/%d/", os.Getpid())) {
		t.Errorf("%s, %s", a, b)
	}
	if got := holderOn(sqliteScheme + "x"); got != folderHolder {
		t.Error(got)
	}
}
