package rules

import (
	"bufio"
	"os"
	"testing"
	"time"

	"github.com/snodo-co/snodo/transform/co"
)

// starts makes an edit of a UNILAV hiring that changes its first day.
func starts(day co.Data, more func(*co.UniLav)) func(*co.UniLav) {
	return func(c *co.UniLav) {
		c.InizioRapporto.DataInizio = day
		if more != nil {
			more(c)
		}
	}
}

// termCases are those of late sending, on Monday 2 March 2026. Five days from
// 24 February end on a Sunday.
func termCases() []ruleCase {
	const mission = "/UniSomm/DittaUtilizzatrice/InizioContratto/Inizio"
	public := func(c *co.UniLav) { c.DatoreLavoro.PubblicaAmministrazione = "SI" }
	of := func(sector co.Settore) func(*co.UniLav) {
		return func(c *co.UniLav) { c.DatoreLavoro.Settore = sector }
	}
	tipo := func(t co.TipoComunicazione) func(*co.UniLav) {
		return func(c *co.UniLav) { c.TipoComunicazione = t }
	}
	follows := func(t co.TipoComunicazione) func(*co.UniLav) {
		return func(c *co.UniLav) { c.TipoComunicazione, c.CodiceComunicazionePrec = t, "1104226000000417" }
	}
	ends := func(day co.Data) func(*co.UniLav) {
		return func(c *co.UniLav) { c.Cessazione.Contratto.DataInizio, c.Cessazione.DataCessazione = "2025-03-09", day }
	}
	changes := func(day co.Data) func(*co.UniLav) {
		return func(c *co.UniLav) {
			c.Trasformazione.Contratto.DataInizio, c.Trasformazione.DataTrasformazione = "2025-03-09", day
		}
	}
	return []ruleCase{
		{"TRM-01 holds on the day before", "assunzione", starts("2026-03-03", nil), nil},
		{"TRM-01 on the first day", "assunzione", starts("2026-03-02", nil), []string{"TRM-01* /UniLav/InizioRapporto/@dataInizio"}},
		{"TRM-01 a year late", "assunzione", starts("2025-03-09", nil), []string{"TRM-01* /UniLav/InizioRapporto/@dataInizio"}},
		{"TRM-01 holds for a rectification", "rettifica", starts("2025-03-09", nil), nil},
		{"TRM-01 holds for what the office enters", "assunzione", starts("2025-03-09", tipo("06")), nil},

		{"TRM-02 holds in the next month", "assunzione", starts("2026-02-01", public), nil},
		{"TRM-02 two months later", "assunzione", starts("2026-01-31", public), []string{"TRM-02* /UniLav/InizioRapporto/@dataInizio"}},
		{"TRM-02 termination", "cessazione", func(c *co.UniLav) { public(c); ends("2026-01-31")(c) }, []string{"TRM-02* /UniLav/Cessazione/@dataCessazione"}},

		{"TRM-02 holds for ten days of a school", "assunzione", starts("2026-02-20", of("85.31.20")), nil},
		{"TRM-02 holds for ten days of a school that end on a Sunday", "assunzione", starts("2026-02-19", of("85.31.20")), nil},
		{"TRM-02 twelve days of a school", "assunzione", starts("2026-02-18", of("85.31.20")), []string{"TRM-02* /UniLav/InizioRapporto/@dataInizio"}},
		{"TRM-02 holds for ten days of a training body", "assunzione", starts("2026-02-20", of("85.59.20")), nil},
		{"TRM-02 holds for a termination of a school", "cessazione", func(c *co.UniLav) { of("85.20.00")(c); ends("2026-02-20")(c) }, nil},
		{"TRM-02 a termination of a school", "cessazione", func(c *co.UniLav) { of("85.20.00")(c); ends("2026-02-18")(c) }, []string{"TRM-02* /UniLav/Cessazione/@dataCessazione"}},
		{"TRM-01 of a driving school", "assunzione", starts("2026-02-20", of("85.53.00")), []string{"TRM-01* /UniLav/InizioRapporto/@dataInizio"}},
		{"TRM-02 holds for a public school in the next month", "assunzione", starts("2026-02-01", func(c *co.UniLav) { public(c); of("85.31.20")(c) }), nil},

		{"TRM-03 holds in the next month", "unisomm/CO190701R1/assunzione", func(*co.UniSomm) {}, nil},
		{"TRM-03 two months later", "unisomm/CO190701R1/assunzione", func(c *co.UniSomm) {
			c.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm = "2026-01-31"
		}, []string{"TRM-03* /UniSomm/AgenziaSomministrazione/RapportoAgenziaSomm/@dataInizioSomm"}},

		{"TRM-03 of a mission", "unisomm/CO190701R1/assunzione-e-missione", func(c *co.UniSomm) {
			const day = "2026-01-31"
			c.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm, c.DittaUtilizzatrice.DataInizioContrattoSomm, c.Mission().DataInizioMissione = day, day, day
		}, []string{"TRM-03* " + mission + "/@dataInizioMissione"}},
		{"TRM-03 of an extended mission", "unisomm/CO190701R1/proroga-rapporto-e-missione", func(c *co.UniSomm) {
			c.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm, c.DittaUtilizzatrice.DataInizioContrattoSomm = "2025-09-01", "2025-09-01"
			c.Mission().DataInizioMissione, c.Mission().DataFineMissione = "2025-09-01", "2026-01-31"
		}, []string{"TRM-03* " + mission + "/@dataFineMissione"}},
		{"TRM-03 of an extended relationship", "unisomm/CO190701R1/proroga-rapporto", func(c *co.UniSomm) {
			r := &c.AgenziaSomministrazione.RapportoAgenziaSomm
			r.DataInizioSomm, r.DataFineSomm = "2025-09-01", "2026-01-31"
		}, []string{"TRM-03* /UniSomm/AgenziaSomministrazione/RapportoAgenziaSomm/@dataFineSomm"}},
		{"TRM-03 of a transformation", "unisomm/CO190701R1/trasformazione", func(c *co.UniSomm) {
			c.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm, c.DatiVariazione.DatiTrasformazione.DataTrasformazione = "2025-09-01", "2026-01-31"
		}, []string{"TRM-03* /UniSomm/DatiVariazione/DatiTrasformazione/@dataTrasformazione"}},
		{"TRM-03 of an end", "unisomm/CO190701R1/cessazione", func(c *co.UniSomm) {
			c.AgenziaSomministrazione.RapportoAgenziaSomm.DataInizioSomm, c.DatiVariazione.DatiCessazione.DataCessazione = "2025-09-01", "2026-01-31"
		}, []string{"TRM-03* /UniSomm/DatiVariazione/DatiCessazione/@dataCessazione"}},

		{"TRM-04 termination", "cessazione", ends("2026-02-23"), []string{"TRM-04* /UniLav/Cessazione/@dataCessazione"}},
		{"TRM-04 holds over a Sunday", "cessazione", ends("2026-02-24"), nil},
		{"TRM-04 holds in advance", "cessazione", ends("2026-12-24"), nil},
		{"TRM-04 transformation", "trasformazione", changes("2026-02-23"), []string{"TRM-04* /UniLav/Trasformazione/@dataTrasformazione"}},
		{"TRM-04 holds for a transformation", "trasformazione", changes("2026-02-25"), nil},
		{"TRM-04 extension", "proroga", func(c *co.UniLav) {
			c.Proroga.Contratto.DataInizio, c.Proroga.Contratto.DataFine = "2025-09-09", "2026-02-23"
		}, []string{"TRM-04* /UniLav/Proroga/Contratto/@dataFine"}},
		{"TRM-04 from a traineeship to work", "assunzione", starts("2026-02-23", tipo("05")), []string{"TRM-04* /UniLav/InizioRapporto/@dataInizio"}},
		{"TRM-04 holds from a traineeship to work", "assunzione", starts("2026-02-24", tipo("05")), nil},

		{"TRM-05 holds for five days", "forza-maggiore-agricoltura", starts("2026-02-25", nil), nil},
		{"TRM-05 six days", "forza-maggiore-agricoltura", starts("2026-02-23", nil), []string{"TRM-05* /UniLav/InizioRapporto/@dataInizio"}},

		{"URG-03 holds over a Sunday", "assunzione", starts("2026-02-24", follows("07")), nil},
		{"URG-03 telematic", "assunzione", starts("2026-02-23", follows("07")), []string{"URG-03* /UniLav/InizioRapporto/@dataInizio"}},
		{"URG-03 fax", "assunzione", starts("2026-02-23", tipo("08")), []string{"URG-03* /UniLav/InizioRapporto/@dataInizio"}},
		{"URG-03 tourism", "assunzione", starts("2026-02-23", follows("09")), []string{"URG-03* /UniLav/InizioRapporto/@dataInizio"}},
	}
}

