package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The exceptions that the client of SPICOM can load.
const (
	userException    = "it.csi.csi.wrapper.UserException"
	refusalException = "it.csi.spicom.interf.InvioComunicazioneException"
)

// TestRecordedWire sends every recorded request byte for byte, but for its
// path, to both places where Piemonte's endpoint is.
func TestRecordedWire(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	for number, raw := range recordings(t) {
		for _, path := range []string{"/soap/piemonte", "/anything/servlet/rpcrouter", "//soap//servlet/rpcrouter"} {
			t.Run(number+path, func(t *testing.T) {
				t.Parallel()
				answer := wire(t, h.URL(), bytes.Replace(raw, []byte("/soap/servlet/rpcrouter"), []byte(path), 1))
				a := strictly(t, answer)
				switch number {
				case "01":
					if a.Outcome == nil || a.Status != http.StatusOK {
						t.Fatalf("got %+v", a.Exception)
					}
					r := h.sealHolds(t, a.Receipt)
					if r.Codice != a.Outcome.Regional || r.Position != a.Outcome.Spicom || r.Kind != receipt.Acceptance ||
						!strings.HasPrefix(r.Codice, "13004") || r.Note == "" || r.Sender != "piemonte/loopback/987654321" {
						t.Errorf("answer %+v, receipt %+v", a.Outcome, r)
					}
				case "04", "05":
					if a.Boolean == nil || !*a.Boolean || a.Status != http.StatusOK || a.Receipt != nil {
						t.Errorf("got %+v", a)
					}
				case "06", "07":
					if len(a.Conversions) != 2 || a.Conversions[0].Done || a.Conversions[0].In != "<UniLav/>" || a.Receipt != nil {
						t.Errorf("got %+v", a)
					}
				case "03":
					if e := a.Exception; e == nil || e.Class != userException || !strings.HasPrefix(e.Message, string(fault.OperationAbsent)) ||
						!strings.Contains(e.Message, "inviaComunicazioneProspettoXML") || a.Receipt != nil {
						t.Errorf("got %+v, receipt %s", e, a.Receipt)
					}
				default: // a communication that says nothing: an authentic KO
					code := fault.RegionalMalformed
					if number == "02" {
						code = fault.RegionalRoot
					}
					if e := a.Exception; e == nil || e.Class != refusalException || !strings.HasPrefix(e.Message, string(code)) || e.FaultCode != "Client" {
						t.Fatalf("got %+v", e)
					}
					if r := h.sealHolds(t, a.Receipt); r.Kind != receipt.Rejection || r.Faults[0].Code != string(code) {
						t.Errorf("receipt %+v", r)
					}
				}
			})
		}
	}
}

// TestRecordedCommunication follows the recorded communication to its
// registration, and sends it again.
func TestRecordedCommunication(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	raw := recordings(t)["01"]
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	first := strictly(t, wire(t, h.URL(), raw))
	again := strictly(t, wire(t, h.URL(), raw))
	if !bytes.Equal(first.Receipt, again.Receipt) || *first.Outcome != *again.Outcome {
		t.Error("sent again, it got another answer")
	}
	c := h.converted(t, first.Outcome.Regional).(*co.UniLav)
	if c.DatoreLavoro.Denominazione != "ESEMPIO & FIGLI S.R.L." || c.DatoreLavoro.CodiceFiscale != "01234567897" || c.Particulars().Worker != "RSSMRA85C15L219J" {
		t.Errorf("converted to %+v", c)
	}
	e, document := h.stored(t, first.Outcome.Regional)
	if evidence, err := h.Store.Document(t.Context(), e.Position, ledger.TheEvidence); err != nil || !bytes.Equal(evidence, body) {
		t.Errorf("the evidence is not the body as received: %v", err)
	}
	h.registered(t, "piemonte", first.Receipt)
	m := h.messageOf(t, e.ID())
	if !bytes.Equal(m.Value, document) || m.Headers["snodo_origin"] != "channel" || m.Headers["snodo_region"] != "piemonte" ||
		m.Headers["snodo_digest"] != e.Digest.String() || m.Headers["ce_subject"] != e.Codice || string(m.Key) != e.Root {
		t.Errorf("message with headers %v and key %s", m.Headers, m.Key)
	}
}

