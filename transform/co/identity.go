package co

import (
	"strings"
	"unicode"
)

// Part is what a personal tax code says of a person, as a set.
type Part byte

// The parts of a personal tax code.
const (
	SurnamePart    Part = 1 << iota // positions 1 to 3
	NamePart                        // positions 4 to 6
	BirthPart                       // positions 7 to 11: date of birth and sex
	BirthplacePart                  // positions 12 to 15
)

// Differs tells in which parts the code is not the one of a person with these
// data (DM 23 December 1976, articles 2 to 6; national rule ID-05), omocodia
// aside. It says nothing of the check character. Data that are missing, and
// names in letters that are not Latin, agree with any code. So does a code that
// is not personal. The code has two figures for the year, so dates a century
// apart agree alike.
func (c CodiceFiscale) Differs(a *Anagrafica) Part {
	if !c.Personal() {
		return 0
	}
	var parts Part
	if !agrees(string(c[:3]), a.Cognome, surnameLetters) {
		parts |= SurnamePart
	}
	if !agrees(string(c[3:6]), a.Nome, nameLetters) {
		parts |= NamePart
	}
	if !c.bornOn(a.Nascita.Data, a.Sesso) {
		parts |= BirthPart
	}
	if !c.bornIn(a.Nascita.Comune) {
		parts |= BirthplacePart
	}
	return parts
}

// Same reports whether two codes are one person's or one body's, omocodia aside.
// A code with a wrong check character is nobody's but itself.
func (c CodiceFiscale) Same(other CodiceFiscale) bool {
	return c == other || c.Personal() && c.Valid() && other.Personal() && other.Valid() && c.Normal() == other.Normal()
}

// Birthplace is the code of the place in a personal code, "" in any other.
func (c CodiceFiscale) Birthplace() CodiceComune {
	if !c.Personal() {
		return ""
	}
	return CodiceComune(c.Normal()[11:15])
}

// monthLetters are the months of positions 9 (article 4 of the decree).
const monthLetters = "ABCDEHLMPRST"

// bornOn compares year, month, day and sex: 40 is added to a woman's day.
func (c CodiceFiscale) bornOn(birth Data, sex string) bool {
	y, m, d, ok := birth.parts()
	if !ok {
		return true
	}
	coded := c.figure(9)*10 + c.figure(10)
	switch sex {
	case "F":
		d += 40
	case "M":
	default: // not told
		coded %= 40
	}
	return c.figure(6)*10+c.figure(7) == y%100 && c[8] == monthLetters[m-1] && coded == d
}

// bornIn compares the place. Italy without comune agrees with any comune.
func (c CodiceFiscale) bornIn(place CodiceComune) bool {
	switch {
	case place == "":
		return true
	case place == "0000":
		return c[11] != 'Z'
	case !place.Valid():
		return false
	}
	for i := range 3 {
		if c.figure(12+i) != int(place[1+i]-'0') {
			return false
		}
	}
	return c[11] == place[0]
}

// figure is the figure at an index, written as such or as a letter of omocodia.
func (c CodiceFiscale) figure(i int) int {
	if d := omocodia(c[i]); d >= 0 {
		return d
	}
	return int(c[i] - '0')
}

// agrees compares three letters of a code with a name. Letters that have two
// spellings in twenty-six letters, as Ö, agree in both, and what follows a comma
// in a list of given names may count or not: registries did either.
func agrees(coded, name string, letters func(spelling) [3]byte) bool {
	before, _, list := strings.Cut(name, ",")
	for _, long := range []bool{false, true} {
		s, ok := spell(name, long)
		if !ok || s.empty() || spells(letters(s), coded) {
			return true
		}
		if s, ok = spell(before, long); list && ok && spells(letters(s), coded) {
			return true
		}
	}
	return false
}

func spells(letters [3]byte, coded string) bool { return string(letters[:]) == coded }

