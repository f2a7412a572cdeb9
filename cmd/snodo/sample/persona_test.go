package sample

import (
	"testing"
	"time"
)

// The codes below are those of the domain's invented people, computed there
// independently.
func TestCodiceFiscale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    Person
		want string
	}{
		{Person{"BIANCHETTI", "ALDO", "M", "L219", time.Date(1990, 5, 17, 0, 0, 0, 0, time.UTC)}, "BNCLDA90E17L219S"},
		{Person{"VERDINI", "CARLA", "F", "H501", time.Date(1985, 11, 3, 0, 0, 0, 0, time.UTC)}, "VRDCRL85S43H501S"},
		{Person{"NERETTI", "SILVIO", "M", "H501", time.Date(1991, 8, 12, 0, 0, 0, 0, time.UTC)}, "NRTSLV91M12H501E"},
		{Person{"GALLOZZI", "DINA", "F", "L219", time.Date(1970, 7, 22, 0, 0, 0, 0, time.UTC)}, "GLLDNI70L62L219B"},
		{Person{"ROSSI", "MARIO", "M", "L219", time.Date(1985, 3, 15, 0, 0, 0, 0, time.UTC)}, "RSSMRA85C15L219J"},
	} {
		if got := c.p.CodiceFiscale(); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.p.Cognome, c.p.Nome, got, c.want)
		}
	}
}

func TestInventedPeopleDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for n := range 20_000 {
		cf := Invent(n).CodiceFiscale()
		if m, dup := seen[cf]; dup {
			t.Fatalf("people %d and %d share %s", m, n, cf)
		}
		seen[cf] = n
	}
}
