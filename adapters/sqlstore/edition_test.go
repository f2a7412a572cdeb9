package sqlstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing/ledger"
)

// TestFormerEdition: a ledger as it was before its keys grew with it (migration
// 00003) and before receipts had texts in common (00006) is taken over whole: the
// audit finds nothing, codes and rejections are found, and it goes on.
func TestFormerEdition(t *testing.T) {
	t.Parallel()
	v := newVault(t, engines()[0])
	s := v.open(sqlstore.Options{ReadOnly: true})
	var whole []string
	err := s.Entries(t.Context(), 1, 0, func(st ledger.Stored) error {
		if st.Receipt != nil {
			whole = append(whole, fmt.Sprintf(`UPDATE receipts SET own = x'%x' WHERE position = %d`, st.Receipt, st.Entry.Position))
		}
		return nil
	})
	if err = errors.Join(err, s.Close()); err != nil || len(whole) == 0 {
		t.Fatalf("%d receipts, %v", len(whole), err)
	}
	v.tamper(append(whole,
		`ALTER TABLE receipts DROP COLUMN pieces`, `ALTER TABLE receipts RENAME COLUMN own TO bytes`, `DROP TABLE receipt_texts`,
		`CREATE TABLE blobs (key BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT`,
		`INSERT INTO blobs SELECT e.document, d.bytes FROM entries e JOIN documents d ON d.id = 2 * e.position WHERE true ON CONFLICT DO NOTHING`,
		`INSERT INTO blobs SELECT e.evidence, d.bytes FROM entries e JOIN documents d ON d.id = 2 * e.position + 1 WHERE true ON CONFLICT DO NOTHING`,
		`DROP TABLE documents`, `DROP TABLE abouts`, `DROP TABLE messages`,
		`DROP INDEX entries_rejection`, `DROP INDEX entries_anomaly`, `DROP INDEX entries_erasure`,
		`CREATE UNIQUE INDEX entries_hash ON entries (hash)`,
		`CREATE INDEX entries_subject ON entries (subject) WHERE subject IS NOT NULL`,
		`DROP INDEX content_digest`, `DROP INDEX content_request`, `ALTER TABLE content RENAME TO content_was`,
		`CREATE TABLE content (digest BLOB PRIMARY KEY, sender TEXT NOT NULL, request_digest BLOB, position INTEGER NOT NULL, freed_by INTEGER) STRICT, WITHOUT ROWID`,
		`INSERT INTO content SELECT digest, sender, request_digest, position, freed_by FROM content_was`,
		`DROP TABLE content_was`,
		`CREATE UNIQUE INDEX content_request ON content (sender, request_digest) WHERE request_digest IS NOT NULL AND freed_by IS NULL`,
		`DROP INDEX chains_root`, `DROP INDEX chains_relation`, `ALTER TABLE chains RENAME TO chains_was`,
		`CREATE TABLE chains (root TEXT NOT NULL, employer TEXT NOT NULL, worker TEXT NOT NULL, start_day TEXT NOT NULL,
			head BLOB NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (root, employer, worker)) STRICT, WITHOUT ROWID`,
		`INSERT INTO chains SELECT root, employer, worker, start_day, head, position FROM chains_was`,
		`DROP TABLE chains_was`,
		`CREATE INDEX chains_start ON chains (employer, worker, start_day, position)`,
		`DELETE FROM goose_db_version WHERE version_id > 2`,
	)...)
	s = v.open(sqlstore.Options{Issuer: v.sealer})
	for _, e := range v.ids {
		switch {
		case e.Type != ledger.Submission:
		case e.Status == ledger.Accepted:
			if found, err := s.ByCodice(context.Background(), e.Codice); err != nil || found[0].Entry.Hash != e.Hash {
				t.Errorf("position %d by its code: %v", e.Position, err)
			}
			if b, err := s.Document(context.Background(), e.Position, ledger.TheDocument); err != nil || len(b) == 0 {
				t.Errorf("document of position %d: %v", e.Position, err)
			}
		case e.Status == ledger.Rejected:
			if found, err := s.ByID(context.Background(), e.Hash); err != nil || found[0].Entry.Position != e.Position {
				t.Errorf("position %d by its hash: %v", e.Position, err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if f := v.findings(ledger.AuditOptions{}); len(f) > 0 {
		t.Errorf("audit: %v", f)
	}
}

// otherSeal seals the same receipts, and knows other texts of them.
type otherSeal struct{ *contract.Sealer }

func (otherSeal) Common() [][]byte { return [][]byte{[]byte(" signed by ")} }

// TestTextsOfAnotherSeal: receipts are read whole by those who opened the ledger
// before the texts that they are stored without were entered, also inside a
// group commit.
func TestTextsOfAnotherSeal(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		url := e.make(t)
		open := func(o sqlstore.Options) *sqlstore.Store {
			s, err := sqlstore.Open(t.Context(), url, o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
		sealer := new(contract.Sealer)
		first := open(sqlstore.Options{Issuer: sealer})
		one, err := first.Append(t.Context(), contract.Submission("one"))
		if err != nil {
			t.Fatal(err)
		}
		reader := open(sqlstore.Options{ReadOnly: true})
		whole := func(want ledger.Result) {
			t.Helper()
			got, err := reader.ByCodice(t.Context(), want.Entry.Codice)
			if err != nil || !bytes.Equal(got[0].Receipt, want.Receipt) || sealer.CheckReceipt(got[0].Entry, got[0].Receipt) != nil {
				t.Errorf("%v, %v", got, err)
			}
		}
		whole(one)
		if e.name == "sqlite" {
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
		}
		second := open(sqlstore.Options{Issuer: otherSeal{sealer}})
		two, err := second.Append(t.Context(), contract.Submission("two"))
		if err != nil {
			t.Fatal(err)
		}
		whole(two)
		whole(one)
		if e.name == "sqlite" {
			return
		}
		again, err := first.Append(t.Context(), contract.Submission("two"))
		if err != nil || !bytes.Equal(again.Receipt, two.Receipt) {
			t.Errorf("again: %q, %v", again.Receipt, err)
		}
	})
}
