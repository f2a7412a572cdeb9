-- +goose Up
-- Keys that grow with the ledger, as in the folder of SQLite.
CREATE TABLE documents (
    id    bigint PRIMARY KEY, -- twice the entry's position, and one more for its evidence
    bytes bytea NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE documents ALTER COLUMN bytes SET STORAGE EXTERNAL;
INSERT INTO documents (id, bytes)
    SELECT 2 * e.position, b.bytes FROM entries e JOIN blobs b ON b.key = e.document
    UNION ALL SELECT 2 * e.position + 1, b.bytes FROM entries e JOIN blobs b ON b.key = e.evidence
    ORDER BY 1;
DROP TABLE blobs;

-- Which outcomes and dead letters speak of an accepted submission, by position.
CREATE TABLE abouts (
    subject  bigint NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (subject, position)
);
INSERT INTO abouts (subject, position)
    SELECT s.position, o.position FROM entries o JOIN entries s ON s.hash = o.subject
    WHERE o.type IN ('outcome', 'deadletter') AND s.type = 'submission' AND s.status = 'accepted';

DROP INDEX entries_hash;
DROP INDEX entries_subject;
CREATE INDEX entries_rejection ON entries (hash) WHERE status = 'rejected';
CREATE INDEX entries_anomaly ON entries (subject) WHERE type = 'anomaly';
CREATE INDEX entries_erasure ON entries (position) WHERE type = 'erasure';

-- 00004 fills it: the key is computed in Go (find.go, relation).
ALTER TABLE chains RENAME TO chains_old;
ALTER INDEX chains_pkey RENAME TO chains_old_pkey;
DROP INDEX chains_start;
CREATE TABLE chains (
    root      text COLLATE "C" NOT NULL,
    employer  text COLLATE "C" NOT NULL,
    worker    text COLLATE "C" NOT NULL,
    start_day text COLLATE "C" NOT NULL,
    head      bytea NOT NULL,
    position  bigint NOT NULL,
    relation  bigint NOT NULL,
    PRIMARY KEY (root, employer, worker)
);
CREATE INDEX chains_relation ON chains (relation);

-- +goose Down
SELECT 1;
