package envelope_test

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

func rome(t testing.TB) *time.Location {
	t.Helper()
	place, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return place
}

// egovFull has every element of the header, in the prefixes of nobody.
const egovFull = `<b:Intestazione xmlns:b="http://www.cnipa.it/schemas/2003/eGovIT/Busta1_0/" xmlns:w="urn:wsu"` +
	` s:actor="http://www.cnipa.it/eGov_it/portadominio" s:mustUnderstand="1" w:Id="a">
<b:IntestazioneMessaggio w:Id="b">
<b:Mittente><b:IdentificativoParte tipo="SPC" indirizzoTelematico="http://p">MARCHE</b:IdentificativoParte></b:Mittente>
<b:Destinatario><b:IdentificativoParte tipo="SPC">NAZIONALE</b:IdentificativoParte></b:Destinatario>
<b:ProfiloCollaborazione>EGOV_IT_ServizioSincrono</b:ProfiloCollaborazione>
<b:Collaborazione>MARCHE_MARCHESPCoopIT_0000001_2026-11-26_09:30</b:Collaborazione>
<b:Servizio tipo="SPC">InviaComunicazioneObbligatoria</b:Servizio>
<b:Azione>RichiestaRispostaSincrona_UniLav</b:Azione>
<b:Messaggio><b:Identificatore>MARCHE_MARCHESPCoopIT_0000001_2026-11-26_09:30</b:Identificatore>
<b:OraRegistrazione tempo="EGOV_IT_SPC">2026-11-26T09:30:15.250</b:OraRegistrazione>
<b:RiferimentoMessaggio>NAZIONALE_NAZIONALESPCoopIT_0000007_2026-11-25_23:59</b:RiferimentoMessaggio>
<b:Scadenza>2026-11-27T09:30:15Z</b:Scadenza></b:Messaggio>
<b:ProfiloTrasmissione inoltro="EGOV_IT_ALPIUUNAVOLTA" confermaRicezione="true"/>
<b:Sequenza numeroProgressivo="0000001"/>
</b:IntestazioneMessaggio>
<b:ListaRiscontri w:Id="c"><b:Riscontro><b:Identificatore>NAZIONALE_NAZIONALESPCoopIT_0000007_2026-11-25_23:59</b:Identificatore><b:OraRegistrazione tempo="EGOV_IT_Locale">2026-11-25T23:59:59</b:OraRegistrazione></b:Riscontro></b:ListaRiscontri>
<b:ListaTrasmissioni w:Id="d"><b:Trasmissione><b:Origine><b:IdentificativoParte tipo="SPC">MARCHE</b:IdentificativoParte></b:Origine><b:Destinazione><b:IdentificativoParte tipo="SPC">NAZIONALE</b:IdentificativoParte></b:Destinazione><b:OraRegistrazione tempo="EGOV_IT_SPC">2026-11-26T09:30:16</b:OraRegistrazione></b:Trasmissione></b:ListaTrasmissioni>
<b:ListaEccezioni w:Id="e"><b:Eccezione contestoCodifica="ErroreIntestazioneMessaggioSPCoop" codiceEccezione="EGOV_IT_101" rilevanza="INFO" posizione="Mittente"/></b:ListaEccezioni>
</b:Intestazione>`

