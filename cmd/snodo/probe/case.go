package probe

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/transform/saml"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The dialects that a probe plays.
const (
	playNational = "national" // the national binding, at any endpoint
	playEGov     = "egov"     // the same in SPCoop's envelope, at Marche's
	playPiemonte = "piemonte" // SPICOM
	playModI     = "modi"     // the national binding in messages signed by ModI
	playSAML     = "saml"     // the same with the assertion of a person, at Lazio's or Marche's
)

// trace is what a case leaves in the hub that it is played against, in
// growing order. `--writes` says how far a probe may go.
type trace int

const (
	leavesNothing    trace = iota
	leavesRefusal          // an entry without document, counted as rejected by reports
	leavesRejection        // an entry with its receipt; the document is erased after 30 days
	leavesAcceptance       // an invented communication with a code, routed to the national store
)

// Traces are the values of `--writes`: what cases may leave in a hub, from nothing to
// the most.
func Traces() []string { return []string{"nothing", "refusals", "rejections", "acceptances"} }

func (t trace) String() string {
	return [...]string{
		"",
		"una voce di rifiuto nel registro, senza documento",
		"una voce respinta nel registro, con la sua ricevuta; il documento è cancellato dopo 30 giorni",
		"una comunicazione inventata accettata, con il suo codice, inoltrata al nodo nazionale",
	}[t]
}

// What the checks count: an answer that promises or believes wrongly harms
// people, a contract not kept harms programs, the rest makes work.
const (
	gravePoints    = 5
	contractPoints = 2
	usefulPoints   = 1
)

// testCase is one row of the tables: what is sent, what must come back, and why.
type testCase struct {
	id     string
	group  string
	in     []string // the dialects it is for; nil is all
	sent   string   // Italian, as the three below
	source string
	remedy string // what to look at in the hub when it fails
	points int
	leaves trace
	needs  []need
	after  string // the case whose answer it uses, "" for none
	// unsigned: under ModI whoever answers cannot tell the sender, so the answer
	// need not be signed.
	unsigned bool
	// sealLater: the seal of its receipt is another case's to judge.
	sealLater bool
	message   func(*player) (outgoing, error)
	want      want
	// wantModI is what is wanted under ModI, where that differs.
	wantModI *want
	// more judges what want cannot say; it gives what is wrong in Italian, or "".
	more func(*player, answer) string
	// run, if set, takes the place of all from message on: it tells what it saw,
	// and whether that is what must be.
	run    func(*player) (got string, ok bool, err error)
	wanted string // what run wants, in words
}

// filled gives cases what they have in common: group and dialects, and the remedy, the
// source and the points of those that have none of their own.
func filled(cases []testCase, common testCase) []testCase {
	for i := range cases {
		c := &cases[i]
		c.group, c.in = common.group, common.in
		c.remedy = cmp.Or(c.remedy, common.remedy)
		c.source = cmp.Or(c.source, common.source)
		c.points = cmp.Or(c.points, common.points)
	}
	return cases
}

// need is something without which a case cannot be played.
type need int

const (
	needsSigner  need = iota // a signer whom the hub trusts
	needsSystem              // a ModI system that it trusts
	needsGateway             // an issuer of assertions that it trusts
	needsSeal                // the authority of its receipts
	needsSigned              // a region that does not admit unsigned documents
	needsChannel             // a region that does, of this caller
)

func (n need) String() string {
	return [...]string{
		"serve un firmatario riconosciuto: --cert e --key, o --data",
		"serve un sistema riconosciuto: --modi-cert, --modi-key e --modi-trust, o --data",
		"serve un emittente riconosciuto: --saml-cert, --saml-key e --saml-issuer, o --data",
		"serve l'autorità del sigillo delle ricevute: --seal, o --data",
		"la regione ammette documenti senza firma (--channel)",
		"serve una regione che ammette documenti senza firma: --channel",
	}[n]
}

// outgoing is an HTTP request to be.
type outgoing struct {
	method string
	header http.Header
	body   []byte
	pad    int64 // blanks after the body, sent only if the hub asks to go on
	soap12 bool
	// stamp changes what the ModI signature says, late the signed message.
	stamp    func(*xmlsig.Stamp)
	late     func([]byte) []byte
	sealer   *xmlsig.Sealer // of the ModI signature or the assertion; nil is the system's or the issuer's
	unsealed bool           // not signed by ModI, or without assertion
	asked    *xmlsig.Message
	// person changes what the assertion says; unproved leaves it unsigned.
	person   func(*saml.Assertion)
	unproved bool
}

