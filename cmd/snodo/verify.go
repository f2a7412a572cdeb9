package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
)

type verifyCmd struct {
	parts
	Keys  string `help:"Folder of seal.pem and its successors; the data folder if not given." type:"path" placeholder:"DIR"`
	Trust string `help:"Certificates of the seals; seal.pem of the keys and its successors if not given." type:"path" placeholder:"PEM"`
	JSON  bool   `help:"Print one JSON object."`
}

// verdict is what `snodo verify` found.
type verdict struct {
	Verified bool             `json:"ledger_verified"`
	Entries  int64            `json:"voci"`
	Heads    int              `json:"teste_sigillate"`
	Messages int              `json:"messaggi"`
	Findings []ledger.Finding `json:"difformita"`
}

// Run recomputes the ledger and ends with exit code 3 if anything differs.
func (c verifyCmd) Run(ctx context.Context, con console) error {
	v, err := c.verify(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(con.out, v); err != nil {
			return err
		}
	} else {
		printVerdict(con, v)
	}
	if !v.Verified {
		return errFinding
	}
	return nil
}

func printVerdict(con console, v verdict) {
	for _, f := range v.Findings {
		fmt.Fprintf(con.out, "posizione %d  codice %s  %s: %s\n", f.Position, orDash(f.Codice), f.What, f.Text)
	}
	if v.Verified {
		fmt.Fprintf(con.out, "registro verificato: %d voci, %d teste sigillate, %d messaggi nei topic\n", v.Entries, v.Heads, v.Messages)
	} else {
		fmt.Fprintf(con.out, "registro NON verificato: %d difformità in %d voci\n", len(v.Findings), v.Entries)
	}
}

// verify reads the topics first and the ledger after, so that everything
// published is in the snapshot of an honest ledger.
func (c verifyCmd) verify(ctx context.Context) (verdict, error) {
	if err := c.check(); err != nil {
		return verdict{}, err
	}
	seals, err := c.seals()
	if err != nil {
		return verdict{}, err
	}
	told, err := readHeads(c.Data)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{Heads: len(told), Findings: []ledger.Finding{}}
	var published []kafka.Message
	err = c.broker(ctx, func(addrs []string) error {
		topics, err := scanHeads(ctx, addrs)
		if err != nil {
			return err
		}
		told = append(told, topics...)
		published, err = scanPublished(ctx, addrs)
		return err
	})
	if err != nil {
		return verdict{}, err
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return verdict{}, fmt.Errorf("load time zone: %w", err)
	}
	auditor := ledger.NewAuditor(ledger.AuditOptions{
		Rome: rome, Receipts: newReceiptChecker(seals), Heads: told, Seals: headVerifier(seals),
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
	store, err := c.ledger(ctx)
	if err != nil {
		return verdict{}, err
	}
	defer store.Close()
	if err := store.Audit(ctx, auditor); err != nil {
		return verdict{}, err
	}
	head, err := store.Head(ctx)
	if err != nil {
		return verdict{}, err
	}
	v.Entries = head.Position
	v.Findings = append(v.Findings, auditor.Findings()...)
	v.Verified = len(v.Findings) == 0
	return v, nil
}

// seals are the certificates that receipts and heads may be sealed with.
func (c verifyCmd) seals() ([]*x509.Certificate, error) {
	if c.Trust == "" {
		return xmlsig.SealCertificates(keysIn(c.Keys, c.Data))
	}
	text, err := os.ReadFile(c.Trust)
	if err != nil {
		return nil, fmt.Errorf("read seals: %w", err)
	}
	return xmlsig.ParseCertificates(text)
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

// sealAnchor is the name under which seals are trusted.
const sealAnchor = "seal"

func newReceiptChecker(seals []*x509.Certificate) receiptChecker {
	trust := xmlsig.NewTrust(map[string][]*x509.Certificate{sealAnchor: seals})
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
	v, faults := c.verifier.VerifySeal(sealed, sealAnchor)
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
