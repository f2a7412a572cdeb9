package cmd

import (
	"go/ast"
	"path"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// codeNames are the constants of fault codes, by folder and name.
type codeNames map[string]map[string]fault.Code

func codeNamesOf(all []source) codeNames {
	names := codeNames{}
	for _, s := range all {
		if s.test() {
			continue
		}
		if names[s.dir] == nil {
			names[s.dir] = map[string]fault.Code{}
		}
		codeConstants(s, names[s.dir])
	}
	return names
}

// namedIn are the codes whose constants a file uses: those of its own package,
// or by selector. Declaring one is no use of it.
func (names codeNames) namedIn(s source) map[fault.Code]bool {
	found, passed := map[fault.Code]bool{}, map[*ast.Ident]bool{}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for _, name := range n.Names {
				passed[name] = true
			}
		case *ast.SelectorExpr:
			passed[n.Sel] = true
			x, _ := n.X.(*ast.Ident)
			for dir, constants := range names {
				if x != nil && path.Base(dir) == x.Name && constants[n.Sel.Name] != "" {
					found[constants[n.Sel.Name]] = true
				}
			}
		case *ast.Ident:
			if c := names[s.dir][n.Name]; c != "" && !passed[n] {
				found[c] = true
			}
		}
		return true
	})
	return found
}

// TestEveryFaultIsFound: the program itself, not only a test, tells each fault
// of the catalogue: its constant is used where faults are found.
func TestEveryFaultIsFound(t *testing.T) {
	t.Parallel()
	all, found := sources(t), map[fault.Code]bool{}
	constants := codeNamesOf(all)
	for _, s := range all {
		if s.test() || s.ignored() || testOnly(s.dir) || s.dir == "xsd/fault" {
			continue
		}
		for c := range constants.namedIn(s) {
			found[c] = true
		}
	}
	for _, e := range fault.Catalogue() {
		switch why, reserved := reservedCodes[e.Code]; {
		case reserved && found[e.Code]:
			t.Errorf("%s is told, and no longer reserved: %s", e.Code, why)
		case !reserved && !found[e.Code]:
			t.Errorf("%s (%s) is told by no code of the program", e.Code, e.Text)
		}
	}
}
