package probe

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd/fault"
)

// signingCases are documents that nobody may believe.
func signingCases() []testCase {
	cases := []testCase{
		{id: "firma-assente", sent: "documento senza firma", leaves: leavesRejection, needs: []need{needsSigned},
			message: unsignedHiring, want: refusal(fault.Unsigned)},
		{id: "firma-alterata", sent: "documento alterato dopo la firma (un numero civico)", needs: []need{needsSigner},
			message: forged(altered("<Indirizzo>Via Casa 3<", "<Indirizzo>Via Casa 4<")), want: refusal(xmlsig.DigestMismatch)},
		{id: "firma-estranea", sent: "documento firmato con un certificato di un'autorità sconosciuta",
			message: func(p *player) (outgoing, error) {
				document, err := signed(p.kit.stranger, p.hiring())
				if err != nil {
					return outgoing{}, err
				}
				return p.submission(co.UNILAV, document)
			}, want: refusal(xmlsig.Untrusted)},
		{id: "firma-valore", sent: "SignatureValue di un'altra firma dello stesso firmatario", needs: []need{needsSigner},
			message: func(p *player) (outgoing, error) {
				other, err := p.good()
				if err != nil {
					return outgoing{}, err
				}
				return forged(func(b []byte) []byte {
					return bytes.Replace(b, inside(b, "SignatureValue>"), inside(other, "SignatureValue>"), 1)
				})(p)
			}, want: refusal(xmlsig.SignatureMismatch)},
		{id: "firma-avvolta", sent: "documento firmato spostato dentro una radice che ne ha un altro", needs: []need{needsSigner},
			message: forged(func(b []byte) []byte {
				at := bytes.LastIndex(b, []byte("</"))
				return bytes.Join([][]byte{b[:at], []byte("<Altro>"), b, []byte("</Altro>"), b[at:]}, nil)
			}), want: refusal(xmlsig.SecondSignature, xmlsig.MisplacedSignature, xmlsig.SignatureShape)},
		{id: "firma-sha1", sent: "firma che si dichiara rsa-sha1", needs: []need{needsSigner},
			message: forged(func(b []byte) []byte {
				for _, was := range []string{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"} {
					b = altered(was, "http://www.w3.org/2000/09/xmldsig#rsa-sha1")(b)
				}
				return b
			}), want: refusal(xmlsig.SignatureAlgorithm)},
		{id: "firma-commento", sent: "commento dentro un valore firmato", needs: []need{needsSigner},
			message: forged(altered("Via Casa 3", "Via Casa<!-- --> 3")), want: refusal(xmlsig.CommentInside)},
		{id: "firma-dtd", sent: "documento firmato con una dichiarazione DOCTYPE", in: bindingDialects(), needs: []need{needsSigner},
			message: forged(func(b []byte) []byte { return append([]byte("<!DOCTYPE UniLav>"), b...) }), want: refusal(xmlsig.HasDTD)},
	}
	for i := range cases {
		c := &cases[i]
		c.group, c.source, c.remedy, c.points = groupSigning, sourceGrammar, remedyBelieved, gravePoints
		c.leaves = max(c.leaves, leavesRefusal)
	}
	return cases
}

// inside is what stands between a start tag's end, whatever its prefix, and the
// next tag.
func inside(b []byte, tag string) []byte {
	_, rest, _ := bytes.Cut(b, []byte(tag))
	value, _, _ := bytes.Cut(rest, []byte("<"))
	return value
}

