package codes

import "testing"

func load(t testing.TB) *Tables {
	t.Helper()
	tables, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestComuni(t *testing.T) {
	t.Parallel()
	tables := load(t)
	for name, c := range map[string]struct{ comune, day, province, region string }{
		"Torino":                     {"L219", "2026-05-01", "001", "13"},
		"Roma":                       {"H501", "2026-05-01", "058", "08"},
		"Ancona":                     {"A271", "2026-05-01", "042", "11"},
		"Fermo, a newer province":    {"D542", "2026-05-01", "109", "11"},
		"foreign state":              {"Z100", "2026-05-01", "000", ""},
		"Italy where a state stands": {"0000", "2026-05-01", "000", ""},
		"unknown":                    {"X999", "2026-05-01", "000", ""},
		"empty":                      {"", "2026-05-01", "000", ""},
		"suppressed":                 {"A003", "2026-05-01", "000", ""},
		"suppressed, in its day":     {"A003", "1990-05-01", "001", "13"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tables.ProvinceOf(c.comune, c.day); got != c.province {
				t.Errorf("province %s, want %s", got, c.province)
			}
			if got := tables.RegionOf(c.comune, c.day); got != c.region {
				t.Errorf("region %q, want %q", got, c.region)
			}
		})
	}
	if c, ok := tables.Comune("A003"); !ok || c.Provincia != "001" || c.To == "" {
		t.Errorf("suppressed comune: %+v, %v", c, ok)
	}
}

// TestComuniStandOnProvinces checks the tables against each other.
func TestComuniStandOnProvinces(t *testing.T) {
	t.Parallel()
	tables := load(t)
	if n := len(tables.comuni); n < 10000 {
		t.Fatalf("%d comuni", n)
	}
	for code, c := range tables.comuni {
		if c.To == "" && (!tables.Province.Known(c.Provincia) || !tables.Regioni.Known(c.Regione)) {
			t.Errorf("comune %s is in province %q, region %q", code, c.Provincia, c.Regione)
		}
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	tables := load(t)
	for name, c := range map[string]struct {
		table        Table
		len          int
		partial      bool
		has, hasNot  string
		known, later string // a code no longer in force; a code not yet in force in 2010
	}{
		"province":               {tables.Province, 114, false, "001", "200", "", "111"},
		"regioni":                {tables.Regioni, 21, false, "13", "00", "", ""},
		"tipo_comunicazione":     {tables.TipoComunicazione, 9, false, "01", "10", "", ""},
		"cessazione":             {tables.Cessazione, 25, true, "DI", "XX", "", ""},
		"trasformazione":         {tables.Trasformazione, 13, true, "DI", "XX", "", ""},
		"tipologia_contrattuale": {tables.TipologiaContrattuale, 52, false, "A.01.00", "Z.01.00", "A.03.00", "C.04.00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const today = "2026-05-01"
			if c.table.Len() != c.len || c.table.Partial != c.partial {
				t.Errorf("%d codes, partial %v", c.table.Len(), c.table.Partial)
			}
			if !c.table.Has(c.has, today) || c.table.Has(c.hasNot, today) || c.table.Known(c.hasNot) {
				t.Errorf("%s or %s is wrong", c.has, c.hasNot)
			}
			if c.known != "" && (c.table.Has(c.known, today) || !c.table.Known(c.known) || !c.table.Has(c.known, "2010-01-01")) {
				t.Errorf("%s should be out of force", c.known)
			}
			if c.later != "" && (!c.table.Has(c.later, today) || c.table.Has(c.later, "2010-01-01")) {
				t.Errorf("%s should not be in force yet", c.later)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}
