package sqlstore

import (
	"context"
	"fmt"
	"strings"
)

// Durability reads back from the database how it makes a commit last, as one
// line: the settings by their own names.
func (s *Store) Durability(ctx context.Context) (string, error) {
	ask := map[string]string{"journal_mode": "PRAGMA journal_mode", "synchronous": "PRAGMA synchronous"}
	order := []string{"journal_mode", "synchronous"}
	if s.dialect.name != "sqlite3" {
		ask = map[string]string{"fsync": "SHOW fsync", "synchronous_commit": "SHOW synchronous_commit"}
		order = []string{"fsync", "synchronous_commit"}
	}
	var said []string
	for _, name := range order {
		var value string
		if err := s.reader.GetContext(ctx, &value, ask[name]); err != nil {
			return "", fmt.Errorf("read back %s: %w", name, err)
		}
		if name == "synchronous" && value == "2" {
			value = "2 (FULL)"
		}
		said = append(said, name+" "+value)
	}
	return strings.Join(said, ", "), nil
}
