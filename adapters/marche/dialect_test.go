package marche_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestAnswersGolden shows every kind of answer.
func TestAnswersGolden(t *testing.T) {
	t.Parallel()
	good := request(t)
	quiet := good
	quiet.Acknowledge, quiet.Delivery, quiet.Action = false, "", ""
	stranger := good
	stranger.Sender.Name = "VALLE AOSTA"
	ko := accepted(good)
	ko.Accepted, ko.Faults = false, fault.List{{Code: fault.WrongPattern, Path: "/UniLav/DatoreLavoro/@codiceFiscale", Line: 4}}
	var archive txtar.Archive
	for _, c := range []struct {
		name   string
		header envelope.EGov
		b      backend
	}{
		{"accepted.xml", good, backend{answer: accepted(good)}},
		{"accepted-without-acknowledgement.xml", quiet, backend{answer: accepted(quiet)}},
		{"rejected.xml", good, backend{answer: ko}},
		{"refused-signature.xml", good, backend{answer: hub.Answer{Refused: true, Faults: fault.List{{Code: fault.Unsigned}}}}},
		{"refused-identifier.xml", good, backend{answer: hub.Answer{Refused: true, Faults: fault.List{{Code: fault.EGovIdentifier, Path: "Messaggio/Identificatore"}}}}},
		{"our-trouble.xml", good, backend{err: ledger.ErrUnavailable}},
		{"unknown-sender.xml", stranger, backend{}},
	} {
		r := open(t, &c.b).post(t, message(c.header))
		archive.Files = append(archive.Files, txtar.File{Name: c.name, Data: append(r.body, '\n')})
	}
	const file = "testdata/answers.txtar"
	got := txtar.Format(&archive)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("answers differ from %s; got\n%s", file, got)
	}
}

// TestAnswer: the header of an answer turns the parties round, refers to the
// request and acknowledges it when asked.
func TestAnswer(t *testing.T) {
	t.Parallel()
	h := request(t)
	h.Collaboration = h.ID
	f := open(t, &backend{answer: accepted(h)})
	r := f.post(t, message(h))
	a := r.header
	if r.status != http.StatusOK || a.Sender != h.Recipient || a.Recipient != h.Sender || a.Reference != h.ID || a.Collaboration != h.ID ||
		a.Profile != h.Profile || a.Service != h.Service || a.Action != h.Action || a.Delivery != h.Delivery || a.Acknowledge ||
		a.Clock != envelope.EGovTimeSPC || !a.Registered.Equal(now.Add(3*time.Millisecond)) || len(a.Exceptions) > 0 {
		t.Errorf("status %d, header %+v", r.status, a)
	}
	if a.ID != "NAZIONALE_NAZIONALESPCoopIT_0000082_2026-11-26_09:30" {
		t.Errorf("identifier %s", a.ID)
	}
	if len(a.Riscontri) != 1 || a.Riscontri[0].ID != h.ID || !a.Riscontri[0].Registered.Equal(now) {
		t.Errorf("riscontri %+v", a.Riscontri)
	}
	if string(r.env.Receipt()) != receipt {
		t.Errorf("receipt %s", r.env.Receipt())
	}
	unilav, _ := envelope.BindingOfKind("UNILAV")
	if s, ok := unilav.ReadAnswer(r.env); !ok || !s.Accepted {
		t.Errorf("body %+v, %v", s, ok)
	}
	s := f.got[0]
	if s.Message == nil || s.Message.Name != ledger.Sum([]byte(h.ID)) || !s.Message.Expires.IsZero() ||
		string(s.Evidence) != message(h) || string(s.Document) != "<UniLav>"+secret+"</UniLav>" || s.Kind != "UNILAV" {
		t.Errorf("submission %+v", s)
	}
	if again := f.post(t, message(h)); !bytes.Equal(again.body, r.body) {
		t.Error("the same message got another answer")
	}
	// The entry of another message: the receipt is the same, the answer's name is not.
	other := h
	other.ID = envelope.Identifier{Sender: "MARCHE", Port: "MARCHESPCoopIT", Serial: 18, Minute: now.In(rome(t))}.String()
	other.Expires = now.In(rome(t)).Add(time.Hour)
	if r := f.post(t, message(other)); r.header.ID == a.ID || r.header.Reference != other.ID || string(r.env.Receipt()) != receipt {
		t.Errorf("another name, same content: %+v", r.header)
	}
	if s := f.got[len(f.got)-1]; !s.Message.Expires.Equal(other.Expires) || s.Message.Late.Code != fault.EGovExpired {
		t.Errorf("its end: %+v", s.Message)
	}
}