// TestPayloads sends the region's own payloads: each is converted to its kind,
// sealed as converted and registered; what misses a section or has an unknown
// change gets its receipt of rejection.
func TestPayloads(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	for _, tc := range []struct {
		name     string
		kind     string
		movement co.Movimento
		tipo     co.TipoComunicazione
		code     fault.Code // "" if accepted
	}{
		{"01", co.UNILAV, co.ASS, "01", ""},
		{"03", co.UNILAV, co.PRO, "01", ""},
		{"04", co.UNILAV, co.TRS, "01", ""},
		{"07", co.UNILAV, co.CES, "01", ""},
		{"08", co.UNILAV, co.ASS, "03", ""},
		{"10", co.UNIURG, "", "01", ""},
		{"12", co.UNISOMM, co.ASSINIMIS, "01", ""},
		{"16", co.VARDATORI, "", "01", ""},
		{"20", co.UNIPI, "", "01", ""},
		{"90", co.UNILAV, "", "", fault.SectionMissing},
		{"94", co.UNISOMM, "", "", fault.ChangeWrong},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			body, err := sender.SPICOMEnvelope(payload(t, tc.name))
			if err != nil {
				t.Fatal(err)
			}
			a := strictly(t, wire(t, h.URL(), post10("/soap/piemonte", "text/xml; charset=utf-8", body)))
			if tc.code != "" {
				if e := a.Exception; e == nil || e.Class != refusalException || !strings.HasPrefix(e.Message, string(tc.code)+": ") || a.Receipt == nil {
					t.Fatalf("got %+v, receipt %s", e, a.Receipt)
				}
				if r := h.sealHolds(t, a.Receipt); r.Tracciato != tc.kind {
					t.Errorf("rejected as %s", r.Tracciato)
				}
				return
			}
			if a.Outcome == nil {
				t.Fatalf("got %+v", a.Exception)
			}
			c := h.converted(t, a.Outcome.Regional)
			if p := c.Particulars(); c.Kind() != tc.kind || p.Movement != tc.movement || p.Tipo != tc.tipo || p.Code != co.Zero {
				t.Errorf("converted to %s, %+v", c.Kind(), p)
			}
			h.registered(t, "piemonte", a.Receipt)
		})
	}
}

// TestSignedBySPICOM: a national document inside the SPICOM call is judged by
// its own signature, and never stripped of it.
func TestSignedBySPICOM(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data, nil)
	signer := signerFor(t, data, 0)
	samples := samplesOf(t, "piemonte", 100)
	signed, err := signer.Sign(samples.Hiring(1))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := transform.Encode(samples.Hiring(2))
	if err != nil {
		t.Fatal(err)
	}
	send := func(document []byte) sender.SPICOMAnswer {
		t.Helper()
		a, err := sender.SendSPICOM(t.Context(), http.DefaultClient, h.URL()+"/soap/piemonte", string(document))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := send(signed)
	if r := h.sealHolds(t, a.Receipt); r.Origin != string(ledger.Signed) || r.Sender != sample.Invent(900).CodiceFiscale() || r.Note != "" {
		t.Errorf("signed: %+v", r)
	}
	if _, document := h.stored(t, a.Codice); !bytes.Equal(document, signed) {
		t.Error("the stored document is not the one that was signed")
	}
	h.registered(t, "piemonte", a.Receipt)

	altered := bytes.Replace(signed, []byte("Via Casa 3"), []byte("Via Casa 4"), 1)
	if a := send(altered); a.Codice != "" || a.Receipt != nil || !strings.HasPrefix(a.Message, string(xmlsig.DigestMismatch)) {
		t.Errorf("altered: %+v", a)
	}
	a = send(plain)
	if r := h.sealHolds(t, a.Receipt); r.Origin != string(ledger.Channel) || r.Sender != "piemonte/loopback" {
		t.Errorf("unsigned: %+v", r)
	}
	h.converted(t, a.Codice)
}