// wrapped is a message with blocks of Header and a Body of nothing much.
func wrapped(blocks ...string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` + strings.Join(blocks, "") +
		`</s:Header><s:Body><Echo xmlns="urn:snodo:hub:v1"><Testo>x</Testo></Echo></s:Body></s:Envelope>`
}

// openEGov opens a message as who understands e-Gov does.
func openEGov(t testing.TB, message string) *envelope.Envelope {
	t.Helper()
	e, f := envelope.Open([]byte(message), envelope.EGovHeader())
	if f != nil {
		t.Fatalf("refused: %+v", *f)
	}
	return e
}

func TestReadEGov(t *testing.T) {
	t.Parallel()
	place := rome(t)
	e := openEGov(t, wrapped(egovFull))
	if !e.HasEGov() {
		t.Fatal("no header found")
	}
	h, faults := envelope.ReadEGov(e, place)
	if len(faults) > 0 {
		t.Fatalf("faults: %+v", faults)
	}
	first := h.Registered
	if first.UTC().Format(time.RFC3339Nano) != "2026-11-26T08:30:15.25Z" || h.Expires.UTC().Format(time.RFC3339) != "2026-11-27T09:30:15Z" {
		t.Errorf("instants: %v, %v", h.Registered, h.Expires)
	}
	if h.Sender != (envelope.Party{Type: "SPC", Name: "MARCHE"}) || h.Recipient.Name != "NAZIONALE" || h.Profile != envelope.EGovSynchronous ||
		h.ServiceType != "SPC" || h.Service != "InviaComunicazioneObbligatoria" || h.Action != "RichiestaRispostaSincrona_UniLav" ||
		h.ID != "MARCHE_MARCHESPCoopIT_0000001_2026-11-26_09:30" || h.Collaboration != h.ID || h.Reference == "" ||
		h.Delivery != envelope.EGovAtMostOnce || !h.Acknowledge || h.Sequence != "0000001" || h.Clock != envelope.EGovTimeSPC ||
		len(h.Riscontri) != 1 || h.Riscontri[0].Clock != envelope.EGovTimeLocal || len(h.Exceptions) != 1 || h.Exceptions[0].Severity != "INFO" {
		t.Errorf("read %+v", h)
	}
	if text, f := envelope.ReadEcho(e); f != nil || text != "x" {
		t.Errorf("the Body after the header: %q, %v", text, f)
	}

	// What is written reads back the same, and without faults.
	h.Expires = h.Expires.In(place)
	again, faults := envelope.ReadEGov(openEGov(t, wrapped(string(envelope.AppendEGov(nil, h)))), place)
	if len(faults) > 0 || !again.Registered.Equal(h.Registered) || !again.Expires.Equal(h.Expires) {
		t.Errorf("read again: %+v, faults %+v", again, faults)
	}
	if a, b := string(envelope.AppendEGov(nil, again)), string(envelope.AppendEGov(nil, h)); a != b {
		t.Errorf("written again:\n%s\n%s", a, b)
	}
}

// TestEGovAcknowledge: a riscontro is asked for by either word of xsd:boolean, and by
// nothing else.
func TestEGovAcknowledge(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]bool{"true": true, "1": true, " 1 ": true, "false": false, "0": false} {
		message := strings.Replace(wrapped(egovFull), `confermaRicezione="true"`, `confermaRicezione="`+written+`"`, 1)
		if h, faults := envelope.ReadEGov(openEGov(t, message), rome(t)); len(faults) > 0 || h.Acknowledge != want {
			t.Errorf("%q: %t, %v", written, h.Acknowledge, faults)
		}
	}
	message := strings.Replace(wrapped(egovFull), ` confermaRicezione="true"`, "", 1)
	if h, faults := envelope.ReadEGov(openEGov(t, message), rome(t)); len(faults) > 0 || h.Acknowledge {
		t.Errorf("not given: %t, %v", h.Acknowledge, faults)
	}
}

// TestEGovExpiryInTheHourThatComesTwice: a Scadenza without zone in the hour that
// autumn repeats is the later of its two instants, and an OraRegistrazione the
// earlier: neither may make a message of that night late, or of the future.
func TestEGovExpiryInTheHourThatComesTwice(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]struct{ registered, expires string }{
		"2026-10-25T02:30:00.5": {"2026-10-25T00:30:00.5Z", "2026-10-25T01:30:00.5Z"},
		"2026-10-25T01:59:59":   {"2026-10-24T23:59:59Z", "2026-10-24T23:59:59Z"},
		"2026-10-25T03:00:00":   {"2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"},
		"2026-03-29T01:30:00":   {"2026-03-29T00:30:00Z", "2026-03-29T00:30:00Z"},
		"2026-10-25T02:30:00Z":  {"2026-10-25T02:30:00Z", "2026-10-25T02:30:00Z"},
		// One that says its zone is what it says, in that night too.
		"2026-10-25T02:30:00+02:00": {"2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z"},
	} {
		message := strings.NewReplacer("2026-11-26T09:30:15.250", written, "2026-11-27T09:30:15Z", written).Replace(wrapped(egovFull))
		h, faults := envelope.ReadEGov(openEGov(t, message), rome(t))
		if len(faults) > 0 {
			t.Errorf("%s: %v", written, faults)
		}
		for what, got := range map[string][2]string{
			"OraRegistrazione": {h.Registered.UTC().Format(time.RFC3339Nano), want.registered},
			"Scadenza":         {h.Expires.UTC().Format(time.RFC3339Nano), want.expires},
		} {
			if got[0] != got[1] {
				t.Errorf("%s %s is %s, want %s", what, written, got[0], got[1])
			}
		}
	}
}

// TestEGovListsAreBounded is X-BOMB in the lists of the header: their form is judged to
// the end, and little of them is kept.
func TestEGovListsAreBounded(t *testing.T) {
	t.Parallel()
	repeated := func(from, to string) string {
		start := strings.Index(egovFull, from)
		one := egovFull[start : strings.Index(egovFull[start:], to)+start+len(to)]
		return strings.Replace(egovFull, one, strings.Repeat(one, 1000), 1)
	}
	for name, header := range map[string]string{
		"riscontri":  repeated("<b:Riscontro>", "</b:Riscontro>"),
		"exceptions": repeated("<b:Eccezione ", "/>"),
	} {
		h, faults := envelope.ReadEGov(openEGov(t, wrapped(header)), rome(t))
		if n := len(h.Riscontri) + len(h.Exceptions); len(faults) > 0 || n != 101 {
			t.Errorf("%s: faults %+v, %d kept", name, faults, n)
		}
	}
}

// TestEGovForm: each thing wrong with the form of a header is told by the code
// and the position that SPCoop has for it.
func TestEGovForm(t *testing.T) {
	t.Parallel()
	place := rome(t)
	actor := ` s:actor="http://www.cnipa.it/eGov_it/portadominio"`
	azione := `<b:Azione>RichiestaRispostaSincrona_UniLav</b:Azione>`
	id := `<b:Identificatore>MARCHE_MARCHESPCoopIT_0000001_2026-11-26_09:30</b:Identificatore>`
	ora := `<b:OraRegistrazione tempo="EGOV_IT_SPC">2026-11-26T09:30:15.250</b:OraRegistrazione>`
	mittente := `<b:Mittente><b:IdentificativoParte tipo="SPC" indirizzoTelematico="http://p">MARCHE</b:IdentificativoParte></b:Mittente>`
	for _, c := range []struct{ name, old, new, want string }{
		{"wrong actor", actor, ` s:actor="urn:other"`, "EGOV-002 Intestazione/actor"},
		{"no actor", actor, "", "EGOV-002 Intestazione/actor"},
		{"actor without namespace", actor, ` actor="http://www.cnipa.it/eGov_it/portadominio"`, "EGOV-002 Intestazione/actor"},
		{"mustUnderstand 0", `mustUnderstand="1"`, `mustUnderstand="0"`, "EGOV-002 Intestazione/mustUnderstand"},
		{"no mustUnderstand", ` s:mustUnderstand="1"`, "", "EGOV-002 Intestazione/mustUnderstand"},
		{"duplicate id", `w:Id="b"`, `w:Id="a"`, "EGOV-002 IntestazioneMessaggio/Id"},
		{"duplicate id on a list", `w:Id="e"`, `w:Id="c"`, "EGOV-002 ListaEccezioni/Id"},
		{"unknown element", `<b:Azione>`, `<b:Altro/><b:Azione>`, "EGOV-002 IntestazioneMessaggio"},
		{"element of another namespace", `<b:Azione>`, `<Azione xmlns="urn:x">RichiestaRispostaSincrona_UniSomm</Azione><b:Azione>`, "EGOV-002 IntestazioneMessaggio"},
		{"stray text", `<b:Azione>`, `text<b:Azione>`, "EGOV-002 IntestazioneMessaggio"},
		{"no sender", mittente, "", "EGOV-101 Mittente"},
		{"two senders", mittente, mittente + mittente, "EGOV-101 Mittente"},
		{"two parties of one sender", `</b:Mittente>`, `<b:IdentificativoParte tipo="SPC">ALTRI</b:IdentificativoParte></b:Mittente>`, "EGOV-101 Mittente/IdentificativoParte"},
		{"sender without type", `<b:IdentificativoParte tipo="SPC" indirizzoTelematico`, `<b:IdentificativoParte indirizzoTelematico`, "EGOV-101 Mittente/IdentificativoParte/tipo"},
		{"no recipient", `<b:Destinatario><b:IdentificativoParte tipo="SPC">NAZIONALE</b:IdentificativoParte></b:Destinatario>`, "", "EGOV-102 Destinatario"},
		{"recipient without party", `<b:Destinatario><b:IdentificativoParte tipo="SPC">NAZIONALE</b:IdentificativoParte>`, `<b:Destinatario>`, "EGOV-102 Destinatario/IdentificativoParte"},
		{"elements inside the profile", `EGOV_IT_ServizioSincrono`, `<x/>`, "EGOV-103 ProfiloCollaborazione"},
		{"collaboration", `<b:Collaborazione>MARCHE_`, `<b:Collaborazione>`, "EGOV-104 Collaborazione"},
		{"service without type", `<b:Servizio tipo="SPC">`, `<b:Servizio>`, "EGOV-105 Servizio/tipo"},
		{"two actions", `<b:Azione>`, `<b:Azione>RichiestaRispostaSincrona_UniSomm</b:Azione><b:Azione>`, "EGOV-106 Azione"},
		{"elements out of order", `<b:Servizio tipo="SPC">InviaComunicazioneObbligatoria</b:Servizio>` + "\n" + azione, azione + `<b:Servizio tipo="SPC">InviaComunicazioneObbligatoria</b:Servizio>`, "EGOV-105 Servizio"},
		{"no identifier", id, "", "EGOV-107 Messaggio/Identificatore"},
		{"two identifiers", id, id + id, "EGOV-110 Messaggio/Identificatore"},
		{"identifier", id, `<b:Identificatore>MARCHE-1</b:Identificatore>`, "EGOV-110 Messaggio/Identificatore"},
		{"comment in the identifier", id, `<b:Identificatore>MARCHE_<!-- -->MARCHESPCoopIT_000001_2026-11-26_09:30</b:Identificatore>`, "EGOV-110 Messaggio/Identificatore"},
		{"no instant", ora, "", "EGOV-108 Messaggio/OraRegistrazione"},
		{"a zone of a day", `2026-11-26T09:30:15.250`, `2026-11-26T09:30:15+24:00`, "EGOV-108 Messaggio/OraRegistrazione"},
		{"a zone of sixty minutes", `2026-11-26T09:30:15.250`, `2026-11-26T09:30:15+13:60`, "EGOV-108 Messaggio/OraRegistrazione"},
		{"a leap second", `2026-11-26T09:30:15.250`, `2026-11-26T23:59:60`, "EGOV-108 Messaggio/OraRegistrazione"},
		{"no such day", `2026-11-26T09:30:15.250`, `2026-11-31T09:30:15.250`, "EGOV-108 Messaggio/OraRegistrazione"},
		{"instant by comma", `2026-11-26T09:30:15.250`, `2026-11-26T09:30:15,250`, "EGOV-108 Messaggio/OraRegistrazione"},
		{"instant of one digit", `2026-11-26T09:30:15.250`, `2026-11-26T9:30:15.2501`, "EGOV-108 Messaggio/OraRegistrazione"},
		{"clock", `tempo="EGOV_IT_SPC">2026-11-26T09:30:15.250`, `tempo="mio">2026-11-26T09:30:15.250`, "EGOV-108 Messaggio/OraRegistrazione/tempo"},
		{"no clock", `<b:OraRegistrazione tempo="EGOV_IT_SPC">2026-11-26T09:30:15.250`, `<b:OraRegistrazione>2026-11-26T09:30:15.250`, "EGOV-108 Messaggio/OraRegistrazione/tempo"},
		{"reference", `<b:RiferimentoMessaggio>NAZIONALE_`, `<b:RiferimentoMessaggio>`, "EGOV-111 Messaggio/RiferimentoMessaggio"},
		{"expiry", `2026-11-27T09:30:15Z`, `domani`, "EGOV-112 Messaggio/Scadenza"},
		{"delivery", `EGOV_IT_ALPIUUNAVOLTA`, `SEMPRE`, "EGOV-113 ProfiloTrasmissione/inoltro"},
		{"acknowledge", `confermaRicezione="true"`, `confermaRicezione="si"`, "EGOV-113 ProfiloTrasmissione/confermaRicezione"},
		{"sequence", `numeroProgressivo="0000001"`, `numeroProgressivo="1"`, "EGOV-114 Sequenza/numeroProgressivo"},
		{"riscontro", `<b:Riscontro><b:Identificatore>NAZIONALE_`, `<b:Riscontro><b:Identificatore>`, "EGOV-115 ListaRiscontri/Riscontro/Identificatore"},
		{"two lists of riscontri", `<b:ListaTrasmissioni w:Id="d">`, `<b:ListaRiscontri/><b:ListaTrasmissioni w:Id="d">`, "EGOV-115 ListaRiscontri"},
		{"transit", `<b:Origine><b:IdentificativoParte tipo="SPC">MARCHE</b:IdentificativoParte></b:Origine>`, ``, "EGOV-116 ListaTrasmissioni/Trasmissione/Origine"},
		{"exceptions without one", `<b:Eccezione contestoCodifica="ErroreIntestazioneMessaggioSPCoop" codiceEccezione="EGOV_IT_101" rilevanza="INFO" posizione="Mittente"/>`, "", "EGOV-001 ListaEccezioni/Eccezione"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(egovFull, c.old, c.new, 1)
			if changed == egovFull {
				t.Fatal("the case changes nothing")
			}
			_, faults := envelope.ReadEGov(openEGov(t, wrapped(changed)), place)
			if got := told(faults); !slices.Equal(got, []string{c.want}) {
				t.Errorf("told %q, want %q alone", got, c.want)
			}
			for _, f := range faults {
				if f.Line == 0 {
					t.Errorf("%s has no line", f.Code)
				}
			}
		})
	}
}

// told lists faults as code and position.
func told(faults fault.List) (list []string) {
	for _, f := range faults {
		list = append(list, string(f.Code)+" "+f.Path)
	}
	return list
}

// TestTwoEGovHeaders: one reader could check the first and another trust the
// second, so neither is read.
func TestTwoEGovHeaders(t *testing.T) {
	t.Parallel()
	second := strings.Replace(egovFull, "MARCHE", "PIEMONTE", 1)
	for _, blocks := range [][]string{{egovFull, egovFull}, {egovFull, `<x xmlns="urn:x"/>`, second}} {
		h, faults := envelope.ReadEGov(openEGov(t, wrapped(blocks...)), rome(t))
		if !slices.Equal(told(faults), []string{"EGOV-001 Intestazione"}) || h.ID != "" || h.Sender.Name != "" {
			t.Errorf("told %q, read %+v", told(faults), h)
		}
	}
}

// TestEGovElsewhere: a header that is not in Header is none, and is not passed
// over: nothing may follow Body, and Body holds operations alone.
func TestEGovElsewhere(t *testing.T) {
	t.Parallel()
	body := `<s:Body><Echo xmlns="urn:snodo:hub:v1"><Testo>x</Testo></Echo></s:Body>`
	open := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">`
	for name, c := range map[string]struct {
		message string
		want    fault.Code
	}{
		"after Body":              {open + body + egovFull + `</s:Envelope>`, fault.NotAnEnvelope},
		"Header after Body":       {open + body + `<s:Header>` + egovFull + `</s:Header></s:Envelope>`, fault.NotAnEnvelope},
		"two Headers":             {open + `<s:Header>` + egovFull + `</s:Header><s:Header/>` + body + `</s:Envelope>`, fault.NotAnEnvelope},
		"beside the operation":    {open + `<s:Body>` + egovFull + `<x/></s:Body></s:Envelope>`, fault.BodyNotSingle},
		"of another namespace":    {wrapped(strings.ReplaceAll(egovFull, "Busta1_0", "Busta1_1")), fault.MustUnderstand},
		"and a block not known":   {wrapped(egovFull, `<x xmlns="urn:x" s:mustUnderstand="1"/>`), fault.MustUnderstand},
		"and a block named alike": {wrapped(egovFull, `<Intestazione xmlns="urn:x" s:mustUnderstand="1"/>`), fault.MustUnderstand},
	} {
		if _, f := envelope.Open([]byte(c.message), envelope.EGovHeader()); f == nil || f.Code != c.want {
			t.Errorf("%s: %+v, want %s", name, f, c.want)
		}
	}
	// Inside another block it is that block's matter.
	e := openEGov(t, wrapped(`<x xmlns="urn:x">`+egovFull+`</x>`))
	if e.HasEGov() {
		t.Error("a header inside another block was taken for one")
	}
	// Whoever does not understand the header refuses it.
	if _, f := envelope.Open([]byte(wrapped(egovFull))); f == nil || f.Code != fault.MustUnderstand {
		t.Errorf("not understood: %+v", f)
	}
}

