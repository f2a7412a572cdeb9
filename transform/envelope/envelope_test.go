package envelope_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

const (
	soapOpen  = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">`
	soapClose = `</s:Envelope>`
)

// soap wraps the content of an Envelope.
func soap(content string) string { return soapOpen + content + soapClose }

// well are messages that Open reads, with the element they carry.
var well = map[string]struct {
	message   string
	operation envelope.Name
}{
	"plain": {
		soap(`<s:Body><op xmlns="urn:x"><a>1</a></op></s:Body>`),
		envelope.Name{Space: "urn:x", Local: "op"},
	},
	"declaration, comments and blanks": {
		"<?xml version='1.0' encoding='utf-8'?>\r\n<!-- a -->\n" +
			soap("\n<!-- b --><s:Body>\n<!-- c --><op xmlns='urn:x'/>\n</s:Body>\n") + "\n<!-- d -->\n",
		envelope.Name{Space: "urn:x", Local: "op"},
	},
	"default namespace is SOAP's": {
		`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Header/><Body><p:op xmlns:p="urn:y"/></Body></Envelope>`,
		envelope.Name{Space: "urn:y", Local: "op"},
	},
	"namespace inherited from Envelope": {
		`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:t"><e:Body e:encodingStyle=""><t:op/></e:Body></e:Envelope>`,
		envelope.Name{Space: "urn:t", Local: "op"},
	},
	"no namespace": {
		soap(`<s:Body><op/></s:Body>`),
		envelope.Name{Local: "op"},
	},
	"header blocks that bind nobody": {
		soap(`<s:Header><h xmlns="urn:h" s:mustUnderstand="0"><deep><er/></deep></h><g xmlns="urn:g" s:mustUnderstand="false"/></s:Header><s:Body><op/></s:Body>`),
		envelope.Name{Local: "op"},
	},
	"SOAP names deeper down are content": {
		soap(`<s:Body><op><s:Body/><s:Envelope/></op></s:Body>`),
		envelope.Name{Local: "op"},
	},
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for name, c := range well {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, f := envelope.Open([]byte(c.message))
			if f != nil {
				t.Fatalf("fault %+v", *f)
			}
			if e.Operation != c.operation {
				t.Errorf("operation %v, want %v", e.Operation, c.operation)
			}
			for range 2 { // the cursor can be asked for again
				r := e.Body()
				if string(r.Local()) != c.operation.Local || string(r.Space()) != c.operation.Space {
					t.Errorf("cursor on {%s}%s", r.Space(), r.Local())
				}
				if err := r.Skip(); err != nil || r.End() != e.End {
					t.Errorf("element ends at %d, want %d (%v)", r.End(), e.End, err)
				}
			}
			if got := string(e.Source[e.Offset:e.End]); !strings.HasPrefix(got, "<") || !strings.HasSuffix(got, ">") {
				t.Errorf("span %q", got)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	body := `<s:Body><op/></s:Body>`
	cases := map[string]struct {
		message string
		code    fault.Code
		line    int
	}{
		"empty":                     {"", fault.MalformedEnvelope, 1},
		"not XML":                   {"hello", fault.MalformedEnvelope, 1},
		"cut":                       {soapOpen + "<s:Body>\n<op>", fault.MalformedEnvelope, 2},
		"tags crossed":              {soap("<s:Body><a><b></a></b></s:Body>"), fault.MalformedEnvelope, 1},
		"prefix undeclared":         {soap("<s:Body><x:op/></s:Body>"), fault.MalformedEnvelope, 1},
		"attribute twice":           {soap(`<s:Body><op a="1" a="2"/></s:Body>`), fault.MalformedEnvelope, 1},
		"NUL":                       {soap("<s:Body><op>\x00</op></s:Body>"), fault.MalformedEnvelope, 1},
		"second root":               {soap(body) + "<x/>", fault.MalformedEnvelope, 1},
		"DOCTYPE":                   {"<!DOCTYPE x>\n" + soap(body), fault.EnvelopeDTD, 1},
		"DOCTYPE with entity":       {`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + soap("<s:Body><op>&a;</op></s:Body>"), fault.EnvelopeDTD, 1},
		"billion laughs":            {`<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>` + soap("<s:Body><op>&b;</op></s:Body>"), fault.EnvelopeDTD, 1},
		"entity without DTD":        {soap("<s:Body>\n\n<op>&eacute;</op></s:Body>"), fault.EnvelopeDTD, 3},
		"too deep":                  {soap("<s:Body>" + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + "</s:Body>"), fault.EnvelopeLimits, 1},
		"name too long":             {soap("<s:Body><" + strings.Repeat("a", 300) + "/></s:Body>"), fault.EnvelopeLimits, 1},
		"not UTF-8":                 {soap("<s:Body><op>\xe9</op></s:Body>"), fault.EnvelopeCharset, 1},
		"overlong UTF-8":            {soap("<s:Body><op>\xc0\xbc</op></s:Body>"), fault.EnvelopeCharset, 1},
		"BOM":                       {"\ufeff" + soap(body), fault.EnvelopeCharset, 1},
		"other encoding declared":   {`<?xml version="1.0" encoding="UTF-7"?>` + soap(body), fault.EnvelopeCharset, 1},
		"root is no Envelope":       {"<x/>", fault.NotAnEnvelope, 1},
		"Envelope in no namespace":  {"<Envelope><Body><op/></Body></Envelope>", fault.EnvelopeVersion, 1},
		"SOAP 1.2":                  {`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">` + body + soapClose, fault.EnvelopeVersion, 1},
		"no Body":                   {soap(""), fault.NotAnEnvelope, 1},
		"Header alone":              {soap("<s:Header/>"), fault.NotAnEnvelope, 1},
		"Body of another namespace": {soap(`<Body xmlns="urn:x"><op/></Body>`), fault.NotAnEnvelope, 1},
		"two Headers":               {soap("<s:Header/><s:Header/>" + body), fault.NotAnEnvelope, 1},
		"Header after Body":         {soap(body + "<s:Header/>"), fault.NotAnEnvelope, 1},
		"two Bodies":                {soap(body + "\n" + body), fault.NotAnEnvelope, 2},
		"element after Body":        {soap(body + "<x/>"), fault.NotAnEnvelope, 1},
		"element before Header":     {soap("<x/><s:Header/>" + body), fault.NotAnEnvelope, 1},
		"text in Envelope":          {soap("x" + body), fault.NotAnEnvelope, 1},
		"CDATA in Envelope":         {soap("<![CDATA[ ]]>" + body), fault.NotAnEnvelope, 1},
		"text in Header":            {soap("<s:Header>x</s:Header>" + body), fault.NotAnEnvelope, 1},
		"empty Body":                {soap("<s:Body/>"), fault.BodyNotSingle, 1},
		"blank Body":                {soap("<s:Body>\n</s:Body>"), fault.BodyNotSingle, 2},
		"text in Body":              {soap("<s:Body>x<op/></s:Body>"), fault.BodyNotSingle, 1},
		"text after the element":    {soap("<s:Body><op/>x</s:Body>"), fault.BodyNotSingle, 1},
		"two elements in Body":      {soap("<s:Body><op/>\n<op/></s:Body>"), fault.BodyNotSingle, 2},
		"instruction before":        {"<?go home?>" + soap(body), fault.EnvelopeInst, 1},
		"instruction in Header":     {soap("<s:Header><h><?x?></h></s:Header>" + body), fault.EnvelopeInst, 1},
		"instruction in the text":   {soap("<s:Body><op>a<?x?>b</op></s:Body>"), fault.EnvelopeInst, 1},
		"instruction after":         {soap(body) + "<?x?>", fault.EnvelopeInst, 1},
		"mandatory header": {
			soap("<s:Header>\n<h xmlns='urn:h' s:mustUnderstand='1'/></s:Header>" + body), fault.MustUnderstand, 2},
		"mandatory header, spelled true": {
			soap("<s:Header><h xmlns='urn:h' s:mustUnderstand='true'/></s:Header>" + body), fault.MustUnderstand, 1},
		"mandatory header for another actor": {
			soap("<s:Header><h xmlns='urn:h' s:actor='urn:other' s:mustUnderstand='1'/></s:Header>" + body), fault.MustUnderstand, 1},
		"second header mandatory": {
			soap("<s:Header><g/><h s:mustUnderstand='1'/></s:Header>" + body), fault.MustUnderstand, 1},
		"mandatory header in the words of SOAP 1.2": {
			soap("<s:Header><h xmlns:t='" + envelope.SOAP12 + "' s:mustUnderstand='0' t:mustUnderstand='1'/></s:Header>" + body), fault.MustUnderstand, 1},
		"X-BOMB header blocks": {soap("<s:Header>" + strings.Repeat("<x/>", 65) + "</s:Header>" + body), fault.EnvelopeLimits, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, f := envelope.Open([]byte(c.message))
			if f == nil {
				t.Fatal("opened")
			}
			if f.Code != c.code || f.Line != c.line {
				t.Errorf("got %s at line %d, want %s at line %d", f.Code, f.Line, c.code, c.line)
			}
			if _, ok := fault.Lookup(f.Code); !ok {
				t.Errorf("%s is not in the catalogue", f.Code)
			}
		})
	}
}

// TestOpenAgreesWithEncodingXML reads every message that Open takes with the
// standard library too: same element, same text.
func TestOpenAgreesWithEncodingXML(t *testing.T) {
	t.Parallel()
	for name, c := range well {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			agree(t, []byte(c.message))
		})
	}
}

