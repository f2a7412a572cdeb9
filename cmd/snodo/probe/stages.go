package probe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// stage is a step of a message's way into a hub, as a file is judged by it.
type stage int

// The stages, in the order of the way.
const (
	stageHTTP stage = iota
	stageEnvelope
	stageMessage
	stageSignature
	stageSigner
	stageConversion
	stageForm
	stageRules
)

// stageCheck is a row of the table of stages: the check of a file without what was
// found.
type stageCheck struct {
	stage stage
	probe.Check
}

// stageChecks is the table.
func stageChecks() []stageCheck {
	const wire, signing, document = "Messaggio", "Firma", "Documento"
	return []stageCheck{
		{stageHTTP, probe.Check{ID: "http", Group: wire, Sent: "richiesta HTTP: metodo, percorso, Content-Type, SOAPAction, lunghezza",
			Wanted: "una richiesta che il nodo legge", Source: sourceHTTP + "; WS-I Basic Profile 1.1", Points: usefulPoints}},
		{stageEnvelope, probe.Check{ID: "busta", Group: wire, Sent: "busta SOAP: forma, intestazioni, operazione, documento come stringa",
			Wanted: "una busta che il nodo apre", Source: sourceSOAP11, Points: contractPoints}},
		{stageMessage, probe.Check{ID: "messaggio", Group: wire, Sent: "firma WS-Security del messaggio (ModI)",
			Wanted: "firma valida di un sistema riconosciuto, su Timestamp, To, MessageID e Body", Source: "ModI, ID_AUTH_SOAP_02, INTEGRITY_SOAP_01", Points: gravePoints}},
		{stageSignature, probe.Check{ID: "firma", Group: signing, Sent: "firma del documento: forma, impronta, valore",
			Wanted: "una firma valida nella forma ammessa", Source: sourceGrammar, Points: gravePoints}},
		{stageSigner, probe.Check{ID: "firmatario", Group: signing, Sent: "certificato di chi firma: autorità, uso, validità, codice fiscale",
			Wanted: "un firmatario riconosciuto dalla regione", Source: "Snodo, la grammatica unica della firma; RFC 5280", Points: gravePoints}},
		{stageConversion, probe.Check{ID: "conversione", Group: document, Sent: "passaggio dal formato regionale al tracciato nazionale",
			Wanted: "un documento nazionale, senza inventare nulla", Source: "SPICOM, formato regionale", Points: contractPoints}},
		{stageForm, probe.Check{ID: "forma", Group: document, Sent: "tipo, versione in vigore e schema XSD del documento",
			Wanted: "un documento valido", Source: "Standard nazionali delle comunicazioni obbligatorie", Points: contractPoints}},
		{stageRules, probe.Check{ID: "regole", Group: document, Sent: "tabelle di codici e regole che lo schema non dice",
			Wanted: "nessuna regola violata", Source: "Standard nazionali delle comunicazioni obbligatorie, regole e classificazioni", Points: contractPoints}},
	}
}

// stageOf is where a fault belongs. What HTTP says is the envelope's matter where
// the file holds no HTTP.
func stageOf(c fault.Code, http bool) stage {
	if strings.HasPrefix(string(c), "WSS-") || c == fault.SecurityTwice {
		return stageMessage
	}
	e, _ := fault.Lookup(c)
	switch e.Stage {
	case fault.StageBusta:
		if http && (c == fault.ActionMismatch || c >= fault.MethodNotAllowed && c < fault.Overloaded) {
			return stageHTTP
		}
		return stageEnvelope
	case fault.StageFirma:
		if ofSigner(c) {
			return stageSigner
		}
		return stageSignature
	case fault.StageConversione:
		return stageConversion
	case fault.StageForma:
		return stageForm
	}
	return stageRules
}

// checks gives the verdict of every stage that concerns the file.
func (r *rehearsal) checks(t *examined) (list []probe.Check) {
	for _, row := range stageChecks() {
		if !t.concerns(row.stage) {
			continue
		}
		check := row.Check
		check.Findings = t.found[row.stage]
		check.Verdict, check.Got, check.Blocked = r.verdict(t, row.stage)
		if check.Verdict == probe.Failed {
			check.Remedy = "Correggere " + strings.Join(codesOf(check.Findings), ", ") + ": il rimedio di ciascuno è nei rilievi."
		}
		list = append(list, check)
	}
	return list
}

// codesOf names what refuses, each code once.
func codesOf(findings []probe.Finding) (codes []string) {
	for _, f := range findings {
		if !f.Warning && !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// concerns tells whether a stage has a place in the report of a file.
func (t *examined) concerns(s stage) bool {
	if len(t.found[s]) > 0 {
		return true
	}
	switch s {
	case stageHTTP:
		return t.http
	case stageEnvelope:
		return t.enveloped
	case stageMessage:
		return t.guarded || t.security
	case stageConversion:
		return t.seen.regional
	}
	return true
}

// verdict judges one stage by what was found and by what could be read; blocked
// tells that an earlier stage hides it.
func (r *rehearsal) verdict(t *examined, s stage) (v probe.Verdict, got string, blocked bool) {
	if refusing := len(probe.Check{Findings: t.found[s]}.Refusing()); refusing > 0 {
		return probe.Failed, counted(refusing, "errore", "errori"), false
	}
	if why := t.hidden(s); why != "" {
		return probe.Untried, why, true
	}
	if why := r.unasked(t, s); why != "" {
		return probe.Untried, why, false
	}
	text := "in ordine"
	if s == stageForm {
		e := t.seen.drafts[0].Entry
		text = e.Kind + " " + e.Edition + ", in ordine"
	}
	if warnings := len(t.found[s]); warnings > 0 {
		text += ", " + counted(warnings, "avviso", "avvisi")
	}
	return probe.Held, text, false
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// hidden tells which failure hides a stage in which nothing was found; "" if none.
func (t *examined) hidden(s stage) string {
	national := !t.refused() && len(codesOf(t.found[stageConversion])) == 0
	switch {
	case s <= stageMessage:
		return ""
	case t.stopped:
		return "il documento non si legge: correggere prima gli errori precedenti"
	case t.seen.asked == 0:
		return ""
	case s == stageSigner && len(codesOf(t.found[stageSignature])) > 0:
		return "la firma manca o non regge: non è di nessuno"
	case s >= stageForm && !national:
		return "non c'è un documento nazionale da giudicare"
	case s == stageRules && len(codesOf(t.found[stageForm])) > 0:
		return "giudicate solo dove il documento si legge: correggere prima la forma"
	}
	return ""
}

// unasked tells why a stage has nothing to judge, or nothing to judge it by; ""
// if it was judged.
func (r *rehearsal) unasked(t *examined, s stage) string {
	switch {
	case s == stageMessage && !t.seen.message:
		return "serve --modi-trust"
	case s <= stageMessage:
		return ""
	case t.seen.asked == 0:
		return "l'operazione non porta un documento"
	case s <= stageSigner && !t.seen.signature:
		return "documento senza firma, ammesso dalla regione (--channel)"
	case s == stageSigner && t.seen.stranger:
		return "serve --trust con le autorità dei firmatari"
	}
	return ""
}

// refused tells that the hub would not even have judged the document.
func (t *examined) refused() bool {
	return len(t.seen.drafts) == 0 || t.seen.drafts[len(t.seen.drafts)-1].Entry.Status == ledger.Refused
}
