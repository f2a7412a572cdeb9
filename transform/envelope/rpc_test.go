package envelope

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// The parts of a call as the region's client writes it.
const (
	rpcHead = `<?xml version='1.0' encoding='UTF-8'?>` + "\r\n" +
		`<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<SOAP-ENV:Body>
<ns1:invokeSynch xmlns:ns1="urn:PA_AccettazioneComunicazioni" SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">
`
	rpcMethod = `<methodName xsi:type="xsd:string">inviaComunicazioneProspettoXML</methodName>
`
	rpcParam = `<param xmlns:ns2="http://schemas.xmlsoap.org/soap/encoding/" xsi:type="ns2:Array" ns2:arrayType="ns2:Bean_it.csi.csi.util.Param[1]">
<item xsi:type="ns2:Bean_it.csi.csi.util.Param">
<encodingStyleURI xsi:type="xsd:string"></encodingStyleURI>
<name xsi:type="xsd:string">xml</name>
<simple xsi:type="xsd:boolean">false</simple>
<type xmlns:ns3="http://xml.apache.org/xml-soap" xsi:type="ns3:Class">java.lang.String</type>
<value xsi:type="xsd:string">&lt;a&gt; &#200; ]]&gt;</value>
</item>
</param>
`
	rpcTail = `</ns1:invokeSynch>
</SOAP-ENV:Body>
</SOAP-ENV:Envelope>
`
	rpcCall  = rpcHead + rpcMethod + rpcParam + rpcTail
	rpcValue = `<value xsi:type="xsd:string">&lt;a&gt; &#200; ]]&gt;</value>`
	rpcText  = "<a> È ]]>"
)

// invoke reads a message as the dialect does.
func invoke(message string) (Invoke, *fault.Fault) {
	env, f := Open([]byte(message))
	if f != nil {
		return Invoke{}, f
	}
	if !IsInvoke(env.Operation) {
		return Invoke{}, &fault.Fault{Code: fault.UnknownOperation}
	}
	return ReadInvoke(env)
}

// altered replaces pairs of old and new text in the recorded call.
func altered(t *testing.T, pairs ...string) string {
	t.Helper()
	s := rpcCall
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			t.Fatalf("nothing to alter: %q", pairs[i])
		}
		s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
	}
	return s
}