// TestWithoutHeader: the national binding goes on as if SPCoop were not there.
func TestWithoutHeader(t *testing.T) {
	t.Parallel()
	unilav, _ := envelope.BindingOfKind("UNILAV")
	plain := string(unilav.AppendRequest(nil, nil, []byte("<UniLav/>")))
	f := open(t, &backend{answer: accepted(envelope.EGov{})})
	r := f.post(t, plain)
	if r.status != http.StatusOK || r.env.HasEGov() || string(r.env.Receipt()) != receipt || f.got[0].Message != nil {
		t.Errorf("status %d: %s", r.status, r.body)
	}
	want := soap.National{}.Reply(hub.Call{Operation: hub.OpSubmit, State: unilav}, hub.Reply{Answer: f.answer})
	if !bytes.Equal(want.Body, r.body) {
		t.Errorf("answer %s", r.body)
	}
	if r := f.post(t, strings.Replace(plain, "UniLavXML", "Altro", 2)); r.env.HasEGov() || !bytes.Contains(r.body, []byte(fault.RequestShape)) {
		t.Errorf("fault %s", r.body)
	}
	res, err := http.Get(f.url + "?wsdl")
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("WSDL: status %d, %v", res.StatusCode, err)
	}
}

// TestOtherOperations: what the header wraps may be any operation of the WSDL.
func TestOtherOperations(t *testing.T) {
	t.Parallel()
	h := request(t)
	f := open(t, &backend{})
	wrap := func(action, body string) string {
		h.Action = action
		return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` + string(envelope.AppendEGov(nil, h)) +
			`</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
	}
	echo := `<Echo xmlns="urn:snodo:hub:v1"><Testo>prova</Testo></Echo>`
	if r := f.post(t, wrap("Echo", echo)); r.header.Reference != h.ID || len(r.header.Riscontri) > 0 || !bytes.Contains(r.body, []byte(">prova<")) {
		t.Errorf("echo: %s", r.body)
	}
	digest := strings.Repeat("0a", 32)
	ask := `<RichiediRicevuta xmlns="urn:snodo:hub:v1"><ImprontaDocumento>` + digest + `</ImprontaDocumento><Codice>1104226000000041</Codice></RichiediRicevuta>`
	r := f.post(t, wrap("RichiediRicevuta", ask))
	if all, bad := r.env.Receipts(); bad != nil || len(all) != 1 || r.header.Reference != h.ID {
		t.Errorf("receipts: %s", r.body)
	}
	f.err = ledger.ErrNotFound
	r = f.post(t, wrap("RichiediRicevuta", ask))
	if a, ok := r.env.Fault(); !ok || len(a.Errors) != 1 || a.Errors[0].Code != string(fault.ReceiptNotFound) || len(r.exceptions()) > 0 || r.header.Reference != h.ID {
		t.Errorf("no receipt: %s", r.body)
	}
}

