package sqlstore_test

import (
	"context"
	"testing"

	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/routing/ledger"
)

// TestFormerEdition: a ledger as it was before its keys grew with it (migration
// 00003) is taken over whole: the audit finds nothing, codes and rejections are
// found, and it goes on.
func TestFormerEdition(t *testing.T) {
	t.Parallel()
	v := newVault(t, engines()[0])
	v.tamper(
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
	)
	s := v.open(sqlstore.Options{Issuer: v.sealer})
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
