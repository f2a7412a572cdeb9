package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
)

// procedure runs a block of commands of OPERATING.md with other words in the
// place of some of its own, and gives what it printed.
func procedure(t *testing.T, name string, replace ...string) string {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable() // in a process of its own it is the program
	if err == nil {
		err = os.Symlink(self, filepath.Join(bin, "snodo"))
	}
	if err != nil {
		t.Fatal(err)
	}
	script := block(t, "sh "+name)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(script, replace[i]) {
			t.Errorf("block %s does not say %s", name, replace[i])
		}
		script = strings.ReplaceAll(script, replace[i], replace[i+1])
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-eu")
	cmd.Stdin = strings.NewReader(script)
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("block %s: %v\n%s", name, err, out)
	}
	return string(out)
}

// What OPERATING.md calls the data folder, its copy and the databases.
const (
	folderOf = "/var/lib/snodo"
	copyOf   = "/backup/snodo-2026-11-26"

	ledgerOf   = "postgres://snodo@db.example.it/snodo"
	nationalOf = "postgres://national@db.example.it/national"
)

// above makes sure that codes of one counter follow those given before.
func above(t *testing.T, before, after []string) {
	t.Helper()
	for i, codice := range after {
		for _, other := range append(before[:len(before):len(before)], after[:i]...) {
			if codice <= other {
				t.Errorf("code %s was given after %s", codice, other)
			}
		}
	}
}

// ofOneProvince invents n hirings whose codes have one counter, signed.
func ofOneProvince(t *testing.T, data string, n int) [][]byte {
	t.Helper()
	var list []*co.UniLav
	for i := range n {
		list = append(list, samplesOf(t, "marche", 0).Hiring(3*i))
	}
	return signAll(t, signerFor(t, data, 0), list)
}

// TestBackup: a copy made by the book while the hub takes submissions verifies
// by itself; put back by the book after the whole folder is lost, with topics
// and heads, the hub gives no code again and settles what the copy has.
func TestBackup(t *testing.T) {
	t.Parallel()
	data, archive := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "archive", "copy")
	since := time.Now()
	h := startHub(t, data, nil)
	signed := ofOneProvince(t, data, 8)
	kept := h.accepted(t, signed[:3])

	out := procedure(t, "backup-embedded", folderOf, data, copyOf, archive)
	if !strings.Contains(out, node.LedgerFile) || !strings.Contains(out, "registro verificato: ") {
		t.Errorf("backup says\n%s", out)
	}
	if code, _, errs := attempt(t, "backup", "--data", data, "--out", archive); code != verb.ExitFailed || !strings.Contains(errs, "exists") {
		t.Errorf("a second backup over the first: exit code %d\n%s", code, errs)
	}
	lost := h.accepted(t, signed[3:6])
	h.stop()
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}

	procedure(t, "restore-embedded", folderOf, data, copyOf, archive)
	cfg := testConfig(data)
	cfg.Restore, cfg.First = true, map[string]int64{"marche": 1000}
	h = nodeOf(t, cfg)
	above(t, append(kept, lost...), h.accepted(t, signed[6:7]))
	h.stop()
	cfg.Restore, cfg.First = false, nil // told once
	h = nodeOf(t, cfg)
	again := h.accepted(t, signed[7:8])
	above(t, append(kept, lost...), again)
	if want := "000001001"; !strings.HasSuffix(again[0], want) {
		t.Errorf("code %s, want ...%s", again[0], want)
	}
	mustReconcile(t, data, since, 5)
	// A document that the copy lacks is accepted again, as a new one.
	resent := h.accepted(t, signed[3:4])
	above(t, append(kept, lost...), resent)
	mustReconcile(t, data, since, 6)
}

