package co

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCodiceFiscale(t *testing.T) {
	t.Parallel()
	for code, c := range map[CodiceFiscale]struct{ personal, numeric, valid bool }{
		"FRRLNE88C52A271X":  {true, false, true},
		"NKLSNA94D65Z140X":  {true, false, true},
		"FRRLNE88C52A271Y":  {true, false, false},
		"FRRLNE88C52A27MV":  {true, false, false}, // omocodia, check character of another code
		"01472580362":       {false, true, true},
		"09638527417":       {false, true, true},
		"01472580363":       {false, true, false},
		"00000000000":       {false, true, false},
		"":                  {},
		"0147258036":        {},
		"014725803621":      {},
		"0147258036A":       {},
		"frrlne88c52a271x":  {},
		"FRRLNE88C52A271":   {},
		"FRRLNE88C52A2711":  {},
		"FRRLNE88452A271X":  {},
		"FRRLNEAAC52A271X":  {},
		"FRRLNÉ8C52A271X":   {},
		"FRRLNE88C52A271X ": {},
	} {
		t.Run(string(code), func(t *testing.T) {
			t.Parallel()
			if code.Personal() != c.personal || code.Numeric() != c.numeric || code.Valid() != c.valid {
				t.Errorf("personal %v, numeric %v, valid %v", code.Personal(), code.Numeric(), code.Valid())
			}
		})
	}
}

// TestOddValues reads the table of the decree back from the check characters.
func TestOddValues(t *testing.T) {
	t.Parallel()
	seen := make(map[byte]bool)
	for i := range len(oddValues) {
		seen[oddValues[i]] = true
	}
	if len(oddValues) != 26 || len(seen) != 26 {
		t.Errorf("%d values, %d different", len(oddValues), len(seen))
	}
	for c, want := range map[byte]byte{'A': 1, 'B': 0, 'K': 2, 'O': 11, 'V': 10, 'Z': 23} {
		if oddValues[c-'A'] != want {
			t.Errorf("%c is %d, want %d", c, oddValues[c-'A'], want)
		}
	}
}

func TestOmocodia(t *testing.T) {
	t.Parallel()
	const letters = "LMNPQRSTUV"
	rapid.Check(t, func(t *rapid.T) {
		const plain = "FRRLNE88C52A271X"
		twin := []byte(plain)
		for i := range twin {
			if personalForm[i] == '9' && rapid.Bool().Draw(t, "letter") {
				twin[i] = letters[twin[i]-'0']
			}
		}
		twin[15] = personalCheck(string(twin[:15]))
		code := CodiceFiscale(twin)
		if !code.Valid() || code.Normal() != plain {
			t.Fatalf("%s: valid %v, normal %s", code, code.Valid(), code.Normal())
		}
	})
	if CodiceFiscale("01472580362").Normal() != "01472580362" {
		t.Error("a numeric code changed")
	}
}

// TestOneWrongCharacterIsSeen: a single digit of a numeric code never passes.
func TestOneWrongCharacterIsSeen(t *testing.T) {
	t.Parallel()
	for i := range 11 {
		for d := byte('0'); d <= '9'; d++ {
			b := []byte("01472580362")
			if b[i] == d {
				continue
			}
			b[i] = d
			if CodiceFiscale(b).Valid() {
				t.Errorf("%s is valid", b)
			}
		}
	}
}

func TestCodiceComune(t *testing.T) {
	t.Parallel()
	for code, c := range map[CodiceComune]struct{ valid, foreign bool }{
		"A271": {true, false}, "Z100": {true, true}, "0000": {true, false},
		"": {}, "A27": {}, "a271": {}, "A27B": {}, "00001": {}, "Z1000": {},
	} {
		if code.Valid() != c.valid || code.Foreign() != c.foreign {
			t.Errorf("%q: valid %v, foreign %v", code, code.Valid(), code.Foreign())
		}
	}
}