// TestInvokeVariants: what a lawful client may write differently is read the same.
func TestInvokeVariants(t *testing.T) {
	t.Parallel()
	const xsi = `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"`
	for name, message := range map[string]string{
		"as recorded":              rpcCall,
		"other prefixes":           altered(t, "SOAP-ENV", "s", "xsi", "i", "xsd", "x", "ns1", "m", "ns2", "enc"),
		"the schemas of 1999":      altered(t, xsi, `xmlns:xsi="http://www.w3.org/1999/XMLSchema-instance" xmlns:xsd="http://www.w3.org/1999/XMLSchema"`),
		"the schemas of 2000":      altered(t, xsi, `xmlns:xsi="http://www.w3.org/2000/10/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2000/10/XMLSchema"`),
		"parameters reversed":      rpcHead + rpcParam + rpcMethod + rpcTail,
		"properties reversed":      altered(t, rpcValue, "", `<encodingStyleURI`, rpcValue+`<encodingStyleURI`),
		"value alone":              altered(t, `<encodingStyleURI xsi:type="xsd:string"></encodingStyleURI>`, "", `<name xsi:type="xsd:string">xml</name>`, "", `<simple xsi:type="xsd:boolean">false</simple>`, ""),
		"null properties":          altered(t, `<name xsi:type="xsd:string">xml</name>`, `<name xsi:type="xsd:string" xsi:nil="true"/>`),
		"unknown property":         altered(t, `<name `, `<novita xsi:type="xsd:int"><a/></novita><name `),
		"qualified property":       altered(t, `<name `, `<ns2:value xsi:type="xsd:string">no</ns2:value><name `),
		"items of another name":    altered(t, "<item", "<elemento", "</item", "</elemento"),
		"items without type":       altered(t, `<item xsi:type="ns2:Bean_it.csi.csi.util.Param">`, "<item>"),
		"array without size":       altered(t, "Param[1]", "Param[]"),
		"array without own type":   altered(t, `xsi:type="ns2:Array" `, ""),
		"blanks in the array type": altered(t, `"ns2:Bean_it.csi.csi.util.Param[1]"`, `" ns2:Bean_it.csi.csi.util.Param[ 1 ] "`),
		"string of the encoding":   altered(t, rpcValue, strings.Replace(rpcValue, "xsd:string", "ns2:string", 1)),
		"blanks and comments":      altered(t, "<item", "\t \r\n<!-- x --><item", "inviaComunicazioneProspettoXML<", "\n inviaComunicazioneProspettoXML <!-- x --><"),
		"CDATA":                    altered(t, rpcValue, `<value xsi:type="xsd:string"><![CDATA[<a> È ]]>]]&gt;</value>`),
		"declaration absent":       altered(t, "<?xml version='1.0' encoding='UTF-8'?>\r\n", ""),
		"headers":                  altered(t, "<SOAP-ENV:Body>", `<SOAP-ENV:Header><a:b xmlns:a="urn:a" SOAP-ENV:mustUnderstand="0">x</a:b></SOAP-ENV:Header><SOAP-ENV:Body>`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, f := invoke(message)
			if f != nil {
				t.Fatalf("refused: %v", f)
			}
			if in.Service != "urn:PA_AccettazioneComunicazioni" || in.Method != "inviaComunicazioneProspettoXML" {
				t.Errorf("got %q %q", in.Service, in.Method)
			}
			if len(in.Args) != 1 || in.Args[0].Kind != StringArgument || string(in.Args[0].Text) != rpcText {
				t.Errorf("got arguments %v", in.Args)
			}
		})
	}
}

