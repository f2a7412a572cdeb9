package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

const (
	endpoint = "https://nodo.test/soap/lazio"
	gateway  = "https://idp.test"
	mario    = "RSSMRA85C15L219J"
)

func noon() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

func place() identity.Place {
	return identity.Place{Audience: []string{endpoint, "urn:nodo"}, Recipients: []string{endpoint}, Age: 8 * time.Hour, Tolerance: 5 * time.Second}
}

// good is an assertion that holds at noon.
func good() saml.Assertion {
	return saml.Assertion{
		ID: "_1", Issued: noon(), Issuer: gateway,
		Confirmations: []saml.Confirmation{{Method: saml.Bearer, NotOnOrAfter: noon().Add(5 * time.Minute), Recipient: endpoint}},
		NotBefore:     noon(), NotOnOrAfter: noon().Add(5 * time.Minute), Audiences: [][]string{{endpoint}},
		Authenticated: noon().Add(-time.Minute), Class: "https://www.spid.gov.it/SpidL2",
		Attributes: []saml.Attribute{{Name: "fiscalNumber", Values: []string{"TINIT-" + mario}}},
	}
}

func code(f *fault.Fault) fault.Code {
	if f == nil {
		return ""
	}
	return f.Code
}

func TestPlace(t *testing.T) {
	t.Parallel()
	key, other := []byte("certificato"), []byte("altro")
	with := func(c ...saml.Confirmation) func(*saml.Assertion) {
		return func(a *saml.Assertion) { a.Confirmations = c }
	}
	bearer := good().Confirmations[0]
	holder := saml.Confirmation{Method: saml.HolderOfKey, Certificates: [][]byte{key}}
	vouched := saml.Confirmation{Method: saml.SenderVouches}
	for name, c := range map[string]struct {
		change  func(*saml.Assertion)
		how     identity.Presentation
		admits  fault.Code
		current fault.Code
	}{
		"good":                         {},
		"audience by another name":     {change: func(a *saml.Assertion) { a.Audiences = [][]string{{"x", "urn:nodo"}} }},
		"two restrictions, both met":   {change: func(a *saml.Assertion) { a.Audiences = [][]string{{endpoint}, {"urn:nodo"}} }},
		"no audience":                  {change: func(a *saml.Assertion) { a.Audiences = nil }, admits: fault.AssertionAudience},
		"audience of others":           {change: func(a *saml.Assertion) { a.Audiences = [][]string{{"https://altri.test"}} }, admits: fault.AssertionAudience},
		"audience with a slash":        {change: func(a *saml.Assertion) { a.Audiences = [][]string{{endpoint + "/"}} }, admits: fault.AssertionAudience},
		"two restrictions, one met":    {change: func(a *saml.Assertion) { a.Audiences = [][]string{{endpoint}, {"x"}} }, admits: fault.AssertionAudience},
		"recipient of others":          {change: func(a *saml.Assertion) { a.Confirmations[0].Recipient = "https://altri.test" }, admits: fault.AssertionRecipient},
		"bearer without recipient":     {change: func(a *saml.Assertion) { a.Confirmations[0].Recipient = "" }, admits: fault.AssertionRecipient},
		"bearer without end":           {change: func(a *saml.Assertion) { a.Confirmations[0].NotOnOrAfter = time.Time{} }, admits: fault.AssertionRecipient},
		"no method":                    {change: func(a *saml.Assertion) { a.Confirmations[0].Method = "" }, admits: fault.AssertionConfirmation},
		"unknown method":               {change: with(saml.Confirmation{Method: "urn:x"}), admits: fault.AssertionConfirmation},
		"one of two holds":             {change: with(saml.Confirmation{Method: "urn:x"}, vouched, bearer)},
		"none of two: the one known":   {change: with(saml.Confirmation{Method: "urn:x"}, vouched), admits: fault.AssertionVoucher},
		"holder signs":                 {change: with(holder), how: identity.Presentation{Message: ledger.Sum(key)}},
		"holder connects":              {change: with(holder), how: identity.Presentation{Channel: ledger.Sum(key)}},
		"holder connects, other signs": {change: with(holder), how: identity.Presentation{Channel: ledger.Sum(key), Message: ledger.Sum(other)}, admits: fault.AssertionHolder},
		"other signs":                  {change: with(holder), how: identity.Presentation{Message: ledger.Sum(other)}, admits: fault.AssertionHolder},
		"nobody signs":                 {change: with(holder), admits: fault.AssertionHolder},
		"holder of nothing":            {change: with(saml.Confirmation{Method: saml.HolderOfKey}), how: identity.Presentation{Message: ledger.Sum(key)}, admits: fault.AssertionHolder},
		"holder, for another place": {change: func(a *saml.Assertion) {
			h := holder
			h.Recipient = "https://altri.test"
			a.Confirmations = []saml.Confirmation{h}
		}, how: identity.Presentation{Message: ledger.Sum(key)}, admits: fault.AssertionRecipient},
		"vouched for":         {change: with(vouched), how: identity.Presentation{Vouched: true}},
		"not vouched for":     {change: with(vouched), how: identity.Presentation{Message: ledger.Sum(key)}, admits: fault.AssertionVoucher},
		"issued ahead":        {change: func(a *saml.Assertion) { a.Issued = noon().Add(6 * time.Second) }, current: fault.AssertionAhead},
		"within tolerance":    {change: func(a *saml.Assertion) { a.Issued, a.NotBefore = noon().Add(5*time.Second), noon().Add(5*time.Second) }},
		"not yet":             {change: func(a *saml.Assertion) { a.NotBefore = noon().Add(time.Minute) }, current: fault.AssertionAhead},
		"authenticated ahead": {change: func(a *saml.Assertion) { a.Authenticated = noon().Add(time.Minute) }, current: fault.AssertionAhead},
		"ended":               {change: func(a *saml.Assertion) { a.NotOnOrAfter = noon().Add(-5 * time.Second) }, current: fault.AssertionExpired},
		"ended within":        {change: func(a *saml.Assertion) { a.NotOnOrAfter = noon().Add(-4 * time.Second) }},
		"no end":              {change: func(a *saml.Assertion) { a.NotOnOrAfter = time.Time{} }, current: fault.AssertionExpired},
		"session ended":       {change: func(a *saml.Assertion) { a.SessionEnd = noon().Add(-time.Minute) }, current: fault.AssertionExpired},
		"old":                 {change: func(a *saml.Assertion) { a.Authenticated = noon().Add(-8*time.Hour - 6*time.Second) }, current: fault.AssertionOld},
		"nearly old":          {change: func(a *saml.Assertion) { a.Authenticated = noon().Add(-8 * time.Hour) }},
		"confirmation ended":  {change: func(a *saml.Assertion) { a.Confirmations[0].NotOnOrAfter = noon().Add(-time.Minute) }, current: fault.AssertionRecipient},
		"confirmation ahead":  {change: func(a *saml.Assertion) { a.Confirmations[0].NotBefore = noon().Add(time.Minute) }, current: fault.AssertionAhead},
	} {
		a := good()
		if c.change != nil {
			c.change(&a)
		}
		c.how.At = noon()
		if got := code(place().Admits(a, c.how)); got != c.admits {
			t.Errorf("%s: admits %q, want %q", name, got, c.admits)
		}
		if c.admits != "" {
			continue
		}
		if got := code(place().Current(a, c.how)); got != c.current {
			t.Errorf("%s: current %q, want %q", name, got, c.current)
		}
	}
}

