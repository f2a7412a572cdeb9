-- +goose Up
-- Who shares the relay now, shards or none; operational.
CREATE TABLE relay_holders (
    holder  TEXT PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is written to see whether a full database has room again; operational.
CREATE TABLE probe (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    bytes BLOB NOT NULL
) STRICT;
INSERT INTO probe (id, bytes) VALUES (1, zeroblob(0));

-- +goose Down
SELECT 1;
