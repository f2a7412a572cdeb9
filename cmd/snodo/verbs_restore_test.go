package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
)

// ledgerCopy is an operator's copy of a stopped ledger.
func ledgerCopy(t *testing.T, data string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, node.LedgerFile))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// putBack puts a copy of the ledger in the place of the newer one.
func putBack(t *testing.T, data string, copied []byte) {
	t.Helper()
	path := filepath.Join(data, node.LedgerFile)
	for _, tail := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, copied, 0o600); err != nil {
		t.Fatal(err)
	}
}

// accepted submits signed documents, waits until the broker has their messages
// and gives their codes.
func (h *hubUnderTest) accepted(t *testing.T, signed [][]byte) []string {
	t.Helper()
	var codes []string
	for _, document := range signed {
		a, err := endpointOf(webClient(t, 1), h.URL(), "marche").Submit(t.Context(), co.UNILAV, document)
		if err != nil || !a.Accepted {
			t.Fatalf("%+v, %v", a, err)
		}
		r := parsed(t, a.Receipt)
		codes = append(codes, r.Codice)
		eventually(t, "delivery of "+r.Codice, func() bool {
			delivered := false
			err := h.Store.Progress(t.Context(), ledger.ProgressFilter{From: r.Position, To: r.Position}, func(p ledger.Progress) error {
				delivered = itemOf(p, h.rome).Relayed
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return delivered
		})
	}
	return codes
}

// TestRestore: a ledger older than what was promised outside does not start by
// itself; told that this is a restore, it starts and gives no code again. From
// then on it starts as any other.
func TestRestore(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cfg := testConfig(data)
	h := nodeOf(t, cfg)
	var list []*co.UniLav
	for n := range 6 {
		list = append(list, samplesOf(t, "marche", 0).Hiring(3*n)) // one province: one counter
	}
	signed := signAll(t, signerFor(t, data, 0), list)
	given := h.accepted(t, signed[:1])
	h.stop()
	old := ledgerCopy(t, data)
	h = nodeOf(t, cfg)
	given = append(given, h.accepted(t, signed[1:4])...)
	h.stop()
	putBack(t, data, old)

	refuses := func(what string) {
		t.Helper()
		n := &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		if err := n.Open(t.Context()); !errors.Is(err, node.ErrBehind) {
			t.Fatalf("%s: %v, want %v", what, err, node.ErrBehind)
		}
	}
	code, out, errs := attempt(t, "serve", "--listen", "127.0.0.1:0", "--data", data)
	if code != verb.ExitFailed || out != "" || !strings.Contains(errs, "--after-restore") {
		t.Errorf("serve: exit code %d\n%s%s", code, out, errs)
	}
	code, out, _ = attempt(t, "verify", "--data", data)
	if code != verb.ExitFinding || !strings.Contains(out, "prima della testa sigillata") || !strings.Contains(out, given[3]) {
		t.Errorf("verify: exit code %d\n%s", code, out)
	}

	cfg.Restore = true
	h = nodeOf(t, cfg)
	again := h.accepted(t, signed[4:5])
	h.stop()
	cfg.Restore = false
	h = nodeOf(t, cfg) // a restore is told once
	again = append(again, h.accepted(t, signed[5:6])...)
	h.stop()
	for i, codice := range again {
		for _, other := range append(given, again[:i]...) {
			if codice <= other {
				t.Errorf("code %s was given after %s", codice, other)
			}
		}
	}

	// The same as new, of a folder that lost its tail after the restore.
	putBack(t, data, old)
	refuses("behind the head sealed after the restore")
}

// TestForgedHead: heads that the hub's key did not seal are no reason to stop.
func TestForgedHead(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data, nil)
	signed := signAll(t, signerFor(t, data, 0), []*co.UniLav{samplesOf(t, "marche", 0).Hiring(1)})
	h.accepted(t, signed)
	h.stop()
	path := filepath.Join(data, node.HeadsFile)
	line, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSpace(string(line))+"\n", "\n")
	last := lines[len(lines)-2]
	forged := strings.Replace(last, `"position":`, `"position":9`, 1)
	if forged == last {
		t.Fatalf("nothing to forge in %s", last)
	}
	if err := os.WriteFile(path, []byte(string(line)+forged+`{"position":`), 0o600); err != nil {
		t.Fatal(err)
	}
	h = startHub(t, data, nil)
	h.accepted(t, signAll(t, signerFor(t, data, 0), []*co.UniLav{samplesOf(t, "marche", 0).Hiring(2)}))
	h.stop() // seals behind the line that a crash cut short
	told, err := node.ReadHeads(data)
	if err != nil || len(told) != len(lines)+1 {
		t.Errorf("%d heads, want %d: %v", len(told), len(lines)+1, err)
	}
	if code, out, _ := attempt(t, "verify", "--data", data); code != verb.ExitFinding || !strings.Contains(out, "testa") {
		t.Errorf("verify passes over a forged head: exit code %d\n%s", code, out)
	}
}
