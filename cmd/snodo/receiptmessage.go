package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// receiptMessageCmd exports what is kept of a message (PROFILE_NON_REPUDIATION_01,
// e-Gov, a person's assertion): its bytes, the instant it was received, who brought
// it, and its confirmation.
type receiptMessageCmd struct {
	ID       string `arg:"" help:"MessageID of the message, Identificatore of its e-Gov header, or the codice that its communication got."`
	From     string `help:"Civil day on which it was received, YYYY-MM-DD." required:"" placeholder:"DAY"`
	To       string `help:"Last day to look at; --from if not given." placeholder:"DAY"`
	Region   string `help:"Region that received it; all if not given."`
	Data     string `help:"Data folder; a hub may be running on it." default:"data" type:"path"`
	Database string `help:"Ledger: sqlite:PATH or postgres://..., if not in the data folder." placeholder:"URL"`
	Trust    string `help:"Authorities of the senders' systems: verify the message's signature too." type:"path" placeholder:"PEM"`
	Out      string `help:"Write the message, its receipts and what is known of them into this folder." type:"path" placeholder:"DIR"`
	JSON     bool   `help:"Print one JSON array."`
}

// keptMessage is a message as the ledger keeps it.
type keptMessage struct {
	ID        string    `json:"message_id"` // or the Identificatore, if asked by it; "" of a message without
	Region    string    `json:"regione"`
	Received  time.Time `json:"ricevuto"`
	Position  int64     `json:"posizione"`
	Entry     string    `json:"voce"`
	Status    string    `json:"esito,omitempty"`
	Codice    string    `json:"codice,omitempty"`
	Digest    string    `json:"impronta"`             // of the content; of the Body, of a mass message
	Message   string    `json:"impronta_messaggio"`   // SHA-256 of the whole message; "" if it is not kept
	Entries   []int64   `json:"voci,omitempty"`       // of a mass message
	Receipts  int       `json:"ricevute"`             // of this entry, or of those
	Signer    string    `json:"firmatario,omitempty"` // with --trust, if the signature holds
	Signature string    `json:"firma,omitempty"`      // with --trust: valida, or the code of its fault
	Files     []string  `json:"file,omitempty"`       // with --out

	Person *ledger.OperatorNote `json:"persona,omitempty"` // who brought it, where the region knows

	bytes  []byte   // the message
	sealed [][]byte // its receipts, oldest first
}

// Run prints the messages found. It ends with exit code 3 if there is none, or if
// a signature does not hold.
func (c receiptMessageCmd) Run(ctx context.Context, con verb.Console) error {
	if c.To == "" {
		c.To = c.From
	}
	for _, day := range []string{c.From, c.To} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return fmt.Errorf("--from and --to: want days as 2026-11-26: %w", verb.ErrUsage)
		}
	}
	if c.ID == "" {
		return fmt.Errorf("receipt message: want a MessageID, an Identificatore or a codice: %w", verb.ErrUsage)
	}
	verifier, err := c.verifier()
	if err != nil {
		return err
	}
	p := node.Place{Data: c.Data, Database: c.Database}
	if err := p.Check(); err != nil {
		return err
	}
	store, err := p.Ledger(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	found, err := c.find(ctx, store)
	if err != nil {
		return err
	}
	sound := len(found) > 0
	for _, m := range found {
		if verifier != nil {
			sound = m.verify(verifier) && sound
		}
		if err := c.write(m); err != nil {
			return err
		}
	}
	if err := c.print(con.Out, found); err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Fprintln(con.Err, "nessun messaggio con questo nome o codice in questi giorni")
	}
	if !sound {
		return verb.ErrFinding
	}
	return nil
}

func (c receiptMessageCmd) verifier() (*xmlsig.MessageVerifier, error) {
	if c.Trust == "" {
		return nil, nil
	}
	anchors, err := verb.ReadAnchors("--trust", c.Trust)
	if err != nil {
		return nil, err
	}
	v := xmlsig.NewMessageVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{sender.HubMessages: anchors}))
	return v.Requiring(map[string]xmlsig.MessageRequirements{sender.HubMessages: {AnyBody: true}}), nil
}

// find reads the messages kept in those days. Messages are evidence of entries,
// which know codices but nothing of MessageIDs: each is looked at.
func (c receiptMessageCmd) find(ctx context.Context, store *sqlstore.Store) ([]*keptMessage, error) {
	first, last, err := store.Span(ctx, c.From, c.To)
	if err != nil {
		return nil, err
	}
	if last < first {
		return nil, nil
	}
	var list []ledger.Entry
	err = store.Entries(ctx, first, last, func(s ledger.Stored) error {
		e := s.Entry
		if (!e.Evidence.IsZero() || e.Codice == c.ID) && (c.Region == "" || c.Region == e.Region) && (e.Type == ledger.Submission || e.Type == ledger.Statement) {
			list = append(list, ledger.Entry{
				Position: e.Position, Type: e.Type, Status: e.Status, Received: e.Received, Region: e.Region, Digest: e.Digest,
				Evidence: e.Evidence, RequestDigest: e.RequestDigest, Codice: e.Codice, Payload: e.Payload, Hash: e.Hash,
			})
		}
		return nil
	})
	var found []*keptMessage
	for i := range list {
		if err != nil {
			break
		}
		var m *keptMessage
		if m, err = c.read(ctx, store, &list[i]); m != nil {
			found = append(found, m)
		}
	}
	return found, err
}