func TestPerson(t *testing.T) {
	t.Parallel()
	both := []string{hub.MeansSPID, hub.MeansCIE}
	attribute := func(name string, values ...string) func(*saml.Assertion) {
		return func(a *saml.Assertion) {
			a.Attributes = append(a.Attributes, saml.Attribute{Name: name, Values: values})
		}
	}
	code := func(values ...string) func(*saml.Assertion) {
		return func(a *saml.Assertion) { a.Attributes[0].Values = values }
	}
	class := func(c string) func(*saml.Assertion) { return func(a *saml.Assertion) { a.Class = c } }
	spid := func(level int) hub.Operator {
		return hub.Operator{CodiceFiscale: mario, Means: hub.MeansSPID, Level: level, Issuer: gateway}
	}
	cie := spid(2)
	cie.Means = hub.MeansCIE
	fromCIE := func(entity string) func(*saml.Assertion) {
		return func(a *saml.Assertion) { a.Authorities = []string{entity} }
	}
	for name, c := range map[string]struct {
		change func(*saml.Assertion)
		means  []string
		want   hub.Operator
		code   fault.Code
	}{
		"SPID 2":                     {nil, both, spid(2), ""},
		"SPID 3":                     {class("https://www.spid.gov.it/SpidL3"), both, spid(3), ""},
		"SPID 1":                     {class("https://www.spid.gov.it/SpidL1"), both, hub.Operator{}, fault.IdentityLevel},
		"SPID 4":                     {class("https://www.spid.gov.it/SpidL4"), both, hub.Operator{}, fault.IdentityMeans},
		"SPID 22":                    {class("https://www.spid.gov.it/SpidL22"), both, hub.Operator{}, fault.IdentityMeans},
		"SPID elsewhere":             {class("https://www.spid.gov.it.test/SpidL2"), both, hub.Operator{}, fault.IdentityMeans},
		"smart card":                 {class("urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"), both, hub.Operator{}, fault.IdentityMeans},
		"password":                   {class("urn:oasis:names:tc:SAML:2.0:ac:classes:Password"), both, hub.Operator{}, fault.UserNameRefused},
		"password over TLS":          {class("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"), both, hub.Operator{}, fault.UserNameRefused},
		"CIE by its provider":        {fromCIE("https://idserver.servizicie.interno.gov.it/idp/profile/SAML2/POST/SSO"), both, cie, ""},
		"CIE by its test provider":   {fromCIE("https://preproduzione.idserver.servizicie.interno.gov.it/idp/profile/SAML2/POST/SSO"), both, cie, ""},
		"CIE by a port":              {fromCIE("https://idserver.servizicie.interno.gov.it:8443/idp/profile/SAML2/POST/SSO"), both, cie, ""},
		"CIE by no address":          {fromCIE("idserver.servizicie.interno.gov.it"), both, spid(2), ""},
		"CIE of another host":        {fromCIE("https://xidserver.servizicie.interno.gov.it/"), both, spid(2), ""},
		"CIE by who alone issues it": {nil, []string{hub.MeansCIE}, cie, ""},
		"CIE where SPID alone is":    {fromCIE("https://idserver.servizicie.interno.gov.it/idp"), []string{hub.MeansSPID}, hub.Operator{}, fault.IdentityMeans},
		"CIE 1": {func(a *saml.Assertion) {
			a.Class, a.Authorities = "https://www.spid.gov.it/SpidL1", []string{"https://idserver.servizicie.interno.gov.it/idp"}
		}, both, hub.Operator{}, fault.IdentityLevel},
		"PIN":                         {class(identity.ClassPIN), []string{hub.MeansPIN}, hub.Operator{CodiceFiscale: mario, Means: hub.MeansPIN, Issuer: gateway}, ""},
		"PIN where it is not taken":   {class(identity.ClassPIN), both, hub.Operator{}, fault.IdentityMeans},
		"SPID where PIN is taken":     {nil, []string{hub.MeansPIN}, hub.Operator{}, fault.IdentityMeans},
		"an issuer of nothing":        {nil, nil, hub.Operator{}, fault.IdentityMeans},
		"purpose P":                   {attribute("purpose", "P"), both, spid(2), ""},
		"purpose LP":                  {attribute("purpose", "LP"), both, hub.Operator{}, fault.IdentityProfessional},
		"purpose PG":                  {attribute("purpose", "PG"), both, hub.Operator{}, fault.IdentityProfessional},
		"purpose PF":                  {attribute("Purpose", "PF"), both, hub.Operator{}, fault.IdentityProfessional},
		"purpose PX":                  {attribute("purpose", "PX"), both, hub.Operator{}, fault.IdentityProfessional},
		"purpose P and PF":            {attribute("purpose", "P", "PF"), both, hub.Operator{}, fault.IdentityProfessional},
		"a company's codice fiscale":  {attribute("companyFiscalNumber", "TINIT-01472580362"), both, hub.Operator{}, fault.IdentityProfessional},
		"a company's name":            {attribute("companyName", "Rossi srl"), both, hub.Operator{}, fault.IdentityProfessional},
		"a company's office":          {attribute("registeredOffice", "via Roma"), both, hub.Operator{}, fault.IdentityProfessional},
		"a VAT number":                {attribute("ivaCode", "VATIT-01472580362"), both, hub.Operator{}, fault.IdentityProfessional},
		"an empty name of a company":  {attribute("companyName", ""), both, spid(2), ""},
		"bare code":                   {code(mario), both, spid(2), ""},
		"no code":                     {code(), both, hub.Operator{}, fault.IdentityPerson},
		"two codes":                   {code("TINIT-"+mario, "TINIT-SLVPTR65H12H501M"), both, hub.Operator{}, fault.IdentityPerson},
		"two attributes, even alike":  {attribute("fiscalNumber", "TINIT-"+mario), both, hub.Operator{}, fault.IdentityPerson},
		"another country's":           {code("TINFR-" + mario), both, hub.Operator{}, fault.IdentityPerson},
		"a body's":                    {code("TINIT-01472580362"), both, hub.Operator{}, fault.IdentityPerson},
		"small letters":               {code("TINIT-" + strings.ToLower(mario)), both, hub.Operator{}, fault.IdentityPerson},
		"a wrong check letter":        {code("TINIT-RSSMRA85C15L219K"), both, hub.Operator{}, fault.IdentityPerson},
		"under another name of value": {func(a *saml.Assertion) { a.Attributes[0].Name = "FiscalNumber" }, both, hub.Operator{}, fault.IdentityPerson},
	} {
		a := good()
		if c.change != nil {
			c.change(&a)
		}
		got, f := identity.Person(a, c.means)
		if got != c.want || f == nil && c.code != "" || f != nil && f.Code != c.code {
			t.Errorf("%s: %+v %v, want %+v %s", name, got, f, c.want, c.code)
		}
	}
}

