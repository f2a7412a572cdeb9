package probe

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// modiCases are about the signature of messages. All speak by Echo, which leaves
// nothing but the memory of the MessageID.
func modiCases() []testCase {
	echo := want{outcome: answeredEcho}
	stamped := func(change func(*xmlsig.Stamp)) func(*player) (outgoing, error) {
		return func(p *player) (outgoing, error) {
			m, err := echoOf(p)
			m.stamp = change
			return m, err
		}
	}
	named := func(text string) func(*player) (outgoing, error) {
		return func(p *player) (outgoing, error) {
			m := p.own(envelope.EchoLocal, "<hub:Testo>"+text+"</hub:Testo>")
			m.stamp = func(s *xmlsig.Stamp) { s.ID = p.named }
			return m, nil
		}
	}
	action := func(bare, signed string) func(*player) (outgoing, error) {
		return headed(stamped(func(s *xmlsig.Stamp) { s.Action = signed }), "SOAPAction", `"`+bare+`"`)
	}
	cases := []testCase{
		{id: "modi-nessuna", sent: "Echo senza intestazione WS-Security", unsigned: true,
			message: func(p *player) (outgoing, error) {
				m, err := echoOf(p)
				m.unsealed = true
				return m, err
			}, want: refusal(xmlsig.NoSecurity)},
		{id: "modi-alterata", sent: "Echo con il Body alterato dopo la firma", unsigned: true,
			message: bend(echoOf, altered("prova di", "prova  di")), want: refusal(xmlsig.PartChanged)},
		{id: "modi-estranea", sent: "Echo firmato da un sistema di un'autorità sconosciuta", unsigned: true,
			message: func(p *player) (outgoing, error) {
				m, err := echoOf(p)
				m.sealer = p.kit.strangeSystem
				return m, err
			}, want: refusal(xmlsig.MessageUntrusted)},
		{id: "modi-due", sent: "due intestazioni Security", unsigned: true,
			message: bend(echoOf, func(b []byte) []byte {
				return before("</soapenv:Header>", `<w:Security xmlns:w="`+envelope.SecurityNS+`"/>`)(b)
			}), want: refusal(fault.SecurityTwice)},
		{id: "modi-destinatario", sent: "Echo firmato per un altro destinatario (wsa:To)",
			message: stamped(func(s *xmlsig.Stamp) { s.To = "https://altro.esempio.it/soap" }), want: refusal(fault.MessageAudience)},
		{id: "modi-azione", sent: "Echo firmato con la wsa:Action di un'altra operazione", message: action("", envelope.ReceiptsLocal),
			want: refusal(fault.ActionMismatch), source: "WS-Addressing 1.0, SOAP Binding, 4.2",
			remedy: "Nel nodo: una wsa:Action firmata deve nominare l'operazione del Body, o due lettori vedono due operazioni."},
		{id: "modi-azione-giusta", sent: "Echo firmato con la wsa:Action della sua operazione", message: action(envelope.EchoLocal, envelope.EchoLocal),
			want: echo, points: contractPoints, source: "WS-Addressing 1.0, SOAP Binding, 4.2"},
		{id: "modi-vecchia", sent: "Echo firmato un'ora fa", want: refusal(fault.MessageStale),
			message: stamped(func(s *xmlsig.Stamp) {
				s.Created, s.Expires = s.Created.Add(-time.Hour), s.Expires.Add(-time.Hour)
			})},
		{id: "modi-futura", sent: "Echo firmato fra un'ora", want: refusal(fault.MessageAhead),
			message: stamped(func(s *xmlsig.Stamp) {
				s.Created, s.Expires = s.Created.Add(time.Hour), s.Expires.Add(time.Hour)
			})},
		{id: "modi-durata", sent: "Echo che si dice valido per un giorno", want: refusal(fault.MessageLifetime), points: contractPoints,
			message: stamped(func(s *xmlsig.Stamp) { s.Expires = s.Created.Add(hub.MessageAge + 24*time.Hour) })},
		{id: "modi-nome", sent: "Echo con un MessageID", message: named("prima"), want: echo, points: contractPoints},
		{id: "modi-riuso", sent: "altro Echo con lo stesso MessageID", message: named("seconda"), want: refusal(fault.MessageReused), after: "modi-nome"},
		{id: "modi-ripetuta", sent: "lo stesso Echo con lo stesso MessageID", message: named("prima"), want: echo, after: "modi-nome", points: contractPoints},
	}
	return filled(cases, testCase{
		group: groupModI, in: []string{playModI}, points: gravePoints, source: "ModI, ID_AUTH_SOAP_02, INTEGRITY_SOAP_01, PROFILE_NON_REPUDIATION_01",
		remedy: "Nel nodo: la firma del messaggio, il destinatario, gli istanti o la memoria dei MessageID non sono controllati come ModI chiede.",
	})
}

