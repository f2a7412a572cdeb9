package main

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
)

// Names of XML signatures that the templates for xmlsec1 need.
const (
	xmlsecDSig = "http://www.w3.org/2000/09/xmldsig#"
	xmlsecC14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
	xmlsecMore = "http://www.w3.org/2001/04/xmldsig-more#"
	xmlsecSHA  = "http://www.w3.org/2001/04/xmlenc#sha256"
	xmlsecWSU  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	xmlsecWSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	xmlsecX509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	xmlsecWSA  = "http://www.w3.org/2005/08/addressing"
)

// xmlsecMethods are the SignatureMethods, by kind of key.
func xmlsecMethods() map[string]string {
	return map[string]string{"RSA": xmlsecMore + "rsa-sha256", "EC": xmlsecMore + "ecdsa-sha256"}
}

// xmlsecTemplate is a Signature without its values, for xmlsec1 to fill.
func xmlsecTemplate(method, keyInfo string, references ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<ds:Signature xmlns:ds="%s"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="%s"/><ds:SignatureMethod Algorithm="%s"/>`,
		xmlsecDSig, xmlsecC14N, method)
	for _, uri := range references {
		enveloped := ""
		if uri == "" {
			enveloped = `<ds:Transform Algorithm="` + xmlsecDSig + `enveloped-signature"/>`
		}
		fmt.Fprintf(&b, `<ds:Reference URI="%s"><ds:Transforms>%s<ds:Transform Algorithm="%s"/></ds:Transforms><ds:DigestMethod Algorithm="%s"/><ds:DigestValue/></ds:Reference>`,
			uri, enveloped, xmlsecC14N, xmlsecSHA)
	}
	return b.String() + `</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo>` + keyInfo + `</ds:KeyInfo></ds:Signature>`
}

// xmlsecSign has xmlsec1 fill the template in a text.
func xmlsecSign(t *testing.T, keys, kind, text string, args ...string) []byte {
	t.Helper()
	in := filepath.Join(t.TempDir(), "in.xml")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"--sign", "--privkey-pem", filepath.Join(keys, kind+".key") + "," + filepath.Join(keys, kind+".pem")}, args...)
	return tool(t, "xmlsec1", append(args, in)...)
}

// xmlsecVerifies reports whether xmlsec1 finds a file's signature good.
func xmlsecVerifies(t *testing.T, file string, args ...string) bool {
	t.Helper()
	args = append(append([]string{"--verify", "--enabled-key-data", "x509"}, args...), file)
	err := exec.CommandContext(t.Context(), "xmlsec1", args...).Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return err == nil
}

// TestInteropXmlsec1: national documents that xmlsec1 signed are accepted in
// every region.
func TestInteropXmlsec1(t *testing.T) {
	t.Parallel()
	interop(t)
	data := t.TempDir()
	h := startHub(t, data, nil)
	keys := t.TempDir()
	writeFiles(t, keys, issuedFiles(t, data, ofPerson))
	n := 0
	for _, region := range routing.Regions() {
		for kind, method := range xmlsecMethods() {
			n++
			plain := string(encodeDocument(t, samplesOf(t, region.Slug, 30_000).Hiring(n)))
			end := strings.LastIndex(plain, "</")
			signed := xmlsecSign(t, keys, kind, plain[:end]+xmlsecTemplate(method, "<ds:X509Data/>", "")+plain[end:])
			a, err := endpointOf(http.DefaultClient, h.URL(), region.Slug).Submit(t.Context(), co.UNILAV, signed)
			if err != nil || !a.Accepted || parsed(t, a.Receipt).Origin != "signed" {
				t.Errorf("%s, %s: %+v, %v", region.Slug, kind, a, err)
			}
		}
	}
}

// receiptFiles are a receipt of each kind that a hub's answers hold, and of each
// one with a letter changed.
func receiptFiles(t *testing.T, h *hubUnderTest, data string) map[string][]byte {
	t.Helper()
	signer, s := signerFor(t, data, 0), samplesOf(t, "marche", 40_000)
	hub := endpointOf(http.DefaultClient, h.URL(), "marche")
	accepted, err := hub.Submit(t.Context(), co.UNILAV, signDocument(t, signer, s.Hiring(1)))
	if err != nil || !accepted.Accepted {
		t.Fatalf("%+v, %v", accepted, err)
	}
	h.registered(t, "marche", accepted.Receipt)
	first := parsed(t, accepted.Receipt)
	all, err := hub.Receipts(t.Context(), first.Codice, first.Digest)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d receipts, %v", len(all), err)
	}
	bad := s.Hiring(2)
	bad.CodiceComunicazione = "1100026000000001"
	rejected, err := hub.Submit(t.Context(), co.UNILAV, signDocument(t, signer, bad))
	if err != nil || rejected.Accepted {
		t.Fatalf("%+v, %v", rejected, err)
	}
	files := map[string][]byte{}
	for kind, sealed := range map[receipt.Kind][]byte{receipt.Acceptance: all[0], receipt.Registration: all[1], receipt.Rejection: rejected.Receipt} {
		altered := bytes.Replace(sealed, []byte("<Regione>marche<"), []byte("<Regione>Marche<"), 1)
		if bytes.Equal(altered, sealed) {
			t.Fatalf("%s: nothing to alter in %s", kind, sealed)
		}
		files[string(kind)+".xml"], files[string(kind)+"-altered.xml"] = sealed, altered
	}
	return files
}

// TestInteropReceipts: every kind of receipt that the hub gives verifies with
// xmlsec1, signxml, the JDK and Santuario, under our authority and no other, and
// none that was altered does.
func TestInteropReceipts(t *testing.T) {
	t.Parallel()
	k := interop(t)
	data := t.TempDir()
	h := startHub(t, data, nil)
	files := receiptFiles(t, h, data)
	stranger, err := xmlsig.NewAuthority("Altra autorità", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeFiles(t, dir, files)
	writeFiles(t, dir, map[string][]byte{"other.pem": xmlsig.EncodeCertificates(stranger.Certificate)})
	for _, authority := range []string{filepath.Join(data, "ca.pem"), filepath.Join(dir, "other.pem")} {
		ours := filepath.Base(authority) == "ca.pem"
		args := []string{authority}
		signxml, java := map[string]string{}, map[string]string{}
		for name := range files {
			path := filepath.Join(dir, name)
			args = append(args, path)
			good := ours && !strings.Contains(name, "altered")
			if xmlsecVerifies(t, path, "--trusted-pem", authority) != good {
				t.Errorf("xmlsec1, %s, our authority %v: verified %v", name, ours, !good)
			}
			switch {
			case good:
				signxml[name], java[name] = "ok", "JDK ok, Santuario ok"
			case strings.Contains(name, "altered") && ours:
				signxml[name], java[name] = "InvalidDigest", "JDK broken, Santuario broken"
			default:
				signxml[name], java[name] = "InvalidCertificate", "JDK SignatureException, Santuario SignatureException"
			}
		}
		mustPrint(t, k.run(t, "verifying.py", args...), signxml)
		mustPrint(t, checks(k.java(t, k.jars+"/*", append([]string{filepath.Join(interopPrograms, "Documents.java")}, args...)...)), java)
	}
}

// xmlsecIDs tells xmlsec1 which attributes of a message are identifiers.
func xmlsecIDs() (args []string) {
	for _, element := range []string{
		xmlsecWSU + ":Timestamp", xmlsecWSSE + ":BinarySecurityToken", xmlsecWSA + ":To", xmlsecWSA + ":MessageID", xmlsecWSA + ":RelatesTo", xmlsecWSA + ":Action",
		envelope.SOAP11 + ":Body", "http://servizi.lavoro.gov.it/comobbl/types:X-RequestDigest",
	} {
		args = append(args, "--id-attr:Id", element)
	}
	return args
}

// xmlsecMessage submits a document under ModI; its Signature is still to fill.
func xmlsecMessage(t *testing.T, keys, kind, to, id string, document []byte) string {
	t.Helper()
	chain, err := verb.ReadAnchors("certificate", filepath.Join(keys, kind+".pem"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := envelope.BindingOfKind(co.UNILAV)
	now := time.Now().UTC()
	token := `<wsse:SecurityTokenReference xmlns:wsse="` + xmlsecWSSE + `"><wsse:Reference URI="#x" ValueType="` + xmlsecX509 + `"/></wsse:SecurityTokenReference>`
	return `<s:Envelope xmlns:s="` + envelope.SOAP11 + `" xmlns:wsu="` + xmlsecWSU + `" xmlns:wsa="` + xmlsecWSA + `"><s:Header>` +
		`<wsse:Security xmlns:wsse="` + xmlsecWSSE + `" s:mustUnderstand="1"><wsu:Timestamp wsu:Id="t"><wsu:Created>` + now.Format(time.RFC3339) +
		`</wsu:Created><wsu:Expires>` + now.Add(4*time.Minute).Format(time.RFC3339) + `</wsu:Expires></wsu:Timestamp>` +
		`<wsse:BinarySecurityToken wsu:Id="x" EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary" ValueType="` +
		xmlsecX509 + `">` + base64.StdEncoding.EncodeToString(chain[0].Raw) + `</wsse:BinarySecurityToken>` +
		xmlsecTemplate(xmlsecMethods()[kind], token, "#t", "#a", "#m", "#b") + `</wsse:Security><wsa:To wsu:Id="a">` + to +
		`</wsa:To><wsa:MessageID wsu:Id="m">` + id + `</wsa:MessageID></s:Header><s:Body wsu:Id="b"><r:` + b.Request.Local +
		` xmlns:r="` + b.Request.Space + `"><r:` + b.Child + `>` + string(envelope.AppendEscaped(nil, document)) + `</r:` + b.Child + `></r:` + b.Request.Local +
		`></s:Body></s:Envelope>`
}

