package envelope

import (
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

func TestFromSOAP12(t *testing.T) {
	t.Parallel()
	const inside = `<s:Body><op xmlns="urn:o">http://www.w3.org/2003/05/soap-envelope</op></s:Body></s:Envelope>`
	for name, open := range map[string]string{
		"double quotes": `<s:Envelope xmlns:s="` + SOAP12 + `">`, "single quotes": `<?xml version='1.0'?><s:Envelope xmlns:s='` + SOAP12 + `'>`,
	} {
		got, f := FromSOAP12([]byte(open + inside))
		if f != nil {
			t.Errorf("%s: %s", name, f.Code)
			continue
		}
		e, f := Open(got)
		if f != nil || e.Operation != (Name{"urn:o", "op"}) || !strings.Contains(string(got), inside) {
			t.Errorf("%s: %v\n%s", name, f, got)
		}
	}
	for name, c := range map[string]struct {
		src  string
		code fault.Code
	}{
		"SOAP 1.1":               {`<s:Envelope xmlns:s="` + SOAP11 + `">` + inside, fault.EnvelopeVersion},
		"no envelope":            {`<s:x xmlns:s="` + SOAP12 + `"/>`, fault.EnvelopeVersion},
		"a name with references": {`<s:Envelope xmlns:s="&#104;ttp://www.w3.org/2003/05/soap-envelope">` + inside, fault.EnvelopeVersion},
		"Body of SOAP 1.1":       {`<s:Envelope xmlns:s="` + SOAP12 + `" xmlns:t="` + SOAP11 + `"><t:Body><op/></t:Body></s:Envelope>`, fault.EnvelopeVersion},
		"Header of SOAP 1.1":     {`<s:Envelope xmlns:s="` + SOAP12 + `"><t:Header xmlns:t="` + SOAP11 + `"/>` + inside, fault.EnvelopeVersion},
		"DTD":                    {`<!DOCTYPE x><s:Envelope xmlns:s="` + SOAP12 + `">` + inside, fault.EnvelopeDTD},
		"nothing":                {``, fault.MalformedEnvelope},
	} {
		if _, f := FromSOAP12([]byte(c.src)); f == nil || f.Code != c.code {
			t.Errorf("%s: %v, want %s", name, f, c.code)
		}
	}
	// A block may declare the version on itself, and is mandatory none the less.
	block := `<s:Envelope xmlns:s="` + SOAP12 + `"><s:Header><x:y xmlns:x="urn:x" xmlns:t="` + SOAP12 + `" t:mustUnderstand="true"/></s:Header>` + inside
	turned, f := FromSOAP12([]byte(block))
	if f != nil {
		t.Fatal(f.Code)
	}
	if _, f := Open(turned); f == nil || f.Code != fault.MustUnderstand {
		t.Errorf("a mandatory block that declares SOAP 1.2 on itself: %v", f)
	}
	// Parts of the other SOAP are no parts: nothing is read of two versions.
	mixed := `<s:Envelope xmlns:s="` + SOAP12 + `"><s:Body xmlns:s="` + SOAP12 + `"><op/></s:Body></s:Envelope>`
	got, f := FromSOAP12([]byte(mixed))
	if f != nil {
		t.Fatal(f.Code)
	}
	if _, f := Open(got); f == nil || f.Code != fault.NotAnEnvelope {
		t.Errorf("a Body of another version: %v", f)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, space := range []string{SOAP11, SOAP12} {
		e, f := Open(Wrap([]byte(`<x:Body xmlns:x="` + space + `" xmlns:y="urn:y"><y:op>&gt;</y:op></x:Body>`)))
		if f != nil || e.Operation != (Name{"urn:y", "op"}) {
			t.Errorf("%s: %v", space, f)
		}
	}
	if _, f := Open(Wrap([]byte(`<x:Body xmlns:x="urn:x"><op/></x:Body>`))); f == nil {
		t.Error("a Body of no SOAP was taken")
	}
}

func TestSOAP12Answers(t *testing.T) {
	t.Parallel()
	got := string(ToSOAP12(AppendEcho(nil, `<soapenv:Envelope xmlns:soapenv="`+SOAP11+`">`)))
	if strings.Count(got, SOAP12) != 1 || strings.Count(got, SOAP11) != 1 {
		t.Errorf("echo\n%s", got)
	}
	got = string(ToSOAP12(AppendFault(nil, Client, fault.List{{Code: fault.UnknownOperation}, {Code: fault.ActionMismatch}})))
	want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<soapenv:Envelope xmlns:soapenv="` + SOAP12 + `"><soapenv:Body><soapenv:Fault>` +
		`<soapenv:Code><soapenv:Value>soapenv:Sender</soapenv:Value></soapenv:Code><soapenv:Reason><soapenv:Text xml:lang="it">SOAP-10: `
	if !strings.HasPrefix(got, want) || strings.Count(got, "<Errore>") != 2 || !strings.Contains(got, `<soapenv:Detail><Errori xmlns="urn:snodo:hub:v1">`) || strings.Contains(got, SOAP11) {
		t.Errorf("fault\n%s", got)
	}
	for code, value := range map[FaultCode]string{Server: "Receiver", MustUnderstand: "MustUnderstand", VersionMismatch: "VersionMismatch"} {
		if got := string(ToSOAP12(AppendFault(nil, code, fault.List{{Code: fault.InternalTrouble}}))); !strings.Contains(got, "<soapenv:Value>soapenv:"+value+"<") {
			t.Errorf("%s is written as\n%s", code, got)
		}
	}
}

func TestWrapAnswer(t *testing.T) {
	t.Parallel()
	b, _ := BindingOfKind("UNILAV")
	const receipt = `<Ricevuta xmlns="urn:snodo:hub:v1"><a>1</a></Ricevuta>`
	answer := b.AppendAnswer(nil, true, nil, []byte(receipt))
	body := []byte(`<soapenv:Body xmlns:soapenv="` + SOAP12 + `"><typ:` + b.Answer.Local + ` xmlns:typ="` + NationalNS + `"><typ:Tipo_Risposta>OK</typ:Tipo_Risposta></typ:` + b.Answer.Local + `></soapenv:Body>`)
	e, f := Open(WrapAnswer(answer, body))
	if f != nil {
		t.Fatal(f.Code)
	}
	if got, ok := b.ReadAnswer(e); !ok || !got.Accepted || string(e.Receipt()) != receipt {
		t.Errorf("answer %+v, receipt %s", got, e.Receipt())
	}
	if e, f := Open(WrapAnswer(AppendEcho(nil, receipt), body)); f != nil || e.Receipt() != nil {
		t.Errorf("a receipt from nowhere: %v", f)
	}
}

// TestSOAP12BeanFault: a dialect's own fault keeps its detail, with all that it
// declares, and its receipt.
func TestSOAP12BeanFault(t *testing.T) {
	t.Parallel()
	const receipt = `<Ricevuta xmlns="urn:snodo:hub:v1"/>`
	plain := AppendBeanFault(nil, BeanFault{Code: Client, String: `a & b`, Class: "x.Y", Faults: fault.List{{Code: fault.UnknownOperation}}, Receipt: []byte(receipt)})
	got := string(ToSOAP12(plain))
	_, detail, _ := strings.Cut(string(plain), "<detail>")
	detail, _, _ = strings.Cut(detail, "</detail>")
	want := `<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value></SOAP-ENV:Code><SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="it">a &amp; b</SOAP-ENV:Text></SOAP-ENV:Reason>` +
		`<SOAP-ENV:Detail>` + detail + `</SOAP-ENV:Detail></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`
	if !strings.HasSuffix(got, want) || !strings.Contains(got, receipt) || strings.Contains(got, SOAP11) {
		t.Errorf("got\n%s\nwant at its end\n%s", got, want)
	}
}