// TestEGovFaultsAreBounded: a header of errors does not make an answer of
// errors.
func TestEGovFaultsAreBounded(t *testing.T) {
	t.Parallel()
	changed := strings.Replace(egovFull, `<b:Azione>`, strings.Repeat(`<b:Altro/>`, 10_000)+`<b:Azione>`, 1)
	if _, faults := envelope.ReadEGov(openEGov(t, wrapped(changed)), rome(t)); len(faults) != 20 {
		t.Errorf("%d faults", len(faults))
	}
}

func TestIdentifier(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"MARCHE_MARCHESPCoopIT_0000001_2026-11-26_09:30", "A_b_9999999_2024-02-29_00:00", "Regione1_Porta2_0000000_1999-12-31_23:59", "Città_P_0000001_2026-01-01_00:00"} {
		id, ok := envelope.ParseIdentifier(s)
		if !ok || id.String() != s {
			t.Errorf("%s: %v, %s", s, ok, id)
		}
	}
	for _, s := range []string{"", "____", "A_B_0000001_2026-11-26", "A_B_000001_2026-11-26_09:30", "A_B_00000001_2026-11-26_09:30", "_B_0000001_2026-11-26_09:30",
		"A__0000001_2026-11-26_09:30", "A_B_C_0000001_2026-11-26_09:30", "A-1_B_0000001_2026-11-26_09:30", "A_B_0000001_2026-02-30_09:30", "A_B_0000001_2026-11-26_24:00",
		"A_B_0000001_2026-11-26_9:30", "A_B_0000001_2026-11-26_09:30 ", " A_B_0000001_2026-11-26_09:30", "A_B_+000001_2026-11-26_09:30", "A_B_0000001_2026-11-26_09:30:00",
		strings.Repeat("A", 250) + "_B_0000001_2026-11-26_09:30"} {
		if id, ok := envelope.ParseIdentifier(s); ok {
			t.Errorf("%q passes as %+v", s, id)
		}
	}
}