// TestHeaderJudged: what a header says that does not hold here is told by
// national code and position, and everything at once.
func TestHeaderJudged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*envelope.EGov)
		want   []string
	}{
		"unknown sender": {func(h *envelope.EGov) { h.Sender.Name = "ALTRI" },
			[]string{"EGOV_IT_101 Mittente/IdentificativoParte"}},
		"sender of another type": {func(h *envelope.EGov) { h.Sender.Type = "TEST" }, []string{"EGOV_IT_101 Mittente/IdentificativoParte/tipo"}},
		"nameless sender": {func(h *envelope.EGov) { h.Sender.Name = "" },
			[]string{"EGOV_IT_101 Mittente/IdentificativoParte"}},
		"not for us":                {func(h *envelope.EGov) { h.Recipient.Name = "LAZIO" }, []string{"EGOV_IT_102 Destinatario/IdentificativoParte"}},
		"recipient of another type": {func(h *envelope.EGov) { h.Recipient.Type = "AOO" }, []string{"EGOV_IT_102 Destinatario/IdentificativoParte/tipo"}},
		"one way":                   {func(h *envelope.EGov) { h.Profile = "EGOV_IT_MessaggioSingoloOneWay" }, []string{"EGOV_IT_103 ProfiloCollaborazione"}},
		"no profile":                {func(h *envelope.EGov) { h.Profile = "" }, []string{"EGOV_IT_103 ProfiloCollaborazione"}},
		"collaboration":             {func(h *envelope.EGov) { h.Collaboration = "x" }, []string{"EGOV_IT_104 Collaborazione"}},
		"unknown service":           {func(h *envelope.EGov) { h.Service = "NotificaComunicazioneObbligatoria" }, []string{"EGOV_IT_105 Servizio"}},
		"no service":                {func(h *envelope.EGov) { h.Service = "" }, []string{"EGOV_IT_105 Servizio"}},
		"service of another type":   {func(h *envelope.EGov) { h.ServiceType = "URL" }, []string{"EGOV_IT_105 Servizio/tipo"}},
		"action of another kind":    {func(h *envelope.EGov) { h.Action = "RichiestaRispostaSincrona_UniSomm" }, []string{"EGOV_IT_106 Azione"}},
		"identifier of another":     {func(h *envelope.EGov) { h.ID = "LAZIO_P_0000001_2026-11-26_09:30" }, []string{"EGOV_IT_110 Messaggio/Identificatore"}},
		"identifier of no form":     {func(h *envelope.EGov) { h.ID = "urn:uuid:1" }, []string{"EGOV_IT_110 Messaggio/Identificatore"}},
		"from the future": {func(h *envelope.EGov) { h.Registered = h.Registered.Add(5*time.Minute + time.Millisecond) },
			[]string{"EGOV_IT_108 Messaggio/OraRegistrazione"}},
		"in order": {func(h *envelope.EGov) { h.Sequence = "0000002" }, []string{"EGOV_IT_401 Sequenza"}},
		"a message of exceptions": {func(h *envelope.EGov) {
			h.Exceptions = []envelope.Exception{envelope.ExceptionOf(fault.Fault{Code: fault.EGovProcessing, Path: "x"})}
		}, []string{"EGOV_IT_001 ListaEccezioni"}},
		"everything": {func(h *envelope.EGov) {
			*h = envelope.EGov{
				Sender: envelope.Party{Type: "X", Name: "A"}, Recipient: envelope.Party{Type: "SPC", Name: "B"}, Profile: "x", Service: "y", ServiceType: "SPC",
				Action: "z", ID: "C_P_0000001_2026-11-26_09:30", Registered: now.Add(time.Hour).In(rome(t)), Clock: envelope.EGovTimeSPC, Sequence: "0000001",
			}
		}, []string{"EGOV_IT_101 Mittente/IdentificativoParte/tipo", "EGOV_IT_102 Destinatario/IdentificativoParte", "EGOV_IT_103 ProfiloCollaborazione",
			"EGOV_IT_105 Servizio", "EGOV_IT_106 Azione", "EGOV_IT_108 Messaggio/OraRegistrazione", "EGOV_IT_401 Sequenza"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := request(t)
			c.change(&h)
			f := open(t, &backend{})
			r := f.post(t, message(h))
			if !slices.Equal(r.exceptions(), c.want) || len(f.got) > 0 {
				t.Errorf("told %q, want %q; submitted %d", r.exceptions(), c.want, len(f.got))
			}
			a, ok := r.env.Fault()
			if !ok || r.status != http.StatusInternalServerError || a.Code != "Client" || a.Text != "EGOV_IT_001 - Formato Busta non corretto" || a.Errors != nil {
				t.Errorf("status %d, fault %+v", r.status, a)
			}
			ours := r.env.Errors()
			if len(ours) != len(c.want) || ours[0].Remedy == "" {
				t.Errorf("our words: %+v", ours)
			}
			if len(r.header.Riscontri) > 0 || r.env.Receipt() != nil {
				t.Error("what was not taken was acknowledged")
			}
			if strings.HasPrefix(h.ID, "urn:") != (r.header.Reference == "") {
				t.Errorf("reference %q", r.header.Reference)
			}
		})
	}
}

