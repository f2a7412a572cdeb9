package receipt

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// update rewrites the golden receipts: read the difference before committing.
var update = flag.Bool("update", false, "rewrite the golden files")

func hash(b byte) ledger.Hash { return ledger.Hash(bytes.Repeat([]byte{b}, 32)) }

func entries(t testing.TB) map[string]ledger.Entry {
	t.Helper()
	warnings, err := fault.List{{Code: fault.UnknownPrevious, Warning: true}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	faults, err := fault.List{
		{Code: fault.Duplicate},
		{Code: fault.UnknownPrevious, Path: `/UniLav/@codice"Prec`, Line: 7, Expected: "sedici cifre & non <zeri>"},
	}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 10, 30, 0, 123456000, time.UTC)
	accepted := ledger.Entry{
		Position: 41, Type: ledger.Submission, Status: ledger.Accepted,
		Received: at, Recorded: at.Add(time.Millisecond),
		Region: "marche", Origin: ledger.Signed, Sender: "RSSMRA85C15L219J",
		Kind: "UNILAV", Edition: "CO190701R1",
		Digest: hash(1), Document: hash(2), Codice: "1104226000000041", Root: "1104226000000001",
		Previous: "1104226000000001", Prev: hash(3), Faults: warnings, Hash: hash(4),
	}
	channel := accepted
	channel.Region, channel.Origin, channel.Sender = "piemonte", ledger.Channel, "piemonte/loopback/987654321"
	channel.Faults = nil
	rejected := accepted
	rejected.Status, rejected.Faults, rejected.Codice, rejected.Root, rejected.Prev = ledger.Rejected, faults, "", "", ledger.Hash{}
	named := rejected // with labels and the wording of its day
	named.Faults = []byte(`[{"code":"XSD-23","path":"/UniLav/InizioRapporto/@dataInizio","line":3,` +
		`"expected":"data nella forma aaaa-mm-gg","field":"Inizio del rapporto \u003e Data di inizio","text":"La data del giorno è errata."},` +
		`{"code":"CAT-01","path":"/UniLav/@codiceComunicazionePrec","warning":true,"field":"Codice precedente","text":"Non risulta."}]`)
	former := rejected // recorded before entries had either
	former.Faults = []byte(`[{"code":"XSD-23","path":"/UniLav/InizioRapporto/@dataInizio","line":3,` +
		`"expected":"dataInizio (data di inizio del rapporto), data nella forma aaaa-mm-gg"},{"code":"XSD-12","path":"/UniLav/x","line":9}]`)
	registered := ledger.Entry{
		Position: 57, Type: ledger.Outcome, Status: ledger.Registered, Received: at, Recorded: at.Add(time.Second),
		Region: "marche", Origin: ledger.Signed, Kind: "UNILAV", Edition: "CO190701R1",
		Digest: hash(1), Codice: "1104226000000041", Root: "1104226000000001",
		Subject: hash(4), Registration: 12, Instant: at.Add(time.Second / 2), Receipt: hash(5), Hash: hash(6),
	}
	declined := registered
	declined.Status, declined.Registration, declined.Faults = ledger.RejectedByStore, 0, faults
	return map[string]ledger.Entry{
		"accettazione": accepted, "canale": channel, "rifiuto": rejected,
		"rifiuto-campi": named, "rifiuto-precedente": former,
		"registrazione": registered, "rifiuto-nazionale": declined,
	}
}