// egovCases are messages whose header is wrong; such a message is not forwarded
// to the hub and leaves nothing, unless the case says so.
func egovCases() []testCase {
	headed := func(change func(*envelope.EGov)) func(*player) (outgoing, error) {
		return func(p *player) (outgoing, error) {
			h := p.egov(p.unilav)
			change(&h)
			return p.carry(p.unilav, h, []byte("<UniLav/>")), nil
		}
	}
	cases := []testCase{
		{id: "egov-mittente", sent: "Mittente che non è una parte ammessa", message: headed(func(h *envelope.EGov) { h.Sender.Name = "ALTRAREGIONE" }), want: refusal(fault.EGovSender)},
		{id: "egov-destinatario", sent: "Destinatario che non è il nodo", message: headed(func(h *envelope.EGov) { h.Recipient.Name = "ALTRONODO" }), want: refusal(fault.EGovRecipient)},
		{id: "egov-servizio", sent: "Servizio che non esiste", message: headed(func(h *envelope.EGov) { h.Service = "ServizioInesistente" }), want: refusal(fault.EGovService)},
		{id: "egov-azione", sent: "Azione diversa dall'elemento del Body", message: headed(func(h *envelope.EGov) { h.Action = "RichiestaRispostaSincrona_UniSomm" }), want: refusal(fault.EGovAction)},
		{id: "egov-profilo", sent: "ProfiloCollaborazione asincrono", message: headed(func(h *envelope.EGov) { h.Profile = "EGOV_IT_ServizioAsincronoSimmetrico" }),
			want: refusal(fault.EGovProfile, fault.EGovCollaboration, fault.EGovHeader)},
		{id: "egov-nome", sent: "Identificatore di forma sbagliata", message: headed(func(h *envelope.EGov) { h.ID = "senza-forma" }), want: refusal(fault.EGovIdentifier)},
		{id: "egov-ora", sent: "OraRegistrazione fra un giorno", message: headed(func(h *envelope.EGov) { h.Registered = h.Registered.AddDate(0, 0, 1) }), want: refusal(fault.EGovRegistered)},
		{id: "egov-scaduta", sent: "messaggio dopo la sua Scadenza, con un documento in ordine", leaves: leavesRefusal, needs: []need{needsSigner},
			message: func(p *player) (outgoing, error) {
				document, err := p.good()
				h := p.egov(p.unilav)
				h.Expires = h.Registered.Add(-time.Minute)
				return p.carry(p.unilav, h, document), err
			}, want: refusal(fault.EGovExpired)},
		{id: "egov-riscontro", sent: "invio accettato con confermaRicezione", leaves: leavesAcceptance, needs: []need{needsSigner}, points: contractPoints,
			message: func(p *player) (outgoing, error) {
				document, err := p.good()
				p.header = p.egov(p.unilav)
				return p.carry(p.unilav, p.header, document), err
			}, want: want{outcome: answeredAccepted}, more: func(_ *player, a answer) string {
				if a.riscontri != 1 {
					return "manca il riscontro chiesto"
				}
				return ""
			}},
		{id: "egov-riuso", sent: "Identificatore già usato, con un altro documento", after: "egov-riscontro", leaves: leavesAcceptance, needs: []need{needsSigner},
			message: func(p *player) (outgoing, error) {
				document, err := p.good()
				return p.carry(p.unilav, p.header, document), err
			}, want: refusal(fault.EGovIdentifier)},
	}
	return filled(cases, testCase{
		group: groupEGov, in: []string{playEGov}, points: contractPoints, source: "SPCoop, busta e-Gov 1.1: intestazione, riscontro, lista eccezioni",
		remedy: "Nel nodo: l'intestazione e-Gov non è controllata, o l'eccezione non ha il codice EGOV_IT che la porta di dominio attende.",
	})
}