// agree compares Open with encoding/xml, which takes more than Open does and,
// by its older tables of name characters, at times less.
func agree(t *testing.T, message []byte) {
	t.Helper()
	e, f := envelope.Open(message)
	if f != nil {
		return
	}
	var want struct {
		XMLName xml.Name
		Body    struct {
			Any struct {
				XMLName xml.Name
				Text    string `xml:",chardata"`
			} `xml:",any"`
		} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
	}
	if err := xml.NewDecoder(bytes.NewReader(message)).Decode(&want); err != nil {
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
			return
		}
		t.Fatalf("encoding/xml: %v", err)
	}
	// A tab or line end written in an attribute is a space (XML 1.0, 3.3.3), which
	// encoding/xml leaves as it was written.
	spaces := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	got := xml.Name{Space: spaces.Replace(e.Operation.Space), Local: e.Operation.Local}
	want.Body.Any.XMLName.Space = spaces.Replace(want.Body.Any.XMLName.Space)
	if got != want.Body.Any.XMLName {
		t.Errorf("operation %v, encoding/xml says %v", got, want.Body.Any.XMLName)
	}
	if text := ownText(e); text != want.Body.Any.Text {
		t.Errorf("text %q, encoding/xml says %q", text, want.Body.Any.Text)
	}
}

