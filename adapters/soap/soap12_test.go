package soap_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

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

// TestEarlyFaults12: what is refused before its Content-Type is judged is refused in
// the SOAP that it announces: another one its sender could not read.
func TestEarlyFaults12(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	for name, c := range map[string]struct {
		method, path string
		headers      []string
		status       int
		code         fault.Code
		soap11       bool
	}{
		"unknown path":      {http.MethodPost, "/soap/umbria", nil, 404, fault.UnknownPath, false},
		"method":            {http.MethodPut, "/soap/marche", nil, 405, fault.MethodNotAllowed, false},
		"compressed":        {http.MethodPost, "/soap/marche", []string{"Content-Encoding", "gzip"}, 415, fault.CompressedBody, false},
		"without a type":    {http.MethodPost, "/soap/umbria", []string{"Content-Type", ""}, 404, fault.UnknownPath, true},
		"of SOAP 1.1":       {http.MethodPost, "/soap/umbria", []string{"Content-Type", "text/xml"}, 404, fault.UnknownPath, true},
		"of no type at all": {http.MethodPost, "/soap/marche", []string{"Content-Type", "soap"}, 415, fault.MediaType, true},
	} {
		t.Run(name, func(t *testing.T) {
			headers := c.headers
			if !slices.Contains(headers, "Content-Type") {
				headers = append(headers, "Content-Type", mediaSOAP12)
			}
			a := e.do(t, c.method, c.path, in12(echoMessage), headers...)
			want, sender := mediaSOAP12, ":Sender<"
			if c.soap11 {
				want, sender = "text/xml; charset=utf-8", ":Client<"
			}
			if a.status != c.status || a.header.Get("Content-Type") != want || !strings.Contains(a.body, sender) || !strings.Contains(a.body, string(c.code)) {
				t.Errorf("status %d, type %q\n%s", a.status, a.header.Get("Content-Type"), a.body)
			}
		})
	}
}
