package piemonte

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/xsd/fault"
)

// head10 is the head of a request as the client writes it, its lines ended.
func head10(target string, length int) string {
	return fmt.Sprintf("POST %s HTTP/1.0\r\nHost: spicom.example:80\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\nSOAPAction: \"\"\r\n\r\n", target, length)
}

// alteredHead is a request with pairs of old and new text replaced in its head,
// where they must be.
func alteredHead(t *testing.T, body []byte, pairs ...string) []byte {
	t.Helper()
	head := head10("/spiman/servlet/rpcrouter", len(body))
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(head, pairs[i]) {
			t.Fatalf("nothing to alter: %q", pairs[i])
		}
		head = strings.Replace(head, pairs[i], pairs[i+1], 1)
	}
	return append([]byte(head), body...)
}

// TestRequestsOnTheWire: what the client may write into the head of a request,
// and what stands between it and the hub may make of it. exchange reads until the
// connection closes and judges the answer as the client does: its length stated,
// not chunked, not compressed, not kept alive, text/xml in UTF-8.
func TestRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	alive := recorded(t, "04")
	const contentType = "Content-Type: text/xml; charset=utf-8"
	for name, raw := range map[string][]byte{
		"as recorded":               alteredHead(t, alive),
		"of the region's endpoint":  alteredHead(t, alive, "/spiman/servlet/rpcrouter", "/soap/piemonte"),
		"with a query":              alteredHead(t, alive, "/rpcrouter ", "/rpcrouter?a=b "),
		"through a proxy":           alteredHead(t, alive, " /spiman", " http://spicom.example:80/spiman"),
		"wants to be kept alive":    alteredHead(t, alive, "SOAPAction", "Connection: keep-alive\r\nKeep-Alive: timeout=60\r\nSOAPAction"),
		"no blank before charset":   alteredHead(t, alive, contentType, "Content-Type: text/xml;charset=utf-8"),
		"charset quoted, capitals":  alteredHead(t, alive, contentType, `CONTENT-TYPE: Text/XML; Charset="UTF-8"`),
		"no charset":                alteredHead(t, alive, contentType, "Content-Type: text/xml"),
		"no action":                 alteredHead(t, alive, "SOAPAction: \"\"\r\n", ""),
		"bare action":               alteredHead(t, alive, `SOAPAction: ""`, "SOAPAction:"),
		"password":                  alteredHead(t, alive, "SOAPAction", "Authorization: Basic dXRlbnRlOnBhc3N3b3Jk\r\nSOAPAction"),
		"accepts compressed ones":   alteredHead(t, alive, "SOAPAction", "Accept-Encoding: gzip, deflate\r\nSOAPAction"),
		"accepts SOAP 1.2":          alteredHead(t, alive, "SOAPAction", "Accept: application/soap+xml\r\nSOAPAction"),
		"version 1.1, one request":  alteredHead(t, alive, "HTTP/1.0", "HTTP/1.1", "SOAPAction", "Connection: close\r\nSOAPAction"),
		"no host":                   alteredHead(t, alive, "Host: spicom.example:80\r\n", ""),
		"a cookie that it kept":     alteredHead(t, alive, "SOAPAction", "Cookie: JSESSIONID=1\r\nSOAPAction"),
		"lines that end LF alone":   bytes.Replace(alteredHead(t, alive), []byte("\r\n"), []byte("\n"), 6),
		"header order of the stock": alteredHead(t, alive, "SOAPAction: \"\"\r\n", "", "Host:", "SOAPAction: \"\"\r\nHost:"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a, _ := exchange(t, raw); a.Boolean == nil || !*a.Boolean || a.Status != http.StatusOK {
				t.Errorf("got %+v, %+v", a, a.Exception)
			}
		})
	}
}

