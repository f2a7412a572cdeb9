package hub_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The people and instants of every case.
const (
	signer   = "SLVPTR65H12H501M"
	stranger = "RSSMRA85C15L219J"
	worker   = "FRRLNE88C52A271X"
	employer = "01472580362"
	earlier  = "1104226000000417" // the previous code of rettifica.xml
)

var received = time.Date(2026, 3, 2, 7, 15, 31, 123456789, time.UTC)

var errBroken = errors.New("store on fire")

// world is everything around a Hub: each part does what its field says, and
// notes that it was asked.
type world struct {
	mu       sync.Mutex
	asked    []string
	verified []string       // documents that Verify was given
	sealed   []string       // documents that Seal was given
	drafts   []ledger.Draft // every draft that Append was given

	signer   string     // of a document that Verify finds sound
	unsound  fault.List // of Verify
	expired  fault.List // of Validity
	unfit    fault.List // of Seal
	found    *ledger.Stored
	reading  ledger.Reading
	stale    int  // how often Append says ErrStale
	foreign  bool // Append finds the content accepted from another sender
	repeated *ledger.Stored
	fails    map[string]error // by step

	archive map[string][]ledger.Stored // by code or entry
}

// ask notes a step and gives its error.
func (w *world) ask(step string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, step)
	return w.fails[step]
}

func (w *world) path() string { return strings.Join(w.asked, " ") }

func (w *world) Verify(_ context.Context, document []byte, _ string) (hub.Verified, fault.List, error) {
	err := w.ask("verify")
	w.verified = append(w.verified, string(document))
	if err != nil || len(w.unsound) > 0 {
		return hub.Verified{}, w.unsound, err
	}
	return verifiedAs(document, w.signer), nil, nil
}

func (w *world) Validity(_ context.Context, v hub.Verified, region string, at time.Time) (fault.List, error) {
	if err := w.ask("validity"); err != nil {
		return nil, err
	}
	if v.Leaf != "leaf" || region == "" || !at.Equal(received) {
		return nil, errors.New("validity of something else")
	}
	return w.expired, nil
}

func (w *world) Seal(_ context.Context, national []byte) ([]byte, hub.Verified, fault.List, error) {
	err := w.ask("seal")
	w.sealed = append(w.sealed, string(national))
	if err != nil || len(w.unfit) > 0 {
		return nil, hub.Verified{}, w.unfit, err
	}
	return append([]byte("SEALED"), national...), verifiedAs(national, ""), nil, nil
}

// verifiedAs is a sound document: the content is what stands behind SIGNED.
func verifiedAs(document []byte, by string) hub.Verified {
	content := bytes.TrimPrefix(document, []byte("SIGNED"))
	return hub.Verified{Content: content, Digest: ledger.Sum(content), Signer: by, Leaf: "leaf"}
}

func (w *world) Accepted(_ context.Context, digest ledger.Hash, sender string, _ ledger.Hash) (ledger.Stored, bool, error) {
	if err := w.ask("accepted"); err != nil {
		return ledger.Stored{}, false, err
	}
	if digest.IsZero() || sender == "" {
		return ledger.Stored{}, false, errors.New("looked up nothing")
	}
	if w.found == nil {
		return ledger.Stored{}, false, nil
	}
	return *w.found, true, nil
}

func (w *world) Read(_ context.Context, q ledger.ChainQuery) (ledger.Reading, error) {
	r := w.reading
	r.Query = q
	return r, w.ask("read")
}

func (w *world) Append(_ context.Context, d ledger.Draft) (ledger.Result, error) {
	if err := w.ask("append"); err != nil {
		return ledger.Result{}, err
	}
	if err := d.Normalize(); err != nil {
		return ledger.Result{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drafts = append(w.drafts, d)
	switch {
	case w.stale > 0:
		w.stale--
		return ledger.Result{}, ledger.ErrStale
	case w.foreign && d.Entry.Status == ledger.Accepted:
		return ledger.Result{Foreign: true}, nil
	case w.repeated != nil:
		return ledger.Result{Stored: *w.repeated, Repeated: true}, nil
	}
	stored := ledger.Stored{Entry: d.Entry}
	stored.Entry.Position = int64(len(w.drafts))
	if stored.Entry.Status == ledger.Accepted {
		stored.Entry.Codice = "1104226000000001"
	}
	if stored.Entry.HasReceipt() {
		stored.Receipt = []byte("receipt of " + d.Entry.Digest.String())
	}
	return ledger.Result{Stored: stored}, nil
}

func (w *world) Entries(context.Context, int64, int64, func(ledger.Stored) error) error {
	return errors.New("nobody reads all entries here")
}

func (w *world) Document(context.Context, int64, ledger.Part) ([]byte, error) {
	return nil, ledger.ErrNotFound
}

func (w *world) ByCodice(_ context.Context, codice string) ([]ledger.Stored, error) {
	return w.lookup("codice", codice)
}

func (w *world) ByID(_ context.Context, id ledger.Hash) ([]ledger.Stored, error) {
	return w.lookup("id", id.String())
}

func (w *world) lookup(step, key string) ([]ledger.Stored, error) {
	if err := w.ask(step); err != nil {
		return nil, err
	}
	found, ok := w.archive[key]
	if !ok {
		return nil, ledger.ErrNotFound
	}
	return found, nil
}

// standards and tables are the real ones, compiled once.
var standards = sync.OnceValues(func() (*xsd.Standards, error) { return xsd.New(context.Background()) })

// newHub makes a Hub in a world, where Piemonte admits a channel.
func newHub(w *world) (*hub.Hub, error) {
	s, err := standards()
	if err != nil {
		return nil, err
	}
	tables, err := codes.Files(nil).Load()
	if err != nil {
		return nil, err
	}
	rome, err := time.LoadLocation("Europe/Rome")
	return &hub.Hub{
		Verifier: w, Conversion: w, Journal: w, Archive: w,
		Channel: map[string]bool{"piemonte": true}, Refusals: new(hub.Limiter), Rome: rome,
		Basis: func() hub.Basis { return hub.Basis{Standards: s, Tables: tables, Name: "basis"} },
	}, err
}

func hubIn(tb testing.TB, w *world) *hub.Hub {
	tb.Helper()
	h, err := newHub(w)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// national is one of the schema's own samples.
func national(tb testing.TB, name string) string {
	tb.Helper()
	b, err := os.ReadFile("../../xsd/schemas/unilav/CO190701R1/testdata/valid/" + name + ".xml")
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// signed is a submission to Marche of a document with a signature.
func signed(document string) hub.Submission {
	marche, _ := routing.RegionBySlug("marche")
	return hub.Submission{
		Region: marche, Received: received, Address: "192.0.2.7", Kind: "UNILAV",
		Document: []byte("SIGNED" + document), Evidence: []byte("<Envelope>" + document + "</Envelope>"),
	}
}

// unsigned is a submission to Piemonte over a channel that proved a system.
func unsigned(document string) hub.Submission {
	s := signed("")
	s.Region, _ = routing.RegionBySlug("piemonte")
	s.System, s.Document = "geco", []byte(document)
	return s
}

// regional is a converted document over the same channel.
func regional(document string) hub.Submission {
	s := unsigned("")
	s.Document = nil
	s.Regional = &hub.Regional{
		National: []byte(document), Kind: "UNILAV", External: "987", RequestDigest: ledger.Sum([]byte("regional")),
	}
	return s
}
