package envelope_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// submission is a request of the national binding, the document escaped.
func submission(document, suffix, child string) string {
	var escaped bytes.Buffer
	xml.EscapeText(&escaped, []byte(document))
	return submissionRaw(escaped.String(), suffix, child)
}

func submissionRaw(content, suffix, child string) string {
	name := "richiesta_RichiestaRispostaSincrona_" + suffix
	return soap(`<s:Body><t:` + name + ` xmlns:t="http://servizi.lavoro.gov.it/comobbl/types"><t:` + child + `>` +
		content + `</t:` + child + `></t:` + name + `></s:Body>`)
}

func open(t *testing.T, message string) *envelope.Envelope {
	t.Helper()
	e, f := envelope.Open([]byte(message))
	if f != nil {
		t.Fatalf("fault %+v", *f)
	}
	return e
}

// messageFor carries a document, escaped, to the operation of a binding.
func messageFor(b envelope.Binding, document string) string {
	var escaped bytes.Buffer
	xml.EscapeText(&escaped, []byte(document))
	return soap(`<s:Body><t:` + b.Request.Local + ` xmlns:t="` + b.Request.Space + `"><t:` + b.Child + `>` +
		escaped.String() + `</t:` + b.Child + `></t:` + b.Request.Local + `></s:Body>`)
}

