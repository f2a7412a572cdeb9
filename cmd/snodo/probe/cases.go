package probe

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// The groups of cases, in the order of a report.
const (
	groupContract = "Contratto e trasporto"
	groupEnvelope = "Busta"
	groupModI     = "Sicurezza del messaggio (ModI)"
	groupPerson   = "Persona (SAML)"
	groupEGov     = "Busta e-Gov"
	groupSPICOM   = "Chiamate SPICOM"
	groupQuery    = "Richiesta di ricevute"
	groupSigning  = "Firma del documento"
	groupContent  = "Contenuto"
	groupAccepted = "Accettazione e ricevute"
)

// Sources that several cases share. Those of our own rules are in the catalogue
// of faults.
const (
	sourceProfile  = "WS-I Basic Profile 1.1, R1109, R2706, R2204"
	sourceSOAP11   = "SOAP 1.1, sezioni 3, 4 e 6"
	sourceSOAP12   = "SOAP 1.2 parte 1, sezione 5.4; parte 2, tabella 17"
	sourceHTTP     = "RFC 9110, sezioni 8 e 15"
	sourceCharset  = "RFC 7303, sezione 3; Snodo, codifica dei messaggi"
	sourceGrammar  = "Snodo, la grammatica unica della firma; XML-DSig"
	sourceOnce     = "Snodo, chi e una volta sola: stesso mittente e stessa impronta, stessa ricevuta"
	sourceAnswers  = "Snodo, risposte: ciò che è autentico ha una ricevuta sigillata, accettato o respinto"
	sourceProbity  = "Snodo, risposte: senza ricevuta non c'è alcun esito"
	remedyEnvelope = "Nel nodo: la lettura della busta ammette ciò che la specifica vieta, o lo rifiuta in una forma che i client non leggono."
	remedyBelieved = "Nel nodo: la verifica della firma crede a un documento diverso da quello firmato. Non collegare la regione finché non è corretta."
)

// testCases are all cases, in the order in which they are played: what leaves
// more comes later.
func testCases() []testCase {
	return slices.Concat(transportCases(), envelopeCases(), modiCases(), samlCases(), egovCases(), spicomCases(), queryCases(),
		signingCases(), contentCases(), acceptanceCases())
}

