package main

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
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
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// modiHub is a hub that requires ModI of Lazio, with a system that may send.
type modiHub struct {
	*hubUnderTest
	data    string
	ahead   *atomic.Int64 // of the hub's clock, in nanoseconds
	anchor  *x509.Certificate
	system  *xmlsig.Sealer
	signer  *sender.Signer
	samples sample.Maker
	policy  map[string]string
	regions map[string]node.RegionPolicy
	modi    map[string]string
}

func startModI(t *testing.T) *modiHub {
	t.Helper()
	return startModIOf(t, nil, "lazio")
}

// startModIOf requires ModI of the regions named, by their policies.
func startModIOf(t *testing.T, policies map[string]node.RegionPolicy, slugs ...string) *modiHub {
	t.Helper()
	m := &modiHub{data: t.TempDir(), ahead: new(atomic.Int64), regions: policies, modi: map[string]string{}}
	for _, slug := range slugs {
		m.modi[slug] = filepath.Join(m.data, "ca.pem")
	}
	keys, err := xmlsig.OpenKeys(m.data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	m.anchor = keys.Authority.Certificate
	m.system = systemOn(t, keys.Authority)
	m.start(t)
	m.signer, m.samples = signerFor(t, m.data, 0), samplesOf(t, "lazio", 0)
	return m
}

func systemOn(t *testing.T, a *xmlsig.Authority) *xmlsig.Sealer {
	t.Helper()
	key, err := xmlsig.NewPersonKey()
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.IssueSystem("12345678903", key.Public(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, err := xmlsig.NewSealer(key, []*x509.Certificate{c})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (m *modiHub) start(t *testing.T) {
	t.Helper()
	cfg := testConfig(m.data)
	cfg.ModI, cfg.Policy, cfg.Regions = m.modi, m.policy, m.regions
	m.hubUnderTest = startNodeAt(t, cfg, func() time.Time { return time.Now().Add(time.Duration(m.ahead.Load())) }, nil)
}

func (m *modiHub) endpoint(region string) string { return m.URL() + "/soap/" + region }

// caller is a client whose messages are signed; change, if not nil, bends it.
func (m *modiHub) caller(change func(*sender.ModICaller)) *client.Client {
	return m.callerOf("lazio", change)
}

func (m *modiHub) callerOf(region string, change func(*sender.ModICaller)) *client.Client {
	c := sender.NewModICaller(http.DefaultTransport, m.system, []*x509.Certificate{m.anchor})
	if change != nil {
		change(c)
	}
	return &client.Client{Address: m.endpoint(region), HTTP: &http.Client{Transport: c, Timeout: patience}}
}

func (m *modiHub) document(t *testing.T, n int) []byte {
	t.Helper()
	signed, err := m.signer.Sign(m.samples.Hiring(n))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func named(id string) func(*sender.ModICaller) {
	return func(c *sender.ModICaller) { c.NewID = func() string { return id } }
}

// faultCode is the code of the fault that an error is.
func faultCode(err error) string {
	var f *client.Fault
	if !errors.As(err, &f) || len(f.Errors) == 0 {
		return ""
	}
	return f.Errors[0].Code
}

// TestModIRevokedSystem: a system whose certificate a list names may send no
// message, and one that nobody answers for must wait where policy is hard.
func TestModIRevokedSystem(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	echo := func() string {
		_, err := m.caller(nil).Echo(t.Context(), "ciao")
		return faultCode(err)
	}
	if code := echo(); code != "" {
		t.Fatalf("before: %s", code)
	}
	m.stop()
	crl := filepath.Join(t.TempDir(), "ca.crl")
	now := time.Now()
	revoke(t, m.data, crl, 1, now.Add(-time.Hour), now.Add(-time.Minute))
	m.regions = map[string]node.RegionPolicy{"lazio": {Revocation: node.RevocationHard, CRL: []string{crl}}}
	m.start(t)
	if code := echo(); code != string(xmlsig.UnknownStanding) {
		t.Errorf("nobody answers: %q", code)
	}
	revoke(t, m.data, crl, 2, now.Add(-time.Minute), now.Add(time.Hour), m.system.Certificate())
	m.Regimes["lazio"].Source.Renew(t.Context())
	if code := echo(); code != string(xmlsig.RevokedCert) {
		t.Errorf("revoked: %q", code)
	}
}

// TestModI: a region under ModI takes signed messages alone, answers them signed,
// and knows a message again: late, after a restart, and with another content.
func TestModI(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	first := m.document(t, 1)
	a, err := m.caller(named("urn:uuid:uno")).Submit(t.Context(), co.UNILAV, first)
	if err != nil || !a.Accepted {
		t.Fatalf("%+v, %v", a, err)
	}
	m.sealHolds(t, a.Receipt)
	if text, err := m.caller(nil).Echo(t.Context(), "ciò che è firmato"); err != nil || text != "ciò che è firmato" {
		t.Errorf("echo %q, %v", text, err)
	}
	if renamed, err := m.caller(named("urn:uuid:altro")).Submit(t.Context(), co.UNILAV, first); err != nil || !bytes.Equal(renamed.Receipt, a.Receipt) {
		t.Errorf("R-REPLAY, the same document under a new id: %v", err)
	}

	plain := &client.Client{Address: m.endpoint("lazio")}
	if _, err := plain.Submit(t.Context(), co.UNILAV, first); faultCode(err) != string(xmlsig.NoSecurity) {
		t.Errorf("a message that is not signed: %v", err)
	}
	plain.Address = m.endpoint("marche")
	if text, err := plain.Echo(t.Context(), "ciao"); err != nil || text != "ciao" {
		t.Errorf("a region without ModI: %q, %v", text, err)
	}
	if _, err := m.caller(named("urn:uuid:uno")).Submit(t.Context(), co.UNILAV, m.document(t, 2)); faultCode(err) != string(fault.MessageReused) {
		t.Errorf("one id, two contents: %v", err)
	}

	m.ahead.Store(int64(29 * 24 * time.Hour))
	if again, err := m.caller(named("urn:uuid:uno")).Submit(t.Context(), co.UNILAV, first); err != nil || !bytes.Equal(again.Receipt, a.Receipt) {
		t.Errorf("the same 29 days later: %v", err)
	}
	if _, err := m.caller(named("urn:uuid:due")).Submit(t.Context(), co.UNILAV, first); faultCode(err) != string(fault.MessageStale) {
		t.Errorf("a new message 29 days late: %v", err)
	}
	m.stop()
	m.start(t)
	if again, err := m.caller(named("urn:uuid:uno")).Submit(t.Context(), co.UNILAV, first); err != nil || !bytes.Equal(again.Receipt, a.Receipt) {
		t.Errorf("the same after a restart: %v", err)
	}
	if _, err := m.Store.Forget(t.Context(), m.Now().Add(2*24*time.Hour-ledger.MessageTTL)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.caller(named("urn:uuid:uno")).Submit(t.Context(), co.UNILAV, first); faultCode(err) != string(fault.MessageStale) {
		t.Errorf("R-REPLAY, once it is forgotten: %v", err)
	}
}

// TestModISigners: who may not send, and what is not for us.
func TestModISigners(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	stranger, err := xmlsig.NewAuthority("Altra autorità", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*sender.ModICaller)
		code   fault.Code
	}{
		"of another authority": {func(c *sender.ModICaller) {
			*c = *sender.NewModICaller(http.DefaultTransport, systemOn(t, stranger), []*x509.Certificate{m.anchor})
		}, xmlsig.MessageUntrusted},
		"from the future": {func(c *sender.ModICaller) { c.Now = func() time.Time { return time.Now().Add(time.Minute) } }, fault.MessageAhead},
		"with no id":      {named("uno"), ""},
	} {
		_, err := m.caller(c.change).Echo(t.Context(), "ciao")
		if c.code != "" && faultCode(err) != string(c.code) || c.code == "" && (err == nil || !strings.Contains(err.Error(), string(xmlsig.MessageIDShape))) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	m.ahead.Store(int64(hub.MessageAge + time.Second))
	if _, err := m.caller(nil).Echo(t.Context(), "ciao"); faultCode(err) != string(fault.MessageStale) {
		t.Errorf("from the past: %v", err)
	}
	m.ahead.Store(0)
	elsewhere := m.caller(nil)
	elsewhere.Address += "?x"
	if _, err := elsewhere.Echo(t.Context(), "ciao"); faultCode(err) != string(fault.MessageAudience) {
		t.Errorf("for another address: %v", err)
	}
}

// TestModIEvidence: the signed message is kept as it came, and a message of SOAP
// 1.2 is answered in SOAP 1.2, signed.
func TestModIEvidence(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	b, _ := envelope.BindingOfKind(co.UNILAV)
	plain := `<soap:Envelope xmlns:soap="` + envelope.SOAP12 + `"><soap:Body><b:` + b.Request.Local + ` xmlns:b="` + b.Request.Space + `"><b:` + b.Child + `>` +
		string(envelope.AppendEscaped(nil, m.document(t, 3))) + `</b:` + b.Child + `></b:` + b.Request.Local + `></soap:Body></soap:Envelope>`
	at := time.Now()
	sent, err := m.system.SealMessage([]byte(plain), xmlsig.Stamp{To: m.endpoint("lazio"), ID: xmlsig.NewMessageID(), Created: at, Expires: at.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(m.endpoint("lazio"), "application/soap+xml; charset=utf-8", bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v\n%s", resp.StatusCode, err, answer)
	}
	v := xmlsig.NewMessageVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{"all": {m.anchor}}))
	got, f := v.Verify(answer, "all")
	asked, g := v.Verify(sent, "all")
	if f != nil || g != nil || got.Version != envelope.SOAP12 || !got.Answers(asked.ID, asked.Signed) || !bytes.Contains(got.Body, []byte(">OK<")) {
		t.Fatalf("answer: %v %v\n%s", f, g, answer)
	}
	if kept, err := m.Store.Document(t.Context(), 1, ledger.TheEvidence); err != nil || !bytes.Equal(kept, sent) {
		t.Errorf("the evidence is not the message: %v", err)
	}
	if f := m.verifies(t); f != "" {
		t.Errorf("the ledger: %s", f)
	}
}

// TestModISignedAction is H-SMUG: a signed wsa:Action that names another operation
// than the Body is refused; answers say theirs, signed, as WS-Addressing has it.
func TestModISignedAction(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	for name, c := range map[string]struct{ sent, says, answers string }{
		"of the Body's operation":           {envelope.HubNS + ":" + envelope.EchoLocal, ">ciao<", envelope.HubNS + ":wsdl:Nodo:EchoResponse"},
		"a quote alone, as GovWay sends it": {`"`, ">ciao<", envelope.HubNS + ":wsdl:Nodo:EchoResponse"},
		"of another operation":              {envelope.HubNS + ":" + envelope.ReceiptsLocal, string(fault.ActionMismatch), envelope.HubNS + ":wsdl:Nodo:Echo:Fault:Errori"},
	} {
		got, answer := m.echo(t, xmlsig.Stamp{Action: c.sent})
		if got.Action != c.answers || !bytes.Contains(got.Body, []byte(c.says)) {
			t.Errorf("%s: action %q\n%s", name, got.Action, answer)
		}
	}
}

// echo sends Echo in a message of the system, and gives the answer, whose signature
// holds.
func (m *modiHub) echo(t *testing.T, stamp xmlsig.Stamp) (xmlsig.Message, []byte) {
	t.Helper()
	stamp.To, stamp.ID, stamp.Created = m.endpoint("lazio"), xmlsig.NewMessageID(), m.Now()
	stamp.Expires = stamp.Created.Add(time.Minute)
	plain := []byte(`<s:Envelope xmlns:s="` + envelope.SOAP11 + `"><s:Body><Echo xmlns="` + envelope.HubNS + `"><Testo>ciao</Testo></Echo></s:Body></s:Envelope>`)
	sent, err := m.system.SealMessage(plain, stamp)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(m.endpoint("lazio"), "text/xml; charset=utf-8", bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	got, f := xmlsig.NewMessageVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{"all": {m.anchor}})).Verify(answer, "all")
	if f != nil {
		t.Fatalf("%s\n%s", f.Code, answer)
	}
	return got, answer
}

// verifies runs `snodo verify` and gives what it found, "" if nothing.
func (m *modiHub) verifies(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if code := run(t.Context(), []string{"verify", "--data", m.data}, &out, os.Stderr); code != 0 {
		return out.String()
	}
	return ""
}

// TestModIChannel: under policy channel the signer of the message is the system
// that sends, and vouches for a document that is not signed.
func TestModIChannel(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	plain, err := transform.Encode(m.samples.Hiring(5))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.caller(nil).Submit(t.Context(), co.UNILAV, plain); faultCode(err) != string(fault.Unsigned) {
		t.Errorf("under policy signed: %v", err)
	}
	m.stop()
	m.policy = map[string]string{"lazio": node.PolicyChannel}
	m.start(t)
	a, err := m.caller(nil).Submit(t.Context(), co.UNILAV, plain)
	if err != nil || !a.Accepted {
		t.Fatalf("%+v, %v", a, err)
	}
	r := m.sealHolds(t, a.Receipt)
	if who := "lazio/" + m.sender(t); r.Sender != who || r.Origin != string(ledger.Channel) {
		t.Errorf("sender %s, origin %s, want %s", r.Sender, r.Origin, who)
	}
	if _, err := (&client.Client{Address: m.endpoint("lazio")}).Submit(t.Context(), co.UNILAV, plain); faultCode(err) != string(xmlsig.NoSecurity) {
		t.Errorf("from this machine, without ModI: %v", err)
	}
}

// sender is who the system is to the hub.
func (m *modiHub) sender(t *testing.T) string {
	t.Helper()
	at := time.Now()
	plain := envelope.AppendEcho(nil, "")
	sealed, err := m.system.SealMessage(plain, xmlsig.Stamp{To: "urn:x", ID: "urn:x", Created: at, Expires: at.Add(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	got, f := xmlsig.NewMessageVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{"all": {m.anchor}})).Verify(sealed, "all")
	if f != nil {
		t.Fatal(f.Code)
	}
	return got.Sender
}

// TestModICaller: a client takes no answer but the hub's to its own request.
func TestModICaller(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	var last []byte
	tamper := func(with func([]byte) []byte) func(*sender.ModICaller) {
		return func(c *sender.ModICaller) {
			c.Next = roundTripper(func(r *http.Request) (*http.Response, error) {
				resp, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					return nil, err
				}
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					return nil, err
				}
				resp.Body = io.NopCloser(bytes.NewReader(with(body)))
				return resp, nil
			})
		}
	}
	keep := tamper(func(b []byte) []byte { last = bytes.Clone(b); return b })
	if _, err := m.caller(keep).Echo(t.Context(), "ciao"); err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string]func([]byte) []byte{
		"another text": func(b []byte) []byte { return bytes.Replace(b, []byte("ciao"), []byte("addio"), 1) },
		"no signature": func([]byte) []byte { return envelope.AppendEcho(nil, "ciao") },
		"a fault, with 200": func([]byte) []byte {
			return envelope.AppendFault(nil, envelope.Server, fault.List{{Code: fault.InternalTrouble}})
		},
		"an older answer": func([]byte) []byte { return last },
	} {
		if _, err := m.caller(tamper(with)).Echo(t.Context(), "ciao"); !errors.Is(err, sender.ErrNotOurAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSubmitModI: the verbs of who tries ModI out: a certificate for a system,
// and documents sent in signed messages.
func TestSubmitModI(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	dir := t.TempDir()
	file, system, ca := filepath.Join(dir, "d.xml"), filepath.Join(dir, "sistema"), filepath.Join(m.data, "ca.pem")
	if err := os.WriteFile(file, m.document(t, 4), 0o600); err != nil {
		t.Fatal(err)
	}
	snodo := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), args, &out, &errs)
		return code, out.String() + errs.String()
	}
	if code, said := snodo("certificate", "issue", "--data", m.data, "--cf", "12345678903", "--system", "--out", system); code != 0 {
		t.Fatalf("exit %d: %s", code, said)
	}
	if code, said := snodo("submit", "--url", m.endpoint("lazio"), "--as-is", "--modi-cert", system+".pem", "--modi-key", system+".key", "--modi-trust", ca, file); code != 0 || !strings.HasPrefix(said, "accettata") {
		t.Errorf("exit %d: %s", code, said)
	}
	if code, said := snodo("submit", "--url", m.endpoint("lazio"), "--as-is", file); code != 3 || !strings.Contains(said, "WSS-01") {
		t.Errorf("without ModI: exit %d: %s", code, said)
	}
	if code, said := snodo("submit", "--url", m.endpoint("lazio"), "--as-is", "--modi-cert", system+".pem", file); code != 2 || !strings.Contains(said, "--modi-trust") {
		t.Errorf("half of the flags: exit %d: %s", code, said)
	}
}