// TestNationalBinding submits with the client generated from our WSDL to every
// region: accepted, repeated, rejected and refused.
func TestNationalBinding(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data, nil)
	for i, region := range routing.Regions() {
		t.Run(region.Slug, func(t *testing.T) {
			t.Parallel()
			signer, samples := signerFor(t, data, i), samplesOf(t, region.Slug, 1000*i)
			web := webClient(t, 1)
			hub := endpointOf(web, h.URL(), region.Slug)
			if text, err := hub.Echo(t.Context(), "è <viva> & vegeta"); err != nil || text != "è <viva> & vegeta" {
				t.Errorf("echo: %q, %v", text, err)
			}
			signed, err := signer.Sign(samples.Hiring(1))
			if err != nil {
				t.Fatal(err)
			}
			a, err := hub.Submit(t.Context(), co.UNILAV, signed)
			if err != nil || !a.Accepted {
				t.Fatalf("%+v, %v", a, err)
			}
			again, err := hub.Submit(t.Context(), co.UNILAV, signed)
			if err != nil || !bytes.Equal(a.Receipt, again.Receipt) {
				t.Errorf("again: %+v, %v", again, err)
			}
			r := h.sealHolds(t, a.Receipt)
			if !strings.HasPrefix(r.Codice, region.Code) || r.Region != region.Slug || r.Document != ledger.Sum(signed).String() {
				t.Errorf("receipt %+v", r)
			}
			if _, document := h.stored(t, r.Codice); !bytes.Equal(document, signed) {
				t.Error("the stored document is not the one that was sent")
			}
			h.registered(t, region.Slug, a.Receipt)
			// The document's own digest serves as well as its content's.
			if all, err := hub.Receipts(t.Context(), r.Codice, strings.ToUpper(r.Document)); err != nil || len(all) != 2 {
				t.Errorf("%d receipts, %v", len(all), err)
			}
			bad := samples.Hiring(2)
			bad.CodiceComunicazione = "1300126000000001"
			rejected, err := signer.Sign(bad)
			if err != nil {
				t.Fatal(err)
			}
			h.rejects(t, hub, rejected)
			plain, err := transform.Encode(samples.Hiring(3))
			if err != nil {
				t.Fatal(err)
			}
			a, err = hub.Submit(t.Context(), co.UNILAV, plain)
			var f *client.Fault
			switch {
			case region.Slug == "piemonte": // a channel
				if err != nil || h.sealHolds(t, a.Receipt).Origin != string(ledger.Channel) {
					t.Errorf("unsigned on a channel: %+v, %v", a, err)
				}
			case !errors.As(err, &f) || f.Code != "Client" || f.Errors[0].Code != string(fault.Unsigned):
				t.Errorf("unsigned: %+v, %v", a, err)
			}
		})
	}
}

// rejects submits a document that breaks ENV-04 and asks for its receipt by
// entry.
func (h *hubUnderTest) rejects(t *testing.T, hub *client.Client, document []byte) {
	t.Helper()
	a, err := hub.Submit(t.Context(), co.UNILAV, document)
	if err != nil || a.Accepted || len(a.Anomalies) != 1 || !strings.HasPrefix(a.Anomalies[0].Description, string(fault.CodeNotZero)) {
		t.Fatalf("%+v, %v", a, err)
	}
	r := h.sealHolds(t, a.Receipt)
	if r.Kind != receipt.Rejection || r.Codice != "" || r.Faults[0].Code != string(fault.CodeNotZero) || r.Faults[0].Line == 0 {
		t.Errorf("receipt %+v", r)
	}
	if all, err := hub.Receipts(t.Context(), r.Entry, r.Digest); err != nil || len(all) != 1 || !bytes.Equal(all[0], a.Receipt) {
		t.Errorf("%d receipts by entry, %v", len(all), err)
	}
	var f *client.Fault
	if _, err := hub.Receipts(t.Context(), r.Entry, r.Entry); !errors.As(err, &f) || f.Errors[0].Code != string(fault.ReceiptNotFound) {
		t.Errorf("with a wrong digest: %v", err)
	}
}

// TestForeignSender: another's document gets DUP-01, which names no code; the
// first sender is not troubled.
func TestForeignSender(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data, nil)
	c := samplesOf(t, "marche", 0).Hiring(1)
	var receipts []receipt.Receipt
	for i, region := range []string{"marche", "lazio"} {
		signed, err := signerFor(t, data, i).Sign(c)
		if err != nil {
			t.Fatal(err)
		}
		a, err := endpointOf(http.DefaultClient, h.URL(), region).Submit(t.Context(), co.UNILAV, signed)
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, h.sealHolds(t, a.Receipt))
		if i == 1 && (a.Accepted || strings.Contains(a.Outcome+string(a.Receipt), receipts[0].Codice)) {
			t.Errorf("the second sender got %s", a.Outcome)
		}
	}
	if r := receipts[1]; r.Kind != receipt.Rejection || len(r.Faults) != 1 || r.Faults[0].Code != string(fault.Duplicate) {
		t.Errorf("receipt %+v", r)
	}
	if receipts[0].Digest != receipts[1].Digest {
		t.Error("two contents, not one")
	}
}