func transportCases() []testCase {
	echo := want{outcome: answeredEcho}
	return []testCase{
		{id: "wsdl", group: groupContract, sent: "GET del WSDL (?wsdl) e degli schemi che importa", source: sourceProfile, points: contractPoints,
			run: (*player).wsdl, wanted: "WSDL document/literal completo, schemi raggiungibili, indirizzo pari a quello chiamato",
			remedy: "Nel nodo: --public-url deve essere l'indirizzo che i chiamanti usano; WSDL e schemi devono uscire senza modifiche di proxy."},
		{id: "tls-versione", group: groupContract, sent: "connessione TLS con la versione migliore, poi con al più TLS 1.1", points: gravePoints,
			source: "AgID, Raccomandazioni in materia TLS; ModI ID_AUTH_CHANNEL_01", run: (*player).tlsVersion,
			wanted: "TLS 1.2 o 1.3 negoziato, TLS 1.1 rifiutato", remedy: "Nel nodo o nel proxy davanti: ammettere solo TLS 1.2 e 1.3."},
		{id: "tls-certificato", group: groupContract, sent: "connessione TLS, esame del certificato", points: contractPoints,
			source: "RFC 5280; RFC 9525", run: (*player).tlsCertificate, wanted: "catena riconosciuta, nome giusto, più di 30 giorni di validità",
			remedy: "Rinnovare o sostituire il certificato del nodo; per un'autorità propria indicarla con --ca."},
		{id: "eco", group: groupContract, sent: "Echo con lettere accentate, in UTF-8", source: "WSDL del servizio, operazione Echo", points: contractPoints,
			message: echoOf, want: echo, more: echoed, remedy: "Nel nodo: l'operazione Echo deve restituire il testo ricevuto, in UTF-8."},
		{id: "eco-latin1", group: groupContract, sent: "Echo in ISO-8859-1, dichiarato nel Content-Type", source: sourceCharset, points: usefulPoints,
			message: recoded("text/xml; charset=ISO-8859-1", toLatin1), want: echo, more: echoed, in: plainDialects(),
			remedy: "Nel nodo: la codifica è quella del Content-Type; molti client regionali usano ISO-8859-1."},
		{id: "eco-utf16", group: groupContract, sent: "Echo in UTF-16 con BOM, senza charset nel Content-Type", source: sourceCharset, points: usefulPoints,
			message: recoded("text/xml", toUTF16), want: echo, more: echoed, in: plainDialects(),
			remedy: "Nel nodo: senza charset vale il BOM, poi la dichiarazione XML."},
		{id: "soap12", group: groupContract, sent: "Echo in SOAP 1.2", source: sourceSOAP12, points: contractPoints,
			message: in12(echoOf), want: echo, more: echoed, remedy: "Nel nodo: a un messaggio SOAP 1.2 si risponde in SOAP 1.2 (application/soap+xml)."},
		{id: "soap12-fault", group: groupContract, sent: "operazione inesistente in SOAP 1.2", source: sourceSOAP12, points: contractPoints,
			message: in12(unknownOperation), want: want{outcome: answeredFault, who: "Sender", codes: []fault.Code{fault.UnknownOperation}, status: []int{http.StatusBadRequest}},
			remedy: "Nel nodo: un fault SOAP 1.2 ha Code, Reason e Detail, e stato 400 se la colpa è del mittente."},
		{id: "charset-ignoto", group: groupContract, sent: "Echo con un charset che non esiste", source: sourceCharset, points: usefulPoints, unsigned: true,
			message: headed(echoOf, "Content-Type", "text/xml; charset=x-ignoto"), want: refusal(fault.EnvelopeCharset), remedy: remedyEnvelope},
		{id: "charset-falso", group: groupContract, sent: "Echo in ISO-8859-1 dichiarato UTF-8", source: sourceCharset, points: contractPoints, unsigned: true,
			message: recoded("text/xml; charset=utf-8", toLatin1), want: refusal(fault.EnvelopeCharset, fault.MalformedEnvelope),
			remedy: "Nel nodo: byte che non sono della codifica dichiarata vanno rifiutati, mai sostituiti: cambierebbero ciò che è firmato."},
		{id: "tipo-json", group: groupContract, sent: "Echo con Content-Type application/json", source: sourceHTTP, points: usefulPoints, unsigned: true,
			message: headed(echoOf, "Content-Type", "application/json"),
			want:    refusal(fault.MediaType).with(http.StatusUnsupportedMediaType), remedy: remedyEnvelope},
		{id: "compresso", group: groupContract, sent: "Echo con Content-Encoding gzip", source: sourceHTTP, points: usefulPoints, unsigned: true,
			message: headed(echoOf, "Content-Encoding", "gzip"),
			want:    refusal(fault.CompressedBody).with(http.StatusUnsupportedMediaType), remedy: remedyEnvelope},
		{id: "metodo", group: groupContract, sent: "Echo con il metodo PUT", source: sourceHTTP, points: usefulPoints, unsigned: true,
			message: func(p *player) (outgoing, error) {
				m, err := echoOf(p)
				m.method = http.MethodPut
				return m, err
			},
			want: refusal(fault.MethodNotAllowed).with(http.StatusMethodNotAllowed), remedy: remedyEnvelope},
		{id: "troppo-grande", group: groupContract, sent: "corpo HTTP di oltre 12 MiB, annunciato e inviato solo su invito", source: sourceHTTP, points: contractPoints, unsigned: true,
			message: func(p *player) (outgoing, error) {
				m, err := echoOf(p)
				m.pad = tooMuch
				m.header.Set("Expect", "100-continue")
				return m, err
			},
			want:   refusal(fault.BodyTooLarge).with(http.StatusRequestEntityTooLarge),
			remedy: "Nel nodo o nel proxy: un corpo oltre il limite va rifiutato con 413 prima di riceverlo."},
	}
}

// tooMuch is one byte more than any hub takes (contracts.md, Bytes: 12 MiB).
const tooMuch = 12<<20 + 1

// plainDialects are those whose messages no signature keeps in one charset.
func plainDialects() []string { return []string{playNational, playEGov, playPiemonte} }

// echoed judges the text of an answer to Echo.
func echoed(_ *player, a answer) string {
	if a.text != echoText {
		return "il testo restituito non è quello inviato"
	}
	return ""
}