// messageParts are what the tests read of a signed message.
type messageParts struct {
	doc  *etree.Document
	cert *x509.Certificate // of its token
}

func partsOf(t *testing.T, message []byte) messageParts {
	t.Helper()
	p := messageParts{doc: etree.NewDocument()}
	if err := p.doc.ReadFromBytes(message); err != nil {
		t.Fatal(err)
	}
	token := p.doc.FindElement("//BinarySecurityToken")
	if token == nil {
		t.Fatalf("no token in %s", message)
	}
	der, err := base64.StdEncoding.DecodeString(token.Text())
	if err != nil {
		t.Fatal(err)
	}
	if p.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return p
}

// references lists URI, method and digest of each reference below a path.
func (p messageParts) references(path string) (list []string) {
	for _, r := range p.doc.FindElements(path + "/Reference") {
		value := strings.Join(strings.Fields(r.FindElement("./DigestValue").Text()), "") // xmlsec1 breaks long ones
		list = append(list, r.SelectAttrValue("URI", "")+" "+r.FindElement("./DigestMethod").SelectAttrValue("Algorithm", "")+" "+value)
	}
	return list
}

// signed names the elements that the Signature refers to.
func (p messageParts) signed() (names []string) {
	for _, r := range p.doc.FindElements("//SignedInfo/Reference") {
		for _, e := range p.doc.FindElements("//*[@Id='" + strings.TrimPrefix(r.SelectAttrValue("URI", ""), "#") + "']") {
			names = append(names, e.Tag)
		}
	}
	slices.Sort(names)
	return names
}

