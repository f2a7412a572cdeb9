package main

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// attackedHub is a hub under every profile at once: Piemonte's SPICOM, Marche's
// e-Gov, the national binding at Marche, alone and with a person's assertion, messages
// signed by ModI at Lazio. All regions want signed documents.
type attackedHub struct {
	*modiHub
	gateway *xmlsig.Sealer // of assertions
	n       int            // of e-Gov messages
}

func startAttacked(t *testing.T) *attackedHub {
	t.Helper()
	h := &attackedHub{modiHub: startModIOf(t, nil, "lazio")}
	keys, err := xmlsig.OpenKeys(h.data, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if h.gateway, err = sender.NewGateway(keys.Authority, time.Now()); err != nil {
		t.Fatal(err)
	}
	return h
}

// carrier writes the message of a profile around a document.
type carrier struct {
	region string
	write  func(t *testing.T, h *attackedHub, document string) string
}

// carriers are the profiles.
func carriers() map[string]carrier {
	unilav, _ := envelope.BindingOfKind(co.UNILAV)
	return map[string]carrier{
		"national": {"marche", func(_ *testing.T, _ *attackedHub, document string) string {
			return string(unilav.AppendRequest(nil, nil, []byte(document)))
		}},
		"e-Gov": {"marche", func(_ *testing.T, h *attackedHub, document string) string {
			h.n++
			return string(unilav.AppendRequest(nil, envelope.AppendEGov(nil, sender.EGovHeader(unilav, h.n, time.Now())), []byte(document)))
		}},
		"SAML": {"marche", func(t *testing.T, h *attackedHub, document string) string {
			at := time.Now()
			a := sender.Person{CF: sample.Invent(40).CodiceFiscale(), For: h.endpoint("marche"), Means: hub.MeansPIN, Valid: time.Minute}.Assertion(node.DevelopmentIssuer, at)
			signed, err := h.gateway.SealAssertion(saml.Append(nil, a))
			if err != nil {
				t.Fatal(err)
			}
			message, err := xmlsig.Present(unilav.AppendRequest(nil, nil, []byte(document)), signed)
			if err != nil {
				t.Fatal(err)
			}
			return string(message)
		}},
		"Piemonte": {"piemonte", func(t *testing.T, _ *attackedHub, document string) string {
			body, err := sender.SPICOMEnvelope(document)
			if err != nil {
				t.Fatal(err)
			}
			return string(body)
		}},
		"ModI": {"lazio", func(t *testing.T, h *attackedHub, document string) string {
			at := time.Now()
			sealed, err := h.system.SealMessage(unilav.AppendRequest(nil, nil, []byte(document)), xmlsig.Stamp{
				To: h.endpoint("lazio"), ID: xmlsig.NewMessageID(), Created: at, Expires: at.Add(time.Minute),
			})
			if err != nil {
				t.Fatal(err)
			}
			return string(sealed)
		}},
	}
}

// send gives the status and the first code of a fault in the answer, "" if there
// is none.
func (h *attackedHub) send(t *testing.T, region, message string, header map[string]string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.endpoint(region), strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(regexp.MustCompile(`\b(SIG|SOAP|WSS|EGOV|CNV|SAML)-[0-9]{2,3}\b`).Find(answer))
}

// accepted counts the accepted entries.
func (h *attackedHub) accepted(t *testing.T) (n int) {
	t.Helper()
	err := h.Store.Entries(t.Context(), 1, 0, func(s ledger.Stored) error {
		if s.Entry.Status == ledger.Accepted {
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAttackDocuments: the attacks on a document's signature, by the rows of the
// list of attacks, in the messages of every profile. Each profile takes the
// genuine document and tells the same fault of each other one.
func TestAttackDocuments(t *testing.T) {
	t.Parallel()
	h := startAttacked(t)
	stranger, err := xmlsig.NewAuthority("Altra autorità", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key, err := xmlsig.NewPersonKey()
	if err != nil {
		t.Fatal(err)
	}
	forged, err := stranger.IssuePerson(strings.TrimPrefix(h.signer.Sealer.Certificate().Subject.SerialNumber, "TINIT-"), key.Public(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other, err := xmlsig.NewSealer(key, []*x509.Certificate{forged})
	if err != nil {
		t.Fatal(err)
	}
	good := string(h.document(t, 20))
	at := strings.Index(good, "<ds:Signature")
	end := strings.LastIndex(good, "</")
	signature, bare := good[at:end], good[:at]+good[end:]
	foreign, err := other.Seal([]byte(bare))
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, with string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the document has no %s", old)
		}
		return strings.Replace(good, old, with, 1)
	}
	const dsig = "http://www.w3.org/2000/09/xmldsig#"
	// SPICOM carries regional texts too: what does not begin as a national document
	// is one, and unsigned.
	regional := map[string]bool{"XSW the signed root in another": true, "P-DIFF an attribute twice": true, "X-XXE": true}
	attacks := map[string]struct {
		document string
		code     fault.Code
	}{
		"XSW the signed root in another":       {`<r>` + good + `</r>`, xmlsig.MisplacedSignature},
		"XSW the original in an Object":        {change("</ds:Signature>", "<ds:Object>"+bare+"</ds:Object></ds:Signature>"), xmlsig.HasObject},
		"XSW a second Signature":               {good[:end] + signature + good[end:], xmlsig.SecondSignature},
		"XSW something behind":                 {good[:end] + "<x/>" + good[end:], xmlsig.MisplacedSignature},
		"W-DUP":                                {change(">", ` xmlns:w="urn:w" w:Id="a" ID="a">`), xmlsig.RepeatedID},
		"W-FOREIGN":                            {change("<ds:SignedInfo", `<ds:SignedInfo xmlns:ds="urn:ds"`), xmlsig.SignatureShape},
		"C-COMMENT":                            {change("</ds:DigestValue>", "<!-- --></ds:DigestValue>"), xmlsig.CommentInside},
		"P-DIFF an attribute twice":            {change(">", ` a="1" a="2">`), xmlsig.DuplicateAttribute},
		"T-XFORM":                              {change(dsig+"enveloped-signature", "http://www.w3.org/TR/1999/REC-xslt-19991116"), xmlsig.Transforms},
		"T-C14N-DOS depth":                     {change("<ds:Signature", strings.Repeat("<a>", 70)+strings.Repeat("</a>", 70)+"<ds:Signature"), xmlsig.TooLarge},
		"T-EXTREF":                             {change(`URI=""`, `URI="http://127.0.0.1/x"`), xmlsig.References},
		"A-SHA1":                               {change("http://www.w3.org/2001/04/xmlenc#sha256", dsig+"sha1"), xmlsig.DigestAlgorithm},
		"A-HMAC":                               {change("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", dsig+"hmac-sha1"), xmlsig.SignatureAlgorithm},
		"A-PSS":                                {change("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"), xmlsig.SignatureAlgorithm},
		"K-CERT an authority of the same kind": {string(foreign), xmlsig.Untrusted},
		"K-STR no certificate":                 {change("<ds:X509Data>", "<ds:KeyName>x</ds:KeyName><ds:X509Data>"), xmlsig.KeyInfoShape},
		"X-XXE":                                {`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>` + good, xmlsig.HasDTD},
		"X-ENC a literal TAB":                  {change(">", " b=\"a\tb\">"), xmlsig.BlankInAttribute},
		"no signature at all":                  {bare, xmlsig.NoSignature},
		"another content":                      {change("</", " </"), xmlsig.DigestMismatch},
	}
	for profile, c := range carriers() {
		for name, a := range attacks {
			want := a.code
			if profile == "Piemonte" && regional[name] {
				want = fault.Unsigned
			}
			if got := h.send(t, c.region, c.write(t, h, a.document), nil); got != string(want) {
				t.Errorf("%s, %s: %q, want %s", profile, name, got, want)
			}
		}
	}
	if n := h.accepted(t); n != 0 {
		t.Errorf("%d attacks were accepted", n)
	}
	for profile, c := range carriers() { // the same document, and the stored receipt to the same signer
		if got := h.send(t, c.region, c.write(t, h, good), nil); got != "" {
			t.Errorf("%s, the genuine document: %s", profile, got)
		}
	}
	if n := h.accepted(t); n != 1 {
		t.Errorf("%d accepted of one genuine document", n)
	}
}

// TestAttackEnvelopes: the attacks on the message around the document, in every
// profile: none reaches the ledger.
func TestAttackEnvelopes(t *testing.T) {
	t.Parallel()
	h := startAttacked(t)
	good := string(h.document(t, 21))
	root := regexp.MustCompile(`<[A-Za-z-]+:Envelope`)
	before := func(markup string) func(string) string {
		return func(m string) string { at := root.FindStringIndex(m)[0]; return m[:at] + markup + m[at:] }
	}
	body := regexp.MustCompile(`</([A-Za-z-]+):Body>`)
	inStart := func(markup string) func(string) string {
		start := regexp.MustCompile(`<[A-Za-z-]+:Body[^>]*>`)
		return func(m string) string { at := start.FindStringIndex(m)[1]; return m[:at] + markup + m[at:] }
	}
	inEnd := func(markup func(prefix string) string) func(string) string {
		return func(m string) string {
			at := body.FindStringSubmatchIndex(m)
			return m[:at[0]] + markup(m[at[2]:at[3]]) + m[at[0]:]
		}
	}
	afterEnd := func(markup func(prefix string) string) func(string) string {
		return func(m string) string {
			at := body.FindStringSubmatchIndex(m)
			return m[:at[1]] + markup(m[at[2]:at[3]]) + m[at[1]:]
		}
	}
	same := func(m string) string { return m }
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(bytes.Repeat([]byte(" "), 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	type codes map[string]fault.Code // by profile; "" is every other one
	for name, a := range map[string]struct {
		change func(string) string
		header map[string]string
		want   codes
	}{
		"X-XXE":               {before(`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>`), nil, codes{"": fault.EnvelopeDTD}},
		"X-ENC UTF-7":         {same, map[string]string{"Content-Type": "text/xml; charset=utf-7"}, codes{"": fault.EnvelopeCharset}},
		"X-ENC overlong":      {before("\xc0\xaf"), nil, codes{"": fault.EnvelopeCharset}},
		"X-BOMB gzip":         {func(string) string { return zipped.String() }, map[string]string{"Content-Encoding": "gzip"}, codes{"": fault.CompressedBody}},
		"X-BOMB depth":        {inStart(strings.Repeat("<a>", 1<<16)), nil, codes{"": fault.EnvelopeLimits}},
		"X-MIME":              {same, map[string]string{"Content-Type": `multipart/related; type="application/xop+xml"; boundary=b`}, codes{"": fault.MediaType}},
		"H-SMUG another SOAP": {same, map[string]string{"Content-Type": "application/soap+xml; charset=utf-8"}, codes{"": fault.EnvelopeVersion}},
		"H-SMUG action":       {same, map[string]string{"SOAPAction": `"urn:snodo:hub:v1:Echo"`}, codes{"": fault.ActionMismatch}},
		"H-SMUG two Bodies": {afterEnd(func(p string) string { return "<" + p + ":Body><a/></" + p + ":Body>" }), nil,
			codes{"": fault.NotAnEnvelope}},
		"H-SMUG two operations": {inEnd(func(string) string { return "<a/>" }), nil, codes{"": fault.BodyNotSingle, "ModI": xmlsig.PartChanged}},
	} {
		for profile, c := range carriers() {
			want, own := a.want[profile]
			if !own {
				want = a.want[""]
			}
			if got := h.send(t, c.region, a.change(c.write(t, h, good)), a.header); got != string(want) {
				t.Errorf("%s, %s: %q, want %s", profile, name, got, want)
			}
		}
	}
	if n := h.accepted(t); n != 0 {
		t.Errorf("%d attacks were accepted", n)
	}
	if f := h.verifies(t); f != "" {
		t.Errorf("the ledger: %s", f)
	}
}
