package contract

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// erasureTests: documents of rejected entries go after their time, and
// nothing else does.
func erasureTests() []test {
	return []test{
		{"what goes, what stays, what is recorded", testErase},
		{"nothing to erase leaves no entry", testEraseNothing},
		{"a message of many goes with the last of them", testEraseMessages},
		{"each rejection's documents go at its own time", testEraseLater},
	}
}

func testErase(t *testing.T, b *bench) {
	rejected := b.fresh(Rejection("rejected", `[{"code":"ENV-04"}]`)).Entry
	refused := b.fresh(Refusal("refused")).Entry
	accepted := b.fresh(Submission("accepted")).Entry
	foreign := Rejection("accepted", `[{"code":"DUP-01"}]`)
	foreign.Entry.Sender = "BBBBBB00B00B000B"
	shared := b.fresh(foreign).Entry // the same bytes as the accepted one, kept twice
	b.clock.Add(ledger.RejectedTTL + time.Second)
	young := b.fresh(Rejection("young", `[{"code":"ENV-04"}]`)).Entry
	n, err := b.store.Erase(b.ctx, b.clock.Now().Add(-ledger.RejectedTTL))
	if err != nil || n != 5 {
		t.Fatalf("erased %d, error %v, want 5", n, err)
	}
	for _, part := range []ledger.Part{ledger.TheDocument, ledger.TheEvidence} {
		for _, e := range []ledger.Entry{rejected, refused, shared} {
			if _, err := b.store.Document(b.ctx, e.Position, part); !errors.Is(err, ledger.ErrNotFound) {
				t.Errorf("an old document is still there: error %v", err)
			}
		}
		for _, e := range []ledger.Entry{accepted, young} {
			if _, err := b.store.Document(b.ctx, e.Position, part); err != nil {
				t.Errorf("a document that must stay is gone: %v", err)
			}
		}
	}
	var last ledger.Entry
	if err := b.store.Entries(b.ctx, 6, 0, func(s ledger.Stored) error { last = s.Entry; return nil }); err != nil {
		t.Fatal(err)
	}
	var note ledger.ErasureNote
	if err := json.Unmarshal(last.Payload, &note); err != nil || last.Type != ledger.Erasure || note != (ledger.ErasureNote{From: 1, To: 4, Count: 5}) {
		t.Errorf("recorded %s %+v, error %v", last.Type, note, err)
	}
	if n, err := b.store.Erase(b.ctx, b.clock.Now().Add(-ledger.RejectedTTL)); n != 0 || err != nil {
		t.Errorf("a second time: erased %d, error %v", n, err)
	}
	// The rejection itself is still answered, by its entry and receipt.
	if s, err := b.store.ByID(b.ctx, rejected.Hash); err != nil || len(s) != 1 || len(s[0].Receipt) == 0 {
		t.Errorf("the rejected entry went with its document: %v", err)
	}
}

func testEraseNothing(t *testing.T, b *bench) {
	b.fresh(Submission("accepted"))
	b.fresh(Rejection("rejected", `[{"code":"ENV-04"}]`))
	if n, err := b.store.Erase(b.ctx, b.clock.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("erased %d, error %v", n, err)
	}
	if n := b.length(); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
}

func testEraseMessages(t *testing.T, b *bench) {
	message := func(status ledger.Status, content string) ledger.Entry {
		payload, err := ledger.Payload(ledger.MessageNote{Statement: ledger.MassMessage, Body: content, Entries: []int64{1}})
		if err != nil {
			t.Fatal(err)
		}
		return b.fresh(ledger.Draft{
			Entry: ledger.Entry{
				Type: ledger.Statement, Status: status, Received: b.clock.Now(), Region: "piemonte", Digest: ledger.Sum([]byte(content)), Payload: payload,
			},
			Evidence: []byte(content),
		}).Entry
	}
	b.fresh(Submission("accepted"))
	kept, gone := message("", "of some accepted"), message(ledger.Rejected, "of none accepted")
	if _, err := b.store.ByID(b.ctx, gone.Hash); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a message is no rejected submission: %v", err)
	}
	b.clock.Add(ledger.RejectedTTL + time.Second)
	if n, err := b.store.Erase(b.ctx, b.clock.Now().Add(-ledger.RejectedTTL)); n != 1 || err != nil {
		t.Fatalf("erased %d, error %v, want 1", n, err)
	}
	if got, err := b.store.Document(b.ctx, kept.Position, ledger.TheEvidence); err != nil || string(got) != "of some accepted" {
		t.Errorf("the message of an accepted communication is gone: %v", err)
	}
	if _, err := b.store.Document(b.ctx, gone.Position, ledger.TheEvidence); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("the message of rejected ones is still there: %v", err)
	}
	if findings := b.audit(nil); len(findings) > 0 {
		t.Errorf("audit: %v", findings)
	}
}

func testEraseLater(t *testing.T, b *bench) {
	b.fresh(Rejection("twice", `[{"code":"ENV-04"}]`))
	b.fresh(Rejection("other", `[{"code":"ENV-04"}]`))
	b.clock.Add(ledger.RejectedTTL - time.Hour)
	young := b.fresh(Rejection("twice", `[{"code":"ENV-04"}]`)).Entry
	b.clock.Add(2 * time.Hour)
	if n, err := b.store.Erase(b.ctx, b.clock.Now().Add(-ledger.RejectedTTL)); n != 4 || err != nil {
		t.Fatalf("erased %d, error %v, want those of the old ones", n, err)
	}
	if _, err := b.store.Document(b.ctx, young.Position, ledger.TheDocument); err != nil {
		t.Errorf("the young rejection lost its document: %v", err)
	}
	if findings := b.audit(nil); len(findings) > 0 {
		t.Errorf("audit: %v", findings)
	}
	b.clock.Add(ledger.RejectedTTL)
	if n, err := b.store.Erase(b.ctx, b.clock.Now().Add(-ledger.RejectedTTL)); n != 2 || err != nil {
		t.Fatalf("later: erased %d, error %v, want 2", n, err)
	}
}
