package node

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
)

// Verdict is what `snodo verify` found.
type Verdict struct {
	Verified bool             `json:"ledger_verified"`
	Entries  int64            `json:"voci"`
	Heads    int              `json:"teste_sigillate"`
	Messages int              `json:"messaggi"`
	Findings []ledger.Finding `json:"difformita"`
}

// PrintVerdict tells people what was found: a line for each difference, and how the
// ledger stands.
func PrintVerdict(con verb.Console, v Verdict) {
	for _, f := range v.Findings {
		fmt.Fprintf(con.Out, "posizione %d  codice %s  %s: %s\n", f.Position, verb.OrDash(f.Codice), f.What, f.Text)
	}
	if v.Verified {
		fmt.Fprintf(con.Out, "registro verificato: %d voci, %d teste sigillate, %d messaggi nei topic\n", v.Entries, v.Heads, v.Messages)
	} else {
		fmt.Fprintf(con.Out, "registro NON verificato: %d difformità in %d voci\n", len(v.Findings), v.Entries)
	}
}

// Audit recomputes the ledger of a place and compares it with the sealed heads and
// the topics; seals are the certificates that receipts and heads may be sealed
// with. It reads the topics first and the ledger after, so that everything
// published is in the snapshot of an honest ledger. What differs is in the verdict;
// an error is only what kept it from looking.
func Audit(ctx context.Context, at Place, seals []*x509.Certificate) (Verdict, error) {
	told, err := ReadHeads(at.Data)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Heads: len(told), Findings: []ledger.Finding{}}
	var published []kafka.Message
	err = at.Broker(ctx, func(addrs []string) error {
		topics, err := scanHeads(ctx, addrs)
		if err != nil {
			return err
		}
		told = append(told, topics...)
		published, err = scanPublished(ctx, addrs)
		return err
	})
	if err != nil {
		return Verdict{}, err
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return Verdict{}, fmt.Errorf("load time zone: %w", err)
	}
	auditor := ledger.NewAuditor(ledger.AuditOptions{
		Rome: rome, Receipts: newReceiptChecker(seals), Heads: told, Seals: HeadVerifier(seals),
	})
	for _, m := range published {
		id, err := ledger.ParseHash(m.ID())
		if err != nil || id.IsZero() {
			v.Findings = append(v.Findings, ledger.Finding{What: ledger.FoundPublished,
				Text: fmt.Sprintf("il topic %s ha all'offset %d un messaggio senza ce_id", m.Topic, m.Offset)})
			continue
		}
		auditor.Published(m.Topic, id, m.Headers[kafka.HeaderSubject])
	}
	v.Messages = len(published)
	store, err := at.Ledger(ctx)
	if err != nil {
		return Verdict{}, err
	}
	defer store.Close()
	if err := store.Audit(ctx, auditor); err != nil {
		return Verdict{}, err
	}
	head, err := store.Head(ctx)
	if err != nil {
		return Verdict{}, err
	}
	v.Entries = head.Position
	v.Findings = append(v.Findings, auditor.Findings()...)
	v.Verified = len(v.Findings) == 0
	return v, nil
}

// scanPublished reads what the topics hold of communications, values dropped.
func scanPublished(ctx context.Context, addrs []string) ([]kafka.Message, error) {
	var list []kafka.Message
	for _, kind := range co.Kinds() {
		err := kafka.Scan(ctx, addrs, routing.TopicFor(kind), func(m kafka.Message) error {
			m.Value = nil
			list = append(list, m)
			return nil
		})
		if errors.Is(err, kafka.ErrNoTopic) {
			continue // this version serves a kind that none did here before
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// receiptChecker rebuilds a receipt from its entry and verifies its seal.
type receiptChecker struct{ verifier *xmlsig.Verifier }

// auditedSeals is the name under which seals are trusted.
const auditedSeals = "seal"

func newReceiptChecker(seals []*x509.Certificate) receiptChecker {
	trust := xmlsig.NewTrust(map[string][]*x509.Certificate{auditedSeals: seals})
	return receiptChecker{xmlsig.NewVerifier(trust)}
}

// errReceipt are the ways in which a receipt fails; none quotes it.
var (
	errReceiptSeal    = errors.New("sigillo non valido")
	errReceiptContent = errors.New("il contenuto non è quello della voce")
	errReceiptKey     = errors.New("sigillata con un altro certificato")
)

// CheckReceipt implements ledger.ReceiptChecker.
func (c receiptChecker) CheckReceipt(e ledger.Entry, sealed []byte) error {
	v, faults := c.verifier.VerifySeal(sealed, auditedSeals)
	if len(faults) > 0 {
		return fmt.Errorf("%w (%s)", errReceiptSeal, faults[0].Code)
	}
	if ledger.Sum(v.Certificate.Raw) != e.Seal {
		return errReceiptKey
	}
	want, err := receipt.Build(e)
	if err != nil {
		return err
	}
	if !bytes.Equal(want, v.Content) {
		return errReceiptContent
	}
	return nil
}
