package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
)

// sampleFiles are the valid documents that lie beside the schemas, by kind.
func sampleFiles(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../../xsd/schemas/*/*/testdata/valid/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string][]string)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		found[xsd.Kind(text)] = append(found[xsd.Kind(text)], f)
	}
	return found
}

// TestEveryKindIsSent: `snodo submit` finds the operation of each kind by the
// root of the document, and the hub judges it as that kind. Samples are of a
// day that has passed, so rules of time may reject them: with a receipt.
func TestEveryKindIsSent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	samples := sampleFiles(t)
	for _, kind := range co.Kinds() {
		if len(samples[kind]) == 0 {
			t.Errorf("%s: no sample", kind)
			continue
		}
		_, list := d.submit(t, "lazio", slices.Concat(d.sign, samples[kind][:1])...)
		if s := list[0]; s.Receipt == nil || s.Receipt.Tracciato != kind {
			t.Errorf("%s: %+v", kind, s)
		}
	}
}

// TestOwnFormats sends a LAO and a CIGD through the whole node: accepted,
// registered, receipted, each on its own topic and line of the report.
func TestOwnFormats(t *testing.T) {
	t.Parallel()
	d, since := newDesk(t), time.Now()
	tomorrow := since.In(d.rome).AddDate(0, 0, 1).Format(time.DateOnly)
	kept := d.path("receipts")
	for kind, name := range map[string]string{
		co.LAO:  "lao/LAO2026R1/testdata/valid/preventiva.xml",
		co.CIGD: "cigd/CIGD2026R1/testdata/valid/richiesta.xml",
	} {
		text, err := os.ReadFile("../../xsd/schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Replace(text, []byte("<DataInizio>2026-03-02"), []byte("<DataInizio>"+tomorrow), 1)
		good := d.file(t, kind+".xml", text)
		bad := d.file(t, kind+"-bad.xml", bytes.Replace(text, []byte(`codiceComunicazione="0000000000000000"`), []byte(`codiceComunicazione="1"`), 1))
		code, list := d.submit(t, "marche", slices.Concat(d.sign, []string{"--receipts", kept, good, bad})...)
		if code != verb.ExitFinding || list[0].Outcome != "accettata" || list[1].Outcome != "respinta" {
			t.Fatalf("%s: exit code %d, %+v", kind, code, list)
		}
		if !strings.HasPrefix(list[0].Codice, "11042") || !strings.HasPrefix(list[1].Text, "ENV-04") {
			t.Errorf("%s: %+v", kind, list)
		}
		sealed, err := os.ReadFile(filepath.Join(kept, list[0].Codice+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		if r := d.registered(t, "marche", sealed); list[0].Receipt.Tracciato != kind || r.Region != "marche" {
			t.Errorf("%s: %+v", kind, r)
		}
		// The same file again: the stored receipt, whatever the operation's form.
		if code, again := d.submit(t, "marche", slices.Concat(d.sign, []string{good})...); code != verb.ExitDone || again[0].Codice != list[0].Codice {
			t.Errorf("%s again: exit code %d, %+v", kind, code, again)
		}
	}
	eventually(t, "the report of both", func() bool {
		a, lines := reportOf(t, folder(d.data), since), 0
		for _, r := range a.Rows {
			if r.Kind != co.LAO && r.Kind != co.CIGD {
				continue
			}
			want := reconcile.Row{Key: r.Key, Received: 2, Accepted: 1, Rejected: 1, Relayed: 1, Registered: 1, Receipted: 1, National: 1}
			if r == want {
				lines++
			}
		}
		return a.Reconciled && lines == 2
	})
	mustRun(t, "verify", "--data", d.data)
}

// TestDomesticWorkAtPiemonte: rejected at either endpoint with the region's rule
// and a receipt; other regions judge it.
func TestDomesticWorkAtPiemonte(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sample := sampleFiles(t)[co.UNIDOM][0]
	for name, args := range map[string][]string{
		"national binding": slices.Concat(d.sign, []string{sample}),
		"SPICOM":           {"--spicom", sample},
	} {
		code, list := d.submit(t, "piemonte", args...)
		if s := list[0]; code != verb.ExitFinding || s.Outcome != "respinta" || !strings.HasPrefix(s.Text, "ENV-11: ") || s.Receipt == nil {
			t.Errorf("%s: exit code %d, %+v", name, code, s)
		}
	}
	if _, list := d.submit(t, "marche", slices.Concat(d.sign, []string{sample})...); strings.Contains(list[0].Text, "ENV-11") || list[0].Receipt == nil {
		t.Errorf("marche: %+v", list[0])
	}
}

// TestVerifyBeforeANewKind: the version that brings a kind verifies what the one
// before it left, whose broker has no topic for that kind.
func TestVerifyBeforeANewKind(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "marche", slices.Concat(d.sign, []string{d.path("good.xml")})...)
	client := &kafkago.Client{Addr: kafkago.TCP(d.Brokers()...), Timeout: patience}
	answer, err := client.DeleteTopics(t.Context(), &kafkago.DeleteTopicsRequest{Topics: []string{routing.TopicFor(co.CIGD)}})
	if err != nil || answer.Errors[routing.TopicFor(co.CIGD)] != nil {
		t.Fatalf("%+v, %v", answer, err)
	}
	if out := mustRun(t, "verify", "--data", d.data); !strings.Contains(out, "registro verificato") {
		t.Error(out)
	}
}
