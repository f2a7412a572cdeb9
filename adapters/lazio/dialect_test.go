package lazio_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/lazio"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// mario is the person whom the desk knows.
func mario() hub.Operator {
	return hub.Operator{CodiceFiscale: "RSSMRA85C15L219J", Means: hub.MeansSPID, Level: 2, Issuer: "https://idp.test"}
}

// desk answers as it is told, and counts.
type desk struct {
	operator hub.Operator
	token    *hub.Token
	f        *fault.Fault
	asked    int
}

func (d *desk) Receive(hub.Request) (hub.Operator, *hub.Token, *fault.Fault) {
	d.asked++
	return d.operator, d.token, d.f
}

const (
	security  = `<wsse:Security xmlns:wsse="` + envelope.SecurityNS + `">`
	mandatory = `<wsse:Security xmlns:wsse="` + envelope.SecurityNS + `" soapenv:mustUnderstand="1">`
	assertion = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/></wsse:Security>`
	user      = `<wsse:UsernameToken><wsse:Username>mario</wsse:Username><wsse:Password>segreta</wsse:Password></wsse:UsernameToken></wsse:Security>`
)

func submission(header string) []byte {
	unilav, _ := envelope.BindingOfKind("UNILAV")
	return unilav.AppendRequest(nil, []byte(header), []byte("<UniLav/>"))
}

func echo(header string) []byte {
	return []byte(`<soapenv:Envelope xmlns:soapenv="` + envelope.SOAP11 + `"><soapenv:Header>` + header +
		`</soapenv:Header><soapenv:Body><Echo xmlns="urn:snodo:hub:v1"><Testo>ciao</Testo></Echo></soapenv:Body></soapenv:Envelope>`)
}

func receipts(header string) []byte {
	return []byte(`<soapenv:Envelope xmlns:soapenv="` + envelope.SOAP11 + `"><soapenv:Header>` + header +
		`</soapenv:Header><soapenv:Body><RichiediRicevuta xmlns="urn:snodo:hub:v1"><ImprontaDocumento>` + strings.Repeat("a", 64) +
		`</ImprontaDocumento><Codice>0804226000000001</Codice></RichiediRicevuta></soapenv:Body></soapenv:Envelope>`)
}

func TestOpen(t *testing.T) {
	t.Parallel()
	none := &fault.Fault{Code: fault.AssertionMissing}
	for name, c := range map[string]struct {
		body     []byte
		desk     desk
		required bool
		change   func(*hub.Request)
		code     fault.Code
		asked    int
		operator hub.Operator
	}{
		"plain":                                {body: submission("")},
		"plain, required":                      {body: submission(""), required: true, code: fault.AssertionMissing},
		"asserted":                             {body: submission(mandatory + assertion), desk: desk{operator: mario()}, asked: 1, operator: mario()},
		"asserted, required":                   {body: submission(mandatory + assertion), desk: desk{operator: mario()}, required: true, asked: 1, operator: mario()},
		"asserted, not mandatory":              {body: submission(security + assertion), desk: desk{operator: mario()}, required: true, asked: 1, operator: mario()},
		"once":                                 {body: submission(security + assertion), desk: desk{operator: mario(), token: &hub.Token{Key: ledger.MessageKey{ID: "_1"}}}, asked: 1, operator: mario()},
		"ended":                                {body: submission(security + assertion), desk: desk{operator: mario(), token: &hub.Token{Late: &fault.Fault{Code: fault.AssertionExpired}}}, asked: 1, operator: mario()},
		"ended, for receipts":                  {body: receipts(security + assertion), desk: desk{operator: mario(), token: &hub.Token{Late: &fault.Fault{Code: fault.AssertionExpired}}}, asked: 1, code: fault.AssertionExpired},
		"refused":                              {body: submission(security + assertion), desk: desk{f: &fault.Fault{Code: fault.AssertionForged}}, code: fault.AssertionForged, asked: 1},
		"refused, not required":                {body: submission(security + assertion), desk: desk{f: &fault.Fault{Code: fault.IdentityLevel}}, code: fault.IdentityLevel, asked: 1},
		"another Security":                     {body: submission(security + "</wsse:Security>"), desk: desk{f: none}, asked: 1},
		"another Security, required":           {body: submission(security + "</wsse:Security>"), desk: desk{f: none}, required: true, code: fault.AssertionMissing, asked: 1},
		"another Security, mandatory":          {body: submission(mandatory + "</wsse:Security>"), desk: desk{f: none}, code: fault.MustUnderstand, asked: 1},
		"user name":                            {body: submission(security + user), code: fault.UserNameRefused},
		"user name beside an assertion":        {body: submission(security + strings.Replace(assertion, "</wsse:Security>", user, 1)), desk: desk{operator: mario()}, code: fault.UserNameRefused},
		"user name in a header of one's own":   {body: submission(`<x:Accesso xmlns:x="urn:x"><x:nomeUtente>a</x:nomeUtente></x:Accesso>`), code: fault.UserNameRefused},
		"password of HTTP":                     {body: submission(security + assertion), desk: desk{operator: mario()}, change: func(r *hub.Request) { r.Password = true }, code: fault.UserNameRefused},
		"password of HTTP for Echo":            {body: echo(""), change: func(r *hub.Request) { r.Password = true }, code: fault.UserNameRefused},
		"Echo, required":                       {body: echo(""), required: true},
		"receipts, required":                   {body: receipts(""), required: true, code: fault.AssertionMissing},
		"receipts, asserted":                   {body: receipts(security + assertion), desk: desk{operator: mario()}, required: true, asked: 1},
		"ModI with an assertion":               {body: submission(""), desk: desk{operator: mario()}, required: true, change: func(r *hub.Request) { r.Message = &hub.SignedMessage{Asserted: true} }, asked: 1, operator: mario()},
		"ModI with one that is refused":        {body: submission(""), desk: desk{f: &fault.Fault{Code: fault.AssertionVoucher}}, change: func(r *hub.Request) { r.Message = &hub.SignedMessage{Asserted: true} }, code: fault.AssertionVoucher, asked: 1},
		"ModI without":                         {body: submission(""), change: func(r *hub.Request) { r.Message = &hub.SignedMessage{} }},
		"ModI without, required":               {body: submission(""), required: true, change: func(r *hub.Request) { r.Message = &hub.SignedMessage{} }, code: fault.AssertionMissing},
		"ModI with a user name":                {body: submission(""), change: func(r *hub.Request) { r.Message = &hub.SignedMessage{}; r.Envelope = submission(security + user) }, code: fault.UserNameRefused},
		"no envelope":                          {body: []byte("<a/>"), required: true, code: fault.NotAnEnvelope},
		"no operation":                         {body: []byte(strings.ReplaceAll(string(echo("")), "Echo", "Eco")), required: true, code: fault.UnknownOperation},
		"two Security":                         {body: submission(security + assertion + security + assertion), code: fault.SecurityTwice},
		"another header that is mandatory":     {body: submission(`<x xmlns="urn:x" soapenv:mustUnderstand="1"/>`), code: fault.MustUnderstand},
		"an operator of the channel, required": {body: submission(""), required: true, change: func(r *hub.Request) { r.Operator = mario() }, operator: mario()},
	} {
		req := hub.Request{Region: routing.Region{Slug: "lazio"}, Body: c.body, Envelope: c.body, Received: time.Now()}
		if c.change != nil {
			c.change(&req)
		}
		call, problem := lazio.New(soap.National{}, &c.desk, c.required).Open(req)
		got := fault.Code("")
		if problem != nil {
			got = problem.Fault.Code
			if !problem.Sender {
				t.Errorf("%s: told as ours", name)
			}
		}
		if got != c.code || c.desk.asked != c.asked {
			t.Errorf("%s: %q, asked %d times; want %q, %d", name, got, c.desk.asked, c.code, c.asked)
		}
		if c.code != "" {
			continue
		}
		if call.Submission.Operator != c.operator || !settled(call, c.desk.token) {
			t.Errorf("%s: operator %+v, token %v", name, call.Submission.Operator, call.Token)
		}
		if known := c.operator != (hub.Operator{}); call.Operation == hub.OpSubmit && call.Submission.Witness != known {
			t.Errorf("%s: the envelope is kept: %t", name, call.Submission.Witness)
		}
	}
}

// settled reports that a call has what the desk gave.
func settled(call hub.Call, token *hub.Token) bool {
	switch {
	case token == nil:
		return call.Token == nil && call.Submission.Late == nil
	case token.Key.ID == "":
		return call.Token == nil && call.Submission.Late == token.Late
	}
	return call.Token == token && call.Submission.Late == nil
}

// TestUserNameRefusal: whoever still sends a user name reads since when it is refused,
// by which law, and what to bring here or at Marche, whose endpoint tells the same.
func TestUserNameRefusal(t *testing.T) {
	t.Parallel()
	d := lazio.New(soap.National{}, &desk{}, false)
	body := submission(security + user)
	call, problem := d.Open(hub.Request{Region: routing.Region{Slug: "lazio"}, Body: body, Envelope: body})
	if problem == nil {
		t.Fatal("taken")
	}
	answer, f := envelope.Open(d.Fault(call, *problem).Body)
	if f != nil {
		t.Fatal(f.Code)
	}
	told, ok := answer.Fault()
	if !ok || told.Code != "Client" || len(told.Errors) != 1 {
		t.Fatalf("fault %+v", told)
	}
	for _, want := range []string{"SAML-01", "dal 1° ottobre 2021", "D.L. 76/2020, art. 24"} {
		if !strings.Contains(told.Text, want) {
			t.Errorf("%q does not say %q", told.Text, want)
		}
	}
	for _, want := range []string{"SPID personale", "CIE", "CNS", "PIN"} {
		if !strings.Contains(told.Errors[0].Remedy, want) {
			t.Errorf("the remedy %q does not name %s", told.Errors[0].Remedy, want)
		}
	}
}

func TestMeans(t *testing.T) {
	t.Parallel()
	if got := lazio.Means(); !slices.Equal(got, []string{hub.MeansSPID, hub.MeansCIE}) {
		t.Errorf("means %q", got)
	}
}
