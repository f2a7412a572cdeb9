package xmlsig

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const wss4jFixtures = "testdata/wss4j"

// wss4jMessages are the messages signed by WSS4J: file, key, token, SOAP.
func wss4jMessages() [][4]string {
	return [][4]string{
		{"rsa-direct.xml", "RSA", "direct", spaceSOAP11},
		{"rsa-signed-token.xml", "RSA", "signed", spaceSOAP11},
		{"rsa-path.xml", "RSA", "path", spaceSOAP12},
		{"rsa-embedded.xml", "RSA", "embedded", spaceSOAP11},
		{"rsa-serial.xml", "RSA", "serial", spaceSOAP11},
		{"ecdsa-direct.xml", "EC", "direct", spaceSOAP12},
		{"rsa-thumbprint.xml", "RSA", "thumbprint", spaceSOAP11},
	}
}

// addressed is a plain message with its addressing headers, as CXF makes it.
func addressed(soap string) string {
	return `<soap:Envelope xmlns:soap="` + soap + `"><soap:Header><Action xmlns="` + spaceWSA + `">urn:t:chiedi</Action><MessageID xmlns="` + spaceWSA + `">` + asked +
		`</MessageID><To xmlns="` + spaceWSA + `">` + endpoint + `</To><ReplyTo xmlns="` + spaceWSA + `"><Address>http://www.w3.org/2005/08/addressing/anonymous</Address></ReplyTo></soap:Header>` +
		`<soap:Body><ns2:chiedi xmlns:ns2="urn:t"><ns2:doc>&lt;a b="c"/&gt; perché</ns2:doc></ns2:chiedi></soap:Body></soap:Envelope>`
}

// wss4j runs Messages.java over lines of work, with the jars of SNODO_WSS4J.
func wss4j(t *testing.T, work string) []string {
	t.Helper()
	java := exec.Command("java", "-cp", filepath.Join(os.Getenv("SNODO_WSS4J"), "*"), wss4jFixtures+"/Messages.java")
	java.Stdin, java.Stderr = strings.NewReader(work), os.Stderr
	return strings.Fields(string(must(java.Output())))
}

// TestRegenerateMessages has WSS4J sign the fixtures anew, with keys that are
// then forgotten, and verify what we sign, when SNODO_WSS4J names the folder of
// its jars (org.apache.wss4j:wss4j-ws-security-dom:2.4.3).
func TestRegenerateMessages(t *testing.T) {
	if os.Getenv("SNODO_WSS4J") == "" {
		t.Skip("set SNODO_WSS4J to the folder of WSS4J's jars to sign the fixtures anew")
	}
	ca := must(NewAuthority("CA dei messaggi di prova", noon()))
	rsaKey, ecKey := must(NewPersonKey()), must(NewKey())
	b64 := base64.StdEncoding.EncodeToString
	keys := map[string]string{"RSA": b64(pemBytes(must(EncodeKey(rsaKey)))), "EC": b64(pemBytes(must(EncodeKey(ecKey))))}
	leaf := must(ca.IssueSystem("01234567890", rsaKey.Public(), noon()))
	certs := map[string]string{
		"RSA": b64(leaf.Raw) + "," + b64(ca.Certificate.Raw),
		"EC":  b64(must(ca.IssueSystem("01234567890", ecKey.Public(), noon())).Raw) + "," + b64(ca.Certificate.Raw),
	}
	var work bytes.Buffer
	for _, m := range wss4jMessages() {
		fmt.Fprintln(&work, "sign", m[1], keys[m[1]], certs[m[1]], m[2], b64([]byte(addressed(m[3]))))
	}
	p := allSystems()
	ours := []*Sealer{p.rsa, p.ecdsa, p.two}
	for _, by := range ours {
		fmt.Fprintln(&work, "verify", b64(p.ca.Certificate.Raw), b64(fresh(t, by)))
	}
	receipt := must(everyone().seal.Seal([]byte(`<Ricevuta xmlns="urn:h"><a>1</a></Ricevuta>`))) // a Signature that is not the message's
	answer := strings.Replace(request(spaceSOAP12), "<soapenv:Body>", "<soapenv:Header>"+string(receipt)+"</soapenv:Header><soapenv:Body>", 1)
	s := freshStamp()
	s.RelatesTo, s.Answers, s.Service = asked, []Reference{{ID: "x", Prefixes: "a b"}}, "urn:t"
	fmt.Fprintln(&work, "verify", b64(p.ca.Certificate.Raw), b64(must(p.ecdsa.SealMessage([]byte(answer), s))))
	lines := wss4j(t, work.String())
	for i, m := range wss4jMessages() {
		if err := os.WriteFile(filepath.Join(wss4jFixtures, m[0]), must(base64.StdEncoding.DecodeString(lines[i])), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range len(ours) + 1 {
		if said := lines[len(wss4jMessages())+i]; said != "ok" {
			t.Errorf("WSS4J of our message %d: %s", i, said)
		}
	}
	if err := os.WriteFile(filepath.Join(wss4jFixtures, "anchors.pem"), EncodeCertificates(ca.Certificate, leaf), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestWSS4JSigned: what WSS4J signs with its own defaults, PrefixLists
// everywhere, verifies, in every form of token but the one that we refuse.
func TestWSS4JSigned(t *testing.T) {
	t.Parallel()
	anchors := must(ParseCertificates(must(os.ReadFile(wss4jFixtures + "/anchors.pem"))))
	v := NewMessageVerifier(NewTrust(map[string][]*x509.Certificate{office: anchors}))
	for _, m := range wss4jMessages() {
		src := must(os.ReadFile(filepath.Join(wss4jFixtures, m[0])))
		got, f := v.Verify(src, office)
		if m[2] == "thumbprint" {
			if f == nil || f.Code != TokenShape {
				t.Errorf("%s: %v", m[0], f)
			}
			continue
		}
		if f != nil {
			t.Errorf("%s: %s %s", m[0], f.Code, f.Expected)
			continue
		}
		if got.Version != m[3] || got.ID != asked || got.To != endpoint || got.Sender != organization || !bytes.Contains(got.Body, []byte("perché")) ||
			got.Expires.Sub(got.Created) != fiveMinutes || got.CheckValidity(noon()) != nil {
			t.Errorf("%s: %+v", m[0], got)
		}
	}
}

// fresh is a message that we sign now: WSS4J judges its instants.
func fresh(t *testing.T, by *Sealer) []byte {
	t.Helper()
	return must(by.SealMessage([]byte(request(spaceSOAP11)), freshStamp()))
}

func freshStamp() Stamp {
	s := stamp()
	s.Created = time.Now()
	s.Expires = s.Created.Add(fiveMinutes)
	return s
}
