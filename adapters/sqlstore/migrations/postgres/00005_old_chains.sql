-- +goose Up
DROP TABLE chains_old;

-- +goose Down
SELECT 1;
