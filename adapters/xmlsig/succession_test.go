package xmlsig

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSuccession: two seals alive; each seals in its turn, and all verify.
func TestSuccession(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keys := must(OpenKeys(dir, noon()))
	turn, after := noon().AddDate(0, 1, 0), noon().AddDate(0, 2, 0)
	first := keys.Seal
	second := must(keys.Authority.IssueSuccessor(dir, "seal", turn, noon()))
	if want := filepath.Join(dir, "seal-20261222T120000Z"); second != want {
		t.Errorf("made %s, want %s", second, want)
	}
	third := must(keys.Authority.IssueSuccessor(dir, "seal", after, noon()))
	keys = must(OpenKeys(dir, noon()))
	seals := keys.Seals()
	if len(seals) != 3 || len(keys.Conversions()) != 1 || !keys.Seal.Certificate().Equal(first.Certificate()) {
		t.Fatalf("%d seals, %d conversion seals", len(seals), len(keys.Conversions()))
	}
	for _, c := range []struct {
		at   time.Time
		want int
	}{{noon().AddDate(-1, 0, 0), 0}, {turn.Add(-1), 0}, {turn, 1}, {after.Add(-1), 1}, {after, 2}, {after.AddDate(9, 0, 0), 2}} {
		if got := seals.At(c.at).Certificate(); !got.Equal(seals[c.want].Certificate) {
			t.Errorf("at %s another seal than the turn's", c.at)
		}
	}
	public := must(OpenCertificates(dir))
	if got := must(SealCertificates(dir)); len(public.Seal) != 3 || len(got) != 3 || len(public.Conversion) != 1 {
		t.Errorf("%d and %d certificates of seals", len(public.Seal), len(got))
	}
	// Keys of turns that are over may be destroyed; a later one may not.
	for _, c := range []struct {
		lost string
		at   time.Time
		ok   bool
	}{
		{filepath.Join(dir, "seal.key"), turn.Add(-1), false}, {filepath.Join(dir, "seal.key"), turn, true},
		{second + ".key", turn, false}, {second + ".key", after, true}, {third + ".key", after, false},
	} {
		kept := must(os.ReadFile(c.lost))
		if err := os.Remove(c.lost); err != nil {
			t.Fatal(err)
		}
		// At a turn that has come nothing must be made anew in place of a key.
		got, err := OpenKeys(dir, c.at)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s lost, opened at %s: %v", c.lost, c.at, err)
		}
		if err == nil && (!got.Seal.Certificate().Equal(seals.At(c.at).Certificate()) || got.Seals().At(noon()) == nil) {
			t.Errorf("%s lost: another seal", c.lost)
		}
		if err := os.WriteFile(c.lost, kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSuccessorRefused: nothing overwritten, no turn in the past or out of the
// certificate's life, no file whose name says no instant.
func TestSuccessorRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keys := must(OpenKeys(dir, noon()))
	for name, c := range map[string]struct {
		purpose string
		from    time.Time
		want    string
	}{
		"past":     {"seal", noon(), "to come"},
		"too far":  {"conversion", noon().AddDate(leafYears, 0, 1), "end before its turn"},
		"no seal":  {"ca", noon().AddDate(0, 1, 0), "no seal is called"},
		"own name": {"../seal", noon().AddDate(0, 1, 0), "no seal is called"},
	} {
		if _, err := keys.Authority.IssueSuccessor(dir, c.purpose, c.from, noon()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	turn := noon().AddDate(0, 1, 0)
	base := must(keys.Authority.IssueSuccessor(dir, "seal", turn, noon()))
	if _, err := keys.Authority.IssueSuccessor(dir, "seal", turn, noon()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("twice: %v", err)
	}
	if err := os.Rename(base+".pem", filepath.Join(dir, "seal-domani.pem")); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeys(dir, noon()); err == nil || !strings.Contains(err.Error(), "seal-domani.pem: want seal-") {
		t.Errorf("a name without an instant: %v", err)
	}
	if err := os.Rename(filepath.Join(dir, "seal-domani.pem"), filepath.Join(dir, "seal-20991222T120000Z.pem")); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCertificates(dir); err == nil || !strings.Contains(err.Error(), "not valid at that instant") {
		t.Errorf("a turn after its end: %v", err)
	}
}
