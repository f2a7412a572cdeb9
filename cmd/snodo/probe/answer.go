package probe

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// answer is what came back, as a client of any dialect reads it.
type answer struct {
	status    int
	header    http.Header
	raw       []byte // the body as it came
	outcome   outcome
	who       string   // faultcode without prefix
	codes     []string // of faults and of the receipt, in order, each once
	errors    []envelope.Error
	text      string // of Echo, a faultstring, or the outcomes of a mass submission
	riscontri int
	codice    string // codice comunicazione
	receipt   []byte // sealed, byte for byte
	receipts  [][]byte
	unproven  bool   // under ModI: not signed by the hub as the answer to this message
	trouble   string // why it is no answer in order, in Italian; "" if it is
}

// codeIn is the code that opens a text for people, "" if none does.
func codeIn(text string) string {
	return regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{2,}`).FindString(text)
}

// readAnswer reads a body: SOAP 1.1 or, if the question was, 1.2.
func readAnswer(status int, header http.Header, raw []byte, soap12 bool, place *time.Location) answer {
	a := answer{status: status, header: header, raw: raw, outcome: answeredNothing}
	if a.trouble = wrongType(header, soap12); a.trouble != "" {
		return a
	}
	plain := raw
	if soap12 {
		var f *fault.Fault
		if plain, f = envelope.FromSOAP12(raw); f != nil {
			a.trouble = "la risposta non è una busta SOAP 1.2"
			return a
		}
	}
	env, f := envelope.Open(plain, envelope.EGovHeader(), envelope.Name{Space: envelope.SecurityNS, Local: "Security"})
	if f != nil {
		a.trouble = "la risposta non è una busta SOAP leggibile: " + sender.FaultText(*f)
		return a
	}
	a.receipt = env.Receipt()
	if soap12 && env.Operation.Local == "Fault" {
		a.readFault12(raw)
	} else {
		a.read(env, plain, place)
	}
	if a.outcome == answeredFault && a.trouble == "" {
		a.trouble = a.faultTrouble()
	}
	if a.receipt != nil && a.trouble == "" {
		a.trouble = a.readReceipt()
	}
	return a
}

// wrongType tells what is wrong with the Content-Type of an answer.
func wrongType(header http.Header, soap12 bool) string {
	want := "text/xml"
	if soap12 {
		want = "application/soap+xml"
	}
	media, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	switch {
	case err != nil || media != want:
		return fmt.Sprintf("il Content-Type della risposta non è %s", want)
	case !strings.EqualFold(params["charset"], "utf-8"):
		return "il Content-Type della risposta non dichiara charset=utf-8"
	}
	return ""
}

// read tells the forms of answers apart.
func (a *answer) read(env *envelope.Envelope, plain []byte, place *time.Location) {
	if b, ok := answerBinding(env.Operation); ok {
		said, ok := b.ReadAnswer(env)
		if !ok {
			a.trouble = "la risposta non ha un esito OK o KO"
			return
		}
		a.outcome = answeredRejected
		if said.Accepted {
			a.outcome = answeredAccepted
		}
		for _, an := range said.Anomalies {
			a.name(codeIn(an.Description))
		}
		a.readEGovHeader(env, place)
		return
	}
	if said, ok := env.Fault(); ok {
		a.outcome, a.who, a.text = answeredFault, said.Code, said.Text
		a.errors = append(said.Errors, env.Errors()...)
		for _, e := range a.errors {
			a.name(e.Code)
		}
		if a.receipt != nil { // SPICOM's exception that rejects a communication
			a.outcome = answeredRejected
		}
		return
	}
	switch env.Operation {
	case envelope.Name{Space: envelope.HubNS, Local: "RichiediRicevutaRisposta"}:
		var f *fault.Fault
		if a.receipts, f = env.Receipts(); f == nil {
			a.outcome = answeredReceipts
		}
	case envelope.Name{Space: envelope.HubNS, Local: "EchoRisposta"}:
		var doc struct {
			Text string `xml:"Body>EchoRisposta>Testo"`
		}
		if xml.Unmarshal(plain, &doc) == nil {
			a.outcome, a.text = answeredEcho, doc.Text
		}
	default:
		if env.Operation.Local == "invokeSynchResponse" {
			a.readSPICOM(plain)
		}
	}
	if a.outcome == answeredNothing {
		a.trouble = "la risposta non è di un'operazione conosciuta"
	}
}

// answerBinding finds the kind whose answer an element is.
func answerBinding(name envelope.Name) (envelope.Binding, bool) {
	all := envelope.Bindings()
	i := slices.IndexFunc(all, func(b envelope.Binding) bool { return b.Answer == name })
	if i < 0 {
		return envelope.Binding{}, false
	}
	return all[i], true
}

func (a *answer) readEGovHeader(env *envelope.Envelope, place *time.Location) {
	if !env.HasEGov() {
		return
	}
	header, faults := envelope.ReadEGov(env, place)
	if len(faults) > 0 {
		a.trouble = "l'intestazione e-Gov della risposta non è in ordine: " + sender.FaultText(faults[0])
	}
	a.riscontri = len(header.Riscontri)
}

// readSPICOM reads the values that an answer may hold: a bean, a boolean, or the text
// of a mass submission's outcomes.
func (a *answer) readSPICOM(plain []byte) {
	var doc struct {
		Value struct {
			Text   string `xml:",chardata"`
			Codice string `xml:"identificativoRegionale"`
		} `xml:"Body>invokeSynchResponse>return>value"`
	}
	if xml.Unmarshal(plain, &doc) != nil {
		return
	}
	switch text := strings.TrimSpace(doc.Value.Text); {
	case doc.Value.Codice != "":
		a.outcome, a.codice = answeredAccepted, doc.Value.Codice
	case text == "true" || text == "false":
		a.outcome, a.text = answeredBoolean, text
	case strings.Contains(text, "<EsitoMassivo "):
		a.outcome, a.text = answeredMassive, text
	}
}

// readFault12 reads a fault of SOAP 1.2 (part 1, section 5.4).
func (a *answer) readFault12(raw []byte) {
	var doc struct {
		Fault struct {
			Code string `xml:"Code>Value"`
			Text string `xml:"Reason>Text"`
			List []struct {
				Code   string `xml:"Codice"`
				Text   string `xml:"Testo"`
				Remedy string `xml:"Rimedio"`
			} `xml:"Detail>Errori>Errore"`
		} `xml:"Body>Fault"`
	}
	if xml.Unmarshal(raw, &doc) != nil {
		return
	}
	_, a.who, _ = strings.Cut(doc.Fault.Code, ":")
	a.outcome, a.text = answeredFault, doc.Fault.Text
	for _, e := range doc.Fault.List {
		a.errors = append(a.errors, envelope.Error{Code: e.Code, Text: e.Text, Remedy: e.Remedy})
		a.name(e.Code)
	}
}

// name adds a code that the answer names.
func (a *answer) name(code string) {
	if code != "" && !slices.Contains(a.codes, code) {
		a.codes = append(a.codes, code)
	}
}

// faultTrouble tells what a fault lacks for its reader to go on by.
func (a *answer) faultTrouble() string {
	switch {
	case a.status < 400:
		return fmt.Sprintf("un fault SOAP con stato HTTP %d: un programma lo crede un esito", a.status)
	case a.receipt != nil:
		return "un fault SOAP con una ricevuta"
	case a.text == "":
		return "il fault non ha testo"
	case len(a.errors) == 0:
		return "il fault non ha l'elenco degli errori (Errori) che un programma possa leggere"
	}
	for _, e := range a.errors {
		if codeIn(e.Code) != e.Code || e.Text == "" || e.Remedy == "" {
			return "un errore del fault non ha codice, testo o rimedio"
		}
	}
	return ""
}

// readReceipt reads the receipt beside an outcome, and tells what it contradicts.
func (a *answer) readReceipt() string {
	r, err := receipt.Parse(a.receipt)
	if err != nil {
		return "la ricevuta non si legge"
	}
	if a.outcome == answeredAccepted && r.Kind != receipt.Acceptance || a.outcome == answeredRejected && r.Kind != receipt.Rejection {
		return fmt.Sprintf("la ricevuta è di %s, ma la risposta è %s", r.Kind, a.outcome)
	}
	if a.outcome == answeredAccepted {
		if a.codice != "" && a.codice != r.Codice {
			return "il codice della risposta non è quello della ricevuta"
		}
		a.codice = r.Codice
	}
	for _, f := range r.Faults {
		a.name(f.Code)
	}
	return ""
}

// words say what came, without any value of a document.
func (a answer) words() string {
	text := string(a.outcome)
	if a.who != "" {
		text += " " + a.who
	}
	if len(a.codes) > 0 {
		codes := a.codes
		more := ""
		if len(codes) > 8 {
			codes, more = codes[:8], fmt.Sprintf(" e altri %d", len(a.codes)-8)
		}
		text += ", codici " + strings.Join(codes, " ") + more
	}
	return fmt.Sprintf("%s, HTTP %d", text, a.status)
}

// same reports whether two answers hold one receipt, byte for byte.
func (a answer) same(b answer) bool {
	return a.receipt != nil && bytes.Equal(a.receipt, b.receipt)
}
