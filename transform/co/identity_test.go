package co

import (
	"testing"

	"pgregory.net/rapid"
)

// person makes the data of a person from words.
func person(surname, name, sex, birth, place string) *Anagrafica {
	return &Anagrafica{Cognome: surname, Nome: name, Sesso: sex,
		Nascita: Nascita{Comune: CodiceComune(place), Data: Data(birth)}}
}

// withCheck appends the check character to the first fifteen.
func withCheck(first string) CodiceFiscale {
	return CodiceFiscale(first + string(personalCheck(first)))
}

func TestDiffers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first string // fifteen characters
		who   *Anagrafica
		want  Part
	}{
		"plain":                           {"RSSMRA85C15L219", person("ROSSI", "MARIO", "M", "1985-03-15", "L219"), 0},
		"a woman's day":                   {"FRRLNE88C52A271", person("FERRI", "ELENA", "F", "1988-03-12", "A271"), 0},
		"her day as a man's":              {"FRRLNE88C12A271", person("FERRI", "ELENA", "F", "1988-03-12", "A271"), BirthPart},
		"his day as a woman's":            {"RSSMRA85C55L219", person("ROSSI", "MARIO", "M", "1985-03-15", "L219"), BirthPart},
		"sex not told":                    {"RSSMRA85C55L219", person("ROSSI", "MARIO", "", "1985-03-15", "L219"), 0},
		"four consonants":                 {"BNCGFR90E17L219", person("BIANCHI", "GIANFRANCO", "M", "1990-05-17", "L219"), 0},
		"four consonants, taken as three": {"BNCGNF90E17L219", person("BIANCHI", "GIANFRANCO", "M", "1990-05-17", "L219"), NamePart},
		"exactly four consonants":         {"RSSRRT90E17L219", person("ROSSI", "ROBERTO", "M", "1990-05-17", "L219"), 0},
		"exactly four, the first three":   {"RSSRBR90E17L219", person("ROSSI", "ROBERTO", "M", "1990-05-17", "L219"), NamePart},
		"three consonants":                {"RSSMRC90E17L219", person("ROSSI", "MARCO", "M", "1990-05-17", "L219"), 0},
		"surname takes the first three":   {"BNCLDA90E17L219", person("BIANCHETTI", "ALDO", "M", "1990-05-17", "L219"), 0},
		"short surname":                   {"FOXMRA80A01H501", person("FO", "MARIO", "M", "1980-01-01", "H501"), 0},
		"two vowels":                      {"AOXMRA80A01H501", person("AO", "MARIO", "M", "1980-01-01", "H501"), 0},
		"one letter":                      {"OXXMRA80A01H501", person("O", "MARIO", "M", "1980-01-01", "H501"), 0},
		"short name":                      {"RSSLUX80A01H501", person("ROSSI", "LU", "M", "1980-01-01", "H501"), 0},
		"name of vowels":                  {"RSSAIO80A01H501", person("ROSSI", "AIO", "M", "1980-01-01", "H501"), 0},
		"name Eva":                        {"RSSVEA80A41H501", person("ROSSI", "EVA", "F", "1980-01-01", "H501"), 0},
		"apostrophe":                      {"DMCLSN80A01H501", person("D'AMICO", "ALESSIO NICOLA", "M", "1980-01-01", "H501"), 0},
		"apostrophe, and two names":       {"DMCLSC80A01H501", person("D'AMICO", "ALESSIO NICOLA", "M", "1980-01-01", "H501"), NamePart},
		"apostrophe, names run together":  {"DMCLSN80A01H501", person("D’Amico", "Alessandro", "M", "1980-01-01", "H501"), 0},
		"blanks":                          {"DLCGNN80A01H501", person("DE LA CRUZ", "GIOVANNI", "M", "1980-01-01", "H501"), 0},
		"blanks, of one word":             {"CRZGNN80A01H501", person("DE LA CRUZ", "GIOVANNI", "M", "1980-01-01", "H501"), SurnamePart},
		"hyphen, of the first name":       {"RSSNNL80A41H501", person("ROSSI-BIANCHI", "ANNA-LISA", "F", "1980-01-01", "H501"), NamePart},
		"hyphen":                          {"RSSNLS80A41H501", person("ROSSI-BIANCHI", "ANNA-LISA", "F", "1980-01-01", "H501"), 0},
		"accent":                          {"LNNNCL80A01H501", person("LANÀNÌ", "NICOLÒ", "M", "1980-01-01", "H501"), 0},
		"accent that stands apart":        {"LNNNCL80A01H501", person("LANA`NI'", "NICOLO´", "M", "1980-01-01", "H501"), 0},
		"composed accent":                 {"LNNNCL80A01H501", person("LANA\u0300NI", "NICOLO\u0300", "M", "1980-01-01", "H501"), 0},
		"umlaut, short":                   {"HUXLKU80A01A952", person("HÜ", "LUKE", "M", "1980-01-01", "A952"), 0},
		"umlaut, long":                    {"HUELKU80A01A952", person("HÜ", "LUKE", "M", "1980-01-01", "A952"), 0},
		"umlaut, neither":                 {"HEXLKU80A01A952", person("HÜ", "LUKE", "M", "1980-01-01", "A952"), SurnamePart},
		"sharp s":                         {"GRSMXA80A01A952", person("Groß", "Max", "M", "1980-01-01", "A952"), 0},
		"not Latin":                       {"VNVMRA80A01Z154", person("Иванов", "MARIO", "M", "1980-01-01", "Z154"), 0},
		"list of names, the first":        {"RSSMRA80A01H501", person("ROSSI", "MARIO, LUIGI", "M", "1980-01-01", "H501"), 0},
		"list of names, all":              {"RSSMLG80A01H501", person("ROSSI", "MARIO, LUIGI", "M", "1980-01-01", "H501"), 0},
		"list of names, the second":       {"RSSLGU80A01H501", person("ROSSI", "MARIO, LUIGI", "M", "1980-01-01", "H501"), NamePart},
		"born abroad":                     {"HXHRBN92C09Z100", person("HOXHA", "ARBEN", "M", "1992-03-09", "Z100"), 0},
		"born in another state":           {"HXHRBN92C09Z100", person("HOXHA", "ARBEN", "M", "1992-03-09", "Z160"), BirthplacePart},
		"born in another comune":          {"RSSMRA85C15L219", person("ROSSI", "MARIO", "M", "1985-03-15", "H501"), BirthplacePart},
		"born in Italy":                   {"RSSMRA85C15L219", person("ROSSI", "MARIO", "M", "1985-03-15", "0000"), 0},
		"born in Italy, or abroad":        {"HXHRBN92C09Z100", person("HOXHA", "ARBEN", "M", "1992-03-09", "0000"), BirthplacePart},
		"place not told":                  {"HXHRBN92C09Z100", person("HOXHA", "ARBEN", "M", "1992-03-09", ""), 0},
		"place of no form":                {"HXHRBN92C09Z100", person("HOXHA", "ARBEN", "M", "1992-03-09", "Z1000"), BirthplacePart},
		"a century apart":                 {"RSSMRA26C15L219", person("ROSSI", "MARIO", "M", "2026-03-15", "L219"), 0},
		"a century apart, before":         {"RSSMRA26C15L219", person("ROSSI", "MARIO", "M", "1926-03-15", "L219"), 0},
		"another year":                    {"RSSMRA26C15L219", person("ROSSI", "MARIO", "M", "1927-03-15", "L219"), BirthPart},
		"another month":                   {"RSSMRA85D15L219", person("ROSSI", "MARIO", "M", "1985-03-15", "L219"), BirthPart},
		"December":                        {"RSSMRA85T31L219", person("ROSSI", "MARIO", "M", "1985-12-31", "L219"), 0},
		"date not told":                   {"RSSMRA85T31L219", person("ROSSI", "MARIO", "M", "", "L219"), 0},
		"date with a zone":                {"RSSMRA85T31L219", person("ROSSI", "MARIO", "M", " 1985-12-31+01:00 ", "L219"), 0},
		"names not told":                  {"RSSMRA85T31L219", person("", "-", "M", "1985-12-31", "L219"), 0},
		"omocodia in part":                {"RSSMRAURTPML2MV", person("ROSSI", "MARIO", "M", "1985-12-31", "L219"), 0},
		"omocodia":                        {"RSSMRAURTPMLNMV", person("ROSSI", "MARIO", "M", "1985-12-31", "L219"), 0},
		"omocodia of another day":         {"RSSMRAURTPLLNMV", person("ROSSI", "MARIO", "M", "1985-12-31", "L219"), BirthPart},
		"everything":                      {"RSSMRA85C15L219", person("FERRI", "ELENA", "F", "1988-03-12", "A271"), SurnamePart | NamePart | BirthPart | BirthplacePart},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code := withCheck(c.first)
			if got := code.Differs(c.who); got != c.want {
				t.Errorf("%s differs in %04b, want %04b", code, got, c.want)
			}
		})
	}
	if got := CodiceFiscale("01472580362").Differs(person("ROSSI", "MARIO", "M", "1985-03-15", "L219")); got != 0 {
		t.Errorf("a numeric code differs in %04b", got)
	}
}

