package marche_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// attack changes a good message; nothing of it may be submitted.
func attack(t *testing.T, old, with string) reply {
	t.Helper()
	good := message(request(t))
	bad := strings.Replace(good, old, with, 1)
	if bad == good {
		t.Fatal("the attack changes nothing")
	}
	f := open(t, &backend{answer: accepted(request(t))})
	r := f.post(t, bad)
	if len(f.got) > 0 || r.env.Receipt() != nil {
		t.Error("the message was submitted")
	}
	return r
}

// other is a second header that says something else.
func other(t *testing.T) string {
	h := request(t)
	h.ID = strings.Replace(h.ID, "_0000017_", "_0000018_", 1)
	return string(envelope.AppendEGov(nil, h))
}

func (r reply) told(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(r.exceptions(), want) {
		t.Errorf("told %q, want %q: %s", r.exceptions(), want, r.body)
	}
}

func (r reply) refused(t *testing.T, want fault.Code) {
	t.Helper()
	if a, ok := r.env.Fault(); !ok || len(a.Errors) != 1 || a.Errors[0].Code != string(want) || r.env.HasEGov() {
		t.Errorf("want %s: %s", want, r.body)
	}
}

const (
	headerEnd = "</soapenv:Header>"
	bodyEnd   = "</soapenv:Body>"
)

// Rows H-SMUG and W-DUP of the list of attacks, for the e-Gov header.

func TestAttackTwoHeaders(t *testing.T) {
	t.Parallel()
	attack(t, headerEnd, other(t)+headerEnd).told(t, "EGOV_IT_001 Intestazione")
	attack(t, "<soapenv:Header>", "<soapenv:Header>"+other(t)).told(t, "EGOV_IT_001 Intestazione")
	attack(t, headerEnd, headerEnd+"<soapenv:Header>"+other(t)+headerEnd).refused(t, fault.NotAnEnvelope)
}

// TestAttackTwoHeadersOneForAnother: a second header for another actor is still
// a second header.
func TestAttackTwoHeadersOneForAnother(t *testing.T) {
	t.Parallel()
	foreign := strings.Replace(other(t), "http://www.cnipa.it/eGov_it/portadominio", "urn:other", 1)
	attack(t, headerEnd, foreign+headerEnd).told(t, "EGOV_IT_001 Intestazione")
}

func TestAttackHeaderAfterBody(t *testing.T) {
	t.Parallel()
	attack(t, bodyEnd, bodyEnd+"<soapenv:Header>"+other(t)+headerEnd).refused(t, fault.NotAnEnvelope)
	attack(t, bodyEnd, bodyEnd+other(t)).refused(t, fault.NotAnEnvelope)
}

func TestAttackHeaderInBody(t *testing.T) {
	t.Parallel()
	attack(t, bodyEnd, other(t)+bodyEnd).refused(t, fault.BodyNotSingle)
}

func TestAttackDuplicateIDs(t *testing.T) {
	t.Parallel()
	const wsu = ` xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" wsu:Id="i"`
	good := message(request(t))
	two := strings.Replace(good, "<eGov_IT:IntestazioneMessaggio>", "<eGov_IT:IntestazioneMessaggio"+wsu+">", 1)
	attack(t, good, strings.Replace(two, `<eGov_IT:Intestazione xmlns`, `<eGov_IT:Intestazione`+wsu+` xmlns`, 1)).
		told(t, "EGOV_IT_002 IntestazioneMessaggio/Id")
}

func TestAttackTwoIdentifiers(t *testing.T) {
	t.Parallel()
	attack(t, "<eGov_IT:OraRegistrazione", "<eGov_IT:Identificatore>MARCHE_P_0000099_2026-11-26_09:30</eGov_IT:Identificatore><eGov_IT:OraRegistrazione").
		told(t, "EGOV_IT_110 Messaggio/Identificatore")
}

func TestAttackWrongActor(t *testing.T) {
	t.Parallel()
	attack(t, "http://www.cnipa.it/eGov_it/portadominio", "http://www.cnipa.it/eGov_it/altraporta").told(t, "EGOV_IT_002 Intestazione/actor")
}

func TestAttackMustUnderstand(t *testing.T) {
	t.Parallel()
	attack(t, `SOAP_ENV:mustUnderstand="1"`, `SOAP_ENV:mustUnderstand="0"`).told(t, "EGOV_IT_002 Intestazione/mustUnderstand")
	attack(t, headerEnd, `<x xmlns="urn:x" soapenv:mustUnderstand="1"/>`+headerEnd).refused(t, fault.MustUnderstand)
}

// TestAttackForeignNamespace: a header of another namespace is not ours to
// understand.
func TestAttackForeignNamespace(t *testing.T) {
	t.Parallel()
	r := attack(t, "http://www.cnipa.it/schemas/2003/eGovIT/Busta1_0/", "http://www.cnipa.it/schemas/2003/eGovIT/Busta2_0/")
	r.refused(t, fault.MustUnderstand)
	if a, _ := r.env.Fault(); a.Code != "MustUnderstand" {
		t.Errorf("faultcode %s", a.Code)
	}
}

// TestAttackActionMismatch: header, SOAPAction and Body name one operation.
func TestAttackActionMismatch(t *testing.T) {
	t.Parallel()
	attack(t, ">RichiestaRispostaSincrona_UniLav<", ">RichiestaRispostaSincrona_UniSomm<").told(t, "EGOV_IT_106 Azione")
}

func TestAttackDTD(t *testing.T) {
	t.Parallel()
	attack(t, "<soapenv:Envelope", `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><soapenv:Envelope`).refused(t, fault.EnvelopeDTD)
	attack(t, ">MARCHE<", ">&mittente;<").refused(t, fault.EnvelopeDTD)
}

// TestAttackReflection: a header cannot put markup, or megabytes, into its
// answer.
func TestAttackReflection(t *testing.T) {
	t.Parallel()
	r := attack(t, ">MARCHE<", "><![CDATA[</x><evil/>]]><")
	if r.header.Recipient.Name != "Sconosciuto" || bytes.Contains(r.body, []byte("evil")) {
		t.Errorf("given back: %s", r.body)
	}
	r = attack(t, ">MARCHE<", ">"+strings.Repeat("A", 1<<20)+"<")
	if len(r.body) > 8<<10 {
		t.Errorf("an answer of %d bytes", len(r.body))
	}
}

// TestAttackSplitText is row C-COMMENT: what decides about a message is read whole,
// over comments and sections, and never up to the first of them.
func TestAttackSplitText(t *testing.T) {
	t.Parallel()
	const party = "</eGov_IT:IdentificativoParte>"
	for _, split := range []string{"<!-- -->", "<![CDATA[", "<!-- --><![CDATA["} {
		end := ""
		if strings.HasSuffix(split, "[CDATA[") {
			end = "]]>"
		}
		attack(t, ">MARCHE"+party, ">MARCHE"+split+"ALTRI"+end+party).told(t, "EGOV_IT_101 Mittente/IdentificativoParte")
		attack(t, ">NAZIONALE"+party, ">NAZIONALE"+split+"ALTRI"+end+party).told(t, "EGOV_IT_102 Destinatario/IdentificativoParte")
		attack(t, "</eGov_IT:Azione>", split+"Altra"+end+"</eGov_IT:Azione>").told(t, "EGOV_IT_106 Azione")
		attack(t, "</eGov_IT:Identificatore>", split+"0"+end+"</eGov_IT:Identificatore>").told(t, "EGOV_IT_110 Messaggio/Identificatore")
	}
}