// TestInvokeRefused: types and counts may not vary, and no value may lie where
// two readers could look for it in two places.
func TestInvokeRefused(t *testing.T) {
	t.Parallel()
	value := func(with string) string { return altered(t, rpcValue, with) }
	for _, tc := range []struct {
		name    string
		message string
		code    fault.Code
	}{
		{"DTD", "<!DOCTYPE x>" + rpcCall[len("<?xml version='1.0' encoding='UTF-8'?>"):], fault.EnvelopeDTD},
		{"mandatory header", altered(t, "<SOAP-ENV:Body>", `<SOAP-ENV:Header><a:b xmlns:a="urn:a" SOAP-ENV:mustUnderstand="1">x</a:b></SOAP-ENV:Header><SOAP-ENV:Body>`), fault.MustUnderstand},
		{"two calls", altered(t, "</SOAP-ENV:Body>", `<ns1:invokeSynch xmlns:ns1="urn:x"/></SOAP-ENV:Body>`), fault.BodyNotSingle},
		{"no method", altered(t, rpcMethod, ""), fault.CallMalformed},
		{"method twice", altered(t, rpcMethod, rpcMethod+rpcMethod), fault.CallMalformed},
		{"method without type", altered(t, `<methodName xsi:type="xsd:string">`, "<methodName>"), fault.CallMalformed},
		{"method of another type", altered(t, `<methodName xsi:type="xsd:string">`, `<methodName xsi:type="xsd:int">`), fault.CallMalformed},
		{"method null", altered(t, rpcMethod, `<methodName xsi:type="xsd:string" xsi:nil="true"/>`), fault.CallMalformed},
		{"method of elements", altered(t, rpcMethod, `<methodName xsi:type="xsd:string"><a/></methodName>`), fault.CallMalformed},
		{"qualified method", altered(t, "methodName", "ns1:methodName"), fault.CallMalformed},
		{"param twice", altered(t, rpcMethod, rpcMethod+rpcParam), fault.CallMalformed},
		{"unknown parameter", altered(t, rpcMethod, rpcMethod+"<x/>"), fault.CallMalformed},
		{"text between parameters", altered(t, rpcMethod, rpcMethod+"x"), fault.CallMalformed},
		{"fewer items than declared", altered(t, "Param[1]", "Param[2]"), fault.CallMalformed},
		{"more items than declared", altered(t, "Param[1]", "Param[0]"), fault.CallMalformed},
		{"negative size", altered(t, "Param[1]", "Param[-1]"), fault.CallMalformed},
		{"huge size", altered(t, "Param[1]", "Param[99999999999]"), fault.CallMalformed},
		{"two dimensions", altered(t, "Param[1]", "Param[][1]"), fault.CallMalformed},
		{"array of another bean", altered(t, "util.Param[1]", "util.Other[1]"), fault.CallMalformed},
		{"array of a bean elsewhere", altered(t, "ns2:Bean_it.csi.csi.util.Param[1]", "xsd:Bean_it.csi.csi.util.Param[1]"), fault.CallMalformed},
		{"array type without prefix", altered(t, "ns2:Bean_it.csi.csi.util.Param[1]", "Bean_it.csi.csi.util.Param[1]"), fault.CallMalformed},
		{"no array type", altered(t, ` ns2:arrayType="ns2:Bean_it.csi.csi.util.Param[1]"`, ""), fault.CallMalformed},
		{"array of another type", altered(t, `xsi:type="ns2:Array"`, `xsi:type="xsd:string"`), fault.CallMalformed},
		{"part of an array", altered(t, "ns2:arrayType", `ns2:offset="[3]" ns2:arrayType`), fault.CallMalformed},
		{"item of another type", altered(t, `<item xsi:type="ns2:Bean_it.csi.csi.util.Param">`, `<item xsi:type="xsd:string">`), fault.CallMalformed},
		{"item null", altered(t, `<item `, `<item xsi:nil="1" `), fault.CallMalformed},
		{"value twice", value(rpcValue + rpcValue), fault.CallMalformed},
		{"value without type", value("<value>x</value>"), fault.CallMalformed},
		{"value of an undeclared prefix", value(`<value xsi:type="y:string">x</value>`), fault.CallMalformed},
		{"value of elements", value(`<value xsi:type="xsd:string"><object/></value>`), fault.CallMalformed},
		{"value null and given", value(`<value xsi:type="xsd:string" xsi:nil="true">x</value>`), fault.CallMalformed},
		{"value neither null nor not", value(`<value xsi:type="xsd:string" xsi:nil="maybe">x</value>`), fault.CallMalformed},
		{"value elsewhere", value(`<value href="#id1"/>`), fault.ReferencesRefused},
		{"argument elsewhere", altered(t, `<item xsi:type="ns2:Bean_it.csi.csi.util.Param">`, `<item href="#id1">`), fault.ReferencesRefused},
		{"typed twice", value(`<value xmlns:old="http://www.w3.org/1999/XMLSchema-instance" old:type="xsd:string" xsi:type="xsd:string">x</value>`), fault.CallMalformed},
		{"null twice", value(`<value xmlns:old="http://www.w3.org/1999/XMLSchema-instance" old:null="1" xsi:nil="0" xsi:type="xsd:string"/>`), fault.CallMalformed},
		{"X-BOMB properties", value(numbered(maxProperties)), fault.CallMalformed},
		{"X-BOMB properties, all", value(numbered(1 << 16)), fault.CallMalformed}, // the square of their number
		{"X-BOMB arguments", altered(t, "Param[1]", "Param[]", "</param>", strings.Repeat("<i/>", maxArguments)+"</param>"), fault.CallMalformed},
		{"X-BOMB strings", value(`<value xsi:type="ns2:Array" ns2:arrayType="xsd:string[]">` + strings.Repeat("<i/>", maxStrings+1) + `</value>`), fault.CallMalformed},
		{"strings fewer than declared", value(`<value xsi:type="ns2:Array" ns2:arrayType="xsd:string[2]"><item xsi:type="xsd:string">x</item></value>`), fault.CallMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in, f := invoke(tc.message)
			if f == nil || f.Code != tc.code {
				t.Errorf("got %v (%+v), want %s", f, in, tc.code)
			}
			if f != nil && f.Line == 0 {
				t.Error("fault without a line")
			}
		})
	}
}

