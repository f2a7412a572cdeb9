-- +goose Up
-- Keys that grow with the ledger: what is written for an entry lies beside what
-- was written before, so that an entry costs the same in a large ledger as in a
-- small one. By hashes and names only what must be found by them: content, and
-- chains by a short key of employer, worker and start.
CREATE TABLE documents (
    id    INTEGER PRIMARY KEY, -- twice the entry's position, and one more for its evidence
    bytes BLOB NOT NULL
) STRICT;
INSERT INTO documents (id, bytes)
    SELECT 2 * e.position, b.bytes FROM entries e JOIN blobs b ON b.key = e.document
    UNION ALL SELECT 2 * e.position + 1, b.bytes FROM entries e JOIN blobs b ON b.key = e.evidence
    ORDER BY 1;
DROP TABLE blobs;

-- Which outcomes and dead letters speak of an accepted submission, by position.
CREATE TABLE abouts (
    subject  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (subject, position)
) STRICT, WITHOUT ROWID;
INSERT INTO abouts (subject, position)
    SELECT s.position, o.position FROM entries o JOIN entries s ON s.hash = o.subject
    WHERE o.type IN ('outcome', 'deadletter') AND s.type = 'submission' AND s.status = 'accepted';

DROP INDEX entries_hash;
DROP INDEX entries_subject;
CREATE INDEX entries_rejection ON entries (hash) WHERE status = 'rejected';
CREATE INDEX entries_anomaly ON entries (subject) WHERE type = 'anomaly';
CREATE INDEX entries_erasure ON entries (position) WHERE type = 'erasure';

CREATE TABLE content_new (
    position       INTEGER PRIMARY KEY,
    digest         BLOB NOT NULL,
    sender         TEXT NOT NULL,
    request_digest BLOB,
    freed_by       INTEGER
) STRICT;
INSERT INTO content_new (position, digest, sender, request_digest, freed_by)
    SELECT position, digest, sender, request_digest, freed_by FROM content ORDER BY position;
DROP TABLE content;
ALTER TABLE content_new RENAME TO content;
CREATE UNIQUE INDEX content_digest ON content (digest);
CREATE UNIQUE INDEX content_request ON content (sender, request_digest)
    WHERE request_digest IS NOT NULL AND freed_by IS NULL;

-- 00004 fills it: the key is computed in Go (find.go, relation).
ALTER TABLE chains RENAME TO chains_old;
DROP INDEX chains_start;
CREATE TABLE chains (
    root      TEXT NOT NULL,
    employer  TEXT NOT NULL,
    worker    TEXT NOT NULL,
    start_day TEXT NOT NULL,
    head      BLOB NOT NULL,
    position  INTEGER NOT NULL,
    relation  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX chains_root ON chains (root, employer, worker);
CREATE INDEX chains_relation ON chains (relation);

-- +goose Down
SELECT 1;
