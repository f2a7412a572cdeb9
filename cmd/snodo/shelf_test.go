package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/fault"
)

// newEdition is an edition that only packs have.
const newEdition = "CO270101"

// packEdition is a row of pack.json.
type packEdition struct {
	Kind    string `json:"kind"`
	Edition string `json:"edition"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Schema  string `json:"schema,omitempty"`
	Source  string `json:"source"`
}

// renewed is a pack's edition, from an instant on.
func renewed(from time.Time) packEdition {
	return packEdition{"UNILAV", newEdition, from.Format(time.RFC3339), "", "unilav.xsd", "Decreto di prova"}
}

// ending is the end of the program's own edition.
func ending(to time.Time) packEdition {
	return packEdition{"UNILAV", "CO190701R1", "2019-11-04T19:00:00+01:00", to.Format(time.RFC3339), "", "Decreto di prova"}
}

// writePack makes the pack of a folder: the editions given, the schema of
// UNILAV under the new edition's name and, where an edition has it, a sample.
func writePack(t *testing.T, dir, name string, editions ...packEdition) {
	t.Helper()
	schema, err := xsd.File("unilav/CO190701R1/unilav.xsd")
	if err != nil {
		t.Fatal(err)
	}
	sample, err := transform.Encode(inEdition(samplesOf(t, "marche", 0).Hiring(0), newEdition))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := json.Marshal(map[string]any{"name": name, "editions": editions, "tables": []string{"tables/cessazione.txt"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "samples")); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(editions, func(e packEdition) bool { return e.Schema != "" }) {
		putFile(t, filepath.Join(dir, "samples", "hiring.xml"), sample)
	}
	for file, text := range map[string][]byte{
		"pack.json":             manifest,
		"unilav.xsd":            bytes.ReplaceAll(schema, []byte("CO190701R1"), []byte(newEdition)),
		"tables/cessazione.txt": []byte("DI - -\nZZ 2020-01-01 -\n"),
	} {
		putFile(t, filepath.Join(dir, file), text)
	}
}

func putFile(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func inEdition(c *co.UniLav, edition string) *co.UniLav {
	c.Versione = edition
	return c
}

// signedIn signs the n-th hiring of Marche in an edition.
func signedIn(t *testing.T, s *sender.Signer, n int, edition string) []byte {
	t.Helper()
	return signAll(t, s, []*co.UniLav{inEdition(samplesOf(t, "marche", 0).Hiring(n), edition)})[0]
}

// sends submits a document to Marche and gives the receipt.
func (h *hubUnderTest) sends(t *testing.T, document []byte) receipt.Receipt {
	t.Helper()
	a, err := endpointOf(webClient(t, 1), h.URL(), "marche").Submit(t.Context(), co.UNILAV, document)
	if err != nil {
		t.Fatal(err)
	}
	r := h.sealHolds(t, a.Receipt)
	if a.Accepted != (r.Kind == receipt.Acceptance) {
		t.Errorf("accepted %v with receipt %+v", a.Accepted, r)
	}
	return r
}

// wants submits and expects a code, "" for acceptance.
func (h *hubUnderTest) wants(t *testing.T, document []byte, code fault.Code) receipt.Receipt {
	t.Helper()
	r := h.sends(t, document)
	var got string
	if r.Kind == receipt.Rejection {
		got = r.Faults[0].Code
	}
	if got != string(code) || r.Kind == receipt.Rejection && len(r.Faults) != 1 {
		t.Errorf("got %s with %+v, want %q", r.Kind, r.Faults, code)
	}
	return r
}

// page reads a page of the node.
func (h *hubUnderTest) page(t *testing.T, path string) string {
	t.Helper()
	res, err := webClient(t, 1).Get(h.URL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, res.StatusCode, err)
	}
	return string(text)
}

// withPack is the configuration of a node with a pack.
func withPack(data, dir string) node.Config {
	cfg := testConfig(data)
	cfg.Standards = dir
	return cfg
}

// TestPackReload: an edition that a pack adds is accepted once it was read
// again, what was rejected for its edition is judged anew, tables change with
// it, and a broken pack changes nothing and says why.
func TestPackReload(t *testing.T) {
	t.Parallel()
	data, dir, past := t.TempDir(), t.TempDir(), time.Now().Add(-time.Hour)
	writePack(t, dir, "primo", packEdition{"UNILAV", "CO160201R1", "", "2019-11-04T19:00:00+01:00", "", "Decreto di prova"})
	h := startNode(t, withPack(data, dir), nil)
	signer := signerFor(t, data, 0)
	coming := signedIn(t, signer, 1, newEdition)

	h.wants(t, coming, fault.UnknownEdition)
	before := h.Shelf.Basis().Name
	first := h.wants(t, coming, fault.UnknownEdition)
	if again := h.wants(t, coming, fault.UnknownEdition); again.Entry != first.Entry {
		t.Error("rejected again although nothing changed")
	}
	expired := h.wants(t, signedIn(t, signer, 2, "CO160201R1"), fault.EditionNotInForce)
	if text := expired.Faults[0].Text; !strings.Contains(text, "scaduta il 04/11/2019, ore 19:00; in vigore: CO190701R1") {
		t.Errorf("the receipt says %q", text)
	}
	old := samplesOf(t, "marche", 0).Termination(3, "")
	old.Cessazione.CodiceCausa = "ZZ" // only the pack's table has it
	h.wants(t, signAll(t, signer, []*co.UniLav{old})[0], "")

	writePack(t, dir, "secondo", renewed(past), ending(time.Now().Add(time.Hour)))
	if err := h.Shelf.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := h.Shelf.Basis().Name
	if before == after {
		t.Errorf("the basis is %s as before", after)
	}
	h.wants(t, coming, "")
	h.wants(t, signedIn(t, signer, 4, "CO190701R1"), "") // the overlap
	for path, words := range map[string]string{"/readyz": "tracciati: secondo, impronta ", "/stato": `"pacchetto": "secondo"`} {
		if text := h.page(t, path); !strings.Contains(text, words) {
			t.Errorf("%s says %s", path, text)
		}
	}

	putFile(t, filepath.Join(dir, "pack.json"), []byte(`{"name": "terzo", "editions": [{"kind": "UNIX", "edition": "CO1", "source": ""}], "tables": ["none.txt"]}`))
	err := h.Shelf.Reload(t.Context())
	var refusal *xsd.Refusal
	if !errors.As(err, &refusal) || len(refusal.Reasons) < 3 {
		t.Errorf("a broken pack: %v", err)
	}
	if h.Shelf.Basis().Name != after {
		t.Error("a broken pack changed the basis")
	}
	if text := h.page(t, "/stato"); !strings.Contains(text, "no such kind") || !strings.Contains(text, "none.txt") || !strings.Contains(text, `"pacchetto": "secondo"`) {
		t.Errorf("/stato says %s", text)
	}
	h.wants(t, signedIn(t, signer, 5, newEdition), "")
}

// TestPackAtStart: a hub does not start on a pack that is not in order, and
// says all that is wrong with it.
func TestPackAtStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writePack(t, dir, "", packEdition{"UNILAV", "CO 1", "", "", "gone.xsd", "x"})
	code, _, errs := attempt(t, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--standards", dir)
	if code != verb.ExitFailed || !strings.Contains(errs, "name is missing") || !strings.Contains(errs, "CO 1: the edition") || !strings.Contains(errs, "gone.xsd") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	code, _, errs = attempt(t, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--standards", filepath.Join(dir, "none"))
	if code != verb.ExitFailed || !strings.Contains(errs, "none") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

// TestPackUnderLoad: while the pack is read again fifty times, every request
// is answered, and by one pack or the other: the new edition is accepted or
// unknown, never anything between.
func TestPackUnderLoad(t *testing.T) {
	t.Parallel()
	const senders, each, reloads = 4, 30, 50
	data, dirs := t.TempDir(), []string{t.TempDir(), t.TempDir()}
	past := time.Now().Add(-time.Hour)
	writePack(t, dirs[0], "con", renewed(past))
	writePack(t, dirs[1], "senza", ending(past.Add(time.Hour*24)))
	h := startNode(t, withPack(data, dirs[0]), nil)
	signer, web := signerFor(t, data, 0), webClient(t, senders)
	var list []*co.UniLav
	for i := range senders * each {
		edition := "CO190701R1"
		if i%2 == 0 {
			edition = newEdition
		}
		list = append(list, inEdition(samplesOf(t, "marche", 0).Hiring(i), edition))
	}
	documents := signAll(t, signer, list)
	var done sync.WaitGroup
	var sent atomic.Int64
	for s := range senders {
		done.Go(func() {
			for i := s; i < len(documents); i += senders {
				a, err := endpointOf(web, h.URL(), "marche").Submit(t.Context(), co.UNILAV, documents[i])
				sent.Add(1)
				if err != nil {
					t.Error(err)
					continue
				}
				r := parsed(t, a.Receipt)
				unknown := len(r.Faults) == 1 && r.Faults[0].Code == string(fault.UnknownEdition)
				if !a.Accepted && (i%2 == 1 || !unknown) {
					t.Errorf("document %d: %+v", i, r.Faults)
				}
			}
		})
	}
	for i := range reloads {
		h.Shelf.Dir = dirs[(i+1)%2]
		if err := h.Shelf.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d submissions during %d reloads", sent.Load(), len(documents), reloads)
	done.Wait()
}

// TestPackSwitch: at the very instant that a pack states, the edition before
// it is over and the new one in force, with no reload.
func TestPackSwitch(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	begins := time.Now().Add(time.Hour).Truncate(time.Second)
	writePack(t, dir, "cambio", renewed(begins), ending(begins))
	var clock atomic.Pointer[time.Time]
	set := func(at time.Time) { clock.Store(&at) }
	set(begins.Add(-time.Microsecond))
	h := startNodeAt(t, withPack(data, dir), func() time.Time { return *clock.Load() }, nil)
	signer := signerFor(t, data, 0)
	older, newer := signedIn(t, signer, 1, "CO190701R1"), signedIn(t, signer, 2, newEdition)
	h.wants(t, newer, fault.EditionNotInForce)
	h.wants(t, older, "")
	set(begins)
	h.wants(t, newer, "")
	r := h.wants(t, signedIn(t, signer, 3, "CO190701R1"), fault.EditionNotInForce)
	if !strings.Contains(r.Faults[0].Text, "in vigore: "+newEdition) {
		t.Errorf("the receipt says %q", r.Faults[0].Text)
	}
	h.wants(t, older, "") // accepted before: its receipt again
}

// TestPackHangup: a process reads its pack again at SIGHUP.
func TestPackHangup(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	writePack(t, dir, "primo", renewed(time.Now()))
	p := startProcess(t, os.Args[0], roleProgram, "serve", "--data", data, "--listen", "127.0.0.1:0", "--standards", dir)
	says := func() string {
		res, err := webClient(t, 1).Get(p.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		return fmt.Sprint(string(text), err)
	}
	if text := says(); !strings.Contains(text, "tracciati: primo") {
		t.Errorf("at start: %s", text)
	}
	writePack(t, dir, "secondo", renewed(time.Now()))
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the second pack in force", func() bool { return strings.Contains(says(), "tracciati: secondo") })
	putFile(t, filepath.Join(dir, "pack.json"), []byte("{"))
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the refusal in the log", func() bool { return p.logs.Says("standards pack refused") })
	if text := says(); !strings.Contains(text, "tracciati: secondo") {
		t.Errorf("after a broken pack: %s", text)
	}
	p.terminate(t)
}

// TestOperatingPack: the description shown is one of a pack in order, but for
// the files that it names.
func TestOperatingPack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writePack(t, dir, "mostrato", renewed(time.Now()))
	schema, err := os.ReadFile(filepath.Join(dir, "unilav.xsd"))
	if err != nil {
		t.Fatal(err)
	}
	putFile(t, filepath.Join(dir, "unilav", "unilav.xsd"), schema)
	putFile(t, filepath.Join(dir, "tabelle", "cessazione.txt"), []byte("# partial\nDI - - Dimissioni\n"))
	putFile(t, filepath.Join(dir, "pack.json"), []byte(block(t, "json pack")))
	n, err := node.ReadNorms(t.Context(), dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if n.Pack.Name != "Ministero 2027-01" || len(n.Pack.Editions) != 2 || n.Tables.Cessazione.Len() != 1 {
		t.Errorf("read %s with %d editions", n.Pack.Name, len(n.Pack.Editions))
	}
}
