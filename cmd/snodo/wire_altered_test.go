package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Values of the recorded communication, as they stand in the envelope.
const (
	recordedName = "ESEMPIO &amp;amp; FIGLI S.R.L."
	recordedKey  = "&gt;987654321&lt;"
	recordedZip  = "&gt;12100&lt;/capSedeLavoro"
)

// wide writes text as UTF-16.
func wide(text string, order binary.AppendByteOrder, mark bool) []byte {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xFEFF)
	}
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// latin1 writes text of that charset's characters.
func latin1(text string) []byte {
	var b []byte
	for _, r := range text {
		b = append(b, byte(r))
	}
	return b
}

// swaps rewrites by pairs of old and new, each of which must be there.
func swaps(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("nothing to alter: %q", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

// TestAlteredRecordings sends the recorded communication in other words, under
// another name, key and post code each time. The name that arrives in the
// stored document shows that every answer is of its own request.
func TestAlteredRecordings(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	_, recorded, _ := bytes.Cut(recordings(t)["01"], []byte("\r\n\r\n"))
	const utf8 = "text/xml; charset=utf-8"
	declared := func(text, charset string) string {
		return swaps(t, text, "<?xml version='1.0' encoding='UTF-8'?>", "<?xml version='1.0' encoding='"+charset+"'?>")
	}
	blanks := regexp.MustCompile(`>\s+<`)
	for i, tc := range []struct {
		name        string
		contentType string
		alter       func(string) []byte
	}{
		{"as it is", utf8, func(s string) []byte { return []byte(s) }},
		{"other prefixes", utf8, func(s string) []byte {
			return []byte(swaps(t, s, "SOAP-ENV", "busta", "ns1:", "op:", "xmlns:ns1", "xmlns:op", "ns2:", "e:", "xmlns:ns2", "xmlns:e", "xsi:", "i:", "xmlns:xsi", "xmlns:i", "xsd:", "x:", "xmlns:xsd", "xmlns:x"))
		}},
		{"default namespace", utf8, func(s string) []byte {
			return []byte(swaps(t, s, "<SOAP-ENV:", "<", "</SOAP-ENV:", "</", "<Envelope ", `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/" `,
				"<methodName ", `<methodName xmlns="" `, "<param ", `<param xmlns="" `))
		}},
		{"order of the parameter's properties", utf8, func(s string) []byte {
			const name = `<name xsi:type="xsd:string">xml</name>`
			const simple = `<simple xsi:type="xsd:boolean">false</simple>`
			return []byte(swaps(t, s, name, "§", simple, name, "§", simple))
		}},
		{"properties left out", utf8, func(s string) []byte {
			return []byte(swaps(t, s, `<encodingStyleURI xsi:type="xsd:string"></encodingStyleURI>`, "", `<simple xsi:type="xsd:boolean">false</simple>`, ""))
		}},
		{"nil properties", utf8, func(s string) []byte {
			return []byte(swaps(t, s, `<encodingStyleURI xsi:type="xsd:string"></encodingStyleURI>`, `<encodingStyleURI xsi:type="xsd:string" xsi:nil="true"/>`,
				"&lt;null/&gt;", "&lt;null&gt;&lt;/null&gt;"))
		}},
		{"no blanks", utf8, func(s string) []byte { return blanks.ReplaceAll([]byte(s), []byte("><")) }},
		{"more blanks", utf8, func(s string) []byte { return bytes.ReplaceAll([]byte(s), []byte("><"), []byte(">\n\t<")) }},
		{"single quotes and comments", utf8, func(s string) []byte {
			return []byte(swaps(t, s, `"`, `'`, "<methodName", "<!-- GeCo --><methodName"))
		}},
		{"CDATA", utf8, func(s string) []byte {
			from, to := strings.Index(s, "&lt;object"), strings.Index(s, "&lt;/object&gt;")+len("&lt;/object&gt;")
			inner := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&").Replace(s[from:to])
			return []byte(s[:from] + "<![CDATA[" + inner + "]]>" + s[to:])
		}},
		{"character references", utf8, func(s string) []byte { return []byte(swaps(t, s, "&lt;", "&#60;", "&gt;", "&#x3E;")) }},
		{"byte order mark", utf8, func(s string) []byte { return []byte("\ufeff" + s) }},
		{"no charset", "text/xml", func(s string) []byte { return []byte(s) }},
		{"ISO-8859-1", "text/xml; charset=iso-8859-1", func(s string) []byte { return latin1(declared(s, "ISO-8859-1")) }},
		{"ISO-8859-1 by its declaration", "text/xml", func(s string) []byte { return latin1(declared(s, "ISO-8859-1")) }},
		{"windows-1252", `text/xml; charset="windows-1252"`, func(s string) []byte { return latin1(s) }},
		{"UTF-16LE with mark", "text/xml; charset=utf-16", func(s string) []byte { return wide(declared(s, "UTF-16"), binary.LittleEndian, true) }},
		{"UTF-16BE with mark", "text/xml", func(s string) []byte { return wide(declared(s, "UTF-16"), binary.BigEndian, true) }},
		{"UTF-16BE named", "text/xml; charset=UTF-16BE", func(s string) []byte { return wide(s, binary.BigEndian, false) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			name, key, zip := fmt.Sprintf("CITTÀ %d S.R.L.", i), 10_000+i, fmt.Sprintf("%05d", 12100+i)
			text := swaps(t, string(recorded), recordedName, name, recordedKey, fmt.Sprintf("&gt;%d&lt;", key),
				recordedZip, "&gt;"+zip+"&lt;/capSedeLavoro")
			a := strictly(t, wire(t, h.URL(), post10("/x/servlet/rpcrouter", tc.contentType, tc.alter(text))))
			if a.Outcome == nil {
				t.Fatalf("got %+v", a.Exception)
			}
			c := h.converted(t, a.Outcome.Regional).(*co.UniLav)
			if c.DatoreLavoro.Denominazione != name || c.DatoreLavoro.SedeLavoro.Cap != zip {
				t.Errorf("converted to %q at %s", c.DatoreLavoro.Denominazione, c.DatoreLavoro.SedeLavoro.Cap)
			}
			if r := h.sealHolds(t, a.Receipt); r.Sender != fmt.Sprintf("piemonte/loopback/%d", key) {
				t.Errorf("sender %s", r.Sender)
			}
			// In its plain form it is the same communication.
			again := strictly(t, wire(t, h.URL(), post10("/soap/piemonte", utf8, []byte(text))))
			if !bytes.Equal(a.Receipt, again.Receipt) {
				t.Errorf("the plain form is another communication: %+v", again.Exception)
			}
		})
	}
}

// TestAlteredCalls: calls that are wrong in themselves, or communications that
// say something else, get a fault that the client can read.
func TestAlteredCalls(t *testing.T) {
	t.Parallel()
	h := startHub(t, t.TempDir(), nil)
	_, recorded, _ := bytes.Cut(recordings(t)["01"], []byte("\r\n\r\n"))
	const value = `<value xsi:type="xsd:string">`
	for _, tc := range []struct {
		name  string
		pairs []string
		code  fault.Code
		class string
	}{
		{"no such method", []string{"inviaComunicazioneProspettoXML", "inviaTutto"}, fault.OperationUnknown, userException},
		{"no such service", []string{"urn:PA_AccettazioneComunicazioni", "urn:PA_Altro"}, fault.OperationUnknown, userException},
		{"null argument", []string{value, `<value xsi:type="xsd:string" xsi:nil="true"/><altro xsi:type="xsd:string">`, "</value>", "</altro>"}, fault.CallArguments, userException},
		{"reference", []string{value, `<value href="#id1"/><altro xsi:type="xsd:string">`, "</value>", "</altro>"}, fault.ReferencesRefused, userException},
		{"DTD", []string{"<SOAP-ENV:Envelope ", `<!DOCTYPE a [<!ENTITY b "c">]><SOAP-ENV:Envelope `}, fault.EnvelopeDTD, userException},
		{"DTD in the communication", []string{value, value + "&lt;!DOCTYPE a&gt;"}, fault.RegionalDTD, refusalException},
		{"unbalanced communication", []string{"&lt;/object&gt;", "&lt;/oggetto&gt;"}, fault.RegionalMalformed, refusalException},
		{"a date that is none", []string{"&gt;1740956400000&lt;", "&gt;domani&lt;"}, fault.RegionalValue, refusalException},
		{"a code that the sender chose", []string{"codiceComunicazione type=&quot;java.lang.String&quot;&gt;&lt;null/&gt;", "codiceComunicazione type=&quot;java.lang.String&quot;&gt;1300125200000123"}, fault.CodeNotZero, refusalException},
		{"a wrong codice fiscale", []string{"RSSMRA85C15L219J", "RSSMRA85C15L219K"}, fault.PersonalCode, refusalException},
		{"sex unknown", []string{"sesso type=&quot;java.lang.String&quot;&gt;M&lt;", "sesso type=&quot;java.lang.String&quot;&gt;X&lt;"}, fault.NotListed, refusalException},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			body := swaps(t, string(recorded), tc.pairs...)
			a := strictly(t, wire(t, h.URL(), post10("/soap/piemonte", "text/xml; charset=utf-8", []byte(body))))
			e := a.Exception
			if e == nil || e.Class != tc.class || !strings.HasPrefix(e.Message, string(tc.code)+": ") || e.FaultCode != "Client" {
				t.Fatalf("got %+v, outcome %+v", e, a.Outcome)
			}
			if strings.Contains(e.Message, "RSSMRA") || strings.Contains(e.Message, "domani") {
				t.Errorf("the message quotes the document: %s", e.Message)
			}
			if a.Receipt != nil {
				h.sealHolds(t, a.Receipt)
			}
		})
	}
}

