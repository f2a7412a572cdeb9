package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

const regionGateway = "https://idp.regione.example"

// identityHub is a hub whose Lazio requires assertions of the region's gateway.
type identityHub struct {
	*hubUnderTest
	cfg       node.Config
	ahead     *atomic.Int64 // of the hub's clock, in nanoseconds
	authority *xmlsig.Authority
	gateway   *xmlsig.Sealer
	signer    *sender.Signer
	samples   sample.Maker
}

func startIdentity(t *testing.T, change func(*identityHub)) *identityHub {
	t.Helper()
	h := &identityHub{cfg: testConfig(t.TempDir()), ahead: new(atomic.Int64)}
	var err error
	if h.authority, err = xmlsig.NewAuthority("Gateway di identità", time.Now()); err != nil {
		t.Fatal(err)
	}
	if h.gateway, err = sender.NewGateway(h.authority, time.Now()); err != nil {
		t.Fatal(err)
	}
	trust := filepath.Join(t.TempDir(), "gateway.pem")
	if err := os.WriteFile(trust, xmlsig.EncodeCertificates(h.gateway.Certificate()), 0o600); err != nil {
		t.Fatal(err)
	}
	h.cfg.Regions = map[string]node.RegionPolicy{"lazio": {Identity: node.IdentityPolicy{
		Required: true, Audience: []string{"urn:snodo:lazio"}, Age: time.Hour,
		Issuers: []node.IssuerPolicy{{ID: regionGateway, Trust: trust}},
	}}}
	if change != nil {
		change(h)
	}
	h.start(t)
	h.signer, h.samples = signerFor(t, h.cfg.Data, 0), samplesOf(t, "lazio", 0)
	return h
}

func (h *identityHub) start(t *testing.T) {
	t.Helper()
	h.hubUnderTest = startNodeAt(t, h.cfg, h.clock, nil)
}

func (h *identityHub) clock() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

func (h *identityHub) endpoint() string { return h.URL() + "/soap/lazio" }

