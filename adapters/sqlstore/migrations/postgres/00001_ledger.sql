-- +goose Up
-- The ledger, as in the folder of SQLite. Columns of entries are the fields of
-- ledger.Entry in the order in which they are hashed, then the hash. Instants
-- are microseconds since 1970 UTC, absent values are NULL, JSON and hashes are
-- bytes. Text is ordered by its bytes, whatever the database's locale.
CREATE TABLE entries (
    position       bigint PRIMARY KEY,
    type           text COLLATE "C" NOT NULL,
    status         text COLLATE "C",
    received       bigint,
    recorded       bigint NOT NULL,
    region         text COLLATE "C",
    origin         text COLLATE "C",
    sender         text COLLATE "C",
    kind           text COLLATE "C",
    edition        text COLLATE "C",
    digest         bytea,
    request_digest bytea,
    document       bytea,
    evidence       bytea,
    codice         text COLLATE "C",
    previous       text COLLATE "C",
    root           text COLLATE "C",
    prev           bytea,
    employer       text COLLATE "C",
    worker         text COLLATE "C",
    start_day      text COLLATE "C",
    faults         bytea,
    basis          text COLLATE "C",
    seal           bytea,
    subject        bytea,
    registration   bigint,
    instant        bigint,
    receipt        bytea,
    payload        bytea,
    hash           bytea NOT NULL
);
CREATE UNIQUE INDEX entries_hash ON entries (hash);
CREATE UNIQUE INDEX entries_codice ON entries (codice) WHERE type = 'submission' AND codice IS NOT NULL;
CREATE INDEX entries_subject ON entries (subject) WHERE subject IS NOT NULL;
CREATE INDEX entries_statement ON entries (digest) WHERE type = 'statement';
CREATE INDEX entries_rejected ON entries (digest, sender) WHERE status = 'rejected';

-- Receipts and documents of usual size stay in their row: a TOAST table would
-- cost a second heap and index for each. What does not fit goes there as it is.
CREATE TABLE receipts (
    position bigint PRIMARY KEY,
    bytes    bytea NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE receipts ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Documents and evidence by SHA-256 of their own bytes.
CREATE TABLE blobs (
    key   bytea NOT NULL UNIQUE,
    bytes bytea NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE blobs ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Deliveries due. done_at is operational: when the broker acknowledged.
-- dead is the position of the dead letter that gives the delivery up.
CREATE TABLE outbox (
    position bigint NOT NULL,
    topic    text COLLATE "C" NOT NULL,
    root     text COLLATE "C" NOT NULL,
    shard    bigint NOT NULL,
    dead     bigint,
    done_at  bigint,
    PRIMARY KEY (position, topic)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX outbox_pending ON outbox (shard, position) WHERE done_at IS NULL AND dead IS NULL;
CREATE INDEX outbox_dead ON outbox (root, topic) WHERE dead IS NOT NULL;

-- Derived from entries, checked by the audit: what makes content unique, the
-- last number of each counter of codes, the state of each chain, the head.
CREATE TABLE content (
    digest         bytea PRIMARY KEY,
    sender         text COLLATE "C" NOT NULL,
    request_digest bytea,
    position       bigint NOT NULL,
    freed_by       bigint
);
CREATE UNIQUE INDEX content_request ON content (sender, request_digest)
    WHERE request_digest IS NOT NULL AND freed_by IS NULL;

CREATE TABLE counters (
    region   text COLLATE "C" NOT NULL,
    province text COLLATE "C" NOT NULL,
    year     bigint NOT NULL,
    last     bigint NOT NULL,
    PRIMARY KEY (region, province, year)
) WITH (fillfactor = 50);

CREATE TABLE chains (
    root      text COLLATE "C" NOT NULL,
    employer  text COLLATE "C" NOT NULL,
    worker    text COLLATE "C" NOT NULL,
    start_day text COLLATE "C" NOT NULL,
    head      bytea NOT NULL,
    position  bigint NOT NULL,
    PRIMARY KEY (root, employer, worker)
);
CREATE INDEX chains_start ON chains (employer, worker, start_day, position);

CREATE TABLE head (
    id       bigint PRIMARY KEY CHECK (id = 1),
    position bigint NOT NULL,
    hash     bytea NOT NULL,
    recorded bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO head (id, position, hash, recorded) VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0);

-- Who relays which shard; operational.
CREATE TABLE relay_leases (
    shard   bigint PRIMARY KEY,
    holder  text COLLATE "C" NOT NULL DEFAULT '',
    expires bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO relay_leases (shard) SELECT generate_series(0, 63);

-- What this ledger was made with; Open refuses another.
CREATE TABLE meta (
    name  text COLLATE "C" PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);
INSERT INTO meta (name, value) VALUES ('format', 'snodo/entry/v1'), ('shards', '64');

-- +goose Down
SELECT 1;
