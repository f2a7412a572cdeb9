package cmd

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// attackRows are the rows of the list of attacks: families of known attacks on
// signed XML and SOAP, by the identifiers that the tests use.
var attackRows = []string{
	"XSW1-8", "W-DUP", "W-FOREIGN", "C-COMMENT", "P-DIFF", "G-ROUND", "T-XFORM", "T-C14N-DOS", "T-EXTREF", "A-SHA1", "A-HMAC",
	"A-PSS/1.5", "K-CERT", "K-STR", "R-REPLAY", "X-XXE", "X-ENC", "X-BOMB", "X-MIME", "H-SMUG",
}

// TestAttackTables: the tables of attacks have a row for each family, in each of the
// profiles that it concerns, and every test that they name is one.
func TestAttackTables(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test() && f.Recv == nil {
				there[f.Name.Name] = true
			}
		}
	}
	text := document(t, "adapters/xmlsig/DESIGN.md")
	named := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`).FindAllString(text, -1)
	for _, name := range named {
		if !there[name] {
			t.Errorf("adapters/xmlsig/DESIGN.md names %s, which is no test", name)
		}
	}
	_, every, _ := strings.Cut(text, "\n## Every attack in every profile\n")
	every, _, _ = strings.Cut(every, "\n## ")
	var rows []string
	for _, cells := range table(t, every) {
		rows = append(rows, cells[0])
		if len(cells) != 5 || slices.Contains(cells, "") {
			t.Errorf("%s: %d profiles, or one that says nothing", cells[0], len(cells)-1)
		}
	}
	if len(named) == 0 || !slices.Equal(rows, attackRows) {
		t.Errorf("rows %q, want %q", rows, attackRows)
	}
}
