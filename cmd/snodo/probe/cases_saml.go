package probe

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// assert puts the assertion of a person into a message: what a case changes in it,
// signed by the issuer or by whom the case says.
func (p *player) assert(m *outgoing) error {
	means := hub.MeansSPID
	if p.sampler.Region == "marche" {
		means = hub.MeansPIN
	}
	a := sender.Person{
		CF: sample.Invent(992).CodiceFiscale(), For: p.to, Means: means, Level: 2, Valid: 5 * time.Minute,
	}.Assertion(p.kit.issuer, p.kit.now())
	if p.kit.audience != "" {
		a.Audiences = [][]string{{p.kit.audience}}
	}
	if m.person != nil {
		m.person(&a)
	}
	gateway := m.sealer
	if gateway == nil {
		gateway = p.kit.gateway
	}
	text := saml.Append(nil, a)
	if !m.unproved {
		var err error
		if text, err = gateway.SealAssertion(text); err != nil {
			return fmt.Errorf("sign assertion: %w", err)
		}
	}
	body, err := xmlsig.Present(m.body, text)
	if err != nil {
		return fmt.Errorf("present assertion: %w", err)
	}
	m.body = body
	return nil
}

// samlCases are about the assertion of the person who works the sender's system. Most
// speak by Echo; what time or use has ended is told of other calls alone, so those ask
// for a receipt that does not exist.
func samlCases() []testCase {
	echo := func(change func(*saml.Assertion)) func(*player) (outgoing, error) { return asserted(echoOf, change) }
	by := func(change func(*player, *outgoing)) func(*player) (outgoing, error) {
		return func(p *player) (outgoing, error) {
			m, err := echoOf(p)
			change(p, &m)
			return m, err
		}
	}
	cases := append([]testCase{
		{id: "saml-buona", sent: "Echo con l'asserzione di una persona, in ordine", message: echoOf, want: want{outcome: answeredEcho}, more: echoed, points: contractPoints},
		{id: "saml-obbligo", sent: "RichiediRicevuta senza asserzione", run: (*player).withoutAssertion, wanted: "dove la regione la richiede: fault SOAP Client, codice " + string(fault.AssertionMissing)},
		{id: "saml-password", sent: "Echo con nome utente e password (UsernameToken)", message: by(func(_ *player, m *outgoing) {
			m.unsealed, m.late = true, before("<soapenv:Body", `<soapenv:Header><w:Security xmlns:w="`+envelope.SecurityNS+
				`"><w:UsernameToken><w:Username>prova</w:Username><w:Password>prova</w:Password></w:UsernameToken></w:Security></soapenv:Header>`)
		}), want: refusal(fault.UserNameRefused)},
		{id: "saml-alterata", sent: "Echo con il nome della persona alterato dopo la firma", message: bend(echoOf, altered("TINIT-", "TINIT-X")), want: refusal(fault.AssertionForged)},
		{id: "saml-non-firmata", sent: "Echo con un'asserzione senza firma", message: by(func(_ *player, m *outgoing) { m.unproved = true }), want: refusal(fault.AssertionUnsigned)},
		{id: "saml-estranea", sent: "Echo con un'asserzione a nome dell'emittente, firmata con la chiave di un altro",
			message: by(func(p *player, m *outgoing) { m.sealer = p.kit.strangeGateway }), want: refusal(fault.AssertionUntrusted)},
		{id: "saml-emittente", sent: "Echo con l'asserzione di un emittente sconosciuto", message: echo(func(a *saml.Assertion) { a.Issuer = "urn:esempio:emittente" }), want: refusal(fault.AssertionIssuer)},
		{id: "saml-due", sent: "Echo con due asserzioni", message: bend(echoOf, secondAssertion), want: refusal(fault.AssertionTwice, fault.AssertionGuard)},
		{id: "saml-pubblico", sent: "Echo con un'asserzione per un altro servizio (Audience)", want: refusal(fault.AssertionAudience),
			message: echo(func(a *saml.Assertion) { a.Audiences = [][]string{{"https://altro.esempio.it"}} })},
		{id: "saml-destinatario", sent: "Echo con un'asserzione da presentare altrove (Recipient)", want: refusal(fault.AssertionRecipient),
			message: echo(func(a *saml.Assertion) { a.Confirmations[0].Recipient = "https://altro.esempio.it/soap" })},
		{id: "saml-conferma", sent: "Echo con un'asserzione legata a una chiave che chi invia non ha (holder-of-key)", want: refusal(fault.AssertionHolder),
			message: func(p *player) (outgoing, error) {
				m, err := echoOf(p)
				m.person = func(a *saml.Assertion) {
					a.Confirmations[0].Method, a.Confirmations[0].Certificates = saml.HolderOfKey, [][]byte{p.kit.strangeGateway.Certificate().Raw}
				}
				return m, err
			}},
		{id: "saml-garante", sent: "Echo con un'asserzione di cui nessuno si fa garante (sender-vouches)", want: refusal(fault.AssertionVoucher),
			message: echo(func(a *saml.Assertion) { a.Confirmations[0].Method = saml.SenderVouches })},
		{id: "saml-livello", sent: "Echo di una persona entrata con SPID di livello 1", want: refusal(fault.IdentityLevel, fault.IdentityMeans),
			message: echo(func(a *saml.Assertion) { a.Class = identity.ClassSPID + "1" })},
		{id: "saml-professionale", sent: "Echo con un'identità digitale a uso professionale", want: refusal(fault.IdentityProfessional),
			message: echo(func(a *saml.Assertion) {
				a.Attributes = append(a.Attributes, saml.Attribute{Name: "purpose", Values: []string{"LP"}})
			})},
		{id: "saml-persona", sent: "Echo con un'asserzione senza il codice fiscale della persona", want: refusal(fault.IdentityPerson),
			message: echo(func(a *saml.Assertion) { a.Attributes = nil })},
	}, endingCases()...)
	return filled(cases, testCase{
		group: groupPerson, in: []string{playSAML}, points: gravePoints,
		source: "OASIS SAML 2.0; WS-Security SAML Token Profile 1.1.1; AgID, SPID e CIE",
		remedy: "Nel nodo: firma, emittente, destinazione, istanti o persona dell'asserzione non sono controllati; chiunque potrebbe operare a nome di altri.",
	})
}