// TestBackupTopicsLeft: when the databases are lost and the topics are not,
// the codes come from the topics, and verify names what the ledger lost.
func TestBackupTopicsLeft(t *testing.T) {
	t.Parallel()
	data, archive := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	h := startHub(t, data, nil)
	signed := ofOneProvince(t, data, 5)
	kept := h.accepted(t, signed[:2])
	procedure(t, "backup-embedded", folderOf, data, copyOf, archive)
	lost := h.accepted(t, signed[2:4])
	h.stop()
	for _, pattern := range []string{node.LedgerFile + "*", node.NationalFile + "*", "*.pem", "*.key"} {
		names, err := filepath.Glob(filepath.Join(data, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", pattern, names, err)
		}
		for _, name := range names {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	procedure(t, "restore-embedded", folderOf, data, copyOf, archive)

	cfg := testConfig(data)
	n := &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := n.Open(t.Context()); !errors.Is(err, node.ErrBehind) {
		t.Fatalf("%v, want %v", err, node.ErrBehind)
	}
	cfg.Restore = true
	h = nodeOf(t, cfg)
	above(t, append(kept, lost...), h.accepted(t, signed[4:5]))
	code, out, _ := attempt(t, "verify", "--data", data, "--json")
	if code != verb.ExitFinding {
		t.Errorf("verify: exit code %d\n%s", code, out)
	}
	namesLost(t, out, lost, kept)
	if strings.Contains(out, string(ledger.FoundHash)) || strings.Contains(out, string(ledger.FoundCode)) {
		t.Errorf("verify finds more than what was lost\n%s", out)
	}
}

// namesLost makes sure that what verify --json printed names all codes that
// were lost, and none that was kept. The place of a lost entry that a head had
// sealed may have any entry of the restored ledger by now, so that finding's
// code is the one that stands there.
func namesLost(t *testing.T, out string, lost, kept []string) {
	t.Helper()
	var report struct {
		Findings []struct {
			What   ledger.What `json:"what"`
			Codice string      `json:"codice"`
		} `json:"difformita"`
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	named := make(map[string]bool)
	for _, f := range report.Findings {
		if f.What != ledger.FoundSealed {
			named[f.Codice] = true
		}
	}
	for _, codice := range lost {
		if !named[codice] {
			t.Errorf("verify does not name %s, which was lost\n%s", codice, out)
		}
	}
	for _, codice := range kept {
		if named[codice] {
			t.Errorf("verify names %s, which was not lost\n%s", codice, out)
		}
	}
}

// TestBackupRefuses: wrong use leaves nothing behind.
func TestBackupRefuses(t *testing.T) {
	t.Parallel()
	empty, out := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	code, _, errs := attempt(t, "backup", "--data", empty, "--out", out)
	if code != verb.ExitFailed || !strings.Contains(errs, "pg_dump") {
		t.Errorf("a folder without a ledger: exit code %d\n%s", code, errs)
	}
	if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left %s: %v", out, err)
	}
}

// TestKeysForRoles: keys made beforehand are those of the hub, their public
// halves alone are in the other folder, and making them again changes nothing.
func TestKeysForRoles(t *testing.T) {
	t.Parallel()
	keys, public := filepath.Join(t.TempDir(), "keys"), filepath.Join(t.TempDir(), "certificates")
	said := mustRun(t, "certificate", "init", "--keys", keys, "--public", public)
	was := contents(t, keys)
	if again := mustRun(t, "certificate", "init", "--keys", keys, "--public", public); again != said {
		t.Errorf("said %q, then %q", said, again)
	}
	if now := contents(t, keys); !maps.Equal(was, now) || len(now) != len(keyFiles()) {
		t.Errorf("keys are %d files, were %d, or differ", len(now), len(was))
	}
	for name, text := range contents(t, public) {
		if filepath.Ext(name) != ".pem" || strings.Contains(text, "PRIVATE") || was[name] != text {
			t.Errorf("%s is public", name)
		}
	}
	if n := len(contents(t, public)); n != 3 {
		t.Errorf("%d certificates, want 3", n)
	}
	if err := os.WriteFile(filepath.Join(public, "seal.pem"), []byte(was["ca.pem"]), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := attempt(t, "certificate", "init", "--keys", keys, "--public", public); code != verb.ExitFailed || !strings.Contains(errs, "differ") {
		t.Errorf("another seal is public: exit code %d\n%s", code, errs)
	}
}

// contents are the files of a folder by name.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, e := range list {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(text)
	}
	return all
}

// TestRestoreSettles: what was on its way when the copy was made has its
// receipt of registration after the restore, though the outcomes that the lost
// ledger had read will not be read again: it is sent again, and the national
// store, which knows it, answers again.
func TestRestoreSettles(t *testing.T) {
	t.Parallel()
	broker, err := embedded.Start(t.Context(), t.TempDir(), embedded.Options{Topics: kafka.Topics(co.Kinds()...)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
	})
	data, archive := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "copy")
	cfg := testConfig(data)
	cfg.Kafka, cfg.Roles = []string{broker.Addr()}, []string{node.RoleIntake, node.RoleRelay}
	h := nodeOf(t, cfg)
	signed := ofOneProvince(t, data, 3)
	kept := h.accepted(t, signed[:2]) // and nobody registers them
	mustRun(t, "backup", "--data", data, "--out", archive)

	store := testConfig(t.TempDir())
	store.Kafka, store.Roles, store.Keys = cfg.Kafka, []string{node.RoleNational}, archive
	nodeOf(t, store)
	settled := func(h *hubUnderTest) {
		t.Helper()
		for _, codice := range kept {
			eventually(t, "receipt of registration of "+codice, func() bool { return h.settled(t, codice) })
		}
	}
	settled(h)
	h.stop()
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	procedure(t, "restore-embedded", folderOf, data, copyOf, archive)
	cfg.Restore = true
	h = nodeOf(t, cfg)
	settled(h)
	above(t, kept, h.accepted(t, signed[2:]))
}

// settled reports whether a code has its receipt of registration.
func (h *hubUnderTest) settled(t *testing.T, codice string) bool {
	t.Helper()
	found := false
	err := h.Store.Progress(t.Context(), ledger.ProgressFilter{}, func(p ledger.Progress) error {
		found = found || p.Entry.Codice == codice && p.Outcome != nil && p.Registered
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestBackupPostgres: a dump made by the book while the hub takes submissions,
// put into new databases by the book; the topics are left.
func TestBackupPostgres(t *testing.T) {
	t.Parallel()
	data, archive := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	cfg := testConfig(data)
	cfg.Database, cfg.NationalDatabase = postgrestest.Database(t), postgrestest.Database(t)
	h := nodeOf(t, cfg)
	signed := ofOneProvince(t, data, 6)
	kept := h.accepted(t, signed[:2])
	procedure(t, "backup-postgres", ledgerOf, cfg.Database, nationalOf, cfg.NationalDatabase, copyOf, archive)
	lost := h.accepted(t, signed[2:4])
	h.stop()

	cfg.Database, cfg.NationalDatabase = postgrestest.Database(t), postgrestest.Database(t)
	procedure(t, "restore-postgres", ledgerOf, cfg.Database, nationalOf, cfg.NationalDatabase, copyOf, archive)
	n := &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := n.Open(t.Context()); !errors.Is(err, node.ErrBehind) {
		t.Fatalf("%v, want %v", err, node.ErrBehind)
	}
	cfg.Restore = true
	h = nodeOf(t, cfg)
	again := h.accepted(t, signed[4:5])
	above(t, append(kept, lost...), again)
	h.stop()
	cfg.Restore = false
	h = nodeOf(t, cfg) // told once
	above(t, append(kept, append(lost, again...)...), h.accepted(t, signed[5:]))
	for _, codice := range kept {
		eventually(t, "receipt of registration of "+codice, func() bool { return h.settled(t, codice) })
	}
	code, out, errs := attempt(t, "verify", "--data", data, "--database", cfg.Database, "--json")
	if code != verb.ExitFinding {
		t.Errorf("verify: exit code %d\n%s%s", code, out, errs)
	}
	namesLost(t, out, lost, append(kept, again...))
}
