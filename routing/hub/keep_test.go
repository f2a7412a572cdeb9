package hub

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// TestKeep: a mass message is one entry, that names those of its communications.
func TestKeep(t *testing.T) {
	t.Parallel()
	region, _ := routing.RegionBySlug("piemonte")
	done := func(position int64, accepted bool) Item {
		return Item{Answer: Answer{Entry: ledger.Entry{Position: position}, Accepted: accepted}}
	}
	at := time.Date(2026, 11, 26, 10, 0, 0, 1234567, time.UTC)
	for name, c := range map[string]struct {
		items   []Item
		status  ledger.Status
		entries []int64 // none: nothing is kept
	}{
		"some accepted":  {[]Item{done(7, false), {Problem: &Problem{}}, done(9, true)}, "", []int64{7, 9}},
		"none accepted":  {[]Item{done(7, false)}, ledger.Rejected, []int64{7}},
		"none with one":  {[]Item{{Problem: &Problem{}}, done(0, false)}, "", nil},
		"nothing at all": {nil, "", nil},
	} {
		j := &appended{}
		h := Hub{Journal: j}
		err := h.Keep(t.Context(), MassMessage{
			Region: region, Received: at, Signed: SignedMessage{Sender: "CF:IT-1", ID: "urn:a", Digest: ledger.Sum([]byte("b"))}, Evidence: []byte("<e/>"), Items: c.items,
		})
		if err != nil || len(j.drafts) != min(len(c.entries), 1) {
			t.Fatalf("%s: %v, %d entries", name, err, len(j.drafts))
		}
		if c.entries == nil {
			continue
		}
		d := j.drafts[0]
		var note ledger.MessageNote
		if err := json.Unmarshal(d.Entry.Payload, &note); err != nil {
			t.Fatal(err)
		}
		if d.Entry.Type != ledger.Statement || d.Entry.Status != c.status || d.Entry.Region != "piemonte" || !d.Entry.Received.Equal(at.Truncate(time.Microsecond)) ||
			string(d.Evidence) != "<e/>" || note.Sender != "CF:IT-1" || note.ID != "urn:a" || note.Body != ledger.Sum([]byte("b")).String() || !slices.Equal(note.Entries, c.entries) {
			t.Errorf("%s: %+v, %+v", name, d.Entry, note)
		}
		j.err = errors.New("down")
		if err := h.Keep(t.Context(), MassMessage{Region: region, Items: c.items}); !errors.Is(err, j.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// appended is a journal that keeps drafts.
type appended struct {
	ledger.Journal
	drafts []ledger.Draft
	err    error
}

// Append implements ledger.Journal.
func (a *appended) Append(_ context.Context, d ledger.Draft) (ledger.Result, error) {
	a.drafts = append(a.drafts, d)
	return ledger.Result{}, a.err
}
