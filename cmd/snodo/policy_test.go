package main

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"log/slog"
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
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// revoke publishes a list of the data folder's authority to a file, replacing
// the one there.
func revoke(t *testing.T, data, path string, number int64, from, to time.Time, revoked ...*x509.Certificate) {
	t.Helper()
	keys, err := xmlsig.OpenKeys(data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	l := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: from, NextUpdate: to}
	for _, c := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: from})
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, keys.Authority.Certificate, keys.Authority.Key)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path+".new", der, 0o600), os.Rename(path+".new", path)); err != nil {
		t.Fatal(err)
	}
}

// refusedWith gives the SOAP fault of a submission.
func refusedWith(t *testing.T, c *client.Client, document []byte) *client.Fault {
	t.Helper()
	_, err := c.Submit(t.Context(), co.UNILAV, document)
	var f *client.Fault
	if !errors.As(err, &f) || len(f.Errors) == 0 {
		t.Fatalf("no fault but %v", err)
	}
	return f
}

// TestRevokedSigner: a policy that asks for revocation takes a signer whose list
// does not name it, refuses it when the list does, gives what was accepted
// before its stored receipt, and answers 503 when the list is stale and policy
// is hard. What was accepted is registered whatever happened since.
func TestRevokedSigner(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	crl := filepath.Join(t.TempDir(), "ca.crl")
	signer, other := signerFor(t, data, 0), signerFor(t, data, 1)
	now := time.Now()
	revoke(t, data, crl, 1, now.Add(-time.Hour), now.Add(time.Hour))
	cfg := testConfig(data)
	cfg.Regions = map[string]node.RegionPolicy{
		"marche": {Revocation: node.RevocationHard, CRL: []string{crl}},
		"lazio":  {Revocation: node.RevocationSoft, CRL: []string{crl}},
	}
	h := startNode(t, cfg, nil)
	web := webClient(t, 1)
	marche, lazio := endpointOf(web, h.URL(), "marche"), endpointOf(web, h.URL(), "lazio")
	docs := signAll(t, signer, hirings(t, "marche", 0, 3))
	before, err := marche.Submit(t.Context(), co.UNILAV, docs[0])
	if err != nil {
		t.Fatal(err)
	}
	revoke(t, data, crl, 2, now.Add(-time.Minute), now.Add(time.Hour), signer.Sealer.Certificate())
	renew := func(slug string) { h.Regimes[slug].Source.Renew(t.Context()) }
	renew("marche")
	renew("lazio")
	if f := refusedWith(t, marche, docs[1]); f.Errors[0].Code != string(xmlsig.RevokedCert) {
		t.Errorf("revoked: %+v", f)
	}
	if f := refusedWith(t, lazio, docs[2]); f.Errors[0].Code != string(xmlsig.RevokedCert) {
		t.Errorf("revoked, soft: %+v", f)
	}
	again, err := marche.Submit(t.Context(), co.UNILAV, docs[0])
	if err != nil || !bytes.Equal(before.Receipt, again.Receipt) {
		t.Errorf("accepted before, sent again: %v", err)
	}
	revoke(t, data, crl, 3, now.Add(-30*time.Second), now.Add(-10*time.Second))
	renew("marche")
	renew("lazio")
	theirs := signAll(t, other, hirings(t, "lazio", 50, 2))
	if f := refusedWith(t, marche, theirs[0]); f.Errors[0].Code != string(xmlsig.UnknownStanding) {
		t.Errorf("stale, hard: %+v", f)
	}
	if _, err := lazio.Submit(t.Context(), co.UNILAV, theirs[1]); err != nil {
		t.Errorf("stale, soft: %v", err)
	}
	h.registered(t, "marche", before.Receipt)
}

// TestPolicyStart: lists that cannot be used end the start, all told at once,
// and the policies in force are logged without naming anybody.
func TestPolicyStart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cfg := testConfig(data)
	cfg.Regions = map[string]node.RegionPolicy{
		"marche": {Revocation: node.RevocationHard, CRL: []string{"/nowhere/m.crl"}},
		"lazio":  {Revocation: node.RevocationSoft, CRL: []string{"/nowhere/l.crl"}},
	}
	n := &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	err := n.Open(t.Context())
	if err == nil || !strings.Contains(err.Error(), "m.crl") || !strings.Contains(err.Error(), "l.crl") {
		t.Errorf("opened: %v", err)
	}
	var logs bytes.Buffer
	cfg.Regions = map[string]node.RegionPolicy{
		"marche": {Revocation: node.RevocationHard, OCSP: []string{"http://ocsp.example"}, Organizations: []string{"CF:IT-01234567890"}, Rate: node.Rate{Count: 600, Period: time.Minute}},
	}
	n = &node.Node{Config: cfg, Now: time.Now, Log: slog.New(slog.NewTextHandler(&logs, nil))}
	if err := errors.Join(n.Open(t.Context()), n.Close()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`msg="policy in force" region=piemonte policy=channel trust="development authority" anchors=1 revocation=off`,
		`region=marche policy=signed trust="development authority" anchors=1 revocation=hard crl=[] ocsp=[http://ocsp.example] clock_tolerance=0s ` +
			`algorithms="[rsa-sha256 ecdsa-sha256 rsa-sha384 ecdsa-sha384 rsa-sha512 ecdsa-sha512]" pinned_organizations=1 max_bytes=12582912 rate=600/60s profiles=[] client_authorities=0 intermediaries=0`,
		`region=lazio policy=signed`,
	} {
		if !strings.Contains(logs.String(), want) {
			t.Errorf("not logged: %s", want)
		}
	}
	if strings.Contains(logs.String(), "01234567890") {
		t.Error("the log names an organization")
	}
	if t.Failed() {
		t.Log(logs.String())
	}
}

