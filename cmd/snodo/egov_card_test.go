package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// card is a client with a Carta nazionale dei servizi in its reader.
func (a *tlsAuthority) card(cf, number string) *http.Client {
	a.t.Helper()
	policy, err := x509.OIDFromInts([]uint64{1, 3, 76, 16, 2, 1})
	if err != nil {
		a.t.Fatal(err)
	}
	c, k := a.certify(&x509.Certificate{
		Subject:  pkix.Name{CommonName: cf + "/" + number + ".nX2eaR3WkfHQ+Cj5wkBYt1m8rKA=", Country: []string{"IT"}},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		PolicyIdentifiers: []asn1.ObjectIdentifier{{1, 3, 76, 16, 2, 1}}, Policies: []x509.OID{policy},
	})
	return a.client(&tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: k})
}

// TestOperatorByCard: the person of a Carta nazionale dei servizi is recorded
// with the means; on a channel it is the sender, whatever its card's number.
func TestOperatorByCard(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), t.TempDir()
	ca := newTLSAuthority(t, "Autorità delle carte")
	cfg := testConfig(data)
	cfg.Policy = map[string]string{"marche": node.PolicyChannel}
	cfg.ClientCA = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(cfg.ClientCA, xmlsig.EncodeCertificates(ca.cert), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.TLSCert, cfg.TLSKey = ca.files(dir, "server", &x509.Certificate{
		Subject: pkix.Name{CommonName: "nodo"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	signer := signerFor(t, data, 0)
	list := hirings(t, "marche", 0, 3)
	signed := signAll(t, signer, list[:1])[0]
	plain, err := transform.Encode(list[1])
	if err != nil {
		t.Fatal(err)
	}
	h := startNode(t, cfg, nil)
	p := egovPortOf(t, h)
	cf := sample.Invent(950).CodiceFiscale()
	want := ledger.OperatorNote{Operator: cf, Means: hub.MeansCNS}

	p.web = ca.card(cf, "6042000000000017")
	a := p.send(p.header(1), signed)
	if !a.Accepted || parsed(t, a.Receipt).Origin != string(ledger.Signed) || parsed(t, a.Receipt).Sender == cf {
		t.Errorf("signed: %s", a.Raw)
	}
	if e := entryOf(t, data, ledger.Sum(signed)); operatorIn(t, e) != want {
		t.Errorf("payload %s", e.Payload)
	}
	b := p.send(p.header(2), plain)
	r := parsed(t, b.Receipt)
	if !b.Accepted || r.Origin != string(ledger.Channel) || r.Sender != "marche/"+cf {
		t.Errorf("unsigned: %s", b.Raw)
	}
	renewed := p
	renewed.web = ca.card(cf, "6042000000000099")
	if c := renewed.send(p.header(3), plain); !bytes.Equal(c.Receipt, b.Receipt) {
		t.Errorf("by a renewed card: %s", c.Raw)
	}
	other := p
	other.web = ca.card(sample.Invent(951).CodiceFiscale(), "6042000000000018")
	if c := other.send(p.header(4), plain); c.Accepted || len(c.Anomalies) == 0 {
		t.Errorf("by another person: %s", c.Raw)
	}

	// A certificate that is no card names a system, and no person.
	system := p
	system.web = ca.caller(ca, "COMARCHE")
	third, err := transform.Encode(list[2])
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&client.Client{Address: h.URL() + "/soap/marche", HTTP: system.web}).Submit(t.Context(), co.UNILAV, third)
	if err != nil || !c.Accepted || parsed(t, c.Receipt).Sender != "marche/COMARCHE" {
		t.Errorf("by a system: %+v, %v", c, err)
	}
	nobody := p
	nobody.web = ca.caller(nil, "")
	if c := nobody.send(p.header(5), third); c.Fault == nil || c.Fault.Errors[0].Code != string(fault.Unsigned) {
		t.Errorf("by nobody: %s", c.Raw)
	}
	h.stop()
	found, _ := submissionsIn(t, data)
	operators := 0
	for _, list := range found {
		for _, s := range list {
			if s.Entry.Payload != nil {
				operators++
			}
		}
	}
	if operators != 3 { // two accepted, and the other person's rejection
		t.Errorf("%d entries name an operator", operators)
	}
	mustRun(t, "verify", "--data", data)
}

func operatorIn(t *testing.T, e ledger.Entry) (note ledger.OperatorNote) {
	t.Helper()
	if err := json.Unmarshal(e.Payload, &note); err != nil {
		t.Errorf("payload %q: %v", e.Payload, err)
	}
	return note
}
