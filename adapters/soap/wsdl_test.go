package soap_test

import (
	"encoding/xml"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/transform/envelope"
)

// description is what these tests read of a WSDL.
type description struct {
	Target  string `xml:"targetNamespace,attr"`
	Imports []struct {
		Namespace string `xml:"namespace,attr"`
		Location  string `xml:"schemaLocation,attr"`
	} `xml:"types>schema>import"`
	Bindings []struct {
		Operations []struct {
			Name string `xml:"name,attr"`
			SOAP struct {
				Action string `xml:"soapAction,attr"`
			} `xml:"operation"`
			Header *struct {
				Message string `xml:"message,attr"`
			} `xml:"output>header"`
		} `xml:"operation"`
	} `xml:"binding"`
	Address struct { // the last one
		Location string `xml:"location,attr"`
	} `xml:"service>port>address"`
	About string `xml:"service>documentation"`
}

func TestWSDL(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	for _, r := range routing.Regions() {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.URL+"/soap/"+r.Slug+"?wsdl", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "evil.example"
		resp, err := e.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		a := read(t, resp)
		var d description
		if err := xml.Unmarshal([]byte(a.body), &d); err != nil {
			t.Fatal(err)
		}
		want := publicURL + "/soap/" + r.Slug
		if d.Address.Location != want || strings.Count(a.body, `:address location="`+want+`"`) != 2 {
			t.Errorf("address %s, want %s twice", d.Address.Location, want)
		}
		if strings.Contains(a.body, "evil") || strings.Contains(a.body, "@") {
			t.Errorf("WSDL names its Host, or a placeholder: %s", a.body)
		}
		if !strings.Contains(a.body, r.Name) || a.header.Get("Content-Type") != "text/xml; charset=utf-8" {
			t.Errorf("%s: %s", a.header.Get("Content-Type"), a.body)
		}
		if !strings.Contains(d.About, publicURL+soap.CataloguePath+" ") {
			t.Errorf("where faults are explained: %s", d.About)
		}
		if len(d.Bindings) != 2 || len(d.Bindings[0].Operations) != len(envelope.Bindings())+2 || !reflect.DeepEqual(d.Bindings[0], d.Bindings[1]) {
			t.Fatalf("operations %+v", d.Bindings)
		}
		for i, b := range envelope.Bindings() {
			if op := d.Bindings[0].Operations[i]; op.Name != b.Operation || op.Header == nil {
				t.Errorf("%s: %+v", b.Kind, op)
			}
		}
		for _, i := range d.Imports {
			path, ok := strings.CutPrefix(i.Location, publicURL)
			if !ok {
				t.Errorf("schema at %s", i.Location)
			}
			var s description
			if err := xml.Unmarshal([]byte(e.do(t, http.MethodGet, path, "").body), &s); err != nil || s.Target != i.Namespace {
				t.Errorf("schema at %s is of %q (%v)", path, s.Target, err)
			}
		}
	}
}

// TestWSDLActions: every action that the WSDL tells clients to send is taken.
func TestWSDLActions(t *testing.T) {
	t.Parallel()
	e := serve(t, everyKind)
	var d description
	if err := xml.Unmarshal([]byte(e.do(t, http.MethodGet, "/soap/lazio?WSDL", "").body), &d); err != nil {
		t.Fatal(err)
	}
	digest := strings.Repeat("0", 64)
	requests := map[string]string{
		"Echo": echoMessage,
		"RichiediRicevuta": message(`<RichiediRicevuta xmlns="urn:snodo:hub:v1"><ImprontaDocumento>` + digest +
			`</ImprontaDocumento><Voce>` + digest + `</Voce></RichiediRicevuta>`),
	}
	for _, b := range envelope.Bindings() {
		requests[b.Operation] = bindingMessage(b, "<a/>")
	}
	for _, op := range d.Bindings[0].Operations {
		a := e.post(t, "/soap/lazio", requests[op.Name], "SOAPAction", `"`+op.SOAP.Action+`"`)
		if a.status != http.StatusOK {
			t.Errorf("%s: %d %s", op.Name, a.status, a.body)
		}
	}
	for _, op := range d.Bindings[1].Operations {
		request := strings.Replace(requests[op.Name], envelope.SOAP11, envelope.SOAP12, 1)
		a := e.post(t, "/soap/lazio", request, "Content-Type", `application/soap+xml; charset=utf-8; action="`+op.SOAP.Action+`"`)
		if a.status != http.StatusOK {
			t.Errorf("%s by SOAP 1.2: %d %s", op.Name, a.status, a.body)
		}
	}
}

func TestWSDLOfRouterPathAndHead(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	if a := e.do(t, http.MethodGet, "/x/servlet/rpcrouter?wsdl", ""); !strings.Contains(a.body, publicURL+"/soap/piemonte") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := e.do(t, http.MethodHead, "/soap/lazio?wsdl", ""); a.status != 200 || a.body != "" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestWSDLEscapesItsAddress(t *testing.T) {
	t.Parallel()
	const public = `https://x/a?b=1&c="<>`
	var d description
	if err := xml.Unmarshal(soap.WSDL(routing.Region{Slug: "r", Name: `<&"`}, public, nil), &d); err != nil || d.Address.Location != public+"/soap/r" {
		t.Errorf("%q, %v", d.Address.Location, err)
	}
}
