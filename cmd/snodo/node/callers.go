package node

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// tls gives the listener's TLS settings, nil without TLS. Client certificates
// are asked for when some region has authorities for them: there is one listener,
// and the handshake does not know which endpoint the caller wants. Which region
// trusts which authority is asked at each request (node.chains).
func (c Config) tls() (*tls.Config, error) {
	if c.TLSCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("read --tls-cert and --tls-key: %w", err)
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	for _, r := range routing.Regions() {
		if c.requires(r.Slug, soap.AuthChannel01) || c.requires(r.Slug, soap.AuthChannel02) {
			harden(settings)
		}
	}
	authorities, err := c.clientAuthorities()
	if err != nil {
		return nil, err
	}
	for _, list := range authorities {
		if settings.ClientCAs == nil {
			settings.ClientCAs, settings.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
		}
		for _, a := range list {
			settings.ClientCAs.AddCert(a)
		}
	}
	return settings, nil
}

// harden leaves of TLS what AgID's recommendations admit (Raccomandazioni in
// merito a Transport Layer Security: the intermediate list of Mozilla; X25519,
// P-256, P-384), as far as crypto/tls has it: the suites of TLS 1.3 are all of
// them and no setting. Compression, heartbeat, renegotiation by the client and
// authentication after the handshake are not in crypto/tls at all.
func harden(settings *tls.Config) {
	settings.CipherSuites = []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
	settings.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384}
}

// clientAuthorities are the authorities of each region's client certificates.
func (c Config) clientAuthorities() (map[string][]*x509.Certificate, error) {
	if c.TLSCert == "" {
		return nil, nil
	}
	named := make(map[string][]*x509.Certificate)
	var errs []error
	for _, r := range routing.Regions() {
		file, whose := c.clientCA(r.Slug), "--client-ca"
		if file == "" {
			continue
		}
		if c.Regions[r.Slug].ClientCA != "" {
			whose = "client_ca of " + r.Slug
		}
		list, err := verb.ReadAnchors(whose, file)
		named[r.Slug] = list
		errs = append(errs, err)
	}
	return named, errors.Join(errs...)
}

// chains are those of the caller's certificate that end at an authority of the
// region: the listener verified them against the authorities of all regions.
func (n *Node) chains(slug string, req *http.Request) (ours [][]*x509.Certificate) {
	if req.TLS == nil {
		return nil
	}
	for _, chain := range req.TLS.VerifiedChains {
		if slices.ContainsFunc(chain, func(c *x509.Certificate) bool {
			return slices.ContainsFunc(n.clients[slug], c.Equal)
		}) {
			ours = append(ours, chain)
		}
	}
	return ours
}

// standing gives the caller's chains if its certificate is in force for the
// region, and the fault for which it is not: there is none, it is of an authority
// of another region, it is known to be withdrawn, or it has ended since its
// connection was made. What nobody knows of it is no fault, whatever the policy
// says of signers, for their authorities are others.
func (n *Node) standing(slug string, req *http.Request) ([][]*x509.Certificate, *fault.Fault) {
	if req.TLS == nil || len(req.TLS.PeerCertificates) == 0 {
		return nil, &fault.Fault{Code: fault.NoCertificate}
	}
	chains := n.chains(slug, req)
	if len(chains) == 0 {
		return nil, &fault.Fault{Code: fault.ForeignCertificate}
	}
	g, now := n.Regimes[slug], n.Now()
	known := xmlsig.Conditions{Tolerance: g.conditions.Tolerance}
	if g.Source != nil {
		g.Source.Prepare(req.Context(), chains, now)
		known.Revocation = g.Source
	}
	if faults := xmlsig.CheckChains(chains, now, known); len(faults) > 0 {
		n.Log.Warn("client certificate opens no channel", "region", slug, "fault", faults[0].Code)
		return nil, &fault.Fault{Code: fault.ForeignCertificate}
	}
	return chains, nil
}

// proven is the system that the channel authenticated: the common name of its
// client certificate, "loopback" on a bare loopback listener, or "". A caller
// without a certificate in force may still send signed documents, unless the
// region requires one.
func (n *Node) proven(slug string, req *http.Request, bare bool) string {
	if chains, _ := n.standing(slug, req); len(chains) > 0 {
		return chains[0][0].Subject.CommonName
	}
	if bare {
		return "loopback"
	}
	return ""
}

// operator names the person whose card made the connection.
func (n *Node) operator(slug string, req *http.Request) hub.Operator {
	chains := n.chains(slug, req)
	if len(chains) == 0 {
		return hub.Operator{}
	}
	operator, _ := marche.OperatorOf(chains[0][0])
	return operator
}

// namesOf are the names by which a policy may mean a certificate: its
// organizationIdentifier, else its codice fiscale; its common name; its SHA-256.
func namesOf(c *x509.Certificate) []string {
	sum := sha256.Sum256(c.Raw)
	digest := hex.EncodeToString(sum[:])
	names := []string{byDigest + digest, byCommonName + c.Subject.CommonName}
	if holder := xmlsig.HolderOf(c); holder != digest {
		names = append(names, holder)
	}
	return names
}

// brings gives the names of the certificate that the channel proved.
func (n *Node) brings(slug string, req *http.Request) []string {
	chains, _ := n.standing(slug, req)
	if len(chains) == 0 {
		return nil
	}
	return namesOf(chains[0][0])
}

// carries reports whether the caller's certificate may speak for who signed a
// message: its own holder, or whom the policy says.
func (n *Node) carries(slug string, req *http.Request, m hub.SignedMessage) bool {
	proof, ok := m.Proof.(xmlsig.Message)
	chains := n.chains(slug, req)
	if !ok || len(chains) == 0 {
		return false
	}
	caller, signer := chains[0][0], proof.Certificate
	if xmlsig.HolderOf(caller) == xmlsig.HolderOf(signer) {
		return true
	}
	signers := namesOf(signer)
	for _, name := range namesOf(caller) {
		for _, allowed := range n.Config.Regions[slug].Intermediaries[name] {
			if allowed == marche.Anybody || slices.Contains(signers, allowed) {
				return true
			}
		}
	}
	return false
}