// TestReceiptsByXmlsec1: receipts as they come out of both kinds of answer
// verify alone, with a program that is not ours.
func TestReceiptsByXmlsec1(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed here")
	}
	data := t.TempDir()
	h := startHub(t, data, nil)
	body, err := sender.SPICOMEnvelope(payload(t, "01"))
	if err != nil {
		t.Fatal(err)
	}
	cut := map[string][]byte{"SPICOM": strictly(t, wire(t, h.URL(), post10("/soap/piemonte", "text/xml", body))).Receipt}
	body, err = sender.SPICOMEnvelope(payload(t, "90"))
	if err != nil {
		t.Fatal(err)
	}
	cut["exception"] = strictly(t, wire(t, h.URL(), post10("/soap/piemonte", "text/xml", body))).Receipt
	samples, signer := samplesOf(t, "marche", 0), signerFor(t, data, 0)
	bad := samples.Hiring(2)
	bad.CodiceComunicazione = "1300126000000001"
	for name, c := range map[string]*co.UniLav{"accepted": samples.Hiring(1), "rejected": bad} {
		signed, err := signer.Sign(c)
		if err != nil {
			t.Fatal(err)
		}
		a, err := endpointOf(http.DefaultClient, h.URL(), "marche").Submit(t.Context(), co.UNILAV, signed)
		if err != nil {
			t.Fatal(err)
		}
		cut[name] = a.Receipt
	}
	accepted := h.sealHolds(t, cut["accepted"])
	h.registered(t, "marche", cut["accepted"])
	all, err := endpointOf(http.DefaultClient, h.URL(), "marche").Receipts(t.Context(), accepted.Codice, accepted.Digest)
	if err != nil {
		t.Fatal(err)
	}
	cut["registered"] = all[1]
	_, cut["converted document"] = h.stored(t, parsed(t, cut["SPICOM"]).Codice)

	dir := t.TempDir()
	anchor := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(anchor, xmlsig.EncodeCertificates(h.Keys.Authority.Certificate), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, doc := range cut {
		file := filepath.Join(dir, "alone.xml")
		if err := os.WriteFile(file, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), tool, "--verify", "--trusted-pem", anchor, "--enabled-key-data", "x509", file).CombinedOutput()
		if err != nil || len(doc) == 0 {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, doc)
		}
	}
}
