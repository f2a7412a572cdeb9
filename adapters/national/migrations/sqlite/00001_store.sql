-- +goose Up

-- Every message the store has settled, once. The outcome published again on a
-- repeated delivery is this row.
CREATE TABLE outcomes (
    ce_id         TEXT    NOT NULL, -- 64 hexadecimal digits
    codice        TEXT    NOT NULL,
    digest        TEXT    NOT NULL,
    root          TEXT    NOT NULL, -- key of the message
    esito         TEXT    NOT NULL, -- registrata, rifiutata
    registrazione INTEGER NOT NULL, -- 0 when refused
    instant       INTEGER NOT NULL, -- microseconds since 1970, UTC
    faults        TEXT    NOT NULL  -- JSON, [] when registered
);
CREATE UNIQUE INDEX outcomes_ce_id ON outcomes (ce_id);

-- What is registered. The number has no gaps.
CREATE TABLE registrations (
    registrazione INTEGER PRIMARY KEY,
    ce_id         TEXT    NOT NULL,
    codice        TEXT    NOT NULL,
    digest        TEXT    NOT NULL,
    day           TEXT    NOT NULL, -- YYYY-MM-DD, Europe/Rome, of ce_time
    region        TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    origin        TEXT    NOT NULL, -- signed, channel
    received      INTEGER NOT NULL, -- ce_time, microseconds since 1970, UTC
    content       BLOB    NOT NULL  -- the verified content, signature removed
);
CREATE UNIQUE INDEX registrations_ce_id ON registrations (ce_id);
CREATE UNIQUE INDEX registrations_codice ON registrations (codice);
CREATE INDEX registrations_day ON registrations (day, region, kind, registrazione);

-- Messages that wait for their predecessor.
CREATE TABLE parked (
    ce_id     TEXT    NOT NULL,
    prev      TEXT    NOT NULL,
    since     INTEGER NOT NULL, -- microseconds since 1970, UTC
    codice    TEXT    NOT NULL,
    digest    TEXT    NOT NULL,
    root      TEXT    NOT NULL,
    day       TEXT    NOT NULL,
    region    TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    origin    TEXT    NOT NULL,
    received  INTEGER NOT NULL,
    topic     TEXT    NOT NULL,
    content   BLOB    NOT NULL
);
CREATE UNIQUE INDEX parked_ce_id ON parked (ce_id);
CREATE INDEX parked_prev ON parked (prev);
CREATE INDEX parked_since ON parked (since);

-- Messages to publish, in order; deleted once the broker has them.
CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    topic   TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    event   TEXT    NOT NULL, -- ce_id of the message
    type    TEXT    NOT NULL, -- ce_type
    codice  TEXT    NOT NULL,
    instant INTEGER NOT NULL,
    value   BLOB    NOT NULL
);

CREATE TABLE totals (
    day           TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    count         INTEGER NOT NULL,
    sum           TEXT    NOT NULL, -- 64 hexadecimal digits
    registrazione INTEGER NOT NULL, -- the last one counted
    published     INTEGER NOT NULL, -- the count last published
    PRIMARY KEY (day, region, kind)
);

-- How far each partition has been applied.
CREATE TABLE positions (
    topic     TEXT    NOT NULL,
    partition INTEGER NOT NULL,
    next      INTEGER NOT NULL, -- the offset after the last
    PRIMARY KEY (topic, partition)
);

-- +goose Down
DROP TABLE positions;
DROP TABLE totals;
DROP TABLE outbox;
DROP TABLE parked;
DROP TABLE registrations;
DROP TABLE outcomes;