func date(s string) time.Time {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return day
}

// TestEaster compares the computus with a list made otherwise, by the tables of
// golden numbers and epacts (testdata/easter.txt).
func TestEaster(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/easter.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	year := 1900
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if lines.Text()[0] == '#' {
			continue
		}
		want := date(lines.Text())
		if want.Year() != year {
			t.Fatalf("%s where %d should be", lines.Text(), year)
		}
		if got := easter(year); !got.Equal(want) || got.Weekday() != time.Sunday {
			t.Errorf("%s, want %s", got.Format(time.DateOnly), lines.Text())
		}
		year++
	}
	if year != 2200 {
		t.Errorf("the list ends before %d", year)
	}
}

func TestHolidays(t *testing.T) {
	t.Parallel()
	var got int
	for day := date("2027-01-01"); day.Year() == 2027; day = day.AddDate(0, 0, 1) {
		if holiday(day) {
			got++
		}
	}
	// 52 Sundays; of the eleven holidays of fixed date three are Sundays too (25
	// April, 15 August, 26 December); Easter Monday.
	if got != 52+8+1 {
		t.Errorf("%d holidays in 2027", got)
	}
	for day, want := range map[string]bool{
		"2026-04-05": true,  // Easter
		"2026-04-06": true,  // Easter Monday
		"2026-04-07": false, // the day after
		"2026-04-04": false, // Saturday
		"2026-12-31": false,
		"2026-12-24": false,
		"2026-08-15": true,
		"2025-10-04": false, // a Saturday before the law
		"2026-10-04": true,  // a Sunday
		"2027-10-04": true,
		"2019-04-22": true,
		"2038-04-26": true, // the latest Easter Monday
	} {
		if got := holiday(date(day)); got != want {
			t.Errorf("%s: holiday %v", day, got)
		}
	}
}

func TestWorking(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{
		"2026-03-02": "2026-03-02",
		"2026-03-01": "2026-03-02", // Sunday
		"2026-02-28": "2026-02-28", // Saturday
		"2026-04-05": "2026-04-07", // Easter
		"2026-12-25": "2026-12-28", // Friday, Saturday, Sunday
		"2027-12-31": "2027-12-31",
		"2028-01-01": "2028-01-03",
	} {
		if got := working(date(day)).Format(time.DateOnly); got != want {
			t.Errorf("from %s: %s, want %s", day, got, want)
		}
	}
}

func TestMonthly(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{
		"2026-01-31": "2026-02-20",
		"2026-11-01": "2026-12-21", // from a Sunday
		"2026-12-31": "2027-01-20",
	} {
		if got := monthly(date(day)).Format(time.DateOnly); got != want {
			t.Errorf("from %s: %s, want %s", day, got, want)
		}
	}
}
