-- +goose Up

-- One row, locked first by every transaction that applies: the last number
-- given, the edition of all that is known, and how many messages wait.
CREATE TABLE head (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    last    BIGINT  NOT NULL,
    version BIGINT  NOT NULL,
    parked  BIGINT  NOT NULL
) WITH (fillfactor = 10);
INSERT INTO head VALUES (1, 0, 0, 0);

-- Who publishes, until when by this database's clock, and up to which
-- registration the broker has acknowledged.
CREATE TABLE publisher (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    holder        TEXT    NOT NULL,
    expires       BIGINT  NOT NULL, -- microseconds since 1970, UTC
    registrazione BIGINT  NOT NULL
) WITH (fillfactor = 10);
INSERT INTO publisher VALUES (1, '', 0, 0);

CREATE TABLE totals (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day           TEXT   NOT NULL, -- YYYY-MM-DD, Europe/Rome, of ce_time
    region        TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    count         BIGINT NOT NULL,
    sum           BYTEA  NOT NULL, -- 32 bytes
    registrazione BIGINT NOT NULL, -- the last one counted
    published     BIGINT NOT NULL, -- the count last published
    UNIQUE (day, region, kind)
) WITH (fillfactor = 50);
CREATE INDEX totals_changed ON totals (id) WHERE count <> published;

-- What is registered; also the outcome that a repeated delivery gets again.
CREATE TABLE registrations (
    registrazione BIGINT PRIMARY KEY, -- without gaps, from 1
    total         BIGINT NOT NULL,    -- of totals: day, region, kind
    ce_id         BYTEA  NOT NULL,    -- 32 bytes
    codice        TEXT   NOT NULL,
    digest        BYTEA  NOT NULL,    -- 32 bytes
    root          TEXT   NOT NULL,    -- key of the message
    origin        TEXT   NOT NULL,    -- signed, channel
    received      BIGINT NOT NULL,    -- ce_time, microseconds since 1970, UTC
    instant       BIGINT NOT NULL,    -- of the outcome, microseconds since 1970, UTC
    content       BYTEA  NOT NULL     -- the verified content, signature removed
);
CREATE UNIQUE INDEX registrations_codice ON registrations (codice);
CREATE INDEX registrations_total ON registrations (total, registrazione);
CREATE INDEX registrations_chained ON registrations (root, ce_id) WHERE root <> codice;

-- What is refused; also the outcome that a repeated delivery gets again.
CREATE TABLE refusals (
    codice  TEXT   NOT NULL,
    ce_id   BYTEA  NOT NULL,
    digest  BYTEA  NOT NULL,
    root    TEXT   NOT NULL,
    instant BIGINT NOT NULL,
    faults  TEXT   NOT NULL, -- JSON
    PRIMARY KEY (codice, ce_id)
);
CREATE INDEX refusals_root ON refusals (root, ce_id);

-- Messages that wait for their predecessor.
CREATE TABLE parked (
    ce_id    BYTEA  NOT NULL,
    codice   TEXT   NOT NULL,
    prev     BYTEA  NOT NULL,
    since    BIGINT NOT NULL, -- microseconds since 1970, UTC
    digest   BYTEA  NOT NULL,
    root     TEXT   NOT NULL,
    day      TEXT   NOT NULL,
    region   TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    origin   TEXT   NOT NULL,
    received BIGINT NOT NULL,
    topic    TEXT   NOT NULL,
    content  BYTEA  NOT NULL,
    PRIMARY KEY (ce_id, codice)
);
CREATE INDEX parked_prev ON parked (prev);
CREATE INDEX parked_since ON parked (since);

-- What is published besides the outcomes of registrations, which leave by
-- their number: each row after the registration it names. Numbered under the
-- head's lock, so in order. Deleted once the broker has it.
CREATE TABLE outbox (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    after   BIGINT NOT NULL, -- registrazione
    topic   TEXT   NOT NULL,
    key     BYTEA  NOT NULL,
    event   TEXT   NOT NULL, -- ce_id of the message
    type    TEXT   NOT NULL, -- ce_type
    codice  TEXT   NOT NULL,
    instant BIGINT NOT NULL,
    value   BYTEA  NOT NULL
);

-- How far each partition has been applied.
CREATE TABLE positions (
    topic     TEXT    NOT NULL,
    partition INTEGER NOT NULL,
    next      BIGINT  NOT NULL, -- the offset after the last
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);
