package codes

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// title writes a name of the sources, all in capitals, as people write it.
func title(s string) string {
	words := strings.Fields(accents(strings.ToLower(s)))
	for i, w := range words {
		if i == 0 || !small(w) {
			words[i] = capitalize(w)
		}
	}
	return strings.Join(words, " ")
}

// small are the words that a name does not capitalize.
func small(word string) bool {
	return slices.Contains([]string{
		"a", "ad", "al", "alla", "con", "da", "dal", "de", "degli", "dei", "del", "della", "delle", "dello",
		"di", "e", "ed", "et", "in", "nel", "nella", "per", "sul", "sulla", "sui", "ex",
	}, word)
}

// capitalize puts a capital after whatever is no letter; d'avorio keeps its d.
func capitalize(word string) string {
	for _, elided := range []string{"d'", "dell'", "all'", "nell'", "sull'"} {
		if rest, ok := strings.CutPrefix(word, elided); ok {
			return elided + capitalize(rest)
		}
	}
	start := true
	return strings.Map(func(r rune) rune {
		if start && unicode.IsLetter(r) {
			start = false
			return unicode.ToUpper(r)
		}
		start = !unicode.IsLetter(r)
		return r
	}, word)
}

// sentence writes an entry of the sources, all in capitals, as a sentence.
func sentence(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		if strings.ContainsAny(w, "0123456789") || w == "l." {
			words[i] = strings.ToUpper(w)
		}
	}
	s = accents(strings.Join(words, " "))
	if s == "" {
		return ""
	}
	first := []rune(s)
	first[0] = unicode.ToUpper(first[0])
	return string(first)
}

// accents writes the final accents that the sources write as apostrophes.
func accents(s string) string {
	words := strings.Split(strings.ReplaceAll(s, "’", "'"), " ")
	for i, w := range words {
		for plain, accented := range map[string]string{"a'": "à", "e'": "é", "i'": "ì", "o'": "ò", "u'": "ù"} {
			if rest, ok := strings.CutSuffix(w, plain); ok {
				words[i] = rest + accented
			}
		}
	}
	return strings.Join(words, " ")
}

func TestLabelForms(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"TORINO":               "Torino",
		"L'AQUILA":             "L'Aquila",
		"COSTA D'AVORIO":       "Costa d'Avorio",
		"PERU'":                "Perù",
		"FORLÌ E CESENA":       "Forlì e Cesena",
		"SAO TOME' E PRINCIPE": "Sao Tomé e Principe",
		"BOLZANO-BOZEN":        "Bolzano-Bozen",
		"NORMANNE (ISOLE)":     "Normanne (Isole)",
		"Borgo D'Anaunia":      "Borgo d'Anaunia",
		"Ville Di Fiemme":      "Ville di Fiemme",
		"Sant'Angelo In Vado":  "Sant'Angelo in Vado",
	} {
		if got := title(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"LAVORO A TEMPO INDETERMINATO":      "Lavoro a tempo indeterminato",
		"APPRENDISTATO EX ART.16 L. 196/97": "Apprendistato ex ART.16 L. 196/97",
		"PER LAVORATORI IN MOBILITA’":       "Per lavoratori in mobilità",
		"":                                  "",
	} {
		if got := sentence(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