func unknownOperation(p *player) (outgoing, error) {
	return p.operation("", "", `<x:OperazioneInesistente xmlns:x="urn:esempio:prova"/>`), nil
}

// in12 is a message as one of SOAP 1.2.
func in12(from func(*player) (outgoing, error)) func(*player) (outgoing, error) {
	return func(p *player) (outgoing, error) {
		m, err := from(p)
		m.soap12 = true
		m.body = bytes.Replace(m.body, []byte(envelope.SOAP11), []byte(envelope.SOAP12), 1)
		m.header.Set("Content-Type", "application/soap+xml; charset=utf-8")
		m.header.Del("SOAPAction")
		return m, err
	}
}

// recoded is an Echo in another charset, under a Content-Type.
func recoded(contentType string, into func(string) []byte) func(*player) (outgoing, error) {
	return func(p *player) (outgoing, error) {
		m, err := echoOf(p)
		m.header.Set("Content-Type", contentType)
		m.late = func(b []byte) []byte { return into(strings.Replace(string(b), ` encoding="UTF-8"`, "", 1)) }
		return m, err
	}
}

// toLatin1 writes ISO-8859-1, whose characters are the first of Unicode.
func toLatin1(text string) []byte {
	var b []byte
	for _, r := range text {
		b = append(b, byte(r))
	}
	return b
}

// toUTF16 writes UTF-16 with its mark, of characters of the first plane.
func toUTF16(text string) []byte {
	b := []byte{0xfe, 0xff}
	for _, r := range text {
		b = append(b, byte(r>>8), byte(r))
	}
	return b
}