func (h *identityHub) document(t *testing.T, n int) []byte {
	t.Helper()
	signed, err := h.signer.Sign(h.samples.Hiring(n))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// asserts is what the gateway says of a person, for the hub.
func (h *identityHub) asserts(cf string) saml.Assertion {
	place := h.endpoint()
	if h.cfg.PublicURL != "" {
		place = h.cfg.PublicURL + "/soap/lazio"
	}
	a := sender.Person{CF: cf, For: place, Means: hub.MeansSPID, Level: 2, Valid: 5 * time.Minute}.Assertion(node.DevelopmentIssuer, h.clock())
	a.Issuer, a.Audiences = regionGateway, [][]string{{"urn:snodo:lazio"}}
	return a
}

func (h *identityHub) sealed(t *testing.T, a saml.Assertion) []byte {
	t.Helper()
	signed, err := h.gateway.SealAssertion(saml.Append(nil, a))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// showing is a client whose messages bring an assertion; nil is none.
func (h *identityHub) showing(assertion []byte) *client.Client {
	web := &http.Client{Timeout: patience}
	if assertion != nil {
		web.Transport = sender.Presenter{Next: http.DefaultTransport, Assertion: assertion}
	}
	return &client.Client{Address: h.endpoint(), HTTP: web}
}

// submits submits a document and gives the receipt, or the code of the fault.
func submits(t *testing.T, c *client.Client, document []byte) ([]byte, string) {
	t.Helper()
	a, err := c.Submit(t.Context(), co.UNILAV, document)
	if code := faultCode(err); code != "" {
		return nil, code
	}
	if err != nil || !a.Accepted {
		t.Fatalf("%+v, %v", a, err)
	}
	return a.Receipt, ""
}

// TestIdentity: Lazio takes submissions of persons whom the region's gateway
// knows, records who and how, and keeps the assertion as evidence.
func TestIdentity(t *testing.T) {
	t.Parallel()
	h := startIdentity(t, nil)
	mario := sample.Invent(951).CodiceFiscale()
	document := h.document(t, 1)
	if _, code := submits(t, h.showing(nil), document); code != string(fault.AssertionMissing) {
		t.Errorf("without an assertion: %q", code)
	}
	if text, err := h.showing(nil).Echo(t.Context(), "ciao"); err != nil || text != "ciao" {
		t.Errorf("Echo without an assertion: %q, %v", text, err)
	}
	assertion := h.sealed(t, h.asserts(mario))
	sealed, code := submits(t, h.showing(assertion), document)
	if code != "" {
		t.Fatal(code)
	}
	r := h.sealHolds(t, sealed)
	e, _ := h.stored(t, r.Codice)
	if got, want := operatorIn(t, e), (ledger.OperatorNote{Operator: mario, Means: hub.MeansSPID, Level: 2, Issuer: regionGateway}); got != want {
		t.Errorf("recorded %+v, want %+v", got, want)
	}
	if r.Sender == mario || e.Sender == mario {
		t.Error("the operator is taken for the sender")
	}
	if kept, err := h.Store.Document(t.Context(), e.Position, ledger.TheEvidence); err != nil || !bytes.Contains(kept, assertion) {
		t.Errorf("the assertion is not kept: %v", err)
	}
	// The same document by another person is the same submission.
	other := h.asserts(sample.Invent(952).CodiceFiscale())
	if again, code := submits(t, h.showing(h.sealed(t, other)), document); code != "" || !bytes.Equal(again, sealed) {
		t.Errorf("again by another: %q", code)
	}
	for name, c := range map[string]struct {
		change func(*saml.Assertion)
		code   fault.Code
	}{
		"of another issuer": {func(a *saml.Assertion) { a.Issuer = node.DevelopmentIssuer }, fault.AssertionIssuer},
		"for others":        {func(a *saml.Assertion) { a.Audiences = [][]string{{h.endpoint()}} }, fault.AssertionAudience},
		"for another place": {func(a *saml.Assertion) { a.Confirmations[0].Recipient = h.URL() + "/soap/marche" }, fault.AssertionRecipient},
		"from the future":   {func(a *saml.Assertion) { a.NotBefore = time.Now().Add(time.Minute) }, fault.AssertionAhead},
		"ended":             {func(a *saml.Assertion) { a.NotOnOrAfter = time.Now().Add(-time.Minute) }, fault.AssertionExpired},
		"of an old sign-in": {func(a *saml.Assertion) { a.Authenticated = time.Now().Add(-2 * time.Hour) }, fault.AssertionOld},
		"of a password":     {func(a *saml.Assertion) { a.Class = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password" }, fault.UserNameRefused},
		"of SPID 1":         {func(a *saml.Assertion) { a.Class = "https://www.spid.gov.it/SpidL1" }, fault.IdentityLevel},
		"of a professional": {func(a *saml.Assertion) {
			a.Attributes = append(a.Attributes, saml.Attribute{Name: "purpose", Values: []string{"PF"}})
		}, fault.IdentityProfessional},
		"of nobody":           {func(a *saml.Assertion) { a.Attributes = nil }, fault.IdentityPerson},
		"by a region's PIN":   {func(a *saml.Assertion) { a.Class = "urn:snodo:hub:v1:ac:pin" }, fault.IdentityMeans},
		"confirmed by nobody": {func(a *saml.Assertion) { a.Confirmations[0].Method = "urn:x" }, fault.AssertionConfirmation},
		"held by a key":       {func(a *saml.Assertion) { a.Confirmations[0].Method = saml.HolderOfKey }, fault.AssertionHolder},
		"vouched by nobody":   {func(a *saml.Assertion) { a.Confirmations[0].Method = saml.SenderVouches }, fault.AssertionVoucher},
	} {
		a := h.asserts(mario)
		c.change(&a)
		if _, code := submits(t, h.showing(h.sealed(t, a)), h.document(t, 2)); code != string(c.code) {
			t.Errorf("%s: %q, want %s", name, code, c.code)
		}
	}
	h.ahead.Store(int64(24 * time.Hour))
	if again, code := submits(t, h.showing(assertion), document); code != "" || !bytes.Equal(again, sealed) {
		t.Errorf("the same message a day later: %q", code)
	}
	if _, code := submits(t, h.showing(assertion), h.document(t, 2)); code != string(fault.AssertionExpired) {
		t.Errorf("another message a day later: %q", code)
	}
	if _, err := h.showing(assertion).Receipts(t.Context(), r.Codice, r.Digest); faultCode(err) != string(fault.AssertionExpired) {
		t.Errorf("receipts a day later: %v", err)
	}
	h.ahead.Store(int64(4 * 365 * 24 * time.Hour)) // certificates last three years
	if _, code := submits(t, h.showing(h.sealed(t, h.asserts(mario))), h.document(t, 2)); code != string(fault.AssertionCertificate) {
		t.Errorf("of a certificate that has ended: %q", code)
	}
}

// TestIdentityOnce: an assertion that serves once lets one message in, which is
// answered again after its end and after a restart.
func TestIdentityOnce(t *testing.T) {
	t.Parallel()
	h := startIdentity(t, func(h *identityHub) { h.cfg.PublicURL = "http://nodo.example" }) // the same after a restart
	a := h.asserts(sample.Invent(951).CodiceFiscale())
	a.OneTime = true
	shown := h.sealed(t, a)
	document, next := h.document(t, 1), h.document(t, 2)
	sealed, code := submits(t, h.showing(shown), document)
	if code != "" {
		t.Fatal(code)
	}
	check := func(when string) {
		t.Helper()
		if again, code := submits(t, h.showing(shown), document); code != "" || !bytes.Equal(again, sealed) {
			t.Errorf("%s: the same again: %q", when, code)
		}
		if _, code := submits(t, h.showing(shown), next); code != string(fault.AssertionReused) {
			t.Errorf("%s: another document: %q", when, code)
		}
	}
	check("at once")
	h.ahead.Store(int64(24 * time.Hour))
	check("a day later")
	h.stop()
	h.start(t)
	check("after a restart")
	if _, err := h.Store.Forget(t.Context(), h.clock().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, code := submits(t, h.showing(shown), document); code != string(fault.AssertionExpired) {
		t.Errorf("once it is forgotten: %q", code)
	}
}

// TestIdentityUnderModI: the assertion stands beside the message's signature: of
// whoever brings it, of the holder of the system's key, or vouched for by the
// system, whose signature must cover it.
func TestIdentityUnderModI(t *testing.T) {
	t.Parallel()
	var system *xmlsig.Sealer
	h := startIdentity(t, func(h *identityHub) {
		keys, err := xmlsig.OpenKeys(h.cfg.Data, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		system = systemOn(t, keys.Authority)
		h.cfg.ModI = map[string]string{"lazio": filepath.Join(h.cfg.Data, "ca.pem")}
	})
	mario := sample.Invent(951).CodiceFiscale()
	caller := func(assertion []byte) *sender.ModICaller {
		c := sender.NewModICaller(http.DefaultTransport, system, []*x509.Certificate{h.Keys.Authority.Certificate})
		c.Assertion = assertion
		return c
	}
	sends := func(over http.RoundTripper, n int) string {
		_, code := submits(t, &client.Client{Address: h.endpoint(), HTTP: &http.Client{Timeout: patience, Transport: over}}, h.document(t, n))
		return code
	}
	with := func(method string, certificates ...[]byte) saml.Assertion {
		a := h.asserts(mario)
		a.Confirmations[0].Method, a.Confirmations[0].Certificates = method, certificates
		return a
	}
	if code := sends(caller(nil), 1); code != string(fault.AssertionMissing) {
		t.Errorf("without an assertion: %q", code)
	}
	for n, c := range []struct {
		name string
		a    saml.Assertion
		code fault.Code
	}{
		{"bearer", with(saml.Bearer), ""},
		{"vouched for", with(saml.SenderVouches), ""},
		{"holder of the system's key", with(saml.HolderOfKey, system.Certificate().Raw), ""},
		{"holder of another key", with(saml.HolderOfKey, h.gateway.Certificate().Raw), fault.AssertionHolder},
	} {
		if code := sends(caller(h.sealed(t, c.a)), n+1); code != string(c.code) {
			t.Errorf("%s: %q, want %q", c.name, code, c.code)
		}
	}
	// Put in behind the signature, nobody vouches for it.
	behind := caller(nil)
	behind.Next = rewriter{http.DefaultTransport, func(msg []byte) []byte {
		return bytes.Replace(msg, []byte("</wsse:Security>"), append(h.sealed(t, with(saml.SenderVouches)), "</wsse:Security>"...), 1)
	}}
	if code := sends(behind, 5); code != string(fault.AssertionVoucher) {
		t.Errorf("put in behind the signature: %q", code)
	}
	named := caller(nil)
	named.Next = rewriter{http.DefaultTransport, func(msg []byte) []byte {
		return bytes.Replace(msg, []byte("</wsse:Security>"), []byte("<wsse:UsernameToken/></wsse:Security>"), 1)
	}}
	if code := sends(named, 6); code != string(fault.UserNameRefused) {
		t.Errorf("with a user name: %q", code)
	}
	// The same message is answered again, also when its assertion has ended.
	last := caller(h.sealed(t, with(saml.Bearer)))
	last.NewID = newMessageIDOnce()
	document := h.document(t, 9)
	again := func() []byte {
		sealed, code := submits(t, &client.Client{Address: h.endpoint(), HTTP: &http.Client{Timeout: patience, Transport: last}}, document)
		if code != "" {
			t.Errorf("the same message: %q", code)
		}
		return sealed
	}
	first := again()
	h.ahead.Store(int64(24 * time.Hour))
	if !bytes.Equal(again(), first) {
		t.Error("the same message a day later has another receipt")
	}
	h.ahead.Store(0)
	once := with(saml.Bearer)
	once.OneTime = true
	shown := h.sealed(t, once)
	for range 2 { // other MessageIDs and Timestamps, the same Body
		if code := sends(caller(shown), 7); code != "" {
			t.Errorf("once: %q", code)
		}
	}
	if code := sends(caller(shown), 8); code != string(fault.AssertionReused) {
		t.Errorf("once, another document: %q", code)
	}
}

// newMessageIDOnce gives one MessageID again and again.
func newMessageIDOnce() func() string {
	id := xmlsig.NewMessageID()
	return func() string { return id }
}

// rewriter changes messages on their way.
type rewriter struct {
	next   http.RoundTripper
	change func([]byte) []byte
}

func (r rewriter) RoundTrip(req *http.Request) (*http.Response, error) {
	var b bytes.Buffer
	if _, err := b.ReadFrom(req.Body); err != nil {
		return nil, err
	}
	sent, err := http.NewRequestWithContext(req.Context(), req.Method, req.URL.String(), bytes.NewReader(r.change(b.Bytes())))
	if err != nil {
		return nil, err
	}
	sent.Header = req.Header
	return r.next.RoundTrip(sent)
}

// TestIdentityHolderOnTheChannel: the holder of a key may show it by TLS.
func TestIdentityHolderOnTheChannel(t *testing.T) {
	t.Parallel()
	ca, elsewhere := newTLSAuthority(t, "Autorità dei canali"), newTLSAuthority(t, "Autorità delle Marche")
	h := startIdentity(t, func(h *identityHub) {
		dir := t.TempDir()
		h.cfg.ClientCA = filepath.Join(dir, "ca.pem")
		theirs := filepath.Join(dir, "marche.pem")
		h.cfg.Regions["marche"] = node.RegionPolicy{CallerPolicy: node.CallerPolicy{ClientCA: theirs}}
		for path, a := range map[string]*tlsAuthority{h.cfg.ClientCA: ca, theirs: elsewhere} {
			if err := os.WriteFile(path, xmlsig.EncodeCertificates(a.cert), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		h.cfg.TLSCert, h.cfg.TLSKey = ca.files(dir, "server", &x509.Certificate{
			Subject: pkix.Name{CommonName: "nodo"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		})
	})
	identify := func(by *tlsAuthority, name string) tls.Certificate {
		c, k := by.certify(&x509.Certificate{
			Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		})
		return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: k}
	}
	mine, others, marche := identify(ca, "gestionale"), identify(ca, "altri"), identify(elsewhere, "gestionale")
	a := h.asserts(sample.Invent(951).CodiceFiscale())
	a.Confirmations[0].Method, a.Confirmations[0].Certificates = saml.HolderOfKey, [][]byte{mine.Certificate[0], marche.Certificate[0]}
	for name, c := range map[string]struct {
		over *http.Client
		code fault.Code
	}{
		"the holder": {ca.client(&mine), ""}, "another": {ca.client(&others), fault.AssertionHolder}, "nobody": {ca.client(nil), fault.AssertionHolder},
		"the holder of a certificate that only another region takes": {ca.client(&marche), fault.AssertionHolder},
	} {
		web := *c.over
		web.Transport = sender.Presenter{Next: c.over.Transport, Assertion: h.sealed(t, a)}
		if _, code := submits(t, &client.Client{Address: h.endpoint(), HTTP: &web}, h.document(t, 1)); code != string(c.code) {
			t.Errorf("%s: %q, want %q", name, code, c.code)
		}
	}
}

// TestIdentityVerbs: a stranger with the program alone can try Lazio.
func TestIdentityVerbs(t *testing.T) {
	t.Parallel()
	h := startIdentity(t, func(h *identityHub) {
		h.cfg.Regions = map[string]node.RegionPolicy{"lazio": {Identity: node.IdentityPolicy{Required: true}}}
	})
	dir := t.TempDir()
	document, assertion := filepath.Join(dir, "co.xml"), filepath.Join(dir, "persona.xml")
	if err := os.WriteFile(document, h.document(t, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	mario := sample.Invent(951).CodiceFiscale()
	for _, means := range []string{hub.MeansSPID, hub.MeansCIE} {
		mustRun(t, "certificate", "assertion", "--data", h.cfg.Data, "--cf", mario, "--for", h.endpoint(), "--means", means, "--level", "3", "--out", assertion)
		mustRun(t, "submit", "--url", h.endpoint(), "--as-is", "--saml", assertion, document)
	}
	runs := func(args ...string) (int, string) {
		var out, errw bytes.Buffer
		code := run(t.Context(), args, &out, &errw)
		return code, out.String() + errw.String()
	}
	if code, _ := runs("submit", "--url", h.endpoint(), "--as-is", document); code != verb.ExitFinding {
		t.Errorf("without an assertion: exit code %d", code)
	}
	mustRun(t, "certificate", "assertion", "--data", h.cfg.Data, "--cf", mario, "--for", h.endpoint(), "--means", "pin", "--out", assertion)
	if code, out := runs("submit", "--url", h.endpoint(), "--as-is", "--saml", assertion, document); code != verb.ExitFinding || !strings.Contains(out, string(fault.IdentityMeans)) {
		t.Errorf("by a PIN: exit code %d\n%s", code, out)
	}
	for _, wrong := range [][]string{{"--cf", "01472580362"}, {"--cf", mario, "--level", "4"}, {"--cf", mario, "--valid", "48h"}, {"--cf", mario, "--means", "cns"}} {
		args := append([]string{"certificate", "assertion", "--data", h.cfg.Data, "--for", h.endpoint(), "--out", assertion}, wrong...)
		if code, _ := runs(args...); code != verb.ExitUsage {
			t.Errorf("%q: exit code %d", wrong, code)
		}
	}
	// SOAP 1.2, and an assertion that a declaration precedes.
	b, _ := envelope.BindingOfKind(co.UNILAV)
	text, err := os.ReadFile(assertion)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(assertion, append([]byte(`<?xml version="1.0"?>`), text...), 0o600); err != nil {
		t.Fatal(err)
	}
	over, err := sender.Present(assertion, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	plain := envelope.ToSOAP12(b.AppendRequest(nil, nil, h.document(t, 1)))
	resp, err := (&http.Client{Transport: over, Timeout: patience}).Post(h.endpoint(), "application/soap+xml; charset=utf-8", bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(resp.Body); err != nil || !bytes.Contains(answer.Bytes(), []byte(fault.IdentityMeans)) {
		t.Errorf("SOAP 1.2: %v\n%s", err, answer.Bytes())
	}
}

// TestIdentityPolicy: what the configuration says of persons, and what it may not.
func TestIdentityPolicy(t *testing.T) {
	t.Parallel()
	path := configFile(t, `{"regions": {"lazio": {"identity": {"required": true, "max_age": "2h", "audience": ["urn:snodo:lazio"],
  "issuers": [{"id": "https://idp.example", "trust": "idp.pem", "means": ["cie"]}, {"id": "https://idp2.example", "trust": "idp2.pem"}]}}}}`)
	got, err := node.ReadRegions(path)
	p := got["lazio"].Identity
	if err != nil || !p.Required || p.Age != 2*time.Hour || len(p.Audience) != 1 || len(p.Issuers) != 2 || p.Issuers[0].Means[0] != hub.MeansCIE || p.Issuers[1].Trust != "idp2.pem" {
		t.Errorf("%+v, %v", got, err)
	}
	for policy, want := range map[string]string{
		`{}`:                         "identity: empty",
		`[]`:                         "want an object",
		`{"required": "yes"}`:        "required: want true or false",
		`{"required": 1}`:            "required: want true or false",
		`{"max_age": "25h"}`:         "max_age: \"25h\": want a duration from 0s to 24h0m0s",
		`{"audience": ["a b"]}`:      "want an entity identifier",
		`{"issuers": []}`:            "want a list of 1 to 64 objects",
		`{"issuers": ["x"]}`:         "want an object with id and trust",
		`{"issuers": [{"id": "x"}]}`: "needs id and trust",
		`{"issuers": [{"id": "a b", "trust": "x"}]}`:                          "want an entity identifier",
		`{"issuers": [{"id": "x", "trust": "x", "key": 1}]}`:                  "issuers.key: no such key",
		`{"issuers": [{"id": "x", "trust": "x", "means": ["pin"]}]}`:          "want spid or cie",
		`{"issuers": [{"id": "x", "trust": "x"}, {"id": "x", "trust": "y"}]}`: `"x": given twice`,
		`{"users": {"mario": "segreta"}}`:                                     "identity.users: no such key",
	} {
		_, err := node.ReadRegions(configFile(t, `{"regions": {"lazio": {"identity": `+policy+`}}}`))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", policy, err, want)
		}
	}
	required := node.Config{Listen: "10.0.0.1:8080", Regions: map[string]node.RegionPolicy{"lazio": {Identity: node.IdentityPolicy{Required: true}}}}
	if err := required.Check(); !errors.Is(err, verb.ErrUsage) {
		t.Errorf("required of nobody: %v", err)
	}
	required.Listen = "127.0.0.1:8080"
	if err := required.Check(); err != nil {
		t.Errorf("required on loopback: %v", err)
	}
	if _, err := node.ReadRegions(configFile(t, `{"regions": {"piemonte": {"identity": {"required": true}}}}`)); err == nil {
		t.Error("a region that reads no assertions has a policy of them")
	}
}