// bend is a message with its last form changed: under ModI after the signature.
func bend(from func(*player) (outgoing, error), change func([]byte) []byte) func(*player) (outgoing, error) {
	return func(p *player) (outgoing, error) {
		m, err := from(p)
		m.late = change
		return m, err
	}
}

// headed is a message with one header of HTTP set.
func headed(from func(*player) (outgoing, error), name, value string) func(*player) (outgoing, error) {
	return func(p *player) (outgoing, error) {
		m, err := from(p)
		m.header.Set(name, value)
		return m, err
	}
}

// altered changes the first of one text into another.
func altered(was, becomes string) func([]byte) []byte {
	return func(b []byte) []byte { return []byte(strings.Replace(string(b), was, becomes, 1)) }
}

// before puts a text before the first of another.
func before(mark, text string) func([]byte) []byte { return altered(mark, text+mark) }

// operation is a message with one element in its Body; header is markup.
func (p *player) operation(header, action, element string) outgoing {
	body := `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="` + envelope.SOAP11 + `">`
	if header != "" {
		body += `<soapenv:Header>` + header + `</soapenv:Header>`
	}
	body += `<soapenv:Body>` + element + `</soapenv:Body></soapenv:Envelope>`
	return outgoing{method: http.MethodPost, body: []byte(body), header: http.Header{
		"Content-Type": {"text/xml; charset=utf-8"}, "Soapaction": {`"` + action + `"`},
	}}
}

// own is an operation of the hub's own namespace, in the dialect's envelope.
func (p *player) own(local, content string) outgoing {
	header := ""
	if p.dialect == playEGov {
		h := p.egov(p.unilav)
		h.Action = local
		header = string(envelope.AppendEGov(nil, h))
	}
	return p.operation(header, envelope.HubNS+":"+local, `<hub:`+local+` xmlns:hub="`+envelope.HubNS+`">`+content+`</hub:`+local+`>`)
}

// echoText is echoed: characters of every charset that a hub reads.
const echoText = "prova di conformità: àèéìòù"

func echoOf(p *player) (outgoing, error) {
	return p.own(envelope.EchoLocal, "<hub:Testo>"+echoText+"</hub:Testo>"), nil
}

// egov is the header of the next message.
func (p *player) egov(b envelope.Binding) envelope.EGov {
	p.messages++
	return sender.EGovHeader(b, (p.serial+p.messages)%(envelope.MaxSerial+1), p.kit.now().In(p.rome))
}

// submission carries a document in the dialect, by the operation of a kind.
func (p *player) submission(kind string, document []byte) (outgoing, error) {
	b, _ := envelope.BindingOfKind(kind)
	switch p.dialect {
	case playPiemonte:
		return p.call("inviaComunicazioneProspettoXML", "xml", string(document))
	case playEGov:
		return p.carry(b, p.egov(b), document), nil
	}
	m := p.operation("", envelope.HubNS+":"+b.Operation, "")
	m.body = b.AppendRequest(nil, nil, document)
	return m, nil
}

// carry carries a document under an e-Gov header.
func (p *player) carry(b envelope.Binding, h envelope.EGov, document []byte) outgoing {
	m := p.operation("", envelope.Service, "")
	m.body = b.AppendRequest(nil, envelope.AppendEGov(nil, h), document)
	return m
}

// call is a SPICOM call with one string.
func (p *player) call(method, name, value string) (outgoing, error) {
	m := p.operation("", "", "")
	var err error
	m.body, err = sender.SPICOMCall(method, name, value)
	return m, err
}

// hiring invents a hiring that no other case or run sends.
func (p *player) hiring() *co.UniLav {
	p.documents++
	return p.sampler.Hiring(p.documents)
}

// signed writes and signs a communication.
func signed(sealer *xmlsig.Sealer, c co.Comunicazione) ([]byte, error) {
	return (&sender.Signer{Sealer: sealer}).Sign(c)
}

// good is a signed hiring in which nothing is wrong.
func (p *player) good() ([]byte, error) { return signed(p.kit.signer, p.hiring()) }

// forged submits a signed hiring that change has altered.
func forged(change func([]byte) []byte) func(*player) (outgoing, error) {
	return func(p *player) (outgoing, error) {
		document, err := p.good()
		if err != nil {
			return outgoing{}, err
		}
		return p.submission(co.UNILAV, change(document))
	}
}

