package soap_test

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// in16 encodes text as UTF-16.
func in16(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// utf16BOM encodes text as little-endian UTF-16 behind its mark.
func utf16BOM(text string) string { return "\xff\xfe" + in16(text, binary.LittleEndian) }

// TestCharsets sends one document in every character set, told in every way.
func TestCharsets(t *testing.T) {
	t.Parallel()
	const document = "<a>perché no? 5 €</a>"
	utf8 := submitMessage(document)
	declared := func(name string) string { return "<?xml version='1.0' encoding=\"" + name + "\" standalone='yes'?>\n" }
	latin := strings.NewReplacer("é", "\xe9", "€", "EUR").Replace(utf8)
	windows := strings.NewReplacer("é", "\xe9", "€", "\x80").Replace(utf8)
	be, le := binary.BigEndian, binary.LittleEndian
	cases := map[string]struct {
		contentType, body, want string
	}{
		"charset parameter":               {"text/xml; charset=utf-8", utf8, document},
		"without blank, upper case":       {"TEXT/XML;charset=UTF-8", utf8, document},
		"quoted":                          {`text/xml; charset="utf-8"`, utf8, document},
		"nothing said":                    {"text/xml", utf8, document},
		"BOM":                             {"text/xml", "\xef\xbb\xbf" + utf8, document},
		"BOM and parameter":               {"text/xml; charset=utf-8", "\xef\xbb\xbf" + declared("utf-8") + utf8, document},
		"other parameters":                {"text/xml; charset=utf-8; action=\"x\"", utf8, document},
		"Latin-1 by parameter":            {"text/xml; charset=ISO-8859-1", latin, "<a>perché no? 5 EUR</a>"},
		"Latin-1 by declaration":          {"text/xml", declared("iso-8859-1") + latin, "<a>perché no? 5 EUR</a>"},
		"Latin-1 by both":                 {"text/xml; charset=iso-8859-1", declared("ISO-8859-1") + latin, "<a>perché no? 5 EUR</a>"},
		"Latin-1 keeps C1":                {"text/xml; charset=iso-8859-1", strings.Replace(latin, "no", "\x85", 1), "<a>perché \u0085? 5 EUR</a>"},
		"windows-1252 by parameter":       {"text/xml; charset=windows-1252", windows, document},
		"windows-1252 by declaration":     {"text/xml", declared("Windows-1252") + windows, document},
		"parameter over declaration":      {"text/xml; charset=utf-8", declared("ISO-8859-1") + utf8, document},
		"parameter over BOM":              {"text/xml; charset=utf-16be", "\xfe\xff" + in16(declared("utf-8")+utf8, be), document},
		"UTF-16 big-endian by BOM":        {"text/xml", "\xfe\xff" + in16(utf8, be), document},
		"UTF-16 little-endian by BOM":     {"text/xml", "\xff\xfe" + in16(declared("UTF-16")+utf8, le), document},
		"UTF-16 by parameter and BOM":     {"text/xml; charset=utf-16", "\xff\xfe" + in16(declared("utf-16")+utf8, le), document},
		"UTF-16 by parameter alone":       {"text/xml; charset=utf-16", in16(utf8, be), document},
		"UTF-16LE without BOM":            {"text/xml; charset=utf-16le", in16(declared("utf-16")+utf8, le), document},
		"UTF-16 beyond the BMP":           {"text/xml", "\xff\xfe" + in16(submitMessage("<a>😀</a>"), le), "<a>😀</a>"},
		"declaration with odd blanks":     {"text/xml", "<?xml\tversion = '1.0'\nencoding\r\n=\n'iso-8859-1'\t?>" + latin, "<a>perché no? 5 EUR</a>"},
		"declaration without encoding":    {"text/xml", "<?xml version='1.0'?>" + utf8, document},
		"document's own declaration kept": {"text/xml; charset=iso-8859-1", submitMessage("<?xml version='1.0' encoding='UTF-8'?><a/>"), "<?xml version='1.0' encoding='UTF-8'?><a/>"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, nil)
			a := e.post(t, "/soap/marche", c.body, "Content-Type", c.contentType)
			if a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			s := e.backend.submission(t)
			if string(s.Document) != c.want {
				t.Errorf("document %q", s.Document)
			}
			if string(s.Evidence) != c.body {
				t.Error("evidence is not the body as it arrived")
			}
		})
	}
}

