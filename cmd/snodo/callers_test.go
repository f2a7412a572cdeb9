package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// mutualHub is a hub whose region Lazio has a policy of callers: its own
// authority of client certificates beside that of all regions.
type mutualHub struct {
	*modiHub
	own, all *tlsAuthority
}

func startMutual(t *testing.T, own node.CallerPolicy, change func(*node.Config)) *mutualHub {
	t.Helper()
	m := &mutualHub{modiHub: &modiHub{data: t.TempDir()}, own: newTLSAuthority(t, "Autorità del Lazio"), all: newTLSAuthority(t, "Autorità di tutti")}
	keys, err := xmlsig.OpenKeys(m.data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	m.anchor, m.system = keys.Authority.Certificate, systemOn(t, keys.Authority)
	dir := t.TempDir()
	cfg := testConfig(m.data)
	cfg.ModI = map[string]string{"lazio": filepath.Join(m.data, "ca.pem")}
	cfg.ClientCA, own.ClientCA = filepath.Join(dir, "all.pem"), filepath.Join(dir, "own.pem")
	if err := errors.Join(os.WriteFile(cfg.ClientCA, xmlsig.EncodeCertificates(m.all.cert), 0o600),
		os.WriteFile(own.ClientCA, xmlsig.EncodeCertificates(m.own.cert), 0o600)); err != nil {
		t.Fatal(err)
	}
	cfg.TLSCert, cfg.TLSKey = m.all.files(dir, "server", &x509.Certificate{
		Subject: pkix.Name{CommonName: "nodo"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	cfg.Regions = map[string]node.RegionPolicy{"lazio": {CallerPolicy: own}}
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	m.hubUnderTest = startNode(t, cfg, nil)
	m.signer, m.samples = signerFor(t, m.data, 0), samplesOf(t, "lazio", 0)
	return m
}

// shown is a client with a certificate of an authority, that may name an
// organization.
func (m *mutualHub) shown(by *tlsAuthority, name, organization string) *http.Client {
	subject := pkix.Name{CommonName: name}
	if organization != "" {
		subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{2, 5, 4, 97}, Value: organization}}
	}
	c, k := by.certify(&x509.Certificate{
		Subject: subject, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return m.all.client(&tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: k})
}

// signed has the messages of a client signed.
func (m *mutualHub) signed(web *http.Client) *client.Client {
	return &client.Client{Address: m.endpoint("lazio"), HTTP: &http.Client{
		Transport: sender.NewModICaller(web.Transport, m.system, []*x509.Certificate{m.anchor}), Timeout: patience,
	}}
}

// TestMutualChannel: a region that requires ID_AUTH_CHANNEL_02 takes callers of
// its own authorities alone, who bring their own messages or those of whom the
// policy says.
func TestMutualChannel(t *testing.T) {
	t.Parallel()
	const own = "CF:IT-12345678903" // of systemOn
	m := startMutual(t, node.CallerPolicy{
		Profiles: append([]soap.Profile{soap.AuthChannel02}, soap.MessageProfiles()...),
		Intermediaries: map[string][]string{
			"CN=porta.example.it": {"CF:IT-00000000000", own}, "CF:IT-99999999999": {"*"}, "CN=altra.example.it": {"CF:IT-00000000000"},
		},
	}, nil)
	for name, c := range map[string]struct {
		web  *http.Client
		code fault.Code
	}{
		"no certificate":                      {m.all.caller(nil, ""), fault.NoCertificate},
		"of an authority of other regions":    {m.shown(m.all, "porta.example.it", own), fault.ForeignCertificate},
		"of who signs":                        {m.shown(m.own, "sistema.example.it", own), ""},
		"of another":                          {m.shown(m.own, "sistema.example.it", "CF:IT-00000000000"), fault.MessageCarrier},
		"of nobody named":                     {m.shown(m.own, "sistema.example.it", ""), fault.MessageCarrier},
		"of an intermediary":                  {m.shown(m.own, "porta.example.it", ""), ""},
		"of an intermediary of all":           {m.shown(m.own, "x.example.it", "CF:IT-99999999999"), ""},
		"of an intermediary of others":        {m.shown(m.own, "altra.example.it", ""), fault.MessageCarrier},
		"whose name begins as another's does": {m.shown(m.own, "porta.example.it.altri", ""), fault.MessageCarrier},
	} {
		_, err := m.signed(c.web).Echo(t.Context(), "ciao")
		if got := faultCode(err); got != string(c.code) || c.code == "" && err != nil {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
	a, err := m.signed(m.shown(m.own, "porta.example.it", "")).Submit(t.Context(), co.UNILAV, m.document(t, 1))
	if err != nil || !a.Accepted {
		t.Errorf("a document brought by an intermediary: %+v, %v", a, err)
	}
	m.submits(t)
	for _, path := range []string{"/soap/lazio?wsdl", "/errori"} {
		resp, err := m.all.caller(nil, "").Get(m.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s without certificate: %d, %v", path, resp.StatusCode, err)
		}
	}
	other := &client.Client{Address: m.endpoint("marche"), HTTP: m.all.caller(nil, "")}
	if text, err := other.Echo(t.Context(), "ciao"); err != nil || text != "ciao" {
		t.Errorf("a region that requires nothing: %q, %v", text, err)
	}
}

// submits tries the verb of who tries it out.
func (m *mutualHub) submits(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	file, ca := filepath.Join(dir, "d.xml"), filepath.Join(dir, "all.pem")
	cert, key := m.own.files(dir, "porta", &x509.Certificate{
		Subject: pkix.Name{CommonName: "porta.example.it"}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	err := errors.Join(os.WriteFile(file, m.document(t, 2), 0o600), os.WriteFile(ca, xmlsig.EncodeCertificates(m.all.cert), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	snodo := func(args ...string) (int, string) {
		var out bytes.Buffer
		code := run(t.Context(), append(args, file), &out, &out)
		return code, out.String()
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"certificate", "issue", "--data", m.data, "--cf", "12345678903", "--system", "--out", filepath.Join(dir, "sistema")}, &out, &out); code != verb.ExitDone {
		t.Fatal(out.String())
	}
	args := []string{"submit", "--url", m.endpoint("lazio"), "--as-is", "--ca", ca, "--modi-cert", filepath.Join(dir, "sistema.pem"), "--modi-key", filepath.Join(dir, "sistema.key"),
		"--modi-trust", filepath.Join(m.data, "ca.pem")}
	if code, said := snodo(append(args, "--client-cert", cert, "--client-key", key)...); code != verb.ExitDone || !strings.HasPrefix(said, "accettata") {
		t.Errorf("submit: exit %d: %s", code, said)
	}
	if code, said := snodo(args...); code != verb.ExitFinding || !strings.Contains(said, string(fault.NoCertificate)) {
		t.Errorf("submit without a certificate: exit %d: %s", code, said)
	}
	if code, said := snodo(append(args, "--client-cert", cert)...); code != verb.ExitUsage || !strings.Contains(said, "--client-key") {
		t.Errorf("half of the flags: exit %d: %s", code, said)
	}
}

// TestChannelOfRegion: a certificate of one region's authority opens no channel
// of another.
func TestChannelOfRegion(t *testing.T) {
	t.Parallel()
	m := startMutual(t, node.CallerPolicy{}, func(c *node.Config) {
		c.ModI, c.Policy = nil, map[string]string{"lazio": node.PolicyChannel, "marche": node.PolicyChannel}
	})
	plain, err := transform.Encode(m.samples.Hiring(7))
	if err != nil {
		t.Fatal(err)
	}
	submit := func(region string, by *tlsAuthority) string {
		c := &client.Client{Address: m.endpoint(region), HTTP: m.shown(by, "sistema", "")}
		_, err := c.Submit(t.Context(), co.UNILAV, plain)
		if err != nil && faultCode(err) == "" {
			t.Fatal(err)
		}
		return faultCode(err)
	}
	for _, c := range []struct {
		region string
		by     *tlsAuthority
		want   fault.Code
	}{{"lazio", m.all, fault.Unsigned}, {"marche", m.own, fault.Unsigned}, {"lazio", m.own, ""}, {"marche", m.all, ""}} {
		if got := submit(c.region, c.by); got != string(c.want) {
			t.Errorf("%s, %s: %q, want %q", c.region, c.by.cert.Subject.CommonName, got, c.want)
		}
	}
}

// TestHardenedChannel: where a region requires a channel, the listener speaks
// nothing but what AgID recommends.
func TestHardenedChannel(t *testing.T) {
	t.Parallel()
	m := startMutual(t, node.CallerPolicy{Profiles: []soap.Profile{soap.AuthChannel02}}, func(c *node.Config) { c.ModI = nil })
	dial := func(change func(*tls.Config)) error {
		settings := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
		settings.RootCAs.AddCert(m.all.cert)
		change(settings)
		conn, err := tls.Dial("tcp", m.Listener.Addr().String(), settings)
		if err == nil {
			err = conn.Close()
		}
		return err
	}
	old := tls.VersionTLS12
	for name, c := range map[string]struct {
		change func(*tls.Config)
		taken  bool
	}{
		"TLS 1.3": {func(s *tls.Config) { s.MinVersion = tls.VersionTLS13 }, true},
		"TLS 1.2": {func(s *tls.Config) { s.MaxVersion = uint16(old) }, true},
		"TLS 1.1": {func(s *tls.Config) { s.MinVersion, s.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, false},
		"CBC": {func(s *tls.Config) {
			s.MaxVersion, s.CipherSuites = uint16(old), []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256}
		}, false},
		"no forward secrecy": {func(s *tls.Config) {
			s.MaxVersion, s.CipherSuites = uint16(old), []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
		}, false},
		"P-521": {func(s *tls.Config) { s.CurvePreferences = []tls.CurveID{tls.CurveP521} }, false},
		"P-384": {func(s *tls.Config) { s.CurvePreferences = []tls.CurveID{tls.CurveP384} }, true},
	} {
		if err := dial(c.change); (err == nil) != c.taken {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIdentityOnlyHub: a region under ID_AUTH_SOAP_01 alone takes messages whose
// Timestamp and To are signed, without a MessageID; the documents in them are
// signed as ever, and its answers are not.
func TestIdentityOnlyHub(t *testing.T) {
	t.Parallel()
	m := startModIOf(t, map[string]node.RegionPolicy{"lazio": {CallerPolicy: node.CallerPolicy{Profiles: []soap.Profile{soap.AuthSOAP01}}}}, "lazio")
	b, _ := envelope.BindingOfKind(co.UNILAV)
	at := time.Now()
	sealed, err := m.system.SealMessage(b.AppendRequest(nil, nil, m.document(t, 8)), xmlsig.Stamp{
		To: m.endpoint("lazio"), Created: at, Expires: at.Add(time.Minute),
	})
	if err != nil || strings.Contains(string(sealed), "MessageID") {
		t.Fatal(err)
	}
	var first []byte
	for range 2 { // the same message again is the same document again
		resp, err := http.Post(m.endpoint("lazio"), "text/xml; charset=utf-8", strings.NewReader(string(sealed)))
		if err != nil {
			t.Fatal(err)
		}
		env := unsignedAnswer(t, resp)
		s, ok := b.ReadAnswer(env)
		if !ok || !s.Accepted || env.Receipt() == nil || first != nil && string(first) != string(env.Receipt()) {
			t.Errorf("answer %+v", s)
		}
		first = slices.Clone(env.Receipt())
	}
	caller := sender.NewModICaller(http.DefaultTransport, m.system, nil)
	caller.Plain = true
	web := &client.Client{Address: m.endpoint("lazio"), HTTP: &http.Client{Transport: caller, Timeout: patience}}
	if text, err := web.Echo(t.Context(), "ciao"); err != nil || text != "ciao" {
		t.Errorf("who expects no signed answer: %q, %v", text, err)
	}
	forged := strings.Replace(string(sealed), "<wsa:To ", "<wsa:To a='' ", 1)
	resp, err := http.Post(m.endpoint("lazio"), "text/xml; charset=utf-8", strings.NewReader(forged))
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := unsignedAnswer(t, resp).Fault(); !ok || f.Errors[0].Code != string(xmlsig.PartChanged) {
		t.Errorf("another To: %+v", f)
	}
}

// unsignedAnswer reads an answer that is not signed.
func unsignedAnswer(t *testing.T, resp *http.Response) *envelope.Envelope {
	t.Helper()
	raw, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "Signature xmlns:ds") && strings.Contains(string(raw), "wsse:Security") {
		t.Errorf("the answer is signed: %s", raw)
	}
	env, f := envelope.Open(raw)
	if f != nil {
		t.Fatalf("%s: %s", f.Code, raw)
	}
	return env
}

// TestMessagePolicy: a region's tolerance, algorithms and pins are of its
// messages too.
func TestMessagePolicy(t *testing.T) {
	t.Parallel()
	m := startModIOf(t, map[string]node.RegionPolicy{
		"lazio":    {Tolerance: new(3 * time.Minute), Organizations: []string{"CF:IT-12345678903"}},
		"marche":   {Algorithms: []xmlsig.Algorithm{xmlsig.ECDSASHA256}},
		"piemonte": {Organizations: []string{"CF:IT-00000000000"}},
	}, "lazio", "marche", "piemonte")
	ahead := func(c *sender.ModICaller) { c.Now = func() time.Time { return time.Now().Add(2 * time.Minute) } }
	for region, want := range map[string]fault.Code{"lazio": "", "marche": xmlsig.MessageMethod, "piemonte": xmlsig.ForeignSystem} {
		if _, err := m.callerOf(region, ahead).Echo(t.Context(), "ciao"); faultCode(err) != string(want) || want == "" && err != nil {
			t.Errorf("%s: %v, want %q", region, err, want)
		}
	}
}

// TestModIEGov: an e-Gov header under ModI is refused by a code of its own.
func TestModIEGov(t *testing.T) {
	t.Parallel()
	m := startModI(t)
	b, _ := envelope.BindingOfKind(co.UNILAV)
	at := time.Now()
	header := envelope.AppendEGov(nil, sender.EGovHeader(b, 1, at))
	for name, h := range map[string]string{
		"mandatory": string(header),
		"not":       strings.Replace(string(header), `mustUnderstand="1"`, `mustUnderstand="0"`, 1),
	} {
		plain := b.AppendRequest(nil, []byte(h), m.document(t, 9))
		_, err := m.system.SealMessage(plain, xmlsig.Stamp{To: m.endpoint("lazio"), ID: xmlsig.NewMessageID(), Created: at, Expires: at.Add(time.Minute)})
		var bad *xmlsig.DocumentError
		if err == nil || !errors.As(err, &bad) || bad.Fault.Code != fault.MessageEGov {
			t.Errorf("%s: signed by ourselves: %v", name, err)
		}
		sealed, err := m.system.SealMessage(b.AppendRequest(nil, nil, m.document(t, 9)), xmlsig.Stamp{To: m.endpoint("lazio"), ID: xmlsig.NewMessageID(), Created: at, Expires: at.Add(time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		with := strings.Replace(string(sealed), "<wsa:To", h+"<wsa:To", 1)
		resp, err := http.Post(m.endpoint("lazio"), "text/xml; charset=utf-8", strings.NewReader(with))
		if err != nil {
			t.Fatal(err)
		}
		if f, ok := unsignedAnswer(t, resp).Fault(); !ok || f.Code != "Client" || len(f.Errors) != 1 || f.Errors[0].Code != string(fault.MessageEGov) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