func TestBuildGolden(t *testing.T) {
	t.Parallel()
	for name, e := range entries(t) {
		got, err := Build(e)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		path := filepath.Join("testdata", name+".xml")
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

func TestParseReadsBackWhatBuildWrote(t *testing.T) {
	t.Parallel()
	for name, e := range entries(t) {
		b, err := Build(e)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Parse(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		kind, _ := KindOf(e)
		list, _ := fault.Decode(e.Faults)
		if r.Kind != kind || r.Position != e.Position || r.Entry != e.ID() || r.Codice != e.Codice ||
			r.Digest != e.Digest.String() || r.Registration != e.Registration ||
			r.Receipt != e.Receipt.String() || r.Subject != e.Subject.String() || len(r.Faults) != len(list) {
			t.Errorf("%s: read back %+v", name, r)
		}
		for i, f := range list {
			line := r.Faults[i]
			if line.Code != string(f.Code) || line.Text != f.Text() || line.Path != f.Path ||
				(line.Severity == "avviso") != f.Warning {
				t.Errorf("%s: fault %d read back %+v, want %+v", name, i, line, f)
			}
		}
	}
}

func TestNoReceipt(t *testing.T) {
	t.Parallel()
	for _, e := range []ledger.Entry{
		{Type: ledger.Submission, Status: ledger.Refused},
		{Type: ledger.Statement}, {Type: ledger.Anomaly}, {Type: ledger.DeadLetter}, {Type: ledger.Erasure},
	} {
		if b, err := Build(e); err == nil {
			t.Errorf("%s %s: built %s", e.Type, e.Status, b)
		}
	}
}

func TestParseRefusesOthers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "x", "<Ricevuta/>", `<Ricevuta xmlns="urn:other"/>`, `<Altro xmlns="urn:snodo:hub:v1"/>`} {
		if _, err := Parse([]byte(s)); !errors.Is(err, errForm) {
			t.Errorf("Parse(%q) = %v", s, err)
		}
	}
}

// stamp sealer: marks what it was given, in a way that shows the order.
type stampSealer struct{ fail int64 }

var errSeal = errors.New("key store away")

func (s stampSealer) Seal(b []byte) ([]byte, error) {
	r, err := Parse(b)
	if err != nil {
		return nil, err
	}
	if r.Position == s.fail {
		return nil, errSeal
	}
	return append([]byte("sealed "), b...), nil
}

func (stampSealer) CertificateHash() [32]byte { return hash(9) }
func (stampSealer) Common() [][]byte          { return nil }

func TestIssueKeepsOrderAndSkips(t *testing.T) {
	t.Parallel()
	var group []ledger.Entry
	for i := range 64 {
		e := entries(t)["accettazione"]
		e.Position = int64(i + 1)
		if i%7 == 3 {
			e.Status = ledger.Refused
		}
		group = append(group, e)
	}
	got, err := Issuer{Sealer: stampSealer{}}.Issue(context.Background(), group)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range group {
		want, err := Build(e)
		if err != nil {
			if got[i] != nil {
				t.Errorf("entry %d: a receipt for a refusal", e.Position)
			}
			continue
		}
		if !bytes.Equal(got[i], append([]byte("sealed "), want...)) {
			t.Errorf("entry %d: got %s", e.Position, got[i])
		}
	}
}

func TestIssueFailsWhole(t *testing.T) {
	t.Parallel()
	var group []ledger.Entry
	for i := range 64 {
		e := entries(t)["accettazione"]
		e.Position = int64(i + 1)
		group = append(group, e)
	}
	if got, err := (Issuer{Sealer: stampSealer{fail: 20}}).Issue(context.Background(), group); !errors.Is(err, errSeal) || got != nil {
		t.Errorf("got %d receipts, error %v", len(got), err)
	}
}

// FuzzText: whatever a fault's words hold, the receipt stays well-formed and
// says them back.
func FuzzText(f *testing.F) {
	f.Add("sedici cifre", "/UniLav/@x")
	f.Add("a<b>&\"'\r\n\t", "p\"<&\t")
	f.Fuzz(func(t *testing.T, expected, path string) {
		for _, s := range []string{expected, path} {
			for _, r := range s {
				if r == 0xFFFD || r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
					t.Skip("not XML characters")
				}
			}
		}
		w := writer{b: []byte("<r>")}
		w.faults(fault.List{{Code: fault.Duplicate, Expected: expected, Path: path}})
		w.b = append(w.b, "</r>"...)
		var doc struct {
			Faults []Line `xml:"Anomalie>Anomalia"`
		}
		if err := xml.Unmarshal(w.b, &doc); err != nil {
			t.Fatalf("%v in %q", err, w.b)
		}
		want := fault.Fault{Code: fault.Duplicate, Expected: expected}.Text()
		if got := doc.Faults[0].Text; got != want {
			t.Errorf("text %q, want %q", got, want)
		}
	})
}