// TestHTTP: what the two kinds of client need of connections.
func TestHTTP(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	_, alive, _ := bytes.Cut(recordings(t)["04"], []byte("\r\n\r\n"))
	ask := func(version, more string) string {
		return fmt.Sprintf("POST /soap/piemonte HTTP/%s\r\nHost: h\r\nContent-Type: text/xml;charset=utf-8\r\n%sContent-Length: %d\r\n\r\n%s",
			version, more, len(alive), alive)
	}
	for _, more := range []string{"", "Connection: keep-alive\r\n", "Connection: close\r\n"} {
		if a := strictly(t, wire(t, h.URL(), []byte(ask("1.0", more)))); a.Boolean == nil || !*a.Boolean {
			t.Errorf("HTTP/1.0 with %q: %+v", more, a)
		}
	}
	answers := wire(t, h.URL(), []byte(ask("1.1", "")+ask("1.1", "")+ask("1.1", "Connection: close\r\n")))
	if n := bytes.Count(answers, []byte("HTTP/1.1 200 OK")); n != 3 {
		t.Errorf("%d answers on one connection, want 3:\n%s", n, answers)
	}
	chunked := fmt.Sprintf("POST /soap/piemonte HTTP/1.1\r\nHost: h\r\nContent-Type: text/xml\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(alive), alive)
	if a := strictly(t, wire(t, h.URL(), []byte(chunked))); a.Boolean == nil || !*a.Boolean {
		t.Errorf("chunked: %+v", a)
	}
}

// TestWrongPath: a front end that was given a wrong address is told so in a form
// that its client can rebuild.
func TestWrongPath(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	for _, path := range []string{"/", "/soap/piemonte/", "/spiman/servlet/rpcrouter2"} {
		raw := bytes.Replace(recordings(t)["04"], []byte("/soap/servlet/rpcrouter"), []byte(path), 1)
		if a := strictly(t, wire(t, h.URL(), raw)); a.Exception == nil || a.Exception.Class != userException ||
			!strings.HasPrefix(a.Exception.Message, string(fault.UnknownPath)+": ") || a.Status != http.StatusNotFound {
			t.Errorf("%s: %+v", path, a)
		}
	}
}

// TestForwarded: the loopback channel admits no proxy, the signed regions do.
func TestForwarded(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	_, alive, _ := bytes.Cut(recordings(t)["04"], []byte("\r\n\r\n"))
	for _, header := range []string{"Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1", "x-forwarded-proto: https"} {
		raw := fmt.Appendf(nil, "POST /soap/piemonte HTTP/1.0\r\nContent-Type: text/xml\r\n%s\r\nContent-Length: %d\r\n\r\n%s", header, len(alive), alive)
		if a := strictly(t, wire(t, h.URL(), raw)); a.Exception == nil || !strings.HasPrefix(a.Exception.Message, string(fault.ForwardedRefused)) || a.Status != http.StatusForbidden {
			t.Errorf("%s: %+v", header, a)
		}
		raw = bytes.Replace(raw, []byte("/soap/piemonte"), []byte("/soap/marche"), 1)
		if answer := wire(t, h.URL(), raw); bytes.Contains(answer, []byte(fault.ForwardedRefused)) {
			t.Errorf("%s: refused by a region without channel", header)
		}
	}
}

// TestDocuments: WSDL and probes. The address in the WSDL is the public URL's,
// never that of a header.
func TestDocuments(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t.TempDir())
	cfg.PublicURL = "https://nodo.example/pubblico"
	public, plain := nodeOf(t, cfg), startHub(t, t.TempDir(), nil)
	get := func(url string) string {
		t.Helper()
		return string(wire(t, url, []byte("GET "+"/soap/marche?wsdl HTTP/1.0\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\r\n")))
	}
	if text := get(public.URL()); !strings.Contains(text, `"https://nodo.example/pubblico/soap/marche"`) || strings.Contains(text, "evil") {
		t.Errorf("WSDL with --public-url:\n%s", text)
	}
	if text := get(plain.URL()); !strings.Contains(text, `"`+plain.URL()+`/soap/marche"`) || strings.Contains(text, "evil") {
		t.Errorf("WSDL without:\n%s", text)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/soap/piemonte?WSDL": 200, "/soap/lazio": 405, "/soap/toscana?wsdl": 404, "/": 404} {
		if got := status(t, webClient(t, 1), plain.URL()+path); got != want {
			t.Errorf("GET %s: %d, want %d", path, got, want)
		}
	}
}