func TestCodiceComunicazione(t *testing.T) {
	t.Parallel()
	for code, c := range map[CodiceComunicazione]struct{ valid, given bool }{
		"1104226000000417":                  {true, true},
		Zero:                                {true, false},
		"1300000000000000":                  {true, false},
		"0800000000000000":                  {true, false},
		"1300100000000000":                  {true, true},
		"":                                  {false, false},
		"000000000000000":                   {false, true},
		"ABCDEFGHIJKLMNOP":                  {false, true},
		"X300000000000000":                  {false, true},
		CodiceComunicazione(" " + Zero[1:]): {false, true},
		CodiceComunicazione(strings.Repeat("0", 17)): {false, true},
	} {
		if code.Valid() != c.valid || code.Given() != c.given {
			t.Errorf("%q: valid %v, given %v", code, code.Valid(), code.Given())
		}
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	for d, day := range map[Data]string{
		"2026-03-09": "2026-03-09", " 2026-03-09\n": "2026-03-09", "2026-03-09Z": "2026-03-09",
		"2026-03-09+14:00": "2026-03-09", "2024-02-29": "2024-02-29", "2000-02-29": "2000-02-29",
		"2023-02-29": "", "1900-02-29": "", "2026-04-31": "", "2026-13-01": "", "2026-00-10": "", "2026-01-00": "",
		"0000-01-01": "", "": "", "2026-3-9": "", "26-03-0900": "", "2026-03-0x": "",
	} {
		if got := d.Day(); got != day {
			t.Errorf("%q: day %q, want %q", d, got, day)
		}
	}
	for _, c := range []struct {
		a, b   Data
		before bool
	}{
		{"2026-03-08", "2026-03-09", true}, {"2026-03-09", "2026-03-09", false}, {"2026-03-10", "2026-03-09", false},
		{"2026-03-08+14:00", "2026-03-08", false}, {"", "2026-03-09", false}, {"2026-03-08", "", false},
	} {
		if c.a.Before(c.b) != c.before {
			t.Errorf("%q before %q is not %v", c.a, c.b, c.before)
		}
	}
	for _, c := range []struct {
		start, end Data
		beyond     bool
	}{
		{"2026-03-09", "2076-03-09", false}, {"2026-03-09", "2076-03-10", true}, {"2026-03-09", "2027-01-01", false},
		{"2024-02-29", "2074-02-28", false}, {"2024-02-29", "2074-03-01", true},
		{"9990-01-01", "9999-12-31", false}, {"", "2076-03-10", false}, {"2026-03-09", "", false},
	} {
		if c.end.Beyond(c.start, 50) != c.beyond {
			t.Errorf("%q beyond fifty years of %q is not %v", c.end, c.start, c.beyond)
		}
	}
}

func TestParticulars(t *testing.T) {
	t.Parallel()
	contract := Contratto{DataInizio: "2026-03-09+01:00"}
	for want, c := range map[Movimento]UniLav{
		ASS: {InizioRapporto: &contract},
		PRO: {Proroga: &Proroga{Contratto: contract}},
		TRS: {Trasformazione: &Trasformazione{Contratto: contract}},
		CES: {Cessazione: &Cessazione{Contratto: contract}},
	} {
		if p := c.Particulars(); p.Movement != want || p.Start != "2026-03-09" {
			t.Errorf("%s: movement %s, start %s", want, p.Movement, p.Start)
		}
	}
	for code, want := range map[CodiceComunicazione]CodiceComunicazione{
		"1104226000000417": "1104226000000417", Zero: "", "1100000000000000": "", "": "",
	} {
		c := UniLav{Intestazione: Intestazione{CodiceComunicazionePrec: code}}
		if p := c.Particulars(); p.Previous != want {
			t.Errorf("%q: previous %q", code, p.Previous)
		}
	}
	if p := new(UniLav).Particulars(); p != (Particulars{}) {
		t.Errorf("an empty communication: %+v", p)
	}
}