// ownText joins the character data directly inside the Body's element.
func ownText(e *envelope.Envelope) string {
	r := e.Body()
	depth := r.Depth()
	var text []byte
	for {
		kind, err := r.Next()
		switch {
		case err != nil, kind == xmltoken.End && r.Depth() == depth:
			return string(text)
		case r.Depth() > depth:
		case kind == xmltoken.Text:
			text, _ = xmltoken.AppendText(text, r.Raw())
		case kind == xmltoken.CData:
			text = xmltoken.AppendCData(text, r.Raw())
		}
	}
}

// FuzzEnvelope: no message makes the readers panic or disagree with
// encoding/xml, and whatever is read is written back without loss.
func FuzzEnvelope(f *testing.F) {
	for _, c := range well {
		f.Add([]byte(c.message))
	}
	f.Add([]byte(submission("<UniLav/>", "UniLav", "UniLavXML")))
	f.Add([]byte(soap(`<s:Body><Echo xmlns="urn:snodo:hub:v1"><Testo>a&#xD;b &lt; ]]&gt;</Testo></Echo></s:Body>`)))
	f.Add([]byte(soap(`<s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>x</faultstring><detail><Errori xmlns="urn:snodo:hub:v1"><Errore><Codice>A</Codice></Errore></Errori></detail></s:Fault></s:Body>`)))
	f.Fuzz(func(t *testing.T, message []byte) {
		agree(t, message)
		e, fa := envelope.Open(message)
		if fa != nil {
			if _, ok := fault.Lookup(fa.Code); !ok {
				t.Fatalf("%s is not in the catalogue", fa.Code)
			}
			return
		}
		for _, n := range envelope.Bindings() {
			if doc, fa := n.Document(e); fa == nil && (len(doc) == 0 || len(doc) > envelope.MaxDocument) {
				t.Errorf("document of %d bytes", len(doc))
			}
		}
		if text, fa := envelope.ReadEcho(e); fa == nil {
			back, fa := envelope.Open(envelope.AppendEcho(nil, text))
			if fa != nil {
				t.Fatalf("own answer refused: %+v", *fa)
			}
			back.Operation.Local = envelope.EchoLocal
			if again, fa := envelope.ReadEcho(back); fa != nil || again != text {
				t.Errorf("echo %q came back as %q", text, again)
			}
		}
		envelope.ReadQuery(e)
		e.Fault()
		e.Receipts()
	})
}
