package sample

import (
	"fmt"
	"strings"
	"time"
)

// Person is an invented person, with a codice fiscale that agrees with the
// name, so that samples pass every check an operator may switch on.
type Person struct {
	Cognome, Nome, Sesso, Comune string
	Nascita                      time.Time
}

// invented names; none belongs to anybody in particular.
var (
	cognomi = []string{"BIANCHETTI", "VERDINI", "NERETTI", "GALLOZZI", "ROSSETTO", "AZZURRO", "CASTAGNI", "MORELLINI",
		"PIOPPI", "OLIVARES", "FAGGIANI", "QUERCETTI", "ULIVETTI", "ABETONI", "SALICE", "TIGLIOLI"}
	nomi = []struct{ nome, sesso string }{{"ALDO", "M"}, {"CARLA", "F"}, {"SILVIO", "M"}, {"DINA", "F"},
		{"FRANCESCO", "M"}, {"GIULIANA", "F"}, {"ETTORE", "M"}, {"IRENE", "F"}, {"OTTAVIO", "M"}, {"LUCIA", "F"}}
	luoghi = []string{"L219", "H501", "A271", "F205", "D612", "G479", "D205"}
)

// Invent gives the n-th person: the same n, the same person, and for n
// below two million no two alike.
func Invent(n int) Person {
	who := nomi[n/len(cognomi)%len(nomi)]
	return Person{
		Cognome: cognomi[n%len(cognomi)],
		Nome:    who.nome,
		Sesso:   who.sesso,
		Comune:  luoghi[n%len(luoghi)],
		Nascita: time.Date(1965, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n/(len(cognomi)*len(nomi))%13_000),
	}
}

// CodiceFiscale computes the person's code: DM 23 December 1976, as
// domain rules ID-01 and ID-03 describe it.
func (p Person) CodiceFiscale() string {
	day := p.Nascita.Day()
	if p.Sesso == "F" {
		day += 40
	}
	body := surnameCode(p.Cognome) + nameCode(p.Nome) +
		fmt.Sprintf("%02d%c%02d", p.Nascita.Year()%100, "ABCDEHLMPRST"[p.Nascita.Month()-1], day) + p.Comune
	return body + string(checkCharacter(body))
}

func letters(s string) (consonants, vowels string) {
	for _, r := range s {
		switch {
		case strings.ContainsRune("AEIOU", r):
			vowels += string(r)
		case r >= 'A' && r <= 'Z':
			consonants += string(r)
		}
	}
	return consonants, vowels
}

func surnameCode(s string) string {
	c, v := letters(s)
	return (c + v + "XXX")[:3]
}

func nameCode(s string) string {
	c, v := letters(s)
	if len(c) >= 4 {
		return string([]byte{c[0], c[2], c[3]})
	}
	return (c + v + "XXX")[:3]
}

// checkCharacter is the sixteenth character (rule ID-01).
func checkCharacter(body string) byte {
	const odd = "BAFHJNPRTVCESULDGIMOQKWZYX" // A..Z by their value at odd places
	sum := 0
	for i := range len(body) {
		v := int(body[i] - 'A')
		if body[i] <= '9' {
			v = int(body[i] - '0')
		}
		if i%2 == 0 {
			sum += int(odd[v] - 'A')
		} else {
			sum += v
		}
	}
	return byte('A' + sum%26)
}

// InventFirm gives the n-th employer's numeric codice fiscale, check digit
// included (rule ID-04).
func InventFirm(n int) string {
	body := fmt.Sprintf("%07d%03d", 1_234_567+n%8_000_000, 1+n%100)
	sum := 0
	for i := range len(body) {
		d := int(body[i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return body + string(byte('0'+(10-sum%10)%10))
}
