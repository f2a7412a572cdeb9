package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestInteropAssertionXmlsec1: at Lazio's endpoint, where a person's assertion is
// required, those that xmlsec1 signed are taken, the person is recorded, and one that
// was altered is refused.
func TestInteropAssertionXmlsec1(t *testing.T) {
	t.Parallel()
	interop(t)
	const issuer = "https://idp.xmlsec1.example"
	keys := t.TempDir()
	writeFiles(t, keys, issuedFiles(t, t.TempDir(), ofSystem))
	h := startIdentity(t, func(h *identityHub) {
		policy := h.cfg.Regions["lazio"]
		policy.Identity.Issuers = append(policy.Identity.Issuers, node.IssuerPolicy{ID: issuer, Trust: filepath.Join(keys, "ca.pem")})
		h.cfg.Regions["lazio"] = policy
	})
	n := 0
	for kind, method := range xmlsecMethods() {
		n++
		person := sample.Invent(960 + n).CodiceFiscale()
		a := h.asserts(person)
		a.Issuer = issuer
		template := strings.Replace(xmlsecTemplate(method, "<ds:X509Data/>", ""), `URI=""`, `URI="#`+a.ID+`"`, 1)
		plain := strings.Replace(string(saml.Append(nil, a)), "</saml:Issuer>", "</saml:Issuer>"+template, 1)
		signed := xmlsecSign(t, keys, kind, plain, "--id-attr:ID", saml.NS+":Assertion")
		_, signed, _ = bytes.Cut(signed, []byte("?>")) // no declaration can stand inside a message
		document := h.document(t, 10+n)
		altered := bytes.Replace(signed, []byte(person), []byte(sample.Invent(970).CodiceFiscale()), 1)
		if _, code := submits(t, h.showing(bytes.TrimSpace(altered)), document); code != string(fault.AssertionForged) {
			t.Errorf("%s, altered: %q", kind, code)
		}
		sealed, code := submits(t, h.showing(bytes.TrimSpace(signed)), document)
		if code != "" {
			t.Errorf("%s: %s\n%s", kind, code, signed)
			continue
		}
		e, _ := h.stored(t, h.sealHolds(t, sealed).Codice)
		if got, want := operatorIn(t, e), (ledger.OperatorNote{Operator: person, Means: hub.MeansSPID, Level: 2, Issuer: issuer}); got != want {
			t.Errorf("%s: recorded %+v, want %+v", kind, got, want)
		}
	}
}