func envelopeCases() []testCase {
	signedBody := &want{outcome: answeredFault, who: envelope.Client, codes: []fault.Code{xmlsig.PartChanged}}
	cases := []testCase{
		{id: "busta-malformata", sent: "messaggio XML non ben formato", points: contractPoints,
			message: bend(echoOf, altered("</soapenv:Body>", "")), want: refusal(fault.MalformedEnvelope)},
		{id: "busta-dtd", sent: "Echo preceduto da una dichiarazione DOCTYPE", points: gravePoints,
			message: bend(echoOf, before("<soapenv:Envelope", "<!DOCTYPE a>")), want: refusal(fault.EnvelopeDTD)},
		{id: "busta-entita", sent: "entità esterna che nomina un file della macchina", points: gravePoints,
			message: bend(echoOf, func(b []byte) []byte {
				b = before("<soapenv:Envelope", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>`)(b)
				return altered(echoText, "&x;")(b)
			}), want: refusal(fault.EnvelopeDTD)},
		{id: "busta-istruzione", sent: "Echo con un'istruzione di elaborazione", points: usefulPoints,
			message: bend(echoOf, before("<soapenv:Body", "<?esempio prova?>")), want: refusal(fault.EnvelopeInst)},
		{id: "busta-due-body", sent: "busta con due Body", points: gravePoints,
			message: bend(echoOf, before("</soapenv:Envelope>", "<soapenv:Body><x:a xmlns:x=\"urn:esempio:prova\"/></soapenv:Body>")),
			want:    refusal(fault.NotAnEnvelope, fault.BodyNotSingle)},
		{id: "busta-due-elementi", sent: "Body con due elementi", points: gravePoints,
			message: bend(echoOf, before("</soapenv:Body>", `<x:a xmlns:x="urn:esempio:prova"/>`)),
			want:    refusal(fault.BodyNotSingle), wantModI: signedBody},
		{id: "busta-vuota", sent: "Body vuoto", points: contractPoints,
			message: func(p *player) (outgoing, error) { return p.operation("", "", ""), nil }, want: refusal(fault.BodyNotSingle)},
		{id: "busta-versione", sent: "busta di un namespace che non è di SOAP", points: contractPoints,
			message: bend(echoOf, altered(`"`+envelope.SOAP11+`"`, `"urn:esempio:soap"`)),
			want:    want{outcome: answeredFault, who: envelope.VersionMismatch, codes: []fault.Code{fault.EnvelopeVersion}}},
		{id: "busta-obbligo", sent: "blocco di intestazione sconosciuto con mustUnderstand", points: contractPoints,
			message: bend(echoOf, mandatoryBlock),
			want:    want{outcome: answeredFault, who: envelope.MustUnderstand, codes: []fault.Code{fault.MustUnderstand}}},
		{id: "busta-profonda", sent: "elementi annidati 5000 volte", points: gravePoints,
			message: bend(echoOf, altered(echoText, strings.Repeat("<a>", 5000)+strings.Repeat("</a>", 5000))), want: refusal(fault.EnvelopeLimits)},
		{id: "operazione-ignota", sent: "elemento nel Body che non è un'operazione", points: contractPoints,
			message: unknownOperation, want: refusal(fault.UnknownOperation)},
		{id: "azione-diversa", sent: "Echo con SOAPAction di un'altra operazione", points: contractPoints,
			message: headed(echoOf, "SOAPAction", `"`+envelope.HubNS+`:RichiediRicevuta"`), want: refusal(fault.ActionMismatch)},
		{id: "documento-assente", sent: "invio UNILAV con la stringa del documento vuota", points: contractPoints, in: bindingDialects(),
			message: func(p *player) (outgoing, error) { return p.submission(p.unilav.Kind, nil) }, want: refusal(fault.DocumentMissing)},
		{id: "documento-elementi", sent: "invio UNILAV con il documento come elementi, non come stringa", points: contractPoints, in: bindingDialects(),
			message: func(p *player) (outgoing, error) {
				m, err := p.submission(p.unilav.Kind, []byte("DOCUMENTO"))
				m.body = altered("DOCUMENTO", `<UniLav xmlns="urn:esempio:prova"/>`)(m.body)
				return m, err
			}, want: refusal(fault.DocumentNotString)},
		{id: "documento-codifica", sent: "documento che dichiara ISO-8859-1 dentro la stringa", points: contractPoints, in: bindingDialects(),
			message: func(p *player) (outgoing, error) {
				return p.submission(p.unilav.Kind, []byte(`<?xml version="1.0" encoding="ISO-8859-1"?><UniLav/>`))
			}, want: refusal(fault.DocumentCharset)},
	}
	for i := range cases {
		c := &cases[i]
		c.group, c.source, c.remedy = groupEnvelope, sourceSOAP11, remedyEnvelope
		c.unsigned = strings.HasPrefix(c.id, "busta-")
	}
	return cases
}

// bindingDialects are those that submit by the national binding's operations.
func bindingDialects() []string { return []string{playNational, playEGov, playModI, playSAML} }

// mandatoryBlock puts a block that nobody knows into Header, which is made if the
// message has none.
func mandatoryBlock(b []byte) []byte {
	const block = `<x:Blocco xmlns:x="urn:esempio:prova" soapenv:mustUnderstand="1"/>`
	if bytes.Contains(b, []byte("</soapenv:Header>")) {
		return before("</soapenv:Header>", block)(b)
	}
	return before("<soapenv:Body", "<soapenv:Header>"+block+"</soapenv:Header>")(b)
}

// A code of a region that there is not, and a digest of nothing.
const (
	neverGiven = "9900100000000001"
	noDigest   = "0000000000000000000000000000000000000000000000000000000000000000"
)

func queryCases() []testCase {
	return []testCase{
		{id: "ricevuta-ignota", group: groupQuery, sent: "RichiediRicevuta di un codice mai rilasciato", points: contractPoints,
			source: "WSDL del servizio, operazione RichiediRicevuta", message: asking(neverGiven, noDigest), want: refusal(fault.ReceiptNotFound),
			remedy: "Nel nodo: ciò che non esiste va detto con un fault del mittente, mai con un elenco vuoto o un errore interno."},
		{id: "ricevuta-chiavi", group: groupQuery, sent: "RichiediRicevuta con un'impronta di forma sbagliata", points: usefulPoints,
			source: "WSDL del servizio, tipo ImprontaChiesta", message: asking(neverGiven, "zz"), want: refusal(fault.ReceiptQuery),
			remedy: "Nel nodo: controllare la forma delle chiavi prima di cercare."},
	}
}

// asking is RichiediRicevuta by code or, of 64 digits, by entry.
func asking(key, digest string) func(*player) (outgoing, error) {
	name := "Codice"
	if len(key) != 16 {
		name = "Voce"
	}
	return func(p *player) (outgoing, error) {
		return p.own(envelope.ReceiptsLocal, fmt.Sprintf("<hub:ImprontaDocumento>%s</hub:ImprontaDocumento><hub:%s>%s</hub:%s>", digest, name, key, name)), nil
	}
}
