package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// tlsAuthority issues certificates for connections.
type tlsAuthority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newTLSAuthority(t *testing.T, name string) *tlsAuthority {
	t.Helper()
	a := &tlsAuthority{t: t}
	a.cert, a.key = a.certify(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	})
	return a
}

func (a *tlsAuthority) certify(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := xmlsig.NewKey()
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return c, key
}

// files writes a certificate and its key into a folder.
func (a *tlsAuthority) files(dir, name string, template *x509.Certificate) (pem, key string) {
	a.t.Helper()
	c, k := a.certify(template)
	secret, err := xmlsig.EncodeKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	pem, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	if err := errors.Join(os.WriteFile(pem, xmlsig.EncodeCertificates(c), 0o600), os.WriteFile(key, secret, 0o600)); err != nil {
		a.t.Fatal(err)
	}
	return pem, key
}

// caller is an HTTP client that trusts the authority, and has a certificate of
// the second one if that is not nil.
func (a *tlsAuthority) caller(by *tlsAuthority, name string) *http.Client {
	a.t.Helper()
	if by == nil {
		return a.client(nil)
	}
	c, k := by.certify(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return a.client(&tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: k})
}

// client is an HTTP client that trusts the authority, and shows a certificate if
// that is not nil.
func (a *tlsAuthority) client(shown *tls.Certificate) *http.Client {
	settings := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
	settings.RootCAs.AddCert(a.cert)
	if shown != nil {
		// Given whether or not the server says that it knows the authority.
		settings.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return shown, nil }
	}
	transport := &http.Transport{TLSClientConfig: settings}
	a.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// TestClientCertificates: behind --client-ca the certificate names the system,
// and who has none must sign.
func TestClientCertificates(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), t.TempDir()
	ca := newTLSAuthority(t, "Autorità dei sistemi")
	cfg := testConfig(data)
	cfg.ClientCA = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(cfg.ClientCA, xmlsig.EncodeCertificates(ca.cert), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.TLSCert, cfg.TLSKey = ca.files(dir, "server", &x509.Certificate{
		Subject: pkix.Name{CommonName: "nodo"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	h := nodeOf(t, cfg)
	endpoint := h.URL() + "/soap/piemonte"
	if !strings.HasPrefix(endpoint, "https://127.0.0.1:") {
		t.Fatalf("listens at %s", endpoint)
	}

	geco, prodis, nobody := ca.caller(ca, "GECO"), ca.caller(ca, "PRODIS"), ca.caller(nil, "")
	first, err := sender.SendSPICOM(t.Context(), geco, endpoint, payload(t, "01"))
	if err != nil {
		t.Fatal(err)
	}
	if r := h.sealHolds(t, first.Receipt); r.Sender != "piemonte/GECO/987654321" || r.Origin != string(ledger.Channel) {
		t.Errorf("sender %s, origin %s", r.Sender, r.Origin)
	}
	h.converted(t, first.Codice)
	// The key of the sender counts only with the system that proved itself.
	other, err := sender.SendSPICOM(t.Context(), prodis, endpoint, payload(t, "01"))
	if err != nil || other.Codice != "" || !strings.HasPrefix(other.Message, string(fault.Duplicate)) || strings.Contains(other.Message, first.Codice) {
		t.Errorf("another system: %+v, %v", other, err)
	}
	unsigned, err := sender.SendSPICOM(t.Context(), nobody, endpoint, payload(t, "03"))
	if err != nil || unsigned.Codice != "" || unsigned.Receipt != nil || !strings.HasPrefix(unsigned.Message, string(fault.Unsigned)) {
		t.Errorf("without certificate: %+v, %v", unsigned, err)
	}

	samples := samplesOf(t, "piemonte", 0)
	plain, err := transform.Encode(samples.Hiring(1))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signerFor(t, data, 0).Sign(samples.Hiring(2))
	if err != nil {
		t.Fatal(err)
	}
	var f *client.Fault
	if _, err := (&client.Client{Address: endpoint, HTTP: nobody}).Submit(t.Context(), co.UNILAV, plain); !errors.As(err, &f) || f.Errors[0].Code != string(fault.Unsigned) {
		t.Errorf("unsigned national document without certificate: %v", err)
	}
	for name, web := range map[string]*http.Client{"with": geco, "without": nobody} {
		a, err := (&client.Client{Address: endpoint, HTTP: web}).Submit(t.Context(), co.UNILAV, signed)
		if err != nil || !a.Accepted || h.sealHolds(t, a.Receipt).Origin != string(ledger.Signed) {
			t.Errorf("signed document %s certificate: %+v, %v", name, a, err)
		}
	}
	a, err := (&client.Client{Address: endpoint, HTTP: geco}).Submit(t.Context(), co.UNILAV, plain)
	if err != nil || h.sealHolds(t, a.Receipt).Sender != "piemonte/GECO" {
		t.Errorf("unsigned national document with certificate: %+v, %v", a, err)
	}

	stranger := ca.caller(newTLSAuthority(t, "Altra autorità"), "GECO")
	if _, err := sender.SendSPICOM(t.Context(), stranger, endpoint, payload(t, "03")); err == nil {
		t.Error("a certificate of another authority was taken")
	}
	// A proxy in front is no danger where certificates name the systems.
	_, alive, _ := bytes.Cut(recordings(t)["04"], []byte("\r\n\r\n"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, bytes.NewReader(alive))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-For", "192.0.2.1")
	req.Header.Set("Content-Type", "text/xml")
	res, err := geco.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("forwarded headers behind client certificates: status %d, %v", res.StatusCode, err)
	}
}
