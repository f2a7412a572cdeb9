// Package co is the canonical national model of a Comunicazione Obbligatoria.
//
// It owns the structure of every kind in Go, one file each, and the value types that check
// themselves: codice fiscale, comune, codice comunicazione, date. Fields keep
// their official Italian names, with an English gloss. It must not know XML,
// code tables or rules, which stand on it.
package co

import "strings"

// CodiceFiscale is an Italian tax code: the personal one of sixteen characters
// (DM 23 December 1976, with the omocodia of its article 6) or the numeric one
// of eleven digits, also partita IVA (DPR 633/1972, article 35).
type CodiceFiscale string

// Numeric reports whether the code has the form of eleven digits.
func (c CodiceFiscale) Numeric() bool { return len(c) == 11 && digits(string(c)) }

// Personal reports whether the code has the form of a person's code; its check
// character may still be wrong.
func (c CodiceFiscale) Personal() bool {
	if len(c) != len(personalForm) {
		return false
	}
	for i := range len(c) {
		switch class := personalForm[i]; {
		case class == 'a' && !upper(c[i]):
			return false
		case class == '9' && !digit(c[i]) && omocodia(c[i]) < 0:
			return false
		}
	}
	return true
}

// Valid reports whether the code has one of the two forms and its check
// character is right (national rules ID-01 and ID-04).
func (c CodiceFiscale) Valid() bool {
	switch {
	case c.Personal():
		return c[15] == personalCheck(string(c[:15]))
	case c.Numeric():
		return string(c) != "00000000000" && c[10] == numericCheck(string(c[:10]))
	}
	return false
}

// Normal is the code with the letters of omocodia turned back into digits, the
// check character included, so that two codes of one person compare equal. A
// code that is not personal is returned as it is.
func (c CodiceFiscale) Normal() CodiceFiscale {
	if !c.Personal() {
		return c
	}
	var b [len(personalForm)]byte
	copy(b[:], c)
	for i := range b {
		if d := omocodia(b[i]); personalForm[i] == '9' && d >= 0 {
			b[i] = byte('0' + d)
		}
	}
	b[15] = personalCheck(string(b[:15]))
	if string(b[:]) == string(c) {
		return c // most codes: no copy
	}
	return CodiceFiscale(b[:])
}

// personalForm is the layout of a personal code: a letters, 9 digits that
// omocodia may turn into letters.
const personalForm = "aaaaaa99a99a999a"

// omocodia is the digit a letter stands for, -1 if for none.
func omocodia(c byte) int { return strings.IndexByte("LMNPQRSTUV", c) }

// oddValues are the values of A to Z, and of 0 to 9 as A to J, in the odd
// positions of a personal code (DM 23 December 1976, article 4).
const oddValues = "\x01\x00\x05\x07\x09\x0d\x0f\x11\x13\x15\x02\x04\x12\x14\x0b\x03\x06\x08\x0c\x0e\x10\x0a\x16\x19\x18\x17"

// personalCheck is the check character of the first fifteen, taken as written.
func personalCheck(first string) byte {
	sum := 0
	for i := range len(first) {
		v := first[i] - 'A'
		if digit(first[i]) {
			v = first[i] - '0'
		}
		if i%2 == 0 { // first, third... position
			v = oddValues[v]
		}
		sum += int(v)
	}
	return byte('A' + sum%26)
}

// numericCheck is the check digit of the first ten.
func numericCheck(first string) byte {
	sum := 0
	for i := range len(first) {
		v := int(first[i] - '0')
		if i%2 == 1 { // second, fourth... position
			v = v*2/10 + v*2%10
		}
		sum += v
	}
	return byte('0' + (10-sum%10)%10)
}

// CodiceFiscaleInternazionale is the tax code of an agency: an Italian one, or,
// for an agency of another state of the European Union, two letters for the
// state followed by that state's own code.
type CodiceFiscaleInternazionale string

// Italian reports whether the code has one of the forms of a CodiceFiscale. A
// code of sixteen characters may have that form and the international one; what
// it is, the agency's own statement of being foreign says.
func (c CodiceFiscaleInternazionale) Italian() bool {
	return CodiceFiscale(c).Personal() || CodiceFiscale(c).Numeric()
}

// State is the two letters that an international code begins with, "" if c
// does not have that form.
func (c CodiceFiscaleInternazionale) State() string {
	if len(c) < 3 || len(c) > 99 || !upper(c[0]) || !upper(c[1]) {
		return ""
	}
	for i := 2; i < len(c); i++ {
		if !upper(c[i]) && !digit(c[i]) {
			return ""
		}
	}
	return string(c[:2])
}

// CodiceComune is the cadastral (Belfiore) code of a comune, Z and three
// digits for a foreign state, or 0000 for Italy where a state is asked.
type CodiceComune string

// Valid reports whether the code has its form; whether the place exists is for
// the tables to say.
func (c CodiceComune) Valid() bool {
	return c == "0000" || len(c) == 4 && upper(c[0]) && digits(string(c[1:]))
}

// Foreign reports whether the code is a foreign state's.
func (c CodiceComune) Foreign() bool { return c.Valid() && c[0] == 'Z' }

// CodiceComunicazione is the code of a communication: sixteen digits, RR
// region, PPP province, YY year and a progressive of nine.
type CodiceComunicazione string

// Zero is what senders write where the node will put the code.
const Zero CodiceComunicazione = "0000000000000000"

// Valid reports whether the code is sixteen digits.
func (c CodiceComunicazione) Valid() bool { return len(c) == 16 && digits(string(c)) }

// Given reports whether the code names a communication. Nothing, sixteen
// zeros, and two digits followed by fourteen zeros (Piemonte's mark of an
// urgency by fax) name none.
func (c CodiceComunicazione) Given() bool {
	if c == "" {
		return false
	}
	return !c.Valid() || c[2:] != Zero[2:]
}

// given is the code if it names a communication, else "".
func (c CodiceComunicazione) given() CodiceComunicazione {
	if !c.Given() {
		return ""
	}
	return c
}

func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func digits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return s != ""
}
