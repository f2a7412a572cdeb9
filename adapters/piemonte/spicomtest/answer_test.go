package spicomtest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".response.raw"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestRecorded: the reader accepts what the client accepted.
func TestRecorded(t *testing.T) {
	t.Parallel()
	for name, class := range map[string]string{
		"10-fault-InvioComunicazioneException": "it.csi.spicom.interf.InvioComunicazioneException",
		"11-fault-UserException":               "it.csi.csi.wrapper.UserException",
		"21-fault-min-detail":                  "it.csi.spicom.interf.InvioComunicazioneException",
	} {
		a, err := ReadAnswer(recorded(t, name))
		if err != nil || a.Exception == nil || a.Exception.Class != class || a.Exception.FaultCode != "Server" {
			t.Errorf("%s: %+v %v", name, a.Exception, err)
		}
	}
	for _, name := range []string{"01-inviaComunicazioneProspettoXML", "30-ok-minimal"} {
		a, err := ReadAnswer(recorded(t, name))
		if err != nil || a.Outcome == nil || *a.Outcome != (Outcome{"1300125200000123", 4567}) {
			t.Errorf("%s: %+v %v", name, a.Outcome, err)
		}
	}
	for name, want := range map[string]bool{"04-isAlive": true, "05-testResources": false} {
		a, err := ReadAnswer(recorded(t, name))
		if err != nil || a.Boolean == nil || *a.Boolean != want {
			t.Errorf("%s: %v %v", name, a.Boolean, err)
		}
	}
}

func TestRecordedConversion(t *testing.T) {
	t.Parallel()
	const name = "06-convertiInFormatoUnico2"
	a, err := ReadAnswer(recorded(t, name))
	if err != nil || len(a.Conversions) != 2 {
		t.Fatalf("%+v, %v", a.Conversions, err)
	}
	if c := a.Conversions[0]; !c.Done || c.Errors != nil || c.In != "<UniLav/>" || !strings.HasPrefix(c.Out, "<object ") {
		t.Errorf("success: %+v", c)
	}
	if c := a.Conversions[1]; c.Done || len(c.Errors) != 2 || c.Out != "" {
		t.Errorf("failure: %+v", c)
	}
	_, body, _ := bytes.Cut(recorded(t, name), []byte("\r\n\r\n"))
	for _, tc := range []struct{ name, old, new string }{
		{"too few results", "RisultatoConversioneTracciato[2]", "RisultatoConversioneTracciato[3]"},
		{"array of another class", "RisultatoConversioneTracciato[2]", "Risultato[2]"},
		{"bean that cannot be made", `ComunicazioneInt" xsi:nil="true"`, `ComunicazioneInt"`},
		{"success without text", `<conversioneEseguitaConSuccesso xsi:type="xsd:boolean">false`, `<conversioneEseguitaConSuccesso xsi:type="xsd:boolean">true`},
		{"no input", `<tracciatoInIngresso xsi:type="xsd:string">&lt;UniLav2/&gt;</tracciatoInIngresso>`, ""},
	} {
		broken := bytes.Replace(body, []byte(tc.old), []byte(tc.new), 1)
		if bytes.Equal(broken, body) {
			t.Fatalf("%s: nothing to break", tc.name)
		}
		raw := append([]byte("HTTP/1.1 200 X\r\nContent-Type: text/xml;charset=utf-8\r\n\r\n"), broken...)
		if _, err := ReadAnswer(raw); err == nil {
			t.Errorf("%s: read", tc.name)
		}
	}
}

// TestStrict breaks one rule of the page after the other.
func TestStrict(t *testing.T) {
	t.Parallel()
	const ok, fault = "30-ok-minimal", "21-fault-min-detail"
	for _, tc := range []struct{ name, answer, old, new string }{
		{"no charset", ok, "; charset=utf-8", ""},
		{"Latin-1", ok, "charset=utf-8", "charset=iso-8859-1"},
		{"SOAP 1.2", ok, "text/xml", "application/soap+xml"},
		{"HTML", ok, "text/xml", "text/html"},
		{"length", ok, "Content-Length: 768", "Content-Length: 999"},
		{"chunks", ok, "Connection: close", "Transfer-Encoding: chunked"},
		{"keep-alive", ok, "Connection: close", "Connection: keep-alive"},
		{"compressed", ok, "Connection: close", "Content-Encoding: gzip"},
		{"int for Long", ok, "xsd:long", "xsd:int"},
		{"untyped property", ok, `<identificativoRegionale xsi:type="xsd:string">`, "<identificativoRegionale>"},
		{"qualified property", ok, "identificativoSpicom", "n:identificativoSpicom"},
		{"no regional code", ok, ">1300125200000123<", "><"},
		{"bare value", ok, "Bean_it.csi.csi.util.Param", "string"},
		{"bean of another namespace", ok, `xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"`, `xmlns:e="urn:e"`},
		{"cut", ok, "</SOAP-ENV:Envelope>", ""},
		{"unbalanced", ok, "</return>", "</ritorno>"},
		{"another prefix in a fault", fault, "xsi", "i"},
		{"no faultstring", fault, "<faultstring>plain</faultstring>", ""},
		{"unknown faultcode", fault, "SOAP-ENV:Server", "Server"},
		{"typed value in detail", fault, "b:Bean_it.csi.spicom.interf.InvioComunicazioneException", "xsd:string"},
		{"unknown class", fault, "InvioComunicazioneException", "AltraException"},
		{"qualified message", fault, "message", "b:message"},
		{"document type", fault, "<SOAP-ENV:Envelope ", "<!DOCTYPE x><SOAP-ENV:Envelope "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			raw := recorded(t, tc.answer)
			if !bytes.Contains(raw, []byte(tc.old)) {
				t.Fatalf("nothing to break: %q", tc.old)
			}
			broken := strings.ReplaceAll(string(raw), tc.old, tc.new)
			if !strings.Contains(tc.old, "Content-Length") { // keep the length true
				head, body, _ := strings.Cut(broken, "\r\n\r\n")
				var lines []string
				for line := range strings.SplitSeq(head, "\r\n") {
					if !strings.HasPrefix(line, "Content-Length") {
						lines = append(lines, line)
					}
				}
				broken = strings.Join(lines, "\r\n") + "\r\n\r\n" + body
			}
			if a, err := ReadAnswer([]byte(broken)); err == nil {
				t.Errorf("accepted: %+v", a)
			}
		})
	}
}