// numbered are properties of names of their own.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<a%d/>", i)
	}
	return b.String()
}

func TestInvokeArguments(t *testing.T) {
	t.Parallel()
	none := strings.ReplaceAll(rpcHead+rpcMethod+`<param xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" xsi:type="e:Array" PARAM></param>`+rpcTail, "\r", "")
	for name, tc := range map[string]struct {
		message string
		kinds   []ArgumentKind
	}{
		"none":           {strings.Replace(none, "PARAM", `e:arrayType="e:Bean_it.csi.csi.util.Param[0]"`, 1), nil},
		"null array":     {strings.Replace(none, "PARAM", `e:arrayType="e:Bean_it.csi.csi.util.Param[]" xsi:nil="true"`, 1), nil},
		"bare null":      {strings.Replace(none, "PARAM", `xsi:nil="true"`, 1), nil},
		"no param":       {rpcHead + rpcMethod + rpcTail, nil},
		"null":           {altered(t, rpcValue, `<value xsi:type="xsd:string" xsi:nil="true"/>`), []ArgumentKind{NullArgument}},
		"null of 1999":   {altered(t, "2001/XMLSchema", "1999/XMLSchema", rpcValue, `<value xsi:type="xsd:string" xsi:null="1"/>`), []ArgumentKind{NullArgument}},
		"no value":       {altered(t, rpcValue, ""), []ArgumentKind{NullArgument}},
		"number":         {altered(t, rpcValue, `<value xsi:type="xsd:long">1</value>`), []ArgumentKind{OtherArgument}},
		"bean":           {altered(t, rpcValue, `<value xsi:type="ns2:Bean_it.x"><a xsi:type="xsd:int">1</a></value>`), []ArgumentKind{OtherArgument}},
		"all properties": {altered(t, rpcValue, numbered(maxProperties-4)), []ArgumentKind{NullArgument}},
		"many strings":   {altered(t, rpcValue, `<value xsi:type="ns2:Array" ns2:arrayType="xsd:string[]">`+strings.Repeat("<i/>", maxStrings)+`</value>`), []ArgumentKind{StringsArgument}},
		"strings":        {altered(t, rpcValue, `<value xsi:type="ns2:Array" ns2:arrayType="xsd:string[2]"><item xsi:type="xsd:string">x</item><item xsi:type="xsd:string"/></value>`), []ArgumentKind{StringsArgument}},
		"numbers":        {altered(t, rpcValue, `<value xsi:type="ns2:Array" ns2:arrayType="xsd:long[1]"><item xsi:type="xsd:long">1</item></value>`), []ArgumentKind{OtherArgument}},
		"empty string":   {altered(t, rpcValue, `<value xsi:type="xsd:string"/>`), []ArgumentKind{StringArgument}},
		"not null":       {altered(t, rpcValue, `<value xsi:type="xsd:string" xsi:nil="false">x</value>`), []ArgumentKind{StringArgument}},
		"two":            {altered(t, "Param[1]", "Param[2]", "</param>", `<item xsi:type="ns2:Bean_it.csi.csi.util.Param">`+rpcValue+"</item></param>"), []ArgumentKind{StringArgument, StringArgument}},
		"another method": {altered(t, "invokeSynch", "putCall"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, f := invoke(tc.message)
			if f != nil {
				t.Fatalf("refused: %v", f)
			}
			if len(in.Args) != len(tc.kinds) {
				t.Fatalf("got %d arguments", len(in.Args))
			}
			for i, kind := range tc.kinds {
				if in.Args[i].Kind != kind {
					t.Errorf("argument %d is of kind %d, want %d", i, in.Args[i].Kind, kind)
				}
			}
		})
	}
}