// TestOmocodiaAgrees: whatever figures are letters, the code is the same person's.
func TestOmocodiaAgrees(t *testing.T) {
	t.Parallel()
	const letters = "LMNPQRSTUV"
	rapid.Check(t, func(t *rapid.T) {
		const plain = "FRRLNE88C52A271"
		twin := []byte(plain)
		for i := range twin {
			if personalForm[i] == '9' && rapid.Bool().Draw(t, "letter") {
				twin[i] = letters[twin[i]-'0']
			}
		}
		code, first := withCheck(string(twin)), withCheck(plain)
		if got := code.Differs(person("FERRI", "ELENA", "F", "1988-03-12", "A271")); got != 0 {
			t.Fatalf("%s differs in %04b", code, got)
		}
		if !code.Same(first) || !first.Same(code) || code.Birthplace() != "A271" {
			t.Fatalf("%s: same %v, birthplace %s", code, code.Same(first), code.Birthplace())
		}
	})
}

func TestSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b CodiceFiscale
		want bool
	}{
		{"01472580362", "01472580362", true},
		{"01472580362", "09638527417", false},
		{"FRRLNE88C52A271X", "FRRLNE88C52A27MP", true},
		{"FRRLNE88C52A271X", "BRNMRC79T07L219Y", false},
		{"FRRLNE88C52A271X", "01472580362", false},
		{"FRRLNE88C52A271X", "FRRLNE88C52A271A", false},
		{"", "", true},
	} {
		if got := c.a.Same(c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
	if got := CodiceFiscale("01472580362").Birthplace(); got != "" {
		t.Errorf("birthplace %s of a numeric code", got)
	}
}

func TestDiffersDoesNotAllocate(t *testing.T) {
	who := person("D'AMICO", "NICOLÒ", "M", "1980-01-01", "H501")
	code := withCheck("DMCNCL80A01H501")
	if n := testing.AllocsPerRun(100, func() { code.Differs(who) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDiffers(f *testing.F) {
	f.Add("FRRLNE88C52A271X", "FERRI", "ELENA", "F", "1988-03-12", "A271")
	f.Add("HUELKU80A01A952X", "HÜ", "Łukasz, Đorđe", "M", "1980-01-01", "0000")
	f.Add("", "", "", "", "", "")
	f.Fuzz(func(_ *testing.T, code, surname, name, sex, birth, place string) {
		CodiceFiscale(code).Differs(person(surname, name, sex, birth, place))
	})
}
