-- +goose Up
-- Who shares the relay now, shards or none; operational.
CREATE TABLE relay_holders (
    holder  text COLLATE "C" PRIMARY KEY,
    expires bigint NOT NULL
) WITH (fillfactor = 50);

-- What is written to see whether a full database has room again; operational.
CREATE TABLE probe (
    id    bigint PRIMARY KEY CHECK (id = 1),
    bytes bytea NOT NULL
);
ALTER TABLE probe ALTER COLUMN bytes SET STORAGE EXTERNAL;
INSERT INTO probe (id, bytes) VALUES (1, '');

-- +goose Down
SELECT 1;