// TestPolicyOfSigners: a region's algorithms, pins and rate, and of that region
// alone.
func TestPolicyOfSigners(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cfg := testConfig(data)
	cfg.Regions = map[string]node.RegionPolicy{
		"marche":   {Algorithms: []xmlsig.Algorithm{xmlsig.ECDSASHA256}},
		"lazio":    {Organizations: []string{"CF:IT-01234567890"}},
		"piemonte": {Rate: node.Rate{Count: 2, Period: time.Hour}, MaxBytes: 64 << 10},
	}
	h := startNode(t, cfg, nil)
	web := webClient(t, 1)
	signer := signerFor(t, data, 0)
	docs := signAll(t, signer, hirings(t, "piemonte", 0, 4))
	if f := refusedWith(t, endpointOf(web, h.URL(), "marche"), docs[0]); f.Errors[0].Code != string(xmlsig.ForbiddenAlgorithm) {
		t.Errorf("algorithm: %+v", f)
	}
	if f := refusedWith(t, endpointOf(web, h.URL(), "lazio"), docs[0]); f.Errors[0].Code != string(xmlsig.ForeignOrganization) {
		t.Errorf("pin: %+v", f)
	}
	piemonte := endpointOf(web, h.URL(), "piemonte")
	for _, d := range docs[:2] {
		if _, err := piemonte.Submit(t.Context(), co.UNILAV, d); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range docs[1:3] { // a repetition counts too
		if f := refusedWith(t, piemonte, d); f.Errors[0].Code != string(fault.TooManyRequests) {
			t.Errorf("rate: %+v", f)
		}
	}
	other := signAll(t, signerFor(t, data, 1), hirings(t, "piemonte", 60, 1))
	if _, err := piemonte.Submit(t.Context(), co.UNILAV, other[0]); err != nil {
		t.Errorf("another sender: %v", err)
	}
	res, err := web.Post(h.URL()+"/soap/piemonte", "text/xml", strings.NewReader(strings.Repeat(" ", 64<<10+1)))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("size: status %d", res.StatusCode)
	}
}

// TestRevokedClient: a client certificate that a list names opens no channel,
// also on a connection that was there before; one that no list knows does.
func TestRevokedClient(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ca := newTLSAuthority(t, "Autorità dei sistemi")
	cfg := testConfig(t.TempDir())
	cfg.ClientCA = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(cfg.ClientCA, xmlsig.EncodeCertificates(ca.cert), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.TLSCert, cfg.TLSKey = ca.files(dir, "server", &x509.Certificate{
		Subject: pkix.Name{CommonName: "nodo"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	crl := filepath.Join(dir, "ca.crl")
	publish := func(number int64, revoked ...*big.Int) {
		l := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: time.Now().Add(-time.Minute), NextUpdate: time.Now().Add(time.Hour)}
		for _, serial := range revoked {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: l.ThisUpdate})
		}
		der, err := x509.CreateRevocationList(rand.Reader, l, ca.cert, ca.key)
		if err := errors.Join(err, os.WriteFile(crl+".new", der, 0o600), os.Rename(crl+".new", crl)); err != nil {
			t.Fatal(err)
		}
	}
	publish(1)
	cfg.Regions = map[string]node.RegionPolicy{"piemonte": {Revocation: node.RevocationHard, CRL: []string{crl}}}
	h := nodeOf(t, cfg)
	web := ca.caller(ca, "GECO")
	endpoint := h.URL() + "/soap/piemonte"
	first, err := sender.SendSPICOM(t.Context(), web, endpoint, payload(t, "01"))
	if err != nil || first.Codice == "" {
		t.Fatalf("before: %+v, %v", first, err)
	}
	pair, err := web.Transport.(*http.Transport).TLSClientConfig.GetClientCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	publish(2, c.SerialNumber)
	h.Regimes["piemonte"].Source.Renew(t.Context())
	after, err := sender.SendSPICOM(t.Context(), web, endpoint, payload(t, "01"))
	if err != nil || after.Codice != "" || !strings.HasPrefix(after.Message, string(fault.Unsigned)) {
		t.Errorf("after: %+v, %v", after, err)
	}
	if again, err := sender.SendSPICOM(t.Context(), ca.caller(ca, "PRODIS"), endpoint, payload(t, "03")); err != nil || again.Receipt == nil {
		t.Errorf("another certificate: %+v, %v", again, err)
	}
}