// TestInteropModIXmlsec1: a message that xmlsec1 signed is taken, and xmlsec1
// verifies the answer, which is of the hub, of this message, and not another's.
func TestInteropModIXmlsec1(t *testing.T) {
	t.Parallel()
	interop(t)
	m := startModI(t)
	keys := t.TempDir()
	writeFiles(t, keys, issuedFiles(t, m.data, ofSystem))
	for i, c := range []struct{ key, method, digest string }{
		{"RSA", "rsa-sha256", xmlsecSHA}, {"EC", "ecdsa-sha256", xmlsecSHA},
		{"RSA", "rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha512"}, {"EC", "ecdsa-sha384", xmlsecMore + "sha384"},
	} {
		id, kind := xmlsig.NewMessageID(), c.method
		// The message's own signature is of this method; the document stays what it is.
		template := strings.NewReplacer(xmlsecMethods()[c.key], xmlsecMore+c.method, xmlsecSHA, c.digest,
			"{document}", string(envelope.AppendEscaped(nil, m.document(t, 70+i)))).Replace(
			xmlsecMessage(t, keys, c.key, m.endpoint("lazio"), id, []byte("{document}")))
		sent := xmlsecSign(t, keys, c.key, template, xmlsecIDs()...)
		resp, err := http.Post(m.endpoint("lazio"), "text/xml; charset=utf-8", bytes.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d, %v\n%s", kind, resp.StatusCode, err, answer)
		}
		asked, got := partsOf(t, sent), partsOf(t, answer)
		if err := got.cert.CheckSignatureFrom(m.anchor); err != nil {
			t.Errorf("%s: the answer's certificate: %v", kind, err)
		}
		if names := got.signed(); !slices.Equal(names, []string{"Action", "BinarySecurityToken", "Body", "MessageID", "RelatesTo", "Timestamp", "To", "X-RequestDigest"}) {
			t.Errorf("%s: signed are %q", kind, names)
		}
		if outcome, relates := got.doc.FindElement("//Tipo_Risposta").Text(), got.doc.FindElement("//RelatesTo").Text(); outcome != "OK" || relates != id {
			t.Errorf("%s: %s to %s, want OK to %s", kind, outcome, relates, id)
		}
		if want, repeated := asked.references("//SignedInfo"), got.references("//X-RequestDigest"); len(want) != 4 || !slices.Equal(want, repeated) {
			t.Errorf("%s: digests %q, want %q", kind, repeated, want)
		}
		dir := t.TempDir()
		writeFiles(t, dir, map[string][]byte{
			"hub.pem": xmlsig.EncodeCertificates(got.cert), "answer.xml": answer,
			"altered.xml": bytes.Replace(answer, []byte(">OK<"), []byte(">KO<"), 1),
		})
		args := append(xmlsecIDs(), "--pubkey-cert-pem", filepath.Join(dir, "hub.pem"))
		if !xmlsecVerifies(t, filepath.Join(dir, "answer.xml"), args...) || xmlsecVerifies(t, filepath.Join(dir, "altered.xml"), args...) {
			t.Errorf("%s: xmlsec1 does not tell the answer from an altered one", kind)
		}
	}
}