// spelling is what counts of a name: its first consonants and vowels.
type spelling struct {
	consonants, vowels   [4]byte
	nConsonants, nVowels int
}

func (s spelling) empty() bool { return s.nConsonants+s.nVowels == 0 }

// spell reads a name in capitals without diacritics, apostrophes, blanks and
// hyphens (article 2 of the decree). It is false if a letter is none of ours.
func spell(name string, long bool) (spelling, bool) {
	var s spelling
	for _, r := range name {
		first, second := latin(unicode.ToUpper(r), long)
		if first == 0 && unicode.IsLetter(r) {
			return s, false
		}
		s.take(first)
		s.take(second)
	}
	return s, true
}

func (s *spelling) take(letter byte) {
	list, n := &s.consonants, &s.nConsonants
	switch letter {
	case 0:
		return
	case 'A', 'E', 'I', 'O', 'U':
		list, n = &s.vowels, &s.nVowels
	}
	if *n < len(list) {
		list[*n] = letter
		*n++
	}
}

// surnameLetters are the first three consonants, then vowels, then X.
func surnameLetters(s spelling) [3]byte {
	out := [3]byte{'X', 'X', 'X'}
	n := copy(out[:], s.consonants[:s.nConsonants])
	copy(out[n:], s.vowels[:s.nVowels])
	return out
}

// nameLetters are as those of a surname, but of four consonants or more the
// first, third and fourth count.
func nameLetters(s spelling) [3]byte {
	if s.nConsonants == len(s.consonants) {
		return [3]byte{s.consonants[0], s.consonants[2], s.consonants[3]}
	}
	return surnameLetters(s)
}

// latin writes a capital in our letters: one, or two where there is a long form
// and it is asked for. What is no letter, and a letter we cannot write, is 0.
func latin(r rune, long bool) (first, second byte) {
	if r < 128 {
		if r >= 'A' && r <= 'Z' {
			return byte(r), 0
		}
		return 0, 0
	}
	for _, f := range []struct {
		letters string
		first   byte
		second  byte // of the long form
		always  bool // there is no short form
	}{
		{"ÄÆ", 'A', 'E', false}, {"Å", 'A', 'A', false}, {"ÖØŒ", 'O', 'E', false}, {"Ü", 'U', 'E', false},
		{"Đ", 'D', 'J', false}, {"Þ", 'T', 'H', false}, {"ßẞ", 'S', 'S', true}, {"Ĳ", 'I', 'J', true},
		{"ÀÁÂÃĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶ", 'A', 0, false}, {"ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆƏ", 'E', 0, false},
		{"ÌÍÎÏĨĪĬĮİǏỈỊ", 'I', 0, false}, {"ÒÓÔÕŌŎŐƠǑỌỎỐỒỔỖỘỚỜỞỠỢ", 'O', 0, false},
		{"ÙÚÛŨŪŬŮŰŲƯǓỤỦỨỪỬỮỰ", 'U', 0, false}, {"ÝŸŶỲỴỶỸ", 'Y', 0, false},
		{"ÇĆĈĊČ", 'C', 0, false}, {"ĎÐ", 'D', 0, false}, {"ĜĞĠĢǦ", 'G', 0, false}, {"ĤĦ", 'H', 0, false},
		{"Ĵ", 'J', 0, false}, {"ĶǨ", 'K', 0, false}, {"ĹĻĽĿŁ", 'L', 0, false}, {"ÑŃŅŇŊ", 'N', 0, false},
		{"ŔŖŘ", 'R', 0, false}, {"ŚŜŞŠȘ", 'S', 0, false}, {"ŢŤŦȚ", 'T', 0, false}, {"Ŵ", 'W', 0, false}, {"ŹŻŽ", 'Z', 0, false},
	} {
		if !strings.ContainsRune(f.letters, r) {
			continue
		}
		if long || f.always {
			return f.first, f.second
		}
		return f.first, 0
	}
	return 0, 0
}
