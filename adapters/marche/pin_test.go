package marche_test

import (
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// counter answers as it is told.
type counter struct {
	operator hub.Operator
	token    *hub.Token
	f        *fault.Fault
}

func (c counter) Receive(hub.Request) (hub.Operator, *hub.Token, *fault.Fault) {
	return c.operator, c.token, c.f
}

// TestPIN: the person of a PIN is taken from a message with an e-Gov header and
// without; what is wrong with the assertion is the application's answer.
func TestPIN(t *testing.T) {
	t.Parallel()
	const security = `<wsse:Security xmlns:wsse="` + envelope.SecurityNS + `" soapenv:mustUnderstand="1"><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/></wsse:Security>`
	pin := hub.Operator{CodiceFiscale: secret, Means: hub.MeansPIN, Issuer: "https://pin.test"}
	card := hub.Operator{CodiceFiscale: secret, Means: hub.MeansCNS}
	other := hub.Operator{CodiceFiscale: "SLVPTR65H12H501M", Means: hub.MeansCNS}
	token := &hub.Token{Key: ledger.MessageKey{ID: "_1"}}
	region, _ := routing.RegionBySlug("marche")
	unilav, _ := envelope.BindingOfKind("UNILAV")
	for name, c := range map[string]struct {
		counter  *counter
		bare     bool // no assertion
		channel  hub.Operator
		required bool
		want     hub.Operator
		code     fault.Code
	}{
		"a PIN":                     {counter: &counter{operator: pin, token: token}, want: pin},
		"a PIN, required":           {counter: &counter{operator: pin, token: token}, required: true, want: pin},
		"a card":                    {counter: &counter{}, bare: true, channel: card, required: true, want: card},
		"both, of one person":       {counter: &counter{operator: pin, token: token}, channel: card, want: card},
		"both, of two":              {counter: &counter{operator: pin, token: token}, channel: other, want: pin},
		"nobody":                    {counter: &counter{}, bare: true},
		"nobody, required":          {counter: &counter{}, bare: true, required: true, code: fault.AssertionMissing},
		"refused":                   {counter: &counter{f: &fault.Fault{Code: fault.AssertionForged}}, code: fault.AssertionForged},
		"no assertion in it":        {counter: &counter{f: &fault.Fault{Code: fault.AssertionMissing}}, code: fault.MustUnderstand},
		"nobody reads assertions":   {code: fault.MustUnderstand},
		"no desk and no assertion":  {bare: true},
		"no desk, a card":           {bare: true, channel: card, want: card},
		"by SPID, which is refused": {counter: &counter{f: &fault.Fault{Code: fault.IdentityMeans}}, code: fault.IdentityMeans},
	} {
		cfg := marche.Config{National: soap.National{}, Parties: marche.KnownParties(), Rome: rome(t), Now: nil, Required: c.required}
		if c.counter != nil {
			cfg.Desk = c.counter
		}
		d := marche.New(cfg)
		for header, egov := range map[string]bool{string(envelope.AppendEGov(nil, request(t))): true, "": false} {
			if !c.bare {
				header += security
			}
			body := unilav.AppendRequest(nil, []byte(header), []byte("<UniLav/>"))
			call, problem := d.Open(hub.Request{Region: region, Body: body, Envelope: body, Received: now, Operator: c.channel})
			got := fault.Code("")
			if problem != nil {
				got = problem.Fault.Code
			}
			if got != c.code {
				t.Errorf("%s, e-Gov %t: %q, want %q", name, egov, got, c.code)
			}
			if c.code != "" {
				if c.code != fault.MustUnderstand || c.counter != nil {
					if (call.State != nil) != egov {
						t.Errorf("%s, e-Gov %t: state %v", name, egov, call.State)
					}
				}
				continue
			}
			s := call.Submission
			if s.Operator != c.want || (s.Message != nil) != egov || s.Witness != (c.want.Issuer != "") || (call.Token != nil) != (c.counter != nil && c.counter.token != nil) {
				t.Errorf("%s, e-Gov %t: %+v", name, egov, s)
			}
		}
	}
	// Echo needs nobody, with an e-Gov header or without.
	d := marche.New(marche.Config{National: soap.National{}, Parties: marche.KnownParties(), Rome: rome(t), Desk: &counter{}, Required: true})
	h := request(t)
	h.Action = "Echo"
	for _, header := range []string{string(envelope.AppendEGov(nil, h)), ""} {
		body := []byte(`<soapenv:Envelope xmlns:soapenv="` + envelope.SOAP11 + `"><soapenv:Header>` + header +
			`</soapenv:Header><soapenv:Body><Echo xmlns="urn:snodo:hub:v1"><Testo>ciao</Testo></Echo></soapenv:Body></soapenv:Envelope>`)
		if call, problem := d.Open(hub.Request{Region: region, Body: body, Envelope: body, Received: now}); problem != nil || call.Operation != hub.OpEcho {
			t.Errorf("Echo of nobody: %+v, %+v", call, problem)
		}
	}
	if got := strings.Join(marche.Means(), " "); got != hub.MeansPIN {
		t.Errorf("means %q", got)
	}
}