func TestCharsetsRefused(t *testing.T) {
	t.Parallel()
	le := binary.LittleEndian
	for name, c := range map[string]struct {
		contentType, body string
		code              fault.Code
	}{
		"unknown by parameter":      {"text/xml; charset=ebcdic", echoMessage, fault.EnvelopeCharset},
		"empty parameter":           {`text/xml; charset=""`, "<?xml version='1.0' encoding='ebcdic'?>" + echoMessage, fault.EnvelopeCharset},
		"unknown by declaration":    {"text/xml", "<?xml version='1.0' encoding='UTF-7'?>" + echoMessage, fault.EnvelopeCharset},
		"US-ASCII":                  {"text/xml; charset=us-ascii", echoMessage, fault.EnvelopeCharset},
		"UTF-32":                    {"text/xml; charset=utf-32", echoMessage, fault.EnvelopeCharset},
		"Latin-1 without a word":    {"text/xml", strings.Replace(echoMessage, "ciao", "\xe9", 1), fault.EnvelopeCharset},
		"UTF-16 without a word":     {"text/xml", in16(echoMessage, le), fault.MalformedEnvelope},
		"UTF-16 cut":                {"text/xml", utf16BOM(echoMessage) + "x", fault.EnvelopeCharset},
		"UTF-16 lone high":          {"text/xml", utf16BOM(echoMessage) + "\x00\xd8", fault.EnvelopeCharset},
		"UTF-16 lone low":           {"text/xml", utf16BOM(echoMessage) + "\x00\xdc\x00\x00", fault.EnvelopeCharset},
		"UTF-16 in the wrong order": {"text/xml; charset=utf-16be", in16(echoMessage, le), fault.MalformedEnvelope},
		"UTF-16 told as UTF-8":      {"text/xml; charset=utf-8", utf16BOM(echoMessage), fault.EnvelopeCharset},
		"two BOMs":                  {"text/xml", "\xef\xbb\xbf\xef\xbb\xbf" + echoMessage, fault.EnvelopeCharset},
		"BOM inside UTF-16":         {"text/xml", "\xff\xfe\xff\xfe" + in16(echoMessage, le), fault.EnvelopeCharset},
		"encoding inside version":   {"text/xml; charset=utf-8", `<?xml version="1.0 encoding='x'"?>` + echoMessage, fault.MalformedEnvelope},
		"encoding twice":            {"text/xml; charset=utf-8", `<?xml version="1.0" encoding='x' encoding='y'?>` + echoMessage, fault.EnvelopeCharset},
		"encoding before version":   {"text/xml", `<?xml encoding='utf-8' version="1.0"?>` + echoMessage, fault.MalformedEnvelope},
		"declaration without end":   {"text/xml; charset=utf-8", `<?xml version="1.0" encoding='x'` + echoMessage, fault.MalformedEnvelope},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, nil)
			e.post(t, "/soap/marche", c.body, "Content-Type", c.contentType).wants(t, 500, "Client", c.code)
		})
	}
}

// TestCharsetsThatGrow is X-BOMB by charset: a body within bounds that is not so in
// UTF-8, in which alone it is counted and read.
func TestCharsetsThatGrow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ charset, unit string }{
		"ISO-8859-1":   {"iso-8859-1", "\xe9"},
		"windows-1252": {"windows-1252", "\x80"},
		"UTF-16":       {"utf-16le", "\x00\x40"}, // U+4000
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const size = soap.MaxBody * 3 / 4
			e := serve(t, nil)
			e.post(t, "/soap/marche", strings.Repeat(c.unit, size/len(c.unit)), "Content-Type", "text/xml; charset="+c.charset).
				wants(t, http.StatusRequestEntityTooLarge, "Client", fault.BodyTooLarge)
		})
	}
}

// FuzzHandler: whatever body, type and action arrive, the answer is an envelope
// of ours and no defect of ours shows.
func FuzzHandler(f *testing.F) {
	f.Add([]byte(echoMessage), "text/xml; charset=utf-8", `"Echo"`)
	f.Add([]byte(submitMessage("<?xml version='1.0' encoding='UTF-16'?><a/>")), "text/xml", "")
	f.Add([]byte(utf16BOM(echoMessage)), "text/xml", "''")
	f.Add([]byte("<?xml version='1.0' encoding='windows-1252'?>"+echoMessage), "text/xml", "urn:x")
	f.Add([]byte("<?xml version='1.0' encoding='"), "text/xml;charset=iso-8859-1", "\"")
	h, err := soap.New(config(&backend{}, slog.New(slog.DiscardHandler)))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType, action string) {
		req := httptest.NewRequest(http.MethodPost, "/soap/marche", bytes.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("SOAPAction", action)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		answer, soap12 := w.Body.Bytes(), strings.HasPrefix(w.Header().Get("Content-Type"), "application/soap+xml")
		if soap12 {
			turned, problem := envelope.FromSOAP12(answer)
			if problem != nil {
				t.Fatalf("answer is not of SOAP 1.2: %s", answer)
			}
			answer = turned
		}
		env, problem := envelope.Open(answer)
		if problem != nil {
			t.Fatalf("answer is no envelope: %s", answer)
		}
		if got, ok := env.Fault(); ok && got.Code == "Server" || soap12 && bytes.Contains(answer, []byte(":Receiver</")) {
			t.Errorf("a defect of ours: %s", answer)
		}
	})
}