// TestFaultsOnTheWire: whatever ends a request, from its first line to the
// argument, is an exception that the client can rebuild, with its code where the
// client shows it.
func TestFaultsOnTheWire(t *testing.T) {
	t.Parallel()
	alive, send := recorded(t, "04"), recorded(t, "30")
	const contentType = "Content-Type: text/xml; charset=utf-8"
	soap12 := bytes.ReplaceAll(alive, []byte("http://schemas.xmlsoap.org/soap/envelope/"), []byte("http://www.w3.org/2003/05/soap-envelope"))
	for name, tc := range map[string]struct {
		raw    []byte
		status int
		code   fault.Code
		class  string
	}{
		"a page is asked for": {[]byte("GET /spiman/servlet/rpcrouter HTTP/1.0\r\n\r\n"), http.StatusMethodNotAllowed, fault.MethodNotAllowed, userException},
		"a form":              {alteredHead(t, alive, contentType, "Content-Type: application/x-www-form-urlencoded"), http.StatusUnsupportedMediaType, fault.MediaType, userException},
		"compressed":          {alteredHead(t, alive, "SOAPAction", "Content-Encoding: gzip\r\nSOAPAction"), http.StatusUnsupportedMediaType, fault.CompressedBody, userException},
		"unknown charset":     {alteredHead(t, alive, "charset=utf-8", "charset=utf-7"), http.StatusInternalServerError, fault.EnvelopeCharset, userException},
		"too large": {
			[]byte(head10("/spiman/servlet/rpcrouter", soap.MaxBody+1)), http.StatusRequestEntityTooLarge, fault.BodyTooLarge, userException,
		},
		"empty":             {alteredHead(t, nil), http.StatusInternalServerError, fault.MalformedEnvelope, userException},
		"no XML":            {alteredHead(t, []byte("ciao")), http.StatusInternalServerError, fault.MalformedEnvelope, userException},
		"cut":               {alteredHead(t, alive[:len(alive)/2]), http.StatusInternalServerError, fault.MalformedEnvelope, userException},
		"SOAP 1.2":          {alteredHead(t, soap12), http.StatusInternalServerError, fault.EnvelopeVersion, userException},
		"document type":     {alteredHead(t, bytes.Replace(alive, []byte("<SOAP-ENV:Envelope"), []byte("<!DOCTYPE a><SOAP-ENV:Envelope"), 1)), http.StatusInternalServerError, fault.EnvelopeDTD, userException},
		"control character": {alteredHead(t, bytes.Replace(send, []byte(">x<"), []byte(">\x01<"), 1)), http.StatusInternalServerError, fault.MalformedEnvelope, userException},
		"bean":              {alteredHead(t, recorded(t, "03")), http.StatusInternalServerError, fault.OperationAbsent, userException},
		"bean of PRODIS": {
			alteredHead(t, bytes.ReplaceAll(recorded(t, "03"), []byte("ComunicazioneTracciatoUnicoDTO"), []byte("ComunicazioneProspettoDisabiliDTO"))),
			http.StatusInternalServerError, fault.OperationAbsent, userException,
		},
		"surrogates":      {alteredHead(t, with(t, `<object type="it.csi.spicom.dto.ComunicazioneTracciatoUnicoDTO"><a type="java.lang.String">&#55357;&#56832;</a></object>`)), http.StatusInternalServerError, fault.RegionalSurrogates, refusal},
		"2 MiB argument":  {alteredHead(t, with(t, strings.Repeat("x", 2<<20))), http.StatusInternalServerError, fault.RegionalMalformed, refusal},
		"nothing at all":  {alteredHead(t, with(t, "")), http.StatusInternalServerError, fault.DocumentMissing, userException},
		"asynchronous":    {alteredHead(t, bytes.ReplaceAll(send, []byte("invokeSynch"), []byte("invokeAsynch"))), http.StatusInternalServerError, fault.OperationAbsent, userException},
		"method not read": {alteredHead(t, bytes.Replace(send, []byte(`<methodName xsi:type="xsd:string">`), []byte(`<methodName xsi:type="xsd:int">`), 1)), http.StatusInternalServerError, fault.CallMalformed, userException},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _ := exchange(t, tc.raw)
			e := a.Exception
			if e == nil || e.Class != tc.class || e.FaultCode == "Server" || !strings.HasPrefix(e.Message, string(tc.code)+": ") || a.Status != tc.status {
				t.Errorf("got status %d, %+v; want %d, %s of %s", a.Status, e, tc.status, tc.code, tc.class)
			}
		})
	}
}

// TestBeanNamesTheString: the refusal of the call with a bean says which call
// takes the same communication.
func TestBeanNamesTheString(t *testing.T) {
	t.Parallel()
	a, got := exchange(t, alteredHead(t, recorded(t, "03")))
	if e := a.Exception; e == nil || !strings.Contains(e.Message, "inviaComunicazioneProspettoXML") || !strings.Contains(e.Message, "ObjectSerializer") || len(got) > 0 {
		t.Errorf("got %+v", a.Exception)
	}
}

// TestStringVariants: the operations that take the same string, and those that
// convert the same array, answer alike.
func TestStringVariants(t *testing.T) {
	t.Parallel()
	send := recorded(t, "01")
	a, got := exchange(t, alteredHead(t, bytes.Replace(send, []byte("inviaComunicazioneProspettoXML"), []byte("inviaComunicazioneXML"), 1)))
	if a.Outcome == nil || string(a.Receipt) != receipt || len(got) != 1 || got[0].Regional.External != "987654321" || got[0].Bulk {
		t.Errorf("got %+v, %+v", a.Exception, got)
	}
	convert := recorded(t, "06")
	a, _ = exchange(t, alteredHead(t, bytes.Replace(convert, []byte("convertiInFormatoUnico2"), []byte("convertiInFormatoUnico"), 1)))
	b, _ := exchange(t, alteredHead(t, convert))
	if len(a.Conversions) != 2 || fmt.Sprint(a.Conversions) != fmt.Sprint(b.Conversions) {
		t.Errorf("got %+v, want %+v", a.Conversions, b.Conversions)
	}
}

// TestAnswersAreUTF8: the text of an answer has accents, and the client reads it
// by the charset that the answer states.
func TestAnswersAreUTF8(t *testing.T) {
	t.Parallel()
	a, _ := exchange(t, alteredHead(t, with(t, "<a")))
	if e := a.Exception; e == nil || !strings.ContainsAny(e.Message, "àèéìòù") || strings.Contains(e.Message, "Ã") {
		t.Errorf("got %+v", a.Exception)
	}
}