// TestBindings fixes the names of every kind's operation, which are the wire's
// own for the first four and must then never change.
func TestBindings(t *testing.T) {
	t.Parallel()
	const national = "{" + envelope.NationalNS + "}"
	const hub = "{" + envelope.HubNS + "}"
	want := []string{
		"UNILAV " + national + "richiesta_RichiestaRispostaSincrona_UniLav UniLavXML",
		"UNISOMM " + national + "richiesta_RichiestaRispostaSincrona_UniSomm UniSommXML",
		"UNIURG " + national + "richiesta_RichiestaRispostaSincrona_UniUrg UniUrgXML",
		"VARDATORI " + national + "richiesta_RichiestaRispostaSincrona_VarDatori VarDatoreXML",
		"UNIMARE? " + national + "richiesta_RichiestaRispostaSincrona_UniMare UniMareXML",
		"UNIDOM? " + national + "richiesta_RichiestaRispostaSincrona_UniDom UniDomXML",
		"UNIPI? " + national + "richiesta_RichiestaRispostaSincrona_UniPi UniPiXML",
		"LAO " + hub + "InviaLao LaoXML",
		"CIGD " + hub + "InviaCigd CigdXML",
	}
	var got []string
	for _, b := range envelope.Bindings() {
		mark := ""
		if b.Inferred {
			mark = "?"
		}
		got = append(got, fmt.Sprintf("%s%s {%s}%s %s", b.Kind, mark, b.Request.Space, b.Request.Local, b.Child))
		e := open(t, messageFor(b, "<a/>"))
		if found, ok := envelope.BindingOf(e.Operation); !ok || found != b {
			t.Errorf("%s: found %+v, %v", b.Kind, found, ok)
		}
		if found, ok := envelope.BindingOfKind(b.Kind); !ok || found != b {
			t.Errorf("%s: found %+v, %v", b.Kind, found, ok)
		}
		if doc, f := b.Document(e); f != nil || string(doc) != "<a/>" {
			t.Errorf("%s: document %q, %v", b.Kind, doc, f)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for _, kind := range co.Kinds() {
		if _, ok := envelope.BindingOfKind(kind); !ok {
			t.Errorf("%s cannot be submitted", kind)
		}
	}
	if _, ok := envelope.BindingOfKind(""); ok {
		t.Error("a kind without name can be submitted")
	}
}

func TestOtherOperations(t *testing.T) {
	t.Parallel()
	for _, other := range []envelope.Name{
		{Space: envelope.NationalNS, Local: "richiesta_RichiestaRispostaSincrona_UniPI"},
		{Space: envelope.NationalNS, Local: "InviaLao"},
		{Space: envelope.HubNS, Local: "InviaLaoRisposta"},
		{Space: envelope.NationalNS, Local: "risposta_RichiestaRispostaSincrona_UniLav"},
		{Space: envelope.HubNS, Local: "richiesta_RichiestaRispostaSincrona_UniLav"},
		{Local: "richiesta_RichiestaRispostaSincrona_UniLav"},
	} {
		if n, ok := envelope.BindingOf(other); ok {
			t.Errorf("%v taken for %s", other, n.Kind)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	unilav, _ := envelope.BindingOf(envelope.Name{
		Space: envelope.NationalNS, Local: "richiesta_RichiestaRispostaSincrona_UniLav"})
	big := strings.Repeat("x", envelope.MaxDocument)
	cases := map[string]struct {
		content string // raw markup inside UniLavXML
		want    string
		code    fault.Code
	}{
		"escaped":               {content: "&lt;a b=&quot;&amp;amp;&quot;/&gt;", want: `<a b="&amp;"/>`},
		"CDATA":                 {content: "<![CDATA[<a>&amp;</a>]]>", want: "<a>&amp;</a>"},
		"CDATA in pieces":       {content: "<![CDATA[<a>]]]]><![CDATA[></a>]]>", want: "<a>]]></a>"},
		"blanks trimmed":        {content: "\r\n\t <![CDATA[<a> </a>]]> \n", want: "<a> </a>"},
		"only XML blanks":       {content: "\u00a0&lt;a/&gt;\u2003", want: "\u00a0<a/>\u2003"},
		"line ends made LF":     {content: "&lt;a>\r\n\r&lt;/a>", want: "<a>\n\n</a>"},
		"referenced CR kept":    {content: "&lt;a>&#13;&#xA;&lt;/a>", want: "<a>\r\n</a>"},
		"beyond the BMP":        {content: "&#x1F600;è", want: "😀è"},
		"comment inside":        {content: "&lt;a<!-- x -->/&gt;", want: "<a/>"},
		"UTF-8 declared":        {content: "&lt;?xml version='1.0' encoding='utf-8'?&gt;&lt;a/&gt;", want: "<?xml version='1.0' encoding='utf-8'?><a/>"},
		"declaration malformed": {content: "&lt;?xml nonsense?&gt;&lt;a/&gt;", want: "<?xml nonsense?><a/>"}, // the guard's to refuse
		"as long as may be":     {content: big, want: big},

		"empty":                    {content: "", code: fault.DocumentMissing},
		"blank":                    {content: " \n", code: fault.DocumentMissing},
		"elements, not a string":   {content: "<UniLav/>", code: fault.DocumentNotString},
		"string and elements":      {content: "&lt;a/&gt;<b/>", code: fault.DocumentNotString},
		"too large":                {content: big + "x", code: fault.DocumentTooLarge},
		"byte order mark":          {content: "&#xFEFF;&lt;a/&gt;", code: fault.DocumentCharset},
		"Latin-1 declared":         {content: "&lt;?xml version='1.0' encoding='ISO-8859-1'?&gt;&lt;a/&gt;", code: fault.DocumentCharset},
		"UTF-16 declared in CDATA": {content: "<![CDATA[<?xml version='1.0' encoding='UTF-16'?><a/>]]>", code: fault.DocumentCharset},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, f := unilav.Document(open(t, submissionRaw(c.content, "UniLav", "UniLavXML")))
			if c.code != "" {
				if f == nil || f.Code != c.code {
					t.Fatalf("fault %v, want %s", f, c.code)
				}
				return
			}
			if f != nil {
				t.Fatalf("fault %+v", *f)
			}
			if string(doc) != c.want {
				t.Errorf("document %.80q, want %.80q", doc, c.want)
			}
		})
	}
}

func TestDocumentRequestShape(t *testing.T) {
	t.Parallel()
	unilav := envelope.Bindings()[0]
	request := func(content string) string {
		return soap(`<s:Body><richiesta_RichiestaRispostaSincrona_UniLav xmlns="http://servizi.lavoro.gov.it/comobbl/types">` +
			content + `</richiesta_RichiestaRispostaSincrona_UniLav></s:Body>`)
	}
	for name, content := range map[string]string{
		"nothing":             "",
		"another child":       "<UniSommXML>x</UniSommXML>",
		"unqualified child":   `<UniLavXML xmlns="">x</UniLavXML>`,
		"child twice":         "<UniLavXML>x</UniLavXML><UniLavXML>y</UniLavXML>",
		"text before":         "x<UniLavXML>x</UniLavXML>",
		"text after":          "<UniLavXML>x</UniLavXML>x",
		"extra child":         "<UniLavXML>x</UniLavXML><Altro/>",
		"text without child":  "&lt;UniLav/&gt;",
		"child one level too": "<x><UniLavXML>x</UniLavXML></x>",
	} {
		if _, f := unilav.Document(open(t, request(content))); f == nil || f.Code != fault.RequestShape {
			t.Errorf("%s: fault %v, want %s", name, f, fault.RequestShape)
		}
	}
}

// TestDocumentIsTheCallers: the bytes survive the envelope's next reading.
func TestDocumentIsTheCallers(t *testing.T) {
	t.Parallel()
	unilav := envelope.Bindings()[0]
	e := open(t, submission("<uno/>", "UniLav", "UniLavXML"))
	first, _ := unilav.Document(e)
	second, _ := unilav.Document(e)
	for i := range second {
		second[i] = 'x'
	}
	if string(first) != "<uno/>" {
		t.Errorf("document became %q", first)
	}
}
