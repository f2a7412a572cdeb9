package main

import (
	"testing"
	"time"
)

// The codes below are those of the domain's invented people, computed there
// independently.
func TestCodiceFiscale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    persona
		want string
	}{
		{persona{"BIANCHETTI", "ALDO", "M", "L219", time.Date(1990, 5, 17, 0, 0, 0, 0, time.UTC)}, "BNCLDA90E17L219S"},
		{persona{"VERDINI", "CARLA", "F", "H501", time.Date(1985, 11, 3, 0, 0, 0, 0, time.UTC)}, "VRDCRL85S43H501S"},
		{persona{"NERETTI", "SILVIO", "M", "H501", time.Date(1991, 8, 12, 0, 0, 0, 0, time.UTC)}, "NRTSLV91M12H501E"},
		{persona{"GALLOZZI", "DINA", "F", "L219", time.Date(1970, 7, 22, 0, 0, 0, 0, time.UTC)}, "GLLDNI70L62L219B"},
		{persona{"ROSSI", "MARIO", "M", "L219", time.Date(1985, 3, 15, 0, 0, 0, 0, time.UTC)}, "RSSMRA85C15L219J"},
	} {
		if got := c.p.codiceFiscale(); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.p.Cognome, c.p.Nome, got, c.want)
		}
	}
}

func TestInventedPeopleDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for n := range 20_000 {
		cf := inventPersona(n).codiceFiscale()
		if m, dup := seen[cf]; dup {
			t.Fatalf("people %d and %d share %s", m, n, cf)
		}
		seen[cf] = n
	}
}