// TestEGovFault: a message of exceptions has no detail, and says in our words
// what is wrong beside the header.
func TestEGovFault(t *testing.T) {
	t.Parallel()
	faults := fault.List{{Code: fault.EGovSender, Path: "Mittente/IdentificativoParte", Line: 3}, {Code: fault.EGovExpired, Path: "Messaggio/Scadenza"}}
	h := envelope.EGov{Sender: envelope.Party{Type: "SPC", Name: `A&"`}, Recipient: envelope.Party{Type: "SPC", Name: "B"}, Clock: envelope.EGovTimeSPC}
	for _, f := range append(faults, fault.Fault{Code: fault.EGovProcessing, Path: "Messaggio"}) {
		h.Exceptions = append(h.Exceptions, envelope.ExceptionOf(f))
	}
	message := envelope.AppendEGovFault(nil, h, true, faults)
	if bytes.Contains(message, []byte("<detail")) {
		t.Errorf("detail in %s", message)
	}
	e := openEGov(t, string(message))
	a, ok := e.Fault()
	if !ok || a.Code != "Client" || a.Text != "EGOV_IT_001 - Formato Busta non corretto" {
		t.Errorf("fault %+v", a)
	}
	if list := e.Errors(); len(list) != 2 || list[0].Code != "EGOV-101" || list[0].Path == "" || list[0].Remedy == "" || list[0].Line != 3 {
		t.Errorf("errors %+v", list)
	}
	got, _ := envelope.ReadEGov(e, rome(t))
	want := []envelope.Exception{
		{Context: "ErroreIntestazioneMessaggioSPCoop", Code: "EGOV_IT_101", Severity: "GRAVE", Position: "Mittente/IdentificativoParte"},
		{Context: "ErroreIntestazioneMessaggioSPCoop", Code: "EGOV_IT_301", Severity: "GRAVE", Position: "Messaggio/Scadenza"},
		{Context: "ErroreProcessamentoMessaggioSPCoop", Code: "EGOV_IT_300", Severity: "GRAVE", Position: "Messaggio"},
	}
	if !slices.Equal(got.Exceptions, want) || got.Sender.Name != `A&"` {
		t.Errorf("header %+v", got)
	}
	if a, _ := openEGov(t, string(envelope.AppendEGovFault(nil, h, false, faults))).Fault(); a.Code != "Server" || !strings.HasPrefix(a.Text, "EGOV_IT_300") {
		t.Errorf("fault of ours %+v", a)
	}
	if openEGov(t, wrapped()).Errors() != nil {
		t.Error("errors where there are none")
	}
}

