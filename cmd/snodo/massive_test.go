package main

import (
	"archive/zip"
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/piemonte/spicomtest"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/routing/reconcile"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// inZip is one file of an archive.
type inZip struct {
	name    string
	content []byte
}

func zipOf(t *testing.T, files ...inZip) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		out, err := w.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// encodeDocument writes a communication as a national document.
func encodeDocument(t *testing.T, c co.Comunicazione) []byte {
	t.Helper()
	b, err := transform.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func signDocument(t *testing.T, s *sender.Signer, c co.Comunicazione) []byte {
	t.Helper()
	b, err := s.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// massive sends an archive over HTTP/1.0 and reads the answer as the client does.
func (h *hubUnderTest) massive(t *testing.T, archive []byte) *spicomtest.Mass {
	t.Helper()
	body, err := sender.ArchiveCall(archive)
	if err != nil {
		t.Fatal(err)
	}
	a := strictly(t, wire(t, h.URL(), post10("/spiman/servlet/rpcrouter", "text/xml; charset=utf-8", body)))
	if a.Mass == nil {
		t.Fatalf("got %+v, %+v", a, a.Exception)
	}
	return a.Mass
}

// mixed is an archive with documents of every sort and what each must become.
func mixed(t *testing.T, data string) (files []inZip, states []string, codes []fault.Code) {
	t.Helper()
	signer, s := signerFor(t, data, 0), samplesOf(t, "piemonte", 4000)
	payload, err := sample.SPICOMPayload(s.Hiring(1), 7001, s.Day.Location())
	if err != nil {
		t.Fatal(err)
	}
	numbered := s.Hiring(4)
	numbered.CodiceComunicazione = "1300126000000001"
	altered := signDocument(t, signer, s.Hiring(5))
	altered = bytes.Replace(altered, []byte("Via Casa 3"), []byte("Via Casa 4"), 1)
	var urgency co.Comunicazione
	for _, c := range s.EveryKind(6) {
		if c.Kind() == co.UNIURG {
			urgency = c
		}
	}
	for _, f := range []struct {
		inZip
		state string
		code  fault.Code
	}{
		{inZip{"firmata.xml", signDocument(t, signer, s.Hiring(2))}, "accettata", ""},
		{inZip{"regionale.xml", []byte(payload)}, "accettata", ""},
		{inZip{"senza firma.xml", encodeDocument(t, s.Hiring(3))}, "accettata", ""},
		{inZip{"numerata.xml", signDocument(t, signer, numbered)}, "respinta", fault.CodeNotZero},
		{inZip{"alterata.xml", altered}, "rifiutata", xmlsig.DigestMismatch},
		{inZip{"urgente.xml", signDocument(t, signer, urgency)}, "respinta", fault.UrgencyInBulk},
		{inZip{"leggimi.txt", []byte("ciao")}, "rifiutata", fault.FileType},
		{inZip{"illeggibile.xml", []byte("<object")}, "respinta", fault.RegionalMalformed},
		// After its hiring, in the order of the archive.
		{inZip{"proroga.xml", signDocument(t, signer, s.Extension(2, ""))}, "accettata", ""},
		{inZip{"doppia.xml", []byte(payload)}, "accettata", ""},
	} {
		files, states, codes = append(files, f.inZip), append(states, f.state), append(codes, f.code)
	}
	return files, states, codes
}

// TestMassive: one archive, one outcome a file, one summary; sent again, the same
// receipts and nothing new in the ledger but what was never judged.
func TestMassive(t *testing.T) {
	t.Parallel()
	data, began := t.TempDir(), time.Now()
	h := startHub(t, data, nil)
	files, states, codes := mixed(t, data)
	archive := zipOf(t, files...)
	first := h.massive(t, archive)
	if first.Summary != (spicomtest.Summary{Files: 10, Accepted: 5, Rejected: 3, Refused: 2, Repeated: 1}) {
		t.Errorf("summary %+v", first.Summary)
	}
	for i, item := range first.Items {
		if item.State != states[i] || item.File != files[i].name || codes[i] != "" && !slices.Contains(item.Codes, string(codes[i])) {
			t.Errorf("%s: %s %v, want %s %s", files[i].name, item.State, item.Codes, states[i], codes[i])
			continue
		}
		if item.State == "rifiutata" {
			continue
		}
		r := h.sealHolds(t, item.Receipt)
		if r.Codice != item.Codice || r.Entry != item.Entry || r.Digest != item.Digest || r.Position != item.Position {
			t.Errorf("%s: outcome %+v, receipt %+v", item.File, item, r)
		}
		if item.State == "accettata" && !item.Repeated {
			h.registered(t, "piemonte", item.Receipt)
		}
	}
	signed, extended := h.sealHolds(t, first.Items[0].Receipt), h.sealHolds(t, first.Items[8].Receipt)
	if signed.Origin != string(ledger.Signed) || signed.Note != "" || extended.Root != signed.Codice || extended.Position < signed.Position {
		t.Errorf("hiring %+v, its extension %+v", signed, extended)
	}
	e, document := h.stored(t, first.Items[0].Codice)
	if !bytes.Equal(document, files[0].content) || e.Origin != ledger.Signed {
		t.Error("the stored document is not the file")
	}
	e, _ = h.stored(t, first.Items[1].Codice)
	evidence, err := h.Store.Document(t.Context(), e.Position, ledger.TheEvidence)
	if err != nil || !bytes.Equal(evidence, files[1].content) || e.Sender != "piemonte/loopback/7001" {
		t.Errorf("evidence of %d bytes, %v; sender %s", len(evidence), err, e.Sender)
	}
	if first.Items[9].Codice != first.Items[1].Codice || !first.Items[9].Repeated || !bytes.Equal(first.Items[9].Receipt, first.Items[1].Receipt) {
		t.Errorf("the same communication twice: %+v", first.Items[9])
	}
	again := h.massive(t, archive)
	if again.Summary.Repeated != 8 || again.Summary.Accepted != 5 || again.Summary.Rejected != 3 {
		t.Errorf("again: %+v", again.Summary)
	}
	for i := range again.Items {
		if !bytes.Equal(again.Items[i].Receipt, first.Items[i].Receipt) {
			t.Errorf("%s: another receipt", files[i].name)
		}
	}
	// The urgency is taken where the region takes it.
	h.alone(t, files[5].content)
	if got := entriesIn(t, data); got[ledger.Accepted] != 5 || got[ledger.Rejected] != 3 {
		t.Errorf("entries %v", got)
	}
	eventually(t, "the outcomes of all five", func() bool {
		a := reportOf(t, folder(data), began)
		return a.Reconciled && a.sum(func(r reconcile.Row) int64 { return r.Receipted }) == 5
	})
	mustRun(t, "verify", "--data", data)
}

// alone submits a document by the call that carries one, which must accept it.
func (h *hubUnderTest) alone(t *testing.T, document []byte) {
	t.Helper()
	body, err := sender.SPICOMEnvelope(string(document))
	if err != nil {
		t.Fatal(err)
	}
	if a := strictly(t, wire(t, h.URL(), post10("/soap/piemonte", "text/xml; charset=utf-8", body))); a.Outcome == nil {
		t.Errorf("alone: %+v", a.Exception)
	}
}

// TestMassiveSignedOnly: without a channel only what is signed is taken; the rest
// of the archive is refused file by file.
func TestMassiveSignedOnly(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cfg := node.Config{Listen: "127.0.0.1:0", Data: data}
	h := nodeOf(t, cfg)
	files, _, _ := mixed(t, data)
	got := h.massive(t, zipOf(t, files...))
	want := []string{"accettata", "rifiutata", "rifiutata", "respinta", "rifiutata", "respinta", "rifiutata", "rifiutata", "accettata", "rifiutata"}
	for i, item := range got.Items {
		if item.State != want[i] {
			t.Errorf("%s: %s %v, want %s", files[i].name, item.State, item.Codes, want[i])
		}
	}
	if unsigned := got.Items[2]; len(unsigned.Codes) != 1 || unsigned.Codes[0] != string(fault.Unsigned) || unsigned.Receipt != nil {
		t.Errorf("unsigned: %+v", unsigned)
	}
}

// TestSubmitArchive: the verb sends an archive whole, prints a line a file and one
// summary, keeps the receipts, and says what is wrong with an archive.
func TestSubmitArchive(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files, states, codes := mixed(t, d.data)
	path, kept := d.file(t, "lotto.zip", zipOf(t, files...)), d.path("receipts")
	code, list := d.submit(t, "piemonte", "--as-is", "--receipts", kept, path)
	if code != verb.ExitFinding || len(list) != len(files) {
		t.Fatalf("exit code %d, %+v", code, list)
	}
	for i, s := range list {
		faulted := slices.ContainsFunc(s.Faults, func(l receipt.Line) bool { return l.Code == string(codes[i]) })
		if s.Outcome != states[i] || s.File != path+"/"+files[i].name || faulted != (codes[i] != "") || (s.Codice != "") != (states[i] == "accettata") {
			t.Errorf("%+v", s)
		}
	}
	sealed, err := filepath.Glob(filepath.Join(kept, "*.xml"))
	if err != nil || len(sealed) != 7 { // two of the files are one communication
		t.Errorf("%d receipts, %v", len(sealed), err)
	}
	for _, file := range sealed {
		mustRun(t, "receipt", "verify", "--trust", filepath.Join(d.data, "seal.pem"), file)
	}
	url := d.URL() + "/soap/piemonte"
	code, out, _ := attempt(t, "submit", "--url", url, "--spicom", path)
	if code != verb.ExitFinding || !strings.Contains(out, "10 file: 5 accettati, 3 respinti, 2 rifiutati\n") || !strings.Contains(out, "MAS-11") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	good := d.file(t, "buono.ZIP", zipOf(t, files[0]))
	if code, out, errs := attempt(t, "submit", "--url", url, "--as-is", good); code != verb.ExitDone || !strings.HasSuffix(out, "1 file: 1 accettati, 0 respinti, 0 rifiutati\n") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	bad := d.file(t, "rotto.zip", []byte("nessun archivio"))
	if code, out, _ := attempt(t, "submit", "--url", url, "--as-is", bad); code != verb.ExitFinding || !strings.Contains(out, "rifiutata") || !strings.Contains(out, "MAS-01") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if code, _, errs := attempt(t, slices.Concat([]string{"submit", "--url", url}, d.sign, []string{path})...); code != verb.ExitUsage || !strings.Contains(errs, "--as-is") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	marche := d.URL() + "/soap/marche"
	if code, out, _ := attempt(t, "submit", "--url", marche, "--as-is", good); code != verb.ExitFinding || !strings.Contains(out, "SOAP-10") {
		t.Errorf("Marche: exit code %d\n%s", code, out)
	}
}
