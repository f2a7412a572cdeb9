package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
)

// harm is what --break does: it knows the database's tables and the topics, as
// an intruder might, and uses no verb of the hub.
func (d *session) harm(ctx context.Context) error {
	item, err := d.sabotage(ctx)
	if err != nil {
		return fmt.Errorf("do harm: %w", err)
	}
	d.say("\nguasto %q fatto dall'esterno su %s; ora report e verify, che non ne sanno nulla:\n\n", d.Break, item)
	found, err := d.search(ctx, item)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("demo: the fault on %s was not found", item)
	}
	d.say("\nguasto trovato, con il suo nome: %s\n", item)
	if d.JSON {
		result, err := d.account(ctx)
		if err != nil {
			return err
		}
		if err := verb.PrintJSON(d.con.Out, result); err != nil {
			return err
		}
	}
	return verb.ErrFinding
}

// search runs report and verify until one of them names the item.
func (d *session) search(ctx context.Context, item string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		var report bytes.Buffer
		reported, err := d.table(ctx, &report, "--grace", "0s")
		if err != nil {
			return false, err
		}
		verified, code, err := d.verbs.Run(ctx, "verify", "--data", d.data)
		if err != nil {
			return false, err
		}
		named := reported == verb.ExitFinding && strings.Contains(report.String(), item) ||
			code == verb.ExitFinding && strings.Contains(string(verified), item)
		if named {
			out := d.con.Out
			if d.JSON {
				out = d.con.Err
			}
			fmt.Fprintf(out, "%s%s", report.String(), verified)
			return true, nil
		}
		select {
		case <-ctx.Done():
			fmt.Fprintf(d.con.Err, "%s%s", report.String(), verified)
			return false, nil
		case <-tick.C:
		}
	}
}

// sabotage does the harm and gives the code of the item it did it to.
func (d *session) sabotage(ctx context.Context) (string, error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(d.data, node.LedgerFile)+"?_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		return "", err
	}
	defer db.Close()
	switch d.Break {
	case "tamper":
		return d.tamper(ctx, db)
	case "lose":
		return d.lose(ctx, db)
	case "double":
		return d.double(ctx)
	case "forge":
		return d.forge(ctx, db)
	}
	return "", verb.ErrUsage
}

// victim is an accepted communication of the run, of Marche.
func (d *session) victim() (receipt.Receipt, error) {
	for _, c := range d.sent {
		if c.region == "marche" && c.got.kind == gotAccepted {
			return receipt.Parse(c.got.receipt)
		}
	}
	return receipt.Receipt{}, errors.New("nothing was accepted")
}

// tamper alters a stored row: the worker of an accepted communication.
func (d *session) tamper(ctx context.Context, db *sql.DB) (string, error) {
	v, err := d.victim()
	if err != nil {
		return "", err
	}
	return v.Codice, mustChange(db.ExecContext(ctx, `UPDATE entries SET worker = ? WHERE position = ?`,
		sample.Invent(7777).CodiceFiscale(), v.Position))
}

// lose drops a message: it takes the relay's shards away, lets one more
// communication be accepted, calls its message delivered and gives the shards
// back.
func (d *session) lose(ctx context.Context, db *sql.DB) (string, error) {
	later := time.Now().Add(time.Hour).UnixMicro()
	if err := mustChange(db.ExecContext(ctx, `UPDATE relay_leases SET holder = 'ladro', expires = ?`, later)); err != nil {
		return "", err
	}
	s := sample.Maker{Region: "lazio", Day: time.Now().In(d.rome).Truncate(time.Second), Serial: 50_000}
	c, err := d.signed("lazio", "assunzione", s.Hiring(1))
	if err != nil {
		return "", err
	}
	answer, err := d.send(ctx, c)
	if err != nil {
		return "", err
	}
	r, err := receipt.Parse(answer.receipt)
	if err != nil {
		return "", err
	}
	err = mustChange(db.ExecContext(ctx, `UPDATE outbox SET done_at = ? WHERE position = ?`, time.Now().UnixMicro(), r.Position))
	if err != nil {
		return "", err
	}
	return r.Codice, mustChange(db.ExecContext(ctx, `UPDATE relay_leases SET holder = '', expires = 0`))
}

// double has a communication registered twice: its message again, under
// another id and another code.
func (d *session) double(ctx context.Context) (string, error) {
	v, err := d.victim()
	if err != nil {
		return "", err
	}
	addr, err := embedded.Addr(d.data)
	if err != nil {
		return "", err
	}
	topic := routing.TopicFor(v.Tracciato)
	var copied kafkago.Message
	err = kafka.Scan(ctx, []string{addr}, topic, func(m kafka.Message) error {
		if m.ID() != v.Entry {
			return nil
		}
		copied = kafkago.Message{Topic: topic, Key: m.Key, Value: m.Value}
		for name, value := range m.Headers {
			switch name {
			case kafka.HeaderID:
				sum := sha256.Sum256([]byte(rand.Text()))
				value = hex.EncodeToString(sum[:])
			case kafka.HeaderSubject:
				value = value[:7] + "9" + value[8:]
			}
			copied.Headers = append(copied.Headers, kafkago.Header{Key: name, Value: []byte(value)})
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if copied.Value == nil {
		return "", errors.New("the message is not in the topic")
	}
	w := kafka.NewWriter([]string{addr}, kafka.NewTransport())
	return v.Codice, errors.Join(w.WriteMessages(ctx, copied), w.Close())
}

// forge slips in an entry behind the last one, with a hash that fits.
func (d *session) forge(ctx context.Context, db *sql.DB) (codice string, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, ignoreDone(tx.Rollback())) }()
	var position, recorded int64
	var last []byte
	err = tx.QueryRowContext(ctx, `SELECT position, hash, recorded FROM head`).Scan(&position, &last, &recorded)
	if err != nil {
		return "", err
	}
	at := time.UnixMicro(recorded + 1).UTC()
	e := ledger.Entry{
		Position: position + 1, Type: ledger.Submission, Status: ledger.Accepted, Received: at, Recorded: at,
		Region: "marche", Origin: ledger.Signed, Sender: sample.Invent(7777).CodiceFiscale(), Kind: "UNILAV",
		Edition: "CO190701R1", Digest: ledger.Sum([]byte("falso")), Document: ledger.Sum([]byte("falso")),
		Codice: "1104226000099999", Root: "1104226000099999", Start: "2026-12-01",
	}
	e.Hash = e.Chain(ledger.Hash(last))
	err = mustChange(tx.ExecContext(ctx, `INSERT INTO entries (position, type, status, received, recorded, region, origin,
		sender, kind, edition, digest, document, codice, root, start_day, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Position, e.Type, e.Status, recorded+1, recorded+1, e.Region, e.Origin, e.Sender, e.Kind, e.Edition,
		e.Digest[:], e.Document[:], e.Codice, e.Root, e.Start, e.Hash[:]))
	if err != nil {
		return "", err
	}
	err = mustChange(tx.ExecContext(ctx, `UPDATE head SET position = ?, hash = ?, recorded = ?`, e.Position, e.Hash[:], recorded+1))
	if err != nil {
		return "", err
	}
	return e.Codice, tx.Commit()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// mustChange makes a statement that changed nothing an error.
func mustChange(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		err = errors.New("nothing to change")
	}
	return err
}
