package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/xsd/fault"
)

// damage is one thing done to a receipt, and how the verdict names it.
type damage struct {
	name string
	do   func(string) string
	says string
}

// replaced puts new in the place of the first old.
func replaced(old, new string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic("nothing to damage: " + old)
		}
		return strings.Replace(s, old, new, 1)
	}
}

// matched rewrites the first match of an expression.
func matched(expression, new string) func(string) string {
	re := regexp.MustCompile(expression)
	return func(s string) string {
		at := re.FindStringSubmatchIndex(s)
		if at == nil {
			panic("nothing to damage: " + expression)
		}
		return s[:at[2]] + new + s[at[3]:]
	}
}

// damages are done inside the receipt, so they are the same alone and in an
// envelope.
func damages() []damage {
	broken := func(c fault.Code) string { return "sigillo non valido: " + string(c) + ": " }
	return []damage{
		{"another region", replaced("<Regione>marche<", "<Regione>lazio<"), broken(xmlsig.DigestMismatch)},
		{"another code", matched(`<CodiceComunicazione>\d{15}(\d)<`, "x"), broken(xmlsig.DigestMismatch)},
		{"a field taken out", matched(`(<Mittente>.*?</Mittente>)`, ""), broken(xmlsig.DigestMismatch)},
		{"a blank between elements", replaced("</Tipo>", "</Tipo> "), broken(xmlsig.DigestMismatch)},
		{"another digest in the seal", matched(`DigestValue>(....)`, "AAAA"), broken(xmlsig.SignatureMismatch) + "|" + broken(xmlsig.DigestMismatch)},
		{"another value", matched(`SignatureValue>(....)`, "AAAA"), broken(xmlsig.SignatureMismatch)},
		{"an unreadable value", matched(`SignatureValue>(....)`, "?"), broken(xmlsig.BadBase64)},
		{"another algorithm", replaced("ecdsa-sha256", "ecdsa-sha1"), broken(xmlsig.SignatureAlgorithm)},
		{"another canonicalisation", replaced("xml-exc-c14n#", "xml-c14n#"), broken(xmlsig.Canonicalization)},
		{"a transform taken out", matched(`(<ds:Transform Algorithm="[^"]*enveloped-signature"></ds:Transform>)`, ""), broken(xmlsig.Transforms)},
		{"another reference", replaced(`URI=""`, `URI="#x"`), broken(xmlsig.References)},
		{"no certificate", matched(`(<ds:X509Certificate>.*?</ds:X509Certificate>)`, ""), broken(xmlsig.KeyInfoShape)},
		{"an unreadable certificate", matched(`<ds:X509Certificate>(....)`, "AAAA"), broken(xmlsig.BadCertificate)},
		{"a comment in the seal", replaced("<ds:SignedInfo>", "<!-- --><ds:SignedInfo>"), broken(xmlsig.CommentInside)},
		{"no seal", matched(`(<ds:Signature .*</ds:Signature>)`, ""), broken(xmlsig.NoSignature)},
		{"the seal twice", func(s string) string {
			return matched(`</ds:Signature>()`, regexp.MustCompile(`<ds:Signature .*</ds:Signature>`).FindString(s))(s)
		}, broken(xmlsig.SecondSignature)},
		{"the seal elsewhere", func(s string) string {
			seal := regexp.MustCompile(`<ds:Signature .*</ds:Signature>`).FindString(s)
			return replaced("<Tipo>", seal+"<Tipo>")(replaced(seal, "")(s))
		}, broken(xmlsig.MisplacedSignature)},
		{"an object in the seal", replaced("</ds:Signature>", "<ds:Object></ds:Object></ds:Signature>"), broken(xmlsig.HasObject)},
	}
}