// read gives an entry's message if it is the one asked for.
func (c receiptMessageCmd) read(ctx context.Context, store *sqlstore.Store, e *ledger.Entry) (*keptMessage, error) {
	raw, err := evidenceOf(ctx, store, e)
	name := nameOf(raw, e, c.ID)
	if err != nil || c.ID != name && c.ID != e.Codice {
		return nil, err
	}
	m := &keptMessage{
		ID: name, Region: e.Region, Received: e.Received, Position: e.Position, Entry: e.ID(), Status: string(e.Status), Codice: e.Codice,
		Digest: e.Digest.String(), bytes: raw,
	}
	if raw != nil {
		m.Message = e.Evidence.String()
	}
	if m.Person, err = personOf(e); err != nil {
		return nil, err
	}
	positions := []int64{e.Position}
	if e.Type == ledger.Statement {
		note, err := ledger.ReadMessageNote(e.Payload)
		if err != nil {
			return nil, err
		}
		m.Entries, positions = note.Entries, note.Entries
	}
	for _, p := range positions {
		err := store.Entries(ctx, p, p, func(s ledger.Stored) error {
			if s.Receipt != nil {
				m.sealed = append(m.sealed, s.Receipt)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if m.Receipts = len(m.sealed); m.Codice != "" { // those of its outcomes too
		all, err := store.ByCodice(ctx, m.Codice)
		if err != nil {
			return nil, err
		}
		for _, s := range all[1:] {
			if s.Receipt != nil {
				m.sealed = append(m.sealed, s.Receipt)
			}
		}
		m.Receipts = len(m.sealed)
	}
	return m, nil
}

// verify judges the message's signature, and its certificates at the instant it
// was received.
func (m *keptMessage) verify(v *xmlsig.MessageVerifier) bool {
	got, f := v.Verify(m.bytes, sender.HubMessages)
	if f == nil {
		f = got.CheckValidity(m.Received)
	}
	if f != nil {
		m.Signature = string(f.Code)
		return false
	}
	m.Signer, m.Signature = got.Sender, "valida"
	return true
}

func (c receiptMessageCmd) write(m *keptMessage) error {
	if c.Out == "" {
		return nil
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	put := func(name string, b []byte) error {
		path := filepath.Join(c.Out, fmt.Sprintf("%d-%s", m.Position, name))
		m.Files = append(m.Files, path)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			return fmt.Errorf("write message: %w", err)
		}
		return nil
	}
	var errs []error
	if m.bytes != nil {
		errs = append(errs, put("messaggio.xml", m.bytes))
	}
	for i, b := range m.sealed {
		errs = append(errs, put(fmt.Sprintf("ricevuta-%d.xml", i+1), b))
	}
	var facts bytes.Buffer
	errs = append(errs, verb.PrintJSON(&facts, m))
	errs = append(errs, put("fatti.json", facts.Bytes()))
	return errors.Join(errs...)
}

func (c receiptMessageCmd) print(out io.Writer, found []*keptMessage) error {
	if c.JSON {
		if found == nil {
			found = []*keptMessage{}
		}
		return verb.PrintJSON(out, found)
	}
	for _, m := range found {
		fmt.Fprintf(out, "%s ricevuto %s, voce %d %s %s, %d ricevute, SHA-256 %s\n", m.Region, m.Received.UTC().Format(time.RFC3339Nano),
			m.Position, verb.OrDash(m.Status), verb.OrDash(m.Codice), m.Receipts, verb.OrDash(m.Message))
		if m.Person != nil {
			fmt.Fprintln(out, "  persona "+personInWords(*m.Person))
		}
		if m.Signature != "" {
			fmt.Fprintf(out, "  firma %s %s\n", m.Signature, m.Signer)
		}
		for _, f := range m.Files {
			fmt.Fprintln(out, "  "+f)
		}
	}
	return nil
}

// messageIDOf is the wsa:MessageID of a message, "" if it has none. It is for
// finding; what is signed is the verifier's to tell.
func messageIDOf(raw []byte) string {
	const addressing = "http://www.w3.org/2005/08/addressing"
	var r xmltoken.Reader
	r.Reset(raw, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF || kind == xmltoken.Start && r.Depth() == 2 && string(r.Local()) == "Body" {
			return ""
		}
		if kind == xmltoken.Start && r.Depth() == 3 && string(r.Local()) == "MessageID" && string(r.Space()) == addressing {
			text, err := r.Text()
			if err != nil {
				return ""
			}
			return strings.TrimSpace(string(text))
		}
	}
}
