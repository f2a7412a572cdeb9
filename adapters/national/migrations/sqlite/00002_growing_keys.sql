-- +goose Up

-- One row, changed by every transaction that applies: the last number given,
-- the edition of all that is known, and how many messages wait.
CREATE TABLE head (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    last    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    parked  INTEGER NOT NULL
);
INSERT INTO head SELECT 1, COALESCE((SELECT MAX(registrazione) FROM registrations), 0), 0, (SELECT COUNT(*) FROM parked);

-- Who publishes, until when by this database's clock, and up to which
-- registration the broker has acknowledged.
CREATE TABLE publisher (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    holder        TEXT    NOT NULL,
    expires       INTEGER NOT NULL, -- microseconds since 1970, UTC
    registrazione INTEGER NOT NULL
);
INSERT INTO publisher SELECT 1, '', 0, last FROM head;

ALTER TABLE totals RENAME TO old_totals;
CREATE TABLE totals (
    id            INTEGER PRIMARY KEY,
    day           TEXT    NOT NULL, -- YYYY-MM-DD, Europe/Rome, of ce_time
    region        TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    count         INTEGER NOT NULL,
    sum           BLOB    NOT NULL, -- 32 bytes
    registrazione INTEGER NOT NULL, -- the last one counted
    published     INTEGER NOT NULL, -- the count last published
    UNIQUE (day, region, kind)
);
INSERT INTO totals (day, region, kind, count, sum, registrazione, published)
SELECT day, region, kind, count, unhex(sum), registrazione, published FROM old_totals ORDER BY day, region, kind;
DROP TABLE old_totals;
CREATE INDEX totals_changed ON totals (id) WHERE count <> published;

-- What is registered, in the order of its number; also the outcome that a
-- repeated delivery gets again. The content is last, so that reading the rest
-- of a row does not read it.
ALTER TABLE registrations RENAME TO old_registrations;
CREATE TABLE registrations (
    registrazione INTEGER PRIMARY KEY, -- without gaps, from 1
    total         INTEGER NOT NULL,    -- of totals: day, region, kind
    ce_id         BLOB    NOT NULL,    -- 32 bytes
    codice        TEXT    NOT NULL,
    digest        BLOB    NOT NULL,    -- 32 bytes
    root          TEXT    NOT NULL,    -- key of the message
    origin        TEXT    NOT NULL,    -- signed, channel
    received      INTEGER NOT NULL,    -- ce_time, microseconds since 1970, UTC
    instant       INTEGER NOT NULL,    -- of the outcome, microseconds since 1970, UTC
    content       BLOB    NOT NULL     -- the verified content, signature removed
);
INSERT INTO registrations
SELECT r.registrazione, t.id, unhex(r.ce_id), r.codice, unhex(r.digest), o.root, r.origin, r.received, o.instant, r.content
FROM old_registrations r JOIN outcomes o ON o.ce_id = r.ce_id
JOIN totals t ON t.day = r.day AND t.region = r.region AND t.kind = r.kind ORDER BY r.registrazione;
DROP TABLE old_registrations;
CREATE UNIQUE INDEX registrations_codice ON registrations (codice);
CREATE INDEX registrations_total ON registrations (total);
CREATE INDEX registrations_chained ON registrations (root, ce_id) WHERE root <> codice;

-- What is refused; also the outcome that a repeated delivery gets again.
CREATE TABLE refusals (
    codice  TEXT    NOT NULL,
    ce_id   BLOB    NOT NULL,
    digest  BLOB    NOT NULL,
    root    TEXT    NOT NULL,
    instant INTEGER NOT NULL,
    faults  TEXT    NOT NULL, -- JSON
    PRIMARY KEY (codice, ce_id)
) WITHOUT ROWID;
INSERT INTO refusals SELECT codice, unhex(ce_id), unhex(digest), root, instant, faults FROM outcomes WHERE esito = 'rifiutata';
CREATE INDEX refusals_root ON refusals (root, ce_id);
DROP TABLE outcomes;

-- Messages that wait for their predecessor.
ALTER TABLE parked RENAME TO old_parked;
CREATE TABLE parked (
    ce_id    BLOB    NOT NULL,
    codice   TEXT    NOT NULL,
    prev     BLOB    NOT NULL,
    since    INTEGER NOT NULL, -- microseconds since 1970, UTC
    digest   BLOB    NOT NULL,
    root     TEXT    NOT NULL,
    day      TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    origin   TEXT    NOT NULL,
    received INTEGER NOT NULL,
    topic    TEXT    NOT NULL,
    content  BLOB    NOT NULL,
    PRIMARY KEY (ce_id, codice)
);
INSERT INTO parked SELECT unhex(ce_id), codice, unhex(prev), since, unhex(digest), root, day, region, kind, origin, received, topic, content
FROM old_parked;
DROP TABLE old_parked;
CREATE INDEX parked_prev ON parked (prev);
CREATE INDEX parked_since ON parked (since);

-- What is published besides the outcomes of registrations, which leave by
-- their number: each row after the registration it names. Deleted once the
-- broker has it.
ALTER TABLE outbox RENAME TO old_outbox;
CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    after   INTEGER NOT NULL, -- registrazione
    topic   TEXT    NOT NULL,
    key     BLOB    NOT NULL,
    event   TEXT    NOT NULL, -- ce_id of the message
    type    TEXT    NOT NULL, -- ce_type
    codice  TEXT    NOT NULL,
    instant INTEGER NOT NULL,
    value   BLOB    NOT NULL
);
INSERT INTO outbox (after, topic, key, event, type, codice, instant, value)
SELECT head.last, topic, CAST(key AS BLOB), event, type, codice, instant, value FROM old_outbox, head ORDER BY old_outbox.id;
DROP TABLE old_outbox;