// TestReceiptVerify names every damage, alone and in the envelope, and tells
// integrity from trust.
func TestReceiptVerify(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	kept := d.path("receipts")
	_, list := d.submit(t, "marche", append(d.sign, "--receipts", kept, d.path("good.xml"))...)
	raw, err := os.ReadFile(filepath.Join(kept, list[0].Codice+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	alone := string(raw)
	envelope := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header>` + alone +
		`</soapenv:Header><soapenv:Body><a/></soapenv:Body></soapenv:Envelope>` + "\n"
	seal, ca := filepath.Join(d.data, "seal.pem"), filepath.Join(d.data, "ca.pem")
	elsewhere := filepath.Join(t.TempDir(), "other")
	mustRun(t, "certificate", "issue", "--data", elsewhere, "--cf", "RSSMRA85C15L219J", "--out", filepath.Join(t.TempDir(), "x"))
	stranger := filepath.Join(elsewhere, "ca.pem")

	judge := func(t *testing.T, content string, code int, says string, flags ...string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "receipt.xml")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, out, errs := attempt(t, append([]string{"receipt", "verify", file}, flags...)...)
		line, _, _ := strings.Cut(out, "\n")
		named := false
		for one := range strings.SplitSeq(says, "|") {
			named = named || strings.HasPrefix(line, one)
		}
		if got != code || !named || errs != "" {
			t.Errorf("exit code %d, want %d and %q\n%s%s", got, code, says, out, errs)
		}
	}
	const unknown = "sigillo integro, autorità non riconosciuta"
	for place, content := range map[string]string{"alone": alone, "with a line end": alone + "\n", "in its envelope": envelope} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			judge(t, content, verb.ExitDone, "sigillo valido", "--trust", seal)
			judge(t, content, verb.ExitDone, "sigillo valido", "--trust", ca)
			judge(t, content, verb.ExitFinding, unknown)
			judge(t, content, verb.ExitFinding, unknown, "--trust", stranger)
		})
	}
	for _, tc := range damages() {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			judge(t, tc.do(alone), verb.ExitFinding, tc.says, "--trust", seal)
			judge(t, strings.Replace(envelope, alone, tc.do(alone), 1), verb.ExitFinding, tc.says, "--trust", seal)
			judge(t, tc.do(alone), verb.ExitFinding, tc.says) // before any question of trust
		})
	}
	for name, tc := range map[string]damage{
		"cut short":      {"", func(s string) string { return s[:len(s)-20] }, "sigillo non valido: " + string(xmlsig.MalformedXML)},
		"nothing":        {"", func(string) string { return "" }, "sigillo non valido: "},
		"no XML":         {"", func(string) string { return "ricevuta" }, "sigillo non valido: " + string(xmlsig.MalformedXML)},
		"a DTD":          {"", func(s string) string { return "<!DOCTYPE Ricevuta>" + s }, "sigillo non valido: " + string(xmlsig.HasDTD)},
		"the submission": {"", func(string) string { return d.signedFile(t) }, "sigillo integro, ma il documento non è una ricevuta"},
		"no receipt in the envelope": {"", func(s string) string { return strings.Replace(envelope, s, "", 1) },
			"sigillo non valido: " + string(xmlsig.NoSignature)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			judge(t, tc.do(alone), verb.ExitFinding, tc.says, "--trust", ca)
		})
	}

	code, out, _ := attempt(t, "receipt", "verify", filepath.Join(kept, list[0].Codice+".xml"), "--json")
	var v sender.Verdict
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != verb.ExitFinding || !v.Intact || v.Trusted || v.Text != unknown ||
		v.Receipt == nil || v.Receipt.Codice != list[0].Codice {
		t.Errorf("--json: exit code %d, %v\n%s", code, err, out)
	}
	code, out, _ = attempt(t, "receipt", "verify", filepath.Join(kept, list[0].Codice+".xml"), "--trust", seal)
	if lines := strings.Split(out, "\n"); code != verb.ExitDone || len(lines) != 3 || !strings.Contains(lines[1], list[0].Codice) {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// signedFile is a document signed by the desk's signer.
func (d *desk) signedFile(t *testing.T) string {
	t.Helper()
	s, err := sender.ReadSigner(d.path("signer"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign(samplesOf(t, "marche", 500).Hiring(1))
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}
