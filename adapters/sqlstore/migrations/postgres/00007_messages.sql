-- +goose Up
-- What each signed message held, for as long as it may be sent again.
CREATE TABLE messages (
    name     bytea PRIMARY KEY, -- SHA-256 of region, sender and MessageID
    digest   bytea NOT NULL,    -- SHA-256 of the signed Body
    received bigint NOT NULL    -- microseconds
);
CREATE INDEX messages_received ON messages (received);

-- +goose Down
SELECT 1;
