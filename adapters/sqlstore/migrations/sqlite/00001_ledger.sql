-- +goose Up
-- The ledger. Columns of entries are the fields of ledger.Entry in the order
-- in which they are hashed, then the hash. Instants are microseconds since
-- 1970 UTC, absent values are NULL, JSON and hashes are bytes.
CREATE TABLE entries (
    position       INTEGER PRIMARY KEY,
    type           TEXT NOT NULL,
    status         TEXT,
    received       INTEGER,
    recorded       INTEGER NOT NULL,
    region         TEXT,
    origin         TEXT,
    sender         TEXT,
    kind           TEXT,
    edition        TEXT,
    digest         BLOB,
    request_digest BLOB,
    document       BLOB,
    evidence       BLOB,
    codice         TEXT,
    previous       TEXT,
    root           TEXT,
    prev           BLOB,
    employer       TEXT,
    worker         TEXT,
    start_day      TEXT,
    faults         BLOB,
    basis          TEXT,
    seal           BLOB,
    subject        BLOB,
    registration   INTEGER,
    instant        INTEGER,
    receipt        BLOB,
    payload        BLOB,
    hash           BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_hash ON entries (hash);
CREATE UNIQUE INDEX entries_codice ON entries (codice) WHERE type = 'submission' AND codice IS NOT NULL;
CREATE INDEX entries_subject ON entries (subject) WHERE subject IS NOT NULL;
CREATE INDEX entries_statement ON entries (digest) WHERE type = 'statement';
CREATE INDEX entries_rejected ON entries (digest, sender) WHERE status = 'rejected';

CREATE TABLE receipts (
    position INTEGER PRIMARY KEY REFERENCES entries (position),
    bytes    BLOB NOT NULL
) STRICT;

-- Documents and evidence by SHA-256 of their own bytes; a rowid table, so
-- that large values are written in order.
CREATE TABLE blobs (
    key   BLOB NOT NULL UNIQUE,
    bytes BLOB NOT NULL
) STRICT;

-- Deliveries due. done_at is operational: when the broker acknowledged.
-- dead is the position of the dead letter that gives the delivery up.
CREATE TABLE outbox (
    position INTEGER NOT NULL REFERENCES entries (position),
    topic    TEXT NOT NULL,
    root     TEXT NOT NULL,
    shard    INTEGER NOT NULL,
    dead     INTEGER,
    done_at  INTEGER,
    PRIMARY KEY (position, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_pending ON outbox (shard, position) WHERE done_at IS NULL AND dead IS NULL;
CREATE INDEX outbox_dead ON outbox (root, topic) WHERE dead IS NOT NULL;

-- Derived from entries, checked by the audit: what makes content unique, the
-- last number of each counter of codes, the state of each chain, the head.
CREATE TABLE content (
    digest         BLOB PRIMARY KEY,
    sender         TEXT NOT NULL,
    request_digest BLOB,
    position       INTEGER NOT NULL,
    freed_by       INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX content_request ON content (sender, request_digest)
    WHERE request_digest IS NOT NULL AND freed_by IS NULL;

CREATE TABLE counters (
    region   TEXT NOT NULL,
    province TEXT NOT NULL,
    year     INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    PRIMARY KEY (region, province, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE chains (
    root      TEXT NOT NULL,
    employer  TEXT NOT NULL,
    worker    TEXT NOT NULL,
    start_day TEXT NOT NULL,
    head      BLOB NOT NULL,
    position  INTEGER NOT NULL,
    PRIMARY KEY (root, employer, worker)
) STRICT, WITHOUT ROWID;
CREATE INDEX chains_start ON chains (employer, worker, start_day, position);

CREATE TABLE head (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    recorded INTEGER NOT NULL
) STRICT;
INSERT INTO head (id, position, hash, recorded) VALUES (1, 0, zeroblob(32), 0);

-- Who relays which shard; operational.
CREATE TABLE relay_leases (
    shard   INTEGER PRIMARY KEY,
    holder  TEXT NOT NULL DEFAULT '',
    expires INTEGER NOT NULL DEFAULT 0
) STRICT;
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 63)
INSERT INTO relay_leases (shard) SELECT i FROM n;

-- What this ledger was made with; Open refuses another.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('format', 'snodo/entry/v1'), ('shards', '64');

-- +goose Down
SELECT 1;