// TestSequence: an order that is not kept is not promised; EGOV_IT_401 is ours
// to say by its own remedy.
func TestSequence(t *testing.T) {
	t.Parallel()
	h := request(t)
	h.Sequence = "0000001"
	r := open(t, &backend{}).post(t, message(h))
	if ours := r.env.Errors(); len(ours) != 1 || ours[0].Code != string(fault.EGovOrder) || ours[0].Path != "Sequenza" {
		t.Errorf("our words: %+v", ours)
	}
}

// TestTolerated: what other ports write differently and is not wrong.
func TestTolerated(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*envelope.EGov){
		"no action":                  func(h *envelope.EGov) { h.Action = "" },
		"no transmission profile":    func(h *envelope.EGov) { h.Delivery, h.Acknowledge = "", false },
		"more than once":             func(h *envelope.EGov) { h.Delivery = envelope.EGovOften },
		"local clock":                func(h *envelope.EGov) { h.Clock = envelope.EGovTimeLocal },
		"a clock five minutes ahead": func(h *envelope.EGov) { h.Registered = h.Registered.Add(5 * time.Minute) },
		"an old message":             func(h *envelope.EGov) { h.Registered = h.Registered.AddDate(-1, 0, 0) },
		"the hub by its name":        func(h *envelope.EGov) { h.Recipient.Name = "SNODO" },
		"a reference":                func(h *envelope.EGov) { h.Reference = h.ID },
		"riscontri": func(h *envelope.EGov) {
			h.Riscontri = []envelope.Riscontro{{ID: h.ID, Registered: h.Registered, Clock: h.Clock}}
		},
	} {
		h := request(t)
		change(&h)
		if r := open(t, &backend{answer: accepted(h)}).post(t, message(h)); r.status != http.StatusOK || r.header.Sender != h.Recipient || r.header.Delivery != h.Delivery {
			t.Errorf("%s: status %d, told %q, header %+v", name, r.status, r.exceptions(), r.header)
		}
	}
}

// TestSOAPAction: what ports of domain write who were given none says nothing;
// that of another operation is refused, and so is the ports' own without a header.
func TestSOAPAction(t *testing.T) {
	t.Parallel()
	h := request(t)
	f := open(t, &backend{answer: accepted(h)})
	for _, action := range []string{"", "OpenSPCoop", "InviaComunicazioneObbligatoria", "RichiestaRispostaSincrona_UniLav"} {
		if r := f.postAs(t, action, message(h)); r.status != http.StatusOK {
			t.Errorf("%q: status %d: %s", action, r.status, r.body)
		}
	}
	unilav, _ := envelope.BindingOfKind("UNILAV")
	for action, body := range map[string]string{
		"RichiestaRispostaSincrona_UniSomm": message(h),
		"OpenSPCoop":                        string(unilav.AppendRequest(nil, nil, []byte("<UniLav/>"))),
	} {
		r := f.postAs(t, action, body)
		if a, _ := r.env.Fault(); len(a.Errors) != 1 || a.Errors[0].Code != string(fault.ActionMismatch) || len(r.exceptions()) > 0 {
			t.Errorf("%q: %s", action, r.body)
		}
	}
}