// verifier answers as it is told.
type verifier struct {
	proof identity.Proof
	f     *fault.Fault
	modi  bool
}

func (v *verifier) Verify(_ []byte, _ string, modi bool) (identity.Proof, *fault.Fault) {
	v.modi = modi
	return v.proof, v.f
}

func TestDesk(t *testing.T) {
	t.Parallel()
	body, expired := ledger.Sum([]byte("body")), &fault.Fault{Code: fault.AssertionCertificate}
	standing := func(f *fault.Fault) func(time.Time, time.Duration) *fault.Fault {
		return func(at time.Time, tolerance time.Duration) *fault.Fault {
			if !at.Equal(noon()) || tolerance != 5*time.Second {
				t.Errorf("asked at %v within %v", at, tolerance)
			}
			return f
		}
	}
	request := hub.Request{Region: routing.Region{Slug: "lazio"}, Received: noon(), Envelope: []byte("busta")}
	signed := request
	signed.Message = &hub.SignedMessage{Digest: ledger.Sum([]byte("signed")), Certificate: ledger.Sum([]byte("c")), Vouches: true}
	key := ledger.MessageKey{Sender: "saml " + gateway, ID: "_1"} // of no region: once is once in the whole hub
	brought := func(region string, body ledger.Hash) ledger.Hash {
		return ledger.Sum(append([]byte(region+"\n"), body[:]...))
	}
	// Who connected, by a certificate that the region takes (then there is a system) or not.
	holding := func(system string, theirs bool) hub.Request {
		req := request
		if req.System, req.Channel = system, ledger.Sum([]byte("altro")); theirs {
			req.Channel = ledger.Sum([]byte("chiave"))
		}
		return req
	}
	held := func(p *identity.Proof) {
		p.Assertion.Confirmations = []saml.Confirmation{{Method: saml.HolderOfKey, Certificates: [][]byte{[]byte("chiave")}}}
	}
	elsewhere := request
	elsewhere.Region.Slug = "marche"
	for name, c := range map[string]struct {
		change func(*identity.Proof)
		f      *fault.Fault
		req    hub.Request
		code   fault.Code
		token  *hub.Token
	}{
		"good":                 {req: request},
		"refused":              {req: request, f: &fault.Fault{Code: fault.AssertionForged}, code: fault.AssertionForged},
		"for others":           {req: request, change: func(p *identity.Proof) { p.Assertion.Audiences = nil }, code: fault.AssertionAudience},
		"holder connects":      {req: holding("gestionale", true), change: held},
		"withdrawn or foreign": {req: holding("", true), change: held, code: fault.AssertionHolder},
		"another connects":     {req: holding("gestionale", false), change: held, code: fault.AssertionHolder},
		"of nobody":            {req: request, change: func(p *identity.Proof) { p.Assertion.Attributes = nil }, code: fault.IdentityPerson},
		"issuer of CIE":        {req: request, change: func(p *identity.Proof) { p.Means = []string{hub.MeansPIN} }, code: fault.IdentityMeans},
		"late":                 {req: request, change: func(p *identity.Proof) { p.Assertion.NotOnOrAfter = noon().Add(-time.Hour) }, token: &hub.Token{Late: &fault.Fault{Code: fault.AssertionExpired}}},
		"of an ended key":      {req: request, change: func(p *identity.Proof) { p.Standing = standing(expired) }, token: &hub.Token{Late: expired}},
		"vouched for":          {req: signed, change: func(p *identity.Proof) { p.Assertion.Confirmations[0] = saml.Confirmation{Method: saml.SenderVouches} }},
		"once":                 {req: request, change: func(p *identity.Proof) { p.Assertion.OneTime = true }, token: &hub.Token{Key: key, Digest: brought("lazio", body)}},
		"R-REPLAY once, there": {req: elsewhere, change: func(p *identity.Proof) { p.Assertion.OneTime = true }, token: &hub.Token{Key: key, Digest: brought("marche", body)}},
		"once, signed":         {req: signed, change: func(p *identity.Proof) { p.Assertion.OneTime = true }, token: &hub.Token{Key: key, Digest: brought("lazio", signed.Message.Digest)}},
		"once, and too old":    {req: request, change: func(p *identity.Proof) { p.Assertion.OneTime, p.Standing = true, standing(expired) }, token: &hub.Token{Key: key, Digest: brought("lazio", body), Late: expired}},
	} {
		v := &verifier{proof: identity.Proof{Assertion: good(), Means: []string{hub.MeansSPID}, Body: body, Standing: standing(nil)}, f: c.f}
		if c.change != nil {
			c.change(&v.proof)
		}
		desk := identity.Desk{Verifier: v, Place: place(), Means: []string{hub.MeansSPID, hub.MeansCIE}}
		operator, token, f := desk.Receive(c.req)
		if code(f) != c.code || (operator.CodiceFiscale == mario) != (c.code == "") || v.modi != (c.req.Message != nil) {
			t.Errorf("%s: %+v %v, want %q", name, operator, f, c.code)
		}
		if (token == nil) != (c.token == nil) {
			t.Errorf("%s: token %+v, want %+v", name, token, c.token)
		} else if token != nil && (token.Key != c.token.Key || token.Digest != c.token.Digest || code(token.Late) != code(c.token.Late) ||
			token.Key.ID != "" && token.Taken.Code != fault.AssertionReused) {
			t.Errorf("%s: token %+v, want %+v", name, token, c.token)
		}
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	late := &fault.Fault{Code: fault.AssertionExpired}
	once := &hub.Token{Key: ledger.MessageKey{ID: "_1"}, Late: late}
	for name, c := range map[string]struct {
		token     *hub.Token
		operation hub.Operation
		want      hub.Call
		code      fault.Code
	}{
		"nothing":             {nil, hub.OpSubmit, hub.Call{Operation: hub.OpSubmit}, ""},
		"once":                {once, hub.OpSubmit, hub.Call{Operation: hub.OpSubmit, Token: once}, ""},
		"once, receipts":      {once, hub.OpReceipts, hub.Call{Operation: hub.OpReceipts, Token: once}, ""},
		"late":                {&hub.Token{Late: late}, hub.OpSubmit, hub.Call{Operation: hub.OpSubmit, Submission: hub.Submission{Late: late}}, ""},
		"late, only receipts": {&hub.Token{Late: late}, hub.OpReceipts, hub.Call{Operation: hub.OpReceipts}, fault.AssertionExpired},
	} {
		call := hub.Call{Operation: c.operation}
		if f := identity.Settle(c.token, &call); code(f) != c.code || call.Token != c.want.Token || call.Submission.Late != c.want.Submission.Late {
			t.Errorf("%s: %v, %+v", name, f, call)
		}
	}
}
