-- +goose Up
-- What many receipts have, once: the form of their signature and the
-- certificates of their seal, by their SHA-256.
CREATE TABLE receipt_texts (
    id     INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    bytes  BLOB NOT NULL
) STRICT;

-- What a receipt has beside them, and where they go in it; NULL where it has all
-- of its bytes. texts.go has the form. The column has another name so that no
-- program that does not know of texts takes it for the receipt.
ALTER TABLE receipts RENAME COLUMN bytes TO own;
ALTER TABLE receipts ADD COLUMN pieces BLOB;

-- +goose Down
SELECT 1;