// spicomCases are calls of the region's generic RPC method.
func spicomCases() []testCase {
	simple := func(method string) func(*player) (outgoing, error) {
		return func(p *player) (outgoing, error) {
			m, err := p.call(method, "x", "")
			at, end := bytes.Index(m.body, []byte("<param")), bytes.Index(m.body, []byte("</param>"))
			if err == nil && at > 0 && end > at {
				m.body = append(m.body[:at:at], m.body[end+len("</param>"):]...)
			}
			return m, err
		}
	}
	boolean := want{outcome: answeredBoolean}
	cases := []testCase{
		{id: "spicom-viva", sent: "isAlive", message: simple("isAlive"), want: boolean, more: isTrue},
		{id: "spicom-risorse", sent: "testResources", message: simple("testResources"), want: boolean, more: isTrue},
		{id: "spicom-metodo", sent: "metodo che non esiste", message: simple("metodoInesistente"), want: refusal(fault.OperationUnknown)},
		{id: "spicom-bean", sent: "variante a bean di inviaComunicazione", want: refusal(fault.OperationAbsent),
			message: func(p *player) (outgoing, error) { return p.call("inviaComunicazione", "comunicazione", "x") },
			more: func(_ *player, a answer) string {
				if !strings.Contains(a.text, "inviaComunicazioneProspettoXML") {
					return "il rifiuto non nomina la variante a stringa"
				}
				return ""
			}},
		{id: "spicom-argomenti", sent: "invio senza il suo argomento", message: simple("inviaComunicazioneProspettoXML"), want: refusal(fault.CallArguments, fault.CallMalformed)},
		{id: "spicom-http10", sent: "isAlive in HTTP/1.0, come il client Apache SOAP della regione", source: "SPICOM: il client legge fino alla chiusura della connessione",
			run: (*player).http10, wanted: "HTTP 200, Content-Length, text/xml con charset, connessione chiusa"},
		{id: "spicom-regionale", sent: "assunzione nel formato regionale, senza firma, dal canale della regione", leaves: leavesAcceptance, needs: []need{needsChannel},
			message: func(p *player) (outgoing, error) {
				payload, err := sample.SPICOMPayload(p.hiring(), int64(p.serial+p.documents), p.rome)
				if err != nil {
					return outgoing{}, err
				}
				return p.submission(co.UNILAV, []byte(payload))
			}, want: want{outcome: answeredAccepted}, more: hasCode},
		{id: "spicom-archivio", sent: "invio massivo di qualcosa che non è uno zip", want: refusal(fault.ArchiveUnreadable), source: massSource, remedy: massRemedy,
			message: func(p *player) (outgoing, error) { return p.massive([]byte("non è uno zip")) }},
		{id: "spicom-massivo", sent: "invio massivo di un documento in ordine e di un file che non è XML", source: massSource, remedy: massRemedy,
			leaves: leavesAcceptance, needs: []need{needsSigner}, message: func(p *player) (outgoing, error) {
				document, err := p.good()
				if err != nil {
					return outgoing{}, err
				}
				archive, err := sender.Pack(document, []byte("non è XML"))
				if err != nil {
					return outgoing{}, err
				}
				return p.massive(archive)
			}, want: want{outcome: answeredMassive}, more: isDivided},
	}
	return filled(cases, testCase{
		group: groupSPICOM, in: []string{playPiemonte}, points: contractPoints, source: "SPICOM: invokeSynch di Apache SOAP, eccezioni che il client Java ricostruisce",
		remedy: "Nel nodo: la risposta deve avere la forma che il client Java della regione ricostruisce (valore tipizzato, oppure eccezione con message).",
	})
}

const (
	massSource = "Snodo, operazione inviaComunicazioniMassive (snodo-massivo.xsd): un file sbagliato non ferma gli altri"
	massRemedy = "Nel nodo: un invio massivo deve dare un esito per ogni file, e rifiutare per intero solo ciò che non è un archivio leggibile."
)

// massive is a mass submission.
func (p *player) massive(archive []byte) (outgoing, error) {
	m := p.operation("", "", "")
	var err error
	m.body, err = sender.ArchiveCall(archive)
	return m, err
}

// isDivided tells what is wrong unless the first file of two was accepted and the
// second was not.
func isDivided(_ *player, a answer) string {
	var doc struct {
		States []string `xml:"Comunicazione>Stato"`
		Codice string   `xml:"Comunicazione>CodiceComunicazione"`
	}
	if xml.Unmarshal([]byte(a.text), &doc) != nil || len(doc.States) != 2 || doc.States[0] != "accettata" ||
		doc.States[1] != "rifiutata" && doc.States[1] != "respinta" { // over a channel it is judged
		return "dei due file il primo non è accettato, o il secondo non è rifiutato"
	}
	a.codice = doc.Codice
	return hasCode(nil, a)
}

func isTrue(_ *player, a answer) string {
	if a.text != "true" {
		return "il nodo risponde false: una sua parte (base dati o broker) non risponde"
	}
	return ""
}

// http10 speaks as the region's own client does, over a connection of its own.
func (p *player) http10() (string, bool, error) {
	m, err := spicomCases()[0].message(p)
	if err != nil {
		return "", false, err
	}
	raw, err := p.rawHTTP10(m)
	if err != nil {
		return "la connessione non si chiude, o non c'è risposta", false, nil
	}
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	lines := strings.ToLower(string(head))
	switch {
	case !strings.HasPrefix(lines, "http/1.0 200") && !strings.HasPrefix(lines, "http/1.1 200"):
		return "lo stato non è 200", false, nil
	case !strings.Contains(lines, "content-length:") || strings.Contains(lines, "chunked"):
		return "manca Content-Length", false, nil
	}
	header := http.Header{}
	for line := range strings.SplitSeq(lines, "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			header.Set(name, value)
		}
	}
	if a := readAnswer(http.StatusOK, header, body, false, p.rome); a.trouble != "" {
		return a.trouble, false, nil
	}
	return "HTTP 200, risposta intera, connessione chiusa", true, nil
}
