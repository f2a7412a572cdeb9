package codes

import (
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

func load(t testing.TB) *Tables {
	t.Helper()
	tables, err := Files(nil).Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestComuni(t *testing.T) {
	t.Parallel()
	tables := load(t)
	for name, c := range map[string]struct{ comune, day, province, region string }{
		"Torino":                        {"L219", "2026-05-01", "001", "13"},
		"Roma":                          {"H501", "2026-05-01", "058", "08"},
		"Ancona":                        {"A271", "2026-05-01", "042", "11"},
		"Bolzano":                       {"A952", "2026-05-01", "021", "03"},
		"Trento":                        {"L378", "2026-05-01", "022", "18"},
		"Fermo, a newer province":       {"D542", "2026-05-01", "109", "11"},
		"Novella, since 2020":           {"M430", "2026-05-01", "022", "18"},
		"Novella, before":               {"M430", "2019-12-31", "000", ""},
		"Castegnero Nanto, since 2026":  {"M439", "2026-05-01", "024", "21"},
		"Solagna, not suppressed":       {"I783", "2026-05-01", "024", "21"},
		"Sappada, now of Udine":         {"I421", "2026-05-01", "030", "07"},
		"foreign state":                 {"Z100", "2026-05-01", "000", ""},
		"Italy where a state stands":    {"0000", "2026-05-01", "000", ""},
		"unknown":                       {"X999", "2026-05-01", "000", ""},
		"empty":                         {"", "2026-05-01", "000", ""},
		"suppressed":                    {"A003", "2026-05-01", "000", ""},
		"suppressed in 1928":            {"A003", "1928-12-06", "000", ""},
		"suppressed, on its last day":   {"A003", "1928-12-05", "001", "13"},
		"merged, on its last day":       {"A645", "2022-12-31", "012", "10"},
		"merged":                        {"A645", "2023-01-01", "000", ""},
		"suppressed when is not known":  {"A030", "2026-05-01", "000", ""},
		"lost in 1947, no region of us": {"D620", "2026-05-01", "000", ""},
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
	if c, ok := tables.Comune("A003"); !ok || c.Nome != "Abbadia Alpina" || c.Provincia != "001" || c.To != "1928-12-05" {
		t.Errorf("suppressed comune: %+v, %v", c, ok)
	}
	if c, _ := tables.Comune("M439"); c.Nome != "Castegnero Nanto" || c.From != "2026-02-21" {
		t.Errorf("a new comune: %+v", c)
	}
	if c, _ := tables.Comune("M429"); c.Nome != "Borgo d'Anaunia" {
		t.Errorf("name %q", c.Nome)
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	tables := load(t)
	for _, c := range []struct {
		code, day string
		want      Standing
	}{
		{"L219", "2026-05-01", InForce},
		{"A003", "2026-05-01", Expired},
		{"M430", "2019-12-31", Future},
		{"Z140", "2026-05-01", InForce},
		{"Z105", "1993-01-01", InForce},
		{"Z105", "1993-01-02", Expired},
		{"0000", "2026-05-01", InForce},
		{"Z999", "2026-05-01", Unknown},
		{"X999", "2026-05-01", Unknown},
		{"", "2026-05-01", Unknown},
	} {
		if got := tables.Place(c.code, c.day); got != c.want {
			t.Errorf("%s on %s: %d, want %d", c.code, c.day, got, c.want)
		}
	}
}

// TestComuniStandOnProvinces checks the tables against each other.
func TestComuniStandOnProvinces(t *testing.T) {
	t.Parallel()
	tables := load(t)
	inForce, named := 0, 0
	for _, c := range tables.comuni {
		if c.Nome != "" {
			named++
		}
		if !tables.Province.Known(c.Provincia) {
			t.Errorf("comune %s is in province %q", c.Code, c.Provincia)
		}
		if !c.On("2026-05-01") {
			continue
		}
		inForce++
		if !tables.Province.Has(c.Provincia, "2026-05-01") || !tables.Regioni.Known(c.Regione) || c.Nome == "" {
			t.Errorf("comune %+v", c)
		}
	}
	if n := len(tables.comuni); n != 10423 || named != 9864 || inForce != 7894 {
		t.Errorf("%d comuni, %d with name, %d in force", n, named, inForce)
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	tables := load(t)
	for name, c := range map[string]struct {
		len          int
		partial      bool
		has, hasNot  string
		known, later string // a code no longer in force; a code not yet in force in 2010
		label        string // of has
	}{
		"province":                          {114, true, "001", "200", "701", "111", "Torino"},
		"regioni":                           {21, false, "13", "00", "", "", "Piemonte"},
		"tipo_comunicazione":                {9, false, "01", "10", "", "", "Comunicazione obbligatoria ordinaria"},
		"cessazione":                        {25, true, "DI", "XX", "", "", "Dimissioni"},
		"trasformazione":                    {13, true, "DI", "XX", "", "", "Da tempo determinato a tempo indeterminato"},
		"tipologia_contrattuale":            {52, true, "A.01.00", "Z.01.00", "A.03.00", "C.04.00", "Lavoro a tempo indeterminato"},
		"tipo_delegato":                     {13, true, "010", "014", "", "", "Soggetto promotore di tirocini"},
		"cittadinanza":                      {199, true, "404", "467", "224", "", "Costa d'Avorio"},
		"unione_europea":                    {28, false, "000", "241", "219", "250", ""},
		"libera_circolazione":               {5, false, "241", "203", "", "", ""},
		"stati_esteri":                      {292, false, "Z126", "Z999", "Z105", "Z907", "Paesi Bassi"},
		"questure":                          {103, true, "042", "108", "", "", "Ancona"},
		"motivo_permesso":                   {31, true, "ATSPO", "XXXXX", "ASILO", "AFFID", "Attività sportiva"},
		"status_titolo_soggiorno":           {7, false, "1", "8", "2", "7", "Permesso"},
		"livello_istruzione":                {13, false, "10", "11", "", "", "Licenza elementare"},
		"settore_ateco":                     {1224, true, "01.11.10", "00.00.00", "", "", ""},
		"qualifica_professionale":           {7517, true, "1.1.1.1.0.0", "9.9.9.9.9.9", "", "", ""},
		"ccnl":                              {400, true, "ND", "0780", "", "401", ""},
		"tipo_orario":                       {5, false, "P", "X", "", "", "Tempo parziale orizzontale"},
		"ente_previdenziale":                {2, true, "01", "02", "", "", "INPS"},
		"categoria_assunzione_obbligatoria": {2, true, "CP", "XX", "", "", "Categorie protette"},
		"tipologia_soggetto_promotore":      {1, true, "01", "02", "", "", "Servizi e centri per l'impiego"},
		"categoria_tirocinante":             {10, true, "99", "10", "", "", "Studente"},
		"tipologia_tirocinio":               {3, true, "C", "D", "", "", "Altra tipologia"},
		"variazione_somministrazione":       {9, false, "4.02", "4.03", "", "", "Cessazione del rapporto di lavoro"},
		"trasferimento_azienda":             {6, false, "03", "07", "", "", "Incorporazione"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const today, early = "2026-05-01", "2010-01-01"
			table := tables.named()[name]
			if table.Len() != c.len || table.Partial != c.partial {
				t.Errorf("%d codes, partial %v", table.Len(), table.Partial)
			}
			if !table.Has(c.has, today) || table.On(c.hasNot, today) != Unknown || table.Known(c.hasNot) {
				t.Errorf("%s or %s is wrong", c.has, c.hasNot)
			}
			if c.known != "" && (table.On(c.known, today) != Expired || !table.Known(c.known)) {
				t.Errorf("%s should be out of force", c.known)
			}
			if c.later != "" && (!table.Has(c.later, today) || table.On(c.later, early) != Future) {
				t.Errorf("%s should not be in force yet", c.later)
			}
			if got := table.Label(c.has); got != c.label {
				t.Errorf("label %q, want %q", got, c.label)
			}
		})
	}
	// unione_europea and libera_circolazione come from cittadinanza.
	if n := len(tables.named()); n != len(tableSources())+2 {
		t.Errorf("%d tables", n)
	}
}

// TestTableAgreesWithItsRows: the look-up finds what a walk over all rows finds.
func TestTableAgreesWithItsRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]string{"", "2001-01-01", "2002-02-02", "2003-03-03", "2004-04-04"})
		code := rapid.SampledFrom([]string{"A", "AB", "B", "BA", "C"})
		row := rapid.Custom(func(t *rapid.T) Row {
			return Row{code.Draw(t, "code"), day.Draw(t, "from"), day.Draw(t, "to")}
		})
		rows := rapid.SliceOfDistinct(row, func(r Row) Row { return r }).Draw(t, "rows")
		var entries []Entry
		for _, r := range rows {
			entries = append(entries, Entry{Row: r})
		}
		table, err := newTable("any", entries)
		if err != nil {
			t.Fatal(err)
		}
		c, on := code.Draw(t, "asked"), day.Filter(func(s string) bool { return s != "" }).Draw(t, "day")
		want, known := Unknown, false
		for _, r := range rows {
			if r.Code != c {
				continue
			}
			known = true
			switch {
			case r.On(on):
				want = max(want, InForce)
			case r.To != "" && r.To < on:
				want = max(want, Expired)
			default:
				want = max(want, Future)
			}
		}
		if got := table.On(c, on); got != want || table.Known(c) != known || table.Has(c, on) != (want == InForce) {
			t.Fatalf("%v: %s on %s is %d, want %d", rows, c, on, got, want)
		}
	})
}

func TestLookupsDoNotAllocate(t *testing.T) {
	tables := load(t)
	if n := testing.AllocsPerRun(100, func() {
		tables.QualificaProfessionale.On("6.2.1.7.0.2", "2026-05-01")
		tables.Place("A271", "2026-05-01")
		tables.Cittadinanza.Label("000")
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestTablesAreSmall keeps what the tables hold below 10 MB.
func TestTablesAreSmall(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tables := load(t)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 10<<20 {
		t.Errorf("%d bytes", held)
	} else {
		t.Logf("%d KB for the tables", held>>10)
	}
	runtime.KeepAlive(tables)
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		load(b)
	}
}

func BenchmarkLookup(b *testing.B) {
	tables := load(b)
	b.ReportAllocs()
	for b.Loop() {
		tables.QualificaProfessionale.On("6.2.1.7.0.2", "2026-05-01")
	}
}