func TestIsInvoke(t *testing.T) {
	t.Parallel()
	for name, want := range map[Name]bool{
		{"urn:PA_AccettazioneComunicazioni", "invokeSynch"}: true,
		{"", "invokeSynch"}:                                        true,
		{"urn:PA_ServizioTraduzioneTracciati", "other"}:            true,
		{NationalNS, "richiesta_RichiestaRispostaSincrona_UniLav"}: false,
		{HubNS, "Echo"}:                                            false,
	} {
		if IsInvoke(name) != want {
			t.Errorf("%v: got %t", name, !want)
		}
	}
}

// TestReturn holds an answer against its bytes: the client is known to be
// particular about every one of them.
func TestReturn(t *testing.T) {
	t.Parallel()
	got := string(AppendReturn(nil, "urn:PA_X", BeanProperty("value", "it.Esito",
		StringProperty("codice", `1 < 2 & "3"`), LongProperty("numero", -4567)), []byte(`<r xmlns="urn:r"/>`)))
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">` +
		`<SOAP-ENV:Header><r xmlns="urn:r"/></SOAP-ENV:Header><SOAP-ENV:Body>` +
		`<m:invokeSynchResponse xmlns:m="urn:PA_X" SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">` +
		`<return xmlns:b="http://schemas.xmlsoap.org/soap/encoding/" xsi:type="b:Bean_it.csi.csi.util.Param"><name xsi:type="xsd:string">retval</name>` +
		`<value xsi:type="b:Bean_it.Esito"><codice xsi:type="xsd:string">1 &lt; 2 &amp; &#34;3&#34;</codice><numero xsi:type="xsd:long">-4567</numero></value>` +
		`</return></m:invokeSynchResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestBeanFault(t *testing.T) {
	t.Parallel()
	got := AppendBeanFault(nil, BeanFault{
		Code: Client, String: "X-01: no\x00", Class: "it.Ex",
		Properties: []Property{StringProperty("message", "X-01: no"), IntProperty("motivoErrore", 8), BooleanProperty("b", true)},
		Faults:     fault.List{{Code: fault.CallMalformed, Path: "/a", Line: 3}},
	})
	for _, want := range []string{
		`<faultcode>SOAP-ENV:Client</faultcode><faultstring>X-01: no` + "\ufffd" + `</faultstring>`,
		`<detail><e xmlns:b="http://schemas.xmlsoap.org/soap/encoding/" xsi:type="b:Bean_it.Ex"><message xsi:type="xsd:string">X-01: no</message>`,
		`<motivoErrore xsi:type="xsd:int">8</motivoErrore><b xsi:type="xsd:boolean">true</b></e><Errori xmlns="urn:snodo:hub:v1"><Errore><Codice>CNV-01</Codice>`,
	} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("lacks %s\n%s", want, got)
		}
	}
	if _, f := Open(got); f != nil {
		t.Errorf("not an envelope of ours: %v", f)
	}
}

// FuzzInvoke: whatever the message, reading it neither panics nor gives a call
// without a method's place, and a string argument is never longer than it.
func FuzzInvoke(f *testing.F) {
	f.Add([]byte(rpcCall))
	f.Add([]byte(rpcHead + rpcParam + rpcMethod + rpcTail))
	f.Add([]byte(strings.ReplaceAll(rpcCall, "Param[1]", "Param[2]")))
	f.Add([]byte(strings.ReplaceAll(rpcCall, rpcValue, `<value href="#x"/>`)))
	f.Fuzz(func(t *testing.T, message []byte) {
		in, fa := invoke(string(message))
		if fa != nil {
			if _, ok := fault.Lookup(fa.Code); !ok {
				t.Errorf("fault %v is not of the catalogue", fa)
			}
			return
		}
		size := len(in.Method)
		for _, a := range in.Args {
			size += len(a.Text)
			if a.Kind != StringArgument && a.Text != nil {
				t.Error("text of what is no string")
			}
		}
		if size > len(message) {
			t.Errorf("%d bytes of arguments from %d", size, len(message))
		}
	})
}
