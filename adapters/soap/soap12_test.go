package soap_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

const mediaSOAP12 = "application/soap+xml; charset=utf-8"

// in12 makes a message one of SOAP 1.2.
func in12(message string) string {
	return strings.Replace(message, envelope.SOAP11, envelope.SOAP12, 1)
}

// TestSOAP12: what SOAP 1.1 says is said in SOAP 1.2 too, and is answered in it.
func TestSOAP12(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	for name, c := range map[string]struct {
		body    string
		headers []string
		status  int
		says    []string
	}{
		"echo":                 {in12(echoMessage), nil, 200, []string{"<hub:Testo>ciao</hub:Testo>"}},
		"submission":           {in12(submitMessage("<a/>")), nil, 200, []string{"<typ:Tipo_Risposta>OK<", sealed}},
		"action of its type":   {in12(echoMessage), []string{"Content-Type", mediaSOAP12 + `; action="urn:snodo:hub:v1:Echo"`}, 200, []string{"ciao"}},
		"action of another":    {in12(echoMessage), []string{"Content-Type", mediaSOAP12 + `; action="urn:x"`}, 400, []string{":Sender<", "SOAP-11"}},
		"two actions":          {in12(echoMessage), []string{"Content-Type", mediaSOAP12 + `; action="urn:x"`, "SOAPAction", "Echo"}, 400, []string{"SOAP-11"}},
		"unknown operation":    {in12(message("<a/>")), nil, 400, []string{":Sender<", "SOAP-10", `<soapenv:Text xml:lang="it">`}},
		"H-SMUG 1.1 inside":    {echoMessage, nil, 500, []string{":VersionMismatch<", string(fault.EnvelopeVersion)}},
		"H-SMUG mandatory":     {in12(strings.Replace(echoMessage, "<s:Body>", `<s:Header><a s:mustUnderstand="true"/></s:Header><s:Body>`, 1)), nil, 500, []string{":MustUnderstand<"}},
		"X-XXE":                {"<!DOCTYPE a>" + in12(echoMessage), nil, 400, []string{"SOAP-02"}},
		"H-SMUG by references": {strings.Replace(echoMessage, "http://schemas.xmlsoap.org/soap/envelope/", "&#104;ttp://www.w3.org/2003/05/soap-envelope", 1), nil, 500, []string{"SOAP-06"}},
	} {
		t.Run(name, func(t *testing.T) {
			headers := c.headers
			if len(headers) == 0 {
				headers = []string{"Content-Type", mediaSOAP12}
			}
			a := e.do(t, http.MethodPost, "/soap/marche", c.body, headers...)
			if a.status != c.status || a.header.Get("Content-Type") != mediaSOAP12 {
				t.Errorf("status %d, type %q\n%s", a.status, a.header.Get("Content-Type"), a.body)
			}
			if !strings.Contains(a.body, `xmlns:soapenv="`+envelope.SOAP12+`"`) || strings.Contains(a.body, `="`+envelope.SOAP11) {
				t.Errorf("the answer is not of SOAP 1.2\n%s", a.body)
			}
			for _, s := range c.says {
				if !strings.Contains(a.body, s) {
					t.Errorf("the answer lacks %s\n%s", s, a.body)
				}
			}
		})
	}
}

// TestSOAP12Early: what is refused before the message is read is told in the SOAP
// that its Content-Type names; documents are what they are.
func TestSOAP12Early(t *testing.T) {
	t.Parallel()
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			if cfg.Endpoints[i].Region.Slug == "lazio" {
				cfg.Endpoints[i].Caller = func(*http.Request) *fault.Fault { return &fault.Fault{Code: fault.NoCertificate} }
			}
		}
	})
	for name, c := range map[string]struct {
		method, path string
		headers      []string
		status       int
	}{
		"no such path":       {http.MethodPost, "/soap/nessuna", nil, 404},
		"no certificate":     {http.MethodPost, "/soap/lazio", nil, 403},
		"compressed":         {http.MethodPost, "/soap/marche", []string{"Content-Encoding", "gzip"}, 415},
		"another method":     {http.MethodPut, "/soap/marche", nil, 405},
		"a parameter broken": {http.MethodPost, "/soap/marche", []string{"Content-Type", `application/soap+xml; action="`}, 415},
	} {
		t.Run(name, func(t *testing.T) {
			headers := c.headers
			if len(headers) == 0 || headers[0] != "Content-Type" {
				headers = append([]string{"Content-Type", mediaSOAP12}, headers...)
			}
			a := e.do(t, c.method, c.path, in12(echoMessage), headers...)
			if a.status != c.status || a.header.Get("Content-Type") != mediaSOAP12 ||
				!strings.Contains(a.body, `xmlns:soapenv="`+envelope.SOAP12+`"`) || !strings.Contains(a.body, ":Sender<") {
				t.Errorf("status %d, type %q\n%s", a.status, a.header.Get("Content-Type"), a.body)
			}
		})
	}
	if a := e.do(t, http.MethodGet, "/soap/marche?wsdl", "", "Content-Type", mediaSOAP12); a.status != 200 || a.header.Get("Content-Type") != "text/xml; charset=utf-8" {
		t.Errorf("WSDL: status %d, type %q", a.status, a.header.Get("Content-Type"))
	}
}