// endingCases are of assertions that time or use has ended.
func endingCases() []testCase {
	query := func(change func(*saml.Assertion)) func(*player) (outgoing, error) {
		return asserted(asking(neverGiven, noDigest), change)
	}
	once := func(key string) func(*player) (outgoing, error) {
		return func(p *player) (outgoing, error) {
			m, err := asking(key, noDigest)(p)
			m.person = func(a *saml.Assertion) { a.OneTime, a.ID = true, "_"+p.named }
			return m, err
		}
	}
	return []testCase{
		{id: "saml-scaduta", sent: "RichiediRicevuta con un'asserzione scaduta da un'ora", want: refusal(fault.AssertionExpired),
			message: query(func(a *saml.Assertion) { shift(a, -time.Hour-5*time.Minute) })},
		{id: "saml-futura", sent: "RichiediRicevuta con un'asserzione valida fra un'ora", want: refusal(fault.AssertionAhead),
			message: query(func(a *saml.Assertion) { shift(a, time.Hour) })},
		{id: "saml-vecchia", sent: "RichiediRicevuta di una persona entrata più di un giorno fa", want: refusal(fault.AssertionOld),
			message: query(func(a *saml.Assertion) { a.Authenticated = a.Authenticated.Add(-identity.MaxAge - time.Hour) })},
		{id: "saml-unica", sent: "RichiediRicevuta di un codice mai rilasciato, con un'asserzione da usare una volta (OneTimeUse)", points: contractPoints,
			message: once(neverGiven), want: refusal(fault.ReceiptNotFound)},
		{id: "saml-riuso", sent: "altra richiesta con la stessa asserzione", message: once("9900100000000002"), want: refusal(fault.AssertionReused), after: "saml-unica"},
		{id: "saml-ripetuta", sent: "la stessa richiesta con la stessa asserzione", message: once(neverGiven), want: refusal(fault.ReceiptNotFound), after: "saml-unica", points: contractPoints},
	}
}

// asserted is a message whose assertion says something else.
func asserted(from func(*player) (outgoing, error), change func(*saml.Assertion)) func(*player) (outgoing, error) {
	return func(p *player) (outgoing, error) {
		m, err := from(p)
		m.person = change
		return m, err
	}
}

// shift moves every instant of an assertion.
func shift(a *saml.Assertion, by time.Duration) {
	for _, at := range []*time.Time{&a.Issued, &a.NotBefore, &a.NotOnOrAfter, &a.Authenticated, &a.Confirmations[0].NotOnOrAfter} {
		*at = at.Add(by)
	}
}

// secondAssertion puts a copy of a message's assertion, under another ID, beside it.
func secondAssertion(b []byte) []byte {
	from, to := bytes.Index(b, []byte("<saml:Assertion")), bytes.Index(b, []byte("</saml:Assertion>"))
	if from < 0 || to < 0 {
		return b
	}
	to += len("</saml:Assertion>")
	twin := bytes.Replace(b[from:to], []byte(` ID="`), []byte(` ID="_altra`), 1)
	return slices.Concat(b[:to], twin, b[to:])
}

// withoutAssertion asks without one. Whether that is allowed is the region's policy.
func (p *player) withoutAssertion() (string, bool, error) {
	m, err := asking(neverGiven, noDigest)(p)
	if err != nil {
		return "", false, err
	}
	m.unsealed = true
	a, err := p.exchange(m)
	if err != nil {
		return "", false, err
	}
	if want := refusal(fault.ReceiptNotFound); want.misses(a, p.dialect) == "" {
		return "", false, &notApplicable{"la regione non richiede l'asserzione a chi non ce l'ha (identity.required)"}
	}
	return a.words(), a.trouble == "" && refusal(fault.AssertionMissing).misses(a, p.dialect) == "", nil
}