// contentCases are authentic documents that are wrong: each gets its receipt.
func contentCases() []testCase {
	rejected := func(codes ...fault.Code) want {
		return want{outcome: answeredRejected, codes: codes, all: true}
	}
	cases := []testCase{
		{id: "schema", sent: "documento firmato con un campo fuori schema (livello di istruzione)",
			message: wrongly(func(c *co.UniLav) { c.Lavoratore.LivelloIstruzione = "quaranta" }), want: rejected(fault.WrongPattern)},
		{id: "regola", sent: "documento firmato che porta già un codice comunicazione",
			message: wrongly(func(c *co.UniLav) { c.CodiceComunicazione = "1300126000000001" }), want: rejected(fault.CodeNotZero)},
		{id: "tipo", sent: "documento UNILAV inviato con l'operazione di UNISOMM", in: bindingDialects(),
			message: func(p *player) (outgoing, error) {
				document, err := p.good()
				if err != nil {
					return outgoing{}, err
				}
				return p.submission(co.UNISOMM, document)
			}, want: rejected(fault.WrongKind)},
		{id: "molti-errori", sent: "documento firmato con un campo fuori schema e uno contro una regola",
			message: wrongly(func(c *co.UniLav) {
				c.Lavoratore.LivelloIstruzione = "quaranta"
				c.CodiceComunicazione = "1300126000000001"
			}), want: rejected(fault.WrongPattern, fault.CodeNotZero)},
		{id: "rifiuto-ripetuto", sent: "lo stesso documento respinto, byte per byte", after: "regola",
			message: again("regola"), want: rejected(fault.CodeNotZero), more: sameReceipt("regola")},
		{id: "rifiuto-ricevuta", sent: "RichiediRicevuta del rifiuto, per voce e impronta", after: "regola",
			message: func(p *player) (outgoing, error) {
				r, err := receipt.Parse(p.kept["regola"].receipt)
				if err != nil {
					return outgoing{}, fmt.Errorf("read receipt: %w", err)
				}
				return asking(r.Entry, r.Digest)(p)
			}, want: want{outcome: answeredReceipts}, more: firstReceipt("regola")},
	}
	for i := range cases {
		c := &cases[i]
		c.group, c.source, c.points, c.leaves, c.needs = groupContent, sourceAnswers, contractPoints, leavesRejection, []need{needsSigner}
		c.remedy = "Nel nodo: un documento autentico ma errato va respinto con una ricevuta sigillata che elenca tutti gli errori."
	}
	return cases
}

// acceptanceCases promise: they leave a communication in the hub and in the
// national store.
func acceptanceCases() []testCase {
	accepted := want{outcome: answeredAccepted}
	cases := []testCase{
		{id: "accettata", sent: "assunzione UNILAV in ordine, firmata, di un lavoratore inventato",
			message: func(p *player) (outgoing, error) {
				document, err := p.good()
				if err != nil {
					return outgoing{}, err
				}
				return p.submission(co.UNILAV, document)
			}, want: accepted, more: hasCode, source: sourceAnswers, sealLater: true},
		{id: "ricevuta-sigillo", sent: "verifica fuori linea della ricevuta di accettazione", after: "accettata", needs: []need{needsSigner, needsSeal},
			run: func(p *player) (string, bool, error) { return p.sealed(p.kept["accettata"].receipt) }, wanted: "sigillo integro, di un'autorità riconosciuta", source: sourceAnswers},
		{id: "ripetuta", sent: "lo stesso documento, byte per byte, una seconda volta", after: "accettata",
			message: again("accettata"), want: accepted, more: sameReceipt("accettata"), source: sourceOnce},
		{id: "ricevuta-chiesta", sent: "RichiediRicevuta per codice e impronta", after: "accettata",
			message: func(p *player) (outgoing, error) {
				r, err := receipt.Parse(p.kept["accettata"].receipt)
				if err != nil {
					return outgoing{}, fmt.Errorf("read receipt: %w", err)
				}
				return asking(r.Codice, r.Digest)(p)
			}, want: want{outcome: answeredReceipts}, more: firstReceipt("accettata"), source: sourceAnswers},
		{id: "ricevuta-altrui", sent: "RichiediRicevuta dello stesso codice con un'altra impronta", after: "accettata",
			message: func(p *player) (outgoing, error) {
				return asking(p.kept["accettata"].codice, strings.Repeat("0", 64))(p)
			}, want: refusal(fault.ReceiptNotFound), source: sourceAnswers},
		{id: "contemporanee", sent: "due copie dello stesso documento nello stesso istante", after: "accettata",
			run: (*player).together, wanted: "una sola accettazione: la stessa ricevuta a entrambe", source: sourceOnce},
		{id: "registrata", sent: "attesa della ricevuta di registrazione del nodo nazionale, fino a 30 secondi", after: "accettata", points: usefulPoints,
			run: (*player).registered, wanted: "una seconda ricevuta, di registrazione, dello stesso codice", source: "Snodo, contratto dei topic: l'esito diventa ricevuta di registrazione"},
	}
	cases = append(cases, kindCases()...)
	for i := range cases {
		c := &cases[i]
		c.group, c.leaves = groupAccepted, leavesAcceptance
		if c.points == 0 {
			c.points = gravePoints
		}
		if c.needs == nil {
			c.needs = []need{needsSigner}
		}
		c.remedy = "Nel nodo: l'accettazione è una promessa; ricevuta, ripetizione e ricerca devono dire la stessa cosa. Guardare il registro con snodo verify e snodo report quadratura."
	}
	return cases
}