// wrongly submits a signed hiring in which change has put something wrong.
func wrongly(change func(*co.UniLav)) func(*player) (outgoing, error) {
	return func(p *player) (outgoing, error) {
		c := p.hiring()
		change(c)
		document, err := signed(p.kit.signer, c)
		if err != nil {
			return outgoing{}, err
		}
		return p.submission(c.Kind(), document)
	}
}

// unsignedHiring is a hiring without signature, and with a code that no sender
// may give: a hub that takes unsigned documents from this caller rejects it.
func unsignedHiring(p *player) (outgoing, error) {
	c := p.hiring()
	c.CodiceComunicazione = "1300126000000001"
	document, err := transform.Encode(c)
	if err != nil {
		return outgoing{}, fmt.Errorf("write document: %w", err)
	}
	return p.submission(c.Kind(), document)
}

// newSerial draws where a run begins to number people and messages, so that two
// runs send different documents.
func newSerial() (int, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_900_000))
	if err != nil {
		return 0, fmt.Errorf("draw serial: %w", err)
	}
	return int(n.Int64()), nil
}

// outcome is what an answer is.
type outcome string

const (
	answeredAccepted outcome = "esito OK"
	answeredRejected outcome = "esito KO con ricevuta di rifiuto"
	answeredFault    outcome = "fault SOAP"
	answeredEcho     outcome = "risposta di Echo"
	answeredReceipts outcome = "ricevute"
	answeredBoolean  outcome = "valore booleano"
	answeredMassive  outcome = "esito di un invio massivo"
	answeredNothing  outcome = "nessuna risposta leggibile"
)

// want is what must come back.
type want struct {
	outcome outcome
	status  []int              // nil is 200 for an answer and 500 for a fault
	who     envelope.FaultCode // faultcode of a fault; "" for any
	codes   []fault.Code       // one of which must be named; nil for any
	all     bool               // every one of the codes must be
	spicom  []int              // status at SPICOM's endpoint, whose client reads 200 and 500; nil is as above
}

// refusal is a fault of the sender's, naming one of the codes.
func refusal(codes ...fault.Code) want {
	return want{outcome: answeredFault, who: envelope.Client, codes: codes}
}

// with is a want with other statuses.
func (w want) with(status ...int) want {
	w.status = status
	return w
}

// words say what is wanted.
func (w want) words(dialect string) string {
	text := string(w.outcome)
	if w.who != "" {
		text += " " + string(w.who)
	}
	var codes []string
	for _, c := range w.codes {
		codes = append(codes, string(c))
	}
	switch {
	case w.all && len(codes) > 1:
		text += ", codici " + strings.Join(codes, " e ")
	case len(codes) > 0:
		text += ", codice " + strings.Join(codes, " o ")
	}
	return fmt.Sprintf("%s, HTTP %s", text, strings.Trim(fmt.Sprint(w.statuses(dialect)), "[]"))
}

func (w want) statuses(dialect string) []int {
	switch {
	case dialect == playPiemonte && w.spicom != nil:
		return w.spicom
	case w.status != nil:
		return w.status
	case w.outcome == answeredFault, w.outcome == answeredRejected && dialect == playPiemonte:
		return []int{http.StatusInternalServerError}
	}
	return []int{http.StatusOK}
}

// misses tells in Italian what an answer lacks; "" for nothing.
func (w want) misses(a answer, dialect string) string {
	named := func(c fault.Code) bool { return slices.Contains(a.codes, string(c)) }
	switch {
	case a.outcome != w.outcome:
		return "è un'altra risposta"
	case (w.outcome == answeredAccepted || w.outcome == answeredRejected) && a.receipt == nil:
		return "manca la ricevuta nell'intestazione"
	case !slices.Contains(w.statuses(dialect), a.status):
		return fmt.Sprintf("lo stato HTTP è %d", a.status)
	case w.who != "" && a.who != string(w.who):
		return "il faultcode è " + verb.OrDash(a.who)
	case w.all && slices.ContainsFunc(w.codes, func(c fault.Code) bool { return !named(c) }),
		len(w.codes) > 0 && !slices.ContainsFunc(w.codes, named):
		return "i codici sono " + verb.OrDash(strings.Join(a.codes, " "))
	}
	return ""
}

// registrationPatience bounds the wait for the receipt of registration.
const registrationPatience = 30 * time.Second