func TestInsertBlock(t *testing.T) {
	t.Parallel()
	block := []byte(`<x xmlns="urn:x"/>`)
	unilav := envelope.Bindings()[0]
	for name, message := range map[string][]byte{
		"no Header": envelope.AppendEcho(nil, "<soapenv:Header>"),
		"a Header":  unilav.AppendAnswer(nil, true, nil, []byte(receipt)),
		"a fault":   envelope.AppendFault(nil, envelope.Client, fault.List{{Code: fault.DocumentMissing}}),
	} {
		before := openEGov(t, string(message))
		after := openEGov(t, string(envelope.InsertBlock(message, block)))
		if len(after.Blocks) != len(before.Blocks)+1 || string(after.Blocks[0].Markup) != string(block) {
			t.Errorf("%s: blocks %v", name, after.Blocks)
		}
		if !bytes.Equal(after.Receipt(), before.Receipt()) || !bytes.Equal(after.Source[after.Offset:after.End], before.Source[before.Offset:before.End]) {
			t.Errorf("%s: the rest changed", name)
		}
	}
	if other := []byte(`<Envelope/>`); !bytes.Equal(envelope.InsertBlock(other, block), other) {
		t.Error("a message of somebody else was changed")
	}
}

// FuzzEGov: any header is read without panic, its faults are few and in the
// catalogue, and what reads without fault is written and read back the same.
func FuzzEGov(f *testing.F) {
	place := rome(f)
	f.Add([]byte(egovFull))
	f.Add([]byte(egovFull + egovFull))
	f.Add([]byte(`<Intestazione xmlns="http://www.cnipa.it/schemas/2003/eGovIT/Busta1_0/"/>`))
	f.Add([]byte(strings.ReplaceAll(egovFull, "<b:ListaEccezioni", "<b:ListaRiscontri")))
	f.Fuzz(func(t *testing.T, block []byte) {
		e, fa := envelope.Open([]byte(wrapped(string(block))), envelope.EGovHeader())
		if fa != nil || !e.HasEGov() {
			return
		}
		h, faults := envelope.ReadEGov(e, place)
		if len(faults) > 20 {
			t.Fatalf("%d faults", len(faults))
		}
		for _, one := range faults {
			if _, ok := fault.Lookup(one.Code); !ok || !envelope.IsEGov(one.Code) || one.Path == "" {
				t.Fatalf("fault %+v", one)
			}
		}
		if err := xml.Unmarshal(envelope.AppendEGovFault(nil, h, true, append(faults, fault.Fault{Code: fault.EGovExpired})), new(struct{})); err != nil {
			t.Fatalf("the answer is no XML: %v", err)
		}
		if len(faults) > 0 {
			return
		}
		h.Registered, h.Expires = h.Registered.In(place), in(h.Expires, place)
		for i := range h.Riscontri {
			h.Riscontri[i].Registered = h.Riscontri[i].Registered.In(place)
		}
		written := envelope.AppendEGov(nil, h)
		again, faults := envelope.ReadEGov(openEGov(t, wrapped(string(written))), place)
		if len(faults) > 0 && !strange(h) {
			t.Fatalf("%s\nreads with %+v", written, faults)
		}
		if again.ID != h.ID || again.Sender != h.Sender || again.Acknowledge != h.Acknowledge {
			t.Fatalf("%+v\nreads as %+v", h, again)
		}
	})
}

func in(t time.Time, place *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(place)
}

// strange tells headers whose instants have no other form, as a year of five
// digits after a change of zone.
func strange(h envelope.EGov) bool {
	odd := func(t time.Time) bool { return t.Year() < 1 || t.Year() > 9999 }
	return odd(h.Registered) || !h.Expires.IsZero() && odd(h.Expires) ||
		slices.ContainsFunc(h.Riscontri, func(r envelope.Riscontro) bool { return odd(r.Registered) })
}

func BenchmarkReadEGov(b *testing.B) {
	place, message := rome(b), []byte(wrapped(egovFull))
	b.ReportAllocs()
	for b.Loop() {
		e, f := envelope.Open(message, envelope.EGovHeader())
		if f != nil {
			b.Fatal(*f)
		}
		if _, faults := envelope.ReadEGov(e, place); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}