// TestBodyFault: what is wrong in the Body is the application's to tell, with
// the detail, under a header that is no message of exceptions.
func TestBodyFault(t *testing.T) {
	t.Parallel()
	h := request(t)
	h.Action = ""
	for name, c := range map[string]struct {
		body string
		b    backend
		want fault.Code
	}{
		"operation":  {`<x xmlns="urn:x"/>`, backend{}, fault.UnknownOperation},
		"no string":  {`<t:richiesta_RichiestaRispostaSincrona_UniLav xmlns:t="http://servizi.lavoro.gov.it/comobbl/types"><t:UniLavXML><x/></t:UniLavXML></t:richiesta_RichiestaRispostaSincrona_UniLav>`, backend{}, fault.DocumentNotString},
		"not signed": {"", backend{answer: hub.Answer{Refused: true, Faults: fault.List{{Code: fault.Unsigned}}}}, fault.Unsigned},
	} {
		m := message(h)
		if c.body != "" {
			m = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` + string(envelope.AppendEGov(nil, h)) + `</s:Header><s:Body>` + c.body + `</s:Body></s:Envelope>`
		}
		r := open(t, &c.b).post(t, m)
		a, ok := r.env.Fault()
		if !ok || a.Code != "Client" || len(a.Errors) != 1 || a.Errors[0].Code != string(c.want) || len(r.exceptions()) > 0 || r.header.Reference != h.ID || len(r.header.Riscontri) > 0 {
			t.Errorf("%s: %s", name, r.body)
		}
	}
}

// TestOurTrouble: SPCoop's error of processing, with the time to wait.
func TestOurTrouble(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{"store": ledger.ErrUnavailable, "anything": errors.New(secret)} {
		h := request(t)
		r := open(t, &backend{err: err}).post(t, message(h))
		a, _ := r.env.Fault()
		if r.status != http.StatusServiceUnavailable || r.head.Get("Retry-After") == "" || a.Code != "Server" || !strings.HasPrefix(a.Text, "EGOV_IT_300 - ") ||
			!slices.Equal(r.exceptions(), []string{"EGOV_IT_300 Messaggio"}) || r.header.Exceptions[0].Context != "ErroreProcessamentoMessaggioSPCoop" || len(r.header.Riscontri) > 0 {
			t.Errorf("%s: status %d: %s", name, r.status, r.body)
		}
	}
}

// TestHubExceptions: what the hub tells of a message by its name is told by
// SPCoop's codes too.
func TestHubExceptions(t *testing.T) {
	t.Parallel()
	for _, f := range []fault.Fault{{Code: fault.EGovIdentifier, Path: "Messaggio/Identificatore"}, {Code: fault.EGovExpired, Path: "Messaggio/Scadenza"}} {
		r := open(t, &backend{answer: hub.Answer{Refused: true, Faults: fault.List{f}}}).post(t, message(request(t)))
		want := strings.Replace(string(f.Code), "EGOV-", "EGOV_IT_", 1) + " " + f.Path
		if !slices.Equal(r.exceptions(), []string{want}) || r.env.Receipt() != nil {
			t.Errorf("told %q, want %q", r.exceptions(), want)
		}
	}
}

// TestFreshNames: answers without an entry never share a name, however many
// there are in an instant, and none is that of an entry.
func TestFreshNames(t *testing.T) {
	t.Parallel()
	const many = 2000
	d := marche.New(marche.Config{
		National: soap.National{}, Parties: marche.KnownParties(), Rome: rome(t), Now: func() time.Time { return now },
	})
	h := request(t)
	h.Profile = ""
	call, problem := d.Open(hub.Request{Body: []byte(message(h)), Received: now})
	if problem == nil {
		t.Fatal("no problem")
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := make(map[string]bool)
	for range 4 {
		wg.Go(func() {
			for range many / 4 {
				e, _ := envelope.Open(d.Fault(call, *problem).Body, envelope.EGovHeader())
				got, _ := envelope.ReadEGov(e, rome(t))
				id, ok := envelope.ParseIdentifier(got.ID)
				mu.Lock()
				if !ok || seen[got.ID] || id.Serial%2 == 0 {
					t.Errorf("name %s, seen %v", got.ID, seen[got.ID])
				}
				seen[got.ID] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != many {
		t.Errorf("%d names", len(seen))
	}
}

// BenchmarkExchange is the dialect's share of a submission: reading the
// message and writing its answer.
func BenchmarkExchange(b *testing.B) {
	d := marche.New(marche.Config{
		National: soap.National{}, Parties: marche.KnownParties(), Rome: rome(b), Now: func() time.Time { return now },
	})
	h := request(b)
	unilav, _ := envelope.BindingOfKind("UNILAV")
	document := []byte("<UniLav>" + strings.Repeat("<a>testo</a>", 340) + "</UniLav>")
	for name, header := range map[string][]byte{"egov": envelope.AppendEGov(nil, h), "national": nil} {
		body := unilav.AppendRequest(nil, header, document)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				call, problem := d.Open(hub.Request{Body: body, Received: now})
				if problem != nil {
					b.Fatal(*problem)
				}
				d.Reply(call, hub.Reply{Answer: accepted(h)})
			}
		})
	}
}