// kindCases are a communication of every other kind, by its own operation.
func kindCases() (cases []testCase) {
	for _, kind := range co.Kinds() {
		if kind == co.UNILAV {
			continue
		}
		cases = append(cases, testCase{
			id: "tipo-" + strings.ToLower(kind), sent: kind + " in ordine e firmato: " + sample.What(kind), points: contractPoints,
			message: func(p *player) (outgoing, error) { return p.ofKind(kind) },
			want:    want{outcome: answeredAccepted}, more: hasCode, source: "WSDL del servizio: un'operazione per ogni tracciato",
		})
	}
	return cases
}

// ofKind submits a communication of a kind that the region takes.
func (p *player) ofKind(kind string) (outgoing, error) {
	region, _ := routing.RegionBySlug(p.sampler.Region)
	if _, barred := region.Barred(kind, false); barred {
		return outgoing{}, &notApplicable{"la regione non riceve questo tracciato"}
	}
	p.documents++
	for _, c := range p.sampler.EveryKind(p.documents) {
		if c.Kind() != kind {
			continue
		}
		document, err := signed(p.kit.signer, c)
		if err != nil {
			return outgoing{}, err
		}
		return p.submission(kind, document)
	}
	return outgoing{}, fmt.Errorf("no sample of kind %s", kind)
}

// again sends the document of an earlier case in a new message.
func again(id string) func(*player) (outgoing, error) {
	return func(p *player) (outgoing, error) { return p.submission(co.UNILAV, p.sent[id]) }
}

func sameReceipt(id string) func(*player, answer) string {
	return func(p *player, a answer) string {
		if !a.same(p.kept[id]) {
			return "la ricevuta non è la stessa, byte per byte"
		}
		return ""
	}
}

func firstReceipt(id string) func(*player, answer) string {
	return func(p *player, a answer) string {
		if len(a.receipts) == 0 || !bytes.Equal(a.receipts[0], p.kept[id].receipt) {
			return "la prima ricevuta non è quella data con l'esito, byte per byte"
		}
		return ""
	}
}

func hasCode(_ *player, a answer) string {
	if !co.CodiceComunicazione(a.codice).Valid() {
		return "il codice comunicazione non è di 16 cifre"
	}
	return ""
}

// together submits one document twice at once.
func (p *player) together() (string, bool, error) {
	document, err := p.good()
	if err != nil {
		return "", false, err
	}
	answers := make(chan answer, 2)
	for range 2 {
		m, err := p.submission(co.UNILAV, document)
		if err != nil {
			return "", false, err
		}
		go func() {
			a, err := p.exchange(m)
			if err != nil {
				a.trouble = "nessuna risposta"
			}
			answers <- a
		}()
	}
	a, b := <-answers, <-answers
	for _, one := range []answer{a, b} {
		if one.trouble != "" {
			return one.trouble, false, nil
		}
		if one.outcome != answeredAccepted {
			return one.words(), false, nil
		}
	}
	if !a.same(b) {
		return "due ricevute diverse", false, nil
	}
	return "la stessa ricevuta a entrambe", true, nil
}

// registered asks until the national store has registered what was accepted.
func (p *player) registered() (string, bool, error) {
	r, err := receipt.Parse(p.kept["accettata"].receipt)
	if err != nil {
		return "", false, fmt.Errorf("read receipt: %w", err)
	}
	until := time.NewTimer(registrationPatience)
	defer until.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		m, err := asking(r.Codice, r.Digest)(p)
		if err != nil {
			return "", false, err
		}
		a, err := p.exchange(m)
		if err != nil {
			return "", false, err
		}
		if len(a.receipts) > 1 {
			last, err := receipt.Parse(a.receipts[1])
			if err != nil || last.Kind != receipt.Registration || last.Codice != r.Codice {
				return "la seconda ricevuta non è di registrazione dello stesso codice", false, nil
			}
			return "ricevuta di registrazione", true, nil
		}
		select {
		case <-p.ctx.Done():
			return "", false, p.ctx.Err()
		case <-until.C:
			return "nessuna registrazione entro l'attesa", false, nil
		case <-tick.C:
		}
	}
}

// sealed verifies a receipt offline, as `receipt verify` does.
func (p *player) sealed(raw []byte) (string, bool, error) {
	v := sender.JudgeSeal(raw, p.kit.seals)
	return v.Text, v.Intact && v.Trusted, nil
}
