package hub_test

import (
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

var aName = ledger.Sum([]byte("MARCHE_MARCHESPCoopIT_0000001_2026-03-02_08:15"))

// named is a submission in a message with a name.
func named(s hub.Submission, expires time.Time) hub.Submission {
	s.Message = &hub.Message{
		Name: aName, Expires: expires,
		Taken: fault.Fault{Code: fault.EGovIdentifier}, Late: fault.Fault{Code: fault.EGovExpired},
	}
	return s
}

// holds has the ledger answer with the accepted entry of a document, under a
// message's name.
func holds(content string, name ledger.Hash) *ledger.Stored {
	return &ledger.Stored{
		Entry: ledger.Entry{
			Position: 3, Type: ledger.Submission, Status: ledger.Accepted, Sender: signer,
			Digest: ledger.Sum([]byte(content)), RequestDigest: name,
		},
		Receipt: []byte("stored receipt"),
	}
}

// TestMessageNames: a name holds for one content, and its end comes after the
// ledger has been asked.
func TestMessageNames(t *testing.T) {
	t.Parallel()
	hiring := national(t, "assunzione")
	before, after := received.Add(-time.Microsecond), received.Add(time.Second)
	for _, c := range []submitCase{
		{"new", nothing, named(signed(hiring), after), "verify accepted validity append", accepted, ""},
		{"at its last instant", nothing, named(signed(hiring), received), "verify accepted validity append", accepted, ""},
		{"late", nothing, named(signed(hiring), before), "verify accepted append", refused, "EGOV-301"},
		{"repeated", func(w *world) { w.found = holds(hiring, aName) }, named(signed(hiring), after), "verify accepted", repeated, ""},
		{"repeated, late", func(w *world) { w.found = holds(hiring, aName) }, named(signed(hiring), before), "verify accepted", repeated, ""},
		{"the same content under another name", func(w *world) { w.found = holds(hiring, ledger.Sum(nil)) }, named(signed(hiring), after), "verify accepted", repeated, ""},
		{"other content under its name", func(w *world) { w.found = holds("other", aName) }, named(signed(hiring), after), "verify accepted append", refused, "EGOV-110"},
		{"other content wins the commit", func(w *world) { w.repeated = holds("other", aName) }, named(signed(hiring), after), "verify accepted validity append append", refused, "EGOV-110"},
		{"its copy wins the commit", func(w *world) { w.repeated = holds(hiring, aName) }, named(signed(hiring), after), "verify accepted validity append", repeated, ""},
		{"not signed", unsound(fault.Unsigned), named(signed(hiring), before), "verify append", refused, "SIG-01"},
		{"over a channel", unsound(fault.Unsigned), named(unsigned(hiring), after), "verify seal accepted append", accepted, ""},
		{"no message", func(w *world) { w.found = holds("other", aName) }, signed(hiring), "verify accepted", repeated, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &world{signer: signer}
			c.around(w)
			a, err := hubIn(t, w).Submit(t.Context(), c.send)
			if got := endOf(a, err); got != c.end || w.path() != c.steps || codesOf(a.Faults) != c.codes {
				t.Errorf("%s by %q with %q (%v)", got, w.path(), codesOf(a.Faults), err)
			}
			if len(w.drafts) == 0 || a.Refused {
				return
			}
			d := w.drafts[0]
			if d.Entry.RequestDigest != aName || string(d.Evidence) != string(c.send.Evidence) || d.Entry.Evidence != ledger.Sum(c.send.Evidence) {
				t.Errorf("the entry's name %s, evidence %q", d.Entry.RequestDigest, d.Evidence)
			}
		})
	}
}

// TestLateBringer: whatever brought a document has ended: that is told after the
// ledger has been asked, and of signatures first.
func TestLateBringer(t *testing.T) {
	t.Parallel()
	hiring := national(t, "assunzione")
	late := func(s hub.Submission) hub.Submission {
		s.Late = &fault.Fault{Code: fault.AssertionExpired}
		return s
	}
	for _, c := range []submitCase{
		{"new", nothing, late(signed(hiring)), "verify accepted append", refused, "SAML-16"},
		{"accepted before", func(w *world) { w.found = holds(hiring, ledger.Hash{}) }, late(signed(hiring)), "verify accepted", repeated, ""},
		{"not signed", unsound(fault.Unsigned), late(signed(hiring)), "verify append", refused, "SIG-01"},
		{"over a channel", unsound(fault.Unsigned), late(unsigned(hiring)), "verify seal accepted append", refused, "SAML-16"},
	} {
		w := &world{signer: signer}
		c.around(w)
		a, err := hubIn(t, w).Submit(t.Context(), c.send)
		if got := endOf(a, err); got != c.end || w.path() != c.steps || codesOf(a.Faults) != c.codes {
			t.Errorf("%s: %s by %q with %q (%v)", c.name, got, w.path(), codesOf(a.Faults), err)
		}
	}
}
