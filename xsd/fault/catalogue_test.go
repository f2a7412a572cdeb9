package fault

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "add new codes to testdata/codes.txt, write CATALOGO.md")

// family is the part of a code before its number.
func family(c Code) string {
	f, _, _ := strings.Cut(string(c), "-")
	return f
}

// TestCodesForEver: a code once given stays, in its stage. testdata/codes.txt
// holds every code there ever was; -update adds to it and never takes away.
func TestCodesForEver(t *testing.T) {
	t.Parallel()
	const file = "testdata/codes.txt"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	given := make(map[Code]Stage)
	for line := range strings.Lines(string(b)) {
		code, stage, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || given[Code(code)] != "" {
			t.Fatalf("line %q is no code and stage, or there twice", line)
		}
		given[Code(code)] = Stage(stage)
	}
	for code, stage := range given {
		if e, ok := Lookup(code); !ok || e.Stage != stage {
			t.Errorf("%s of stage %s was given out; the catalogue has %q: codes are never taken back or moved", code, stage, e.Stage)
		}
	}
	var lines []string
	for _, e := range Catalogue() {
		if given[e.Code] == "" && !*update {
			t.Errorf("%s is new: add it with `go test ./xsd/fault -update`", e.Code)
		}
		lines = append(lines, fmt.Sprintf("%s %s\n", e.Code, e.Stage))
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestShapeOfCodes(t *testing.T) {
	t.Parallel()
	form, seen := regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{2,}$`), make(map[Code]bool)
	for _, e := range Catalogue() {
		if !form.MatchString(string(e.Code)) || seen[e.Code] {
			t.Errorf("%s is there twice or is no code", e.Code)
		}
		seen[e.Code] = true
	}
}

// TestStages: each stage is explained, and has faults.
func TestStages(t *testing.T) {
	t.Parallel()
	var known []Stage
	for _, n := range Stages() {
		known = append(known, n.Stage)
		if n.Title == "" || n.Meaning == "" || !slices.ContainsFunc(Catalogue(), func(e Entry) bool { return e.Stage == n.Stage }) {
			t.Errorf("%s: %+v", n.Stage, n)
		}
	}
	for _, e := range Catalogue() {
		if !slices.Contains(known, e.Stage) {
			t.Errorf("%s is of the stage %q, which nothing explains", e.Code, e.Stage)
		}
	}
}

// TestTextsRead: sentences end with a full stop, begin with a capital letter,
// and speak to people: no blanks too many, no name of a Go type.
func TestTextsRead(t *testing.T) {
	t.Parallel()
	sentence := regexp.MustCompile(`^[A-ZÈ].*\.$`)
	for _, e := range Catalogue() {
		for _, s := range []string{e.Text, e.Remedy} {
			if !sentence.MatchString(s) || strings.Contains(s, "  ") || strings.Contains(s, " .") {
				t.Errorf("%s: %q does not read as a sentence", e.Code, s)
			}
		}
		if strings.Contains(e.Text, ": ") && family(e.Code) == "XSD" {
			t.Errorf("%s: %q has a colon, and gets another before what was expected", e.Code, e.Text)
		}
	}
}

// TestSourcesCanBeLookedUp: the number of a national rule is known to this project
// alone, so beside it stands a law, a manual, a schema or a program.
func TestSourcesCanBeLookedUp(t *testing.T) {
	t.Parallel()
	own := regexp.MustCompile(`^(Regole nazionali|Regole regionali del Piemonte), [A-Z]+-[0-9]+( \([0-9]+\))?$`)
	for _, e := range Catalogue() {
		if e.Source == "" || own.MatchString(e.Source) {
			t.Errorf("%s: %q is no source that its reader could look up", e.Code, e.Source)
		}
	}
}

// TestCataloguePage: CATALOGO.md is the catalogue.
func TestCataloguePage(t *testing.T) {
	t.Parallel()
	const file = "CATALOGO.md"
	page := cataloguePage()
	if *update {
		if err := os.WriteFile(file, page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, page) {
		t.Errorf("%s is stale: write it with `go test ./xsd/fault -update`", file)
	}
}

// cataloguePage writes the catalogue as Markdown, a table for each stage.
func cataloguePage() []byte {
	var b bytes.Buffer
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`).Replace
	b.WriteString("# Catalogo degli errori\n\n" +
		"<!-- Generato dal catalogo dei codici: `go test ./xsd/fault -update`. Non modificare a mano. -->\n\n" +
		"Ogni errore e ogni avviso di Snodo ha un codice che non cambia e non è mai riusato. Il nodo pubblica questa pagina\n" +
		"all'indirizzo `/errori` (per esempio `/errori#XSD-20`); `snodo explain CODICE` dice lo stesso. Nessun testo riporta\n" +
		"valori del documento: il campo è indicato con il suo nome, il percorso e la riga.\n\n" +
		"*Anomalia* è il `CodiceAnomalia` delle risposte del servizio nazionale, che è `0000` anche dove non è indicato.\n")
	for _, n := range Stages() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| codice | che cosa non va | che cosa fare | fonte | anomalia |\n| --- | --- | --- | --- | --- |\n", n.Title, n.Meaning)
		for _, e := range Catalogue() {
			if e.Stage == n.Stage {
				fmt.Fprintf(&b, "| <a id=\"%[1]s\"></a>%[1]s | %s | %s | %s | %s |\n", e.Code, cell(e.Text), cell(e.Remedy), cell(e.Source), e.Anomalia)
			}
		}
	}
	return b.Bytes()
}
