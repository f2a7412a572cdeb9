-- +goose Up
-- What each signed message held, for as long as it may be sent again.
CREATE TABLE messages (
    name     BLOB PRIMARY KEY, -- SHA-256 of region, sender and MessageID
    digest   BLOB NOT NULL,    -- SHA-256 of the signed Body
    received INTEGER NOT NULL  -- microseconds
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_received ON messages (received);

-- +goose Down
SELECT 1;
