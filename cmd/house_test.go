// Package cmd holds the test of the house rules: it parses every source file
// of the module, so that the corridor, the budgets and the comments cannot rot.
package cmd

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The budgets of design.md section 1.
const (
	maxFileLines   = 500
	maxFuncLines   = 80
	maxMethods     = 4
	maxImportDepth = 6
	module         = "github.com/snodo-co/snodo/"
)

// corridor lists the rooms from left to right: a package imports its own room
// and those before it.
var corridor = []string{"xsd", "transform", "routing", "adapters", "cmd"}

// pureRooms do no I/O and own no clock.
var pureRooms = []string{"xsd", "transform", "routing"}

// source is one parsed file.
type source struct {
	path string // slash-separated, relative to the module
	dir  string
	text []byte
	file *ast.File
	fset *token.FileSet
}

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) generated() bool { return ast.IsGenerated(s.file) }

// ignored files are programs behind `//go:build ignore`: generators.
func (s source) ignored() bool { return bytes.HasPrefix(s.text, []byte("//go:build ignore")) }

func (s source) room() string { room, _, _ := strings.Cut(s.path, "/"); return room }

func (s source) at(p token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(p).Line)
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		all = append(all, source{rel, filepath.ToSlash(filepath.Dir(rel)), text, file, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no sources found")
	}
	return all
}

func TestCorridor(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		room := slices.Index(corridor, s.room())
		if room < 0 {
			t.Errorf("%s: outside the corridor %v", s.path, corridor)
			continue
		}
		for _, imp := range s.file.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			checkImport(t, s, room, path)
		}
	}
}

func checkImport(t *testing.T, s source, room int, path string) {
	local, ours := strings.CutPrefix(path, module)
	if !ours {
		if slices.Contains(pureRooms, s.room()) && !s.test() && !s.ignored() {
			for _, banned := range []string{"net", "os", "database/sql", "math/rand", "crypto/rand", "log", "io/ioutil"} {
				if path == banned || strings.HasPrefix(path, banned+"/") {
					t.Errorf("%s imports %s: the pure rooms do no I/O", s.path, path)
				}
			}
		}
		if strings.HasPrefix(path, "github.com/jacoelho/xsd") && s.dir != "xsd" && !s.test() {
			t.Errorf("%s names the schema engine; only package xsd may", s.path)
		}
		return
	}
	target, _, _ := strings.Cut(local, "/")
	if slices.Index(corridor, target) > room {
		t.Errorf("%s imports %s: to its right in the corridor", s.path, local)
	}
	if target == "cmd" && s.room() != "cmd" {
		t.Errorf("%s imports %s: cmd is imported by nobody", s.path, local)
	}
	if target == "adapters" && s.room() == "adapters" && adapter(local) != adapter(s.path) && !s.test() {
		t.Errorf("%s imports %s: adapters meet only in cmd", s.path, local)
	}
	// Suites and test tools never reach a binary.
	if testOnly(local) && !s.test() && !testOnly(s.dir) {
		t.Errorf("%s imports %s: imported only by tests", s.path, local)
	}
}

// adapter is the adapter a path belongs to: the second element.
func adapter(path string) string { return strings.Split(path, "/")[1] }

func testOnly(dir string) bool {
	return dir == "adapters/contract" || strings.HasSuffix(dir, "test")
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.generated() {
			continue
		}
		if n := bytes.Count(s.text, []byte("\n")); n > maxFileLines && !s.test() {
			t.Errorf("%s: %d lines, at most %d", s.path, n, maxFileLines)
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				lines := s.fset.Position(n.End()).Line - s.fset.Position(n.Pos()).Line + 1
				if lines > maxFuncLines && !s.test() {
					t.Errorf("%s: %s has %d lines, at most %d", s.at(n.Pos()), n.Name.Name, lines, maxFuncLines)
				}
			case *ast.InterfaceType:
				if methods := ownMethods(n); methods > maxMethods {
					t.Errorf("%s: interface with %d methods, at most %d", s.at(n.Pos()), methods, maxMethods)
				}
			}
			return true
		})
	}
}

// ownMethods counts the methods an interface adds to those it embeds.
func ownMethods(i *ast.InterfaceType) int {
	n := 0
	for _, f := range i.Methods.List {
		n += len(f.Names)
	}
	return n
}

func TestImportDepth(t *testing.T) {
	t.Parallel()
	imports := map[string][]string{}
	for _, s := range sources(t) {
		if s.test() || s.ignored() {
			continue
		}
		for _, imp := range s.file.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			local, ours := strings.CutPrefix(path, module)
			if ours && !(s.room() == "cmd" && strings.HasPrefix(local, "cmd/")) { // TestRooms orders those
				imports[s.dir] = append(imports[s.dir], local)
			}
		}
	}
	depth := map[string]int{}
	var measure func(dir string) int
	measure = func(dir string) int {
		if d, ok := depth[dir]; ok {
			return d
		}
		for _, next := range imports[dir] {
			depth[dir] = max(depth[dir], 1+measure(next))
		}
		return depth[dir]
	}
	for dir := range imports {
		// A program's own packages hang under its rooms: count from there.
		if d := measure(dir); d > maxImportDepth+1 {
			t.Errorf("%s: import depth %d, at most %d below a command", dir, d, maxImportDepth)
		}
	}
}

func TestPackageComments(t *testing.T) {
	t.Parallel()
	documented, seen := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test() && s.dir != "cmd" || s.ignored() {
			continue
		}
		seen[s.dir] = true
		if s.file.Doc != nil && len(s.file.Doc.Text()) > 40 {
			documented[s.dir] = true
		}
	}
	for dir := range seen {
		if !documented[dir] {
			t.Errorf("%s: no package comment", dir)
		}
	}
}

func TestExportedComments(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test() || s.generated() || s.dir == "cmd/snodo" { // a main package exports nothing
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
					t.Errorf("%s: exported %s without a comment", s.at(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil {
						t.Errorf("%s: exported type %s without a comment", s.at(ts.Pos()), ts.Name.Name)
					}
				}
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if generic, ok := t.(*ast.IndexExpr); ok {
		t = generic.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

func TestNoInitNoMutableGlobals(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test() || s.generated() || s.ignored() {
			continue
		}
		globals := packageVars(s)
		for _, d := range s.file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if fn.Name.Name == "init" && fn.Recv == nil {
				t.Errorf("%s: init function", s.at(fn.Pos()))
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				assign, ok := n.(*ast.AssignStmt)
				if !ok || assign.Tok == token.DEFINE {
					return true
				}
				for _, lhs := range assign.Lhs {
					if name := root(lhs); globals[name] {
						t.Errorf("%s: assigns to package variable %s", s.at(lhs.Pos()), name)
					}
				}
				return true
			})
		}
	}
}

// packageVars are the names of the file's package-level variables.
func packageVars(s source) map[string]bool {
	vars := map[string]bool{}
	for _, d := range s.file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				vars[name.Name] = name.Name != "_"
			}
		}
	}
	return vars
}

// root is the identifier at the bottom of an assignable expression.
func root(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.IndexExpr:
		return root(e.X)
	case *ast.SelectorExpr:
		return root(e.X)
	case *ast.StarExpr:
		return root(e.X)
	}
	return ""
}

// TestClock keeps the clock a field: the core never calls time.Now.
func TestClock(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test() || s.ignored() || !slices.Contains(pureRooms, s.room()) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" &&
				slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc"}, sel.Sel.Name) {
				t.Errorf("%s: time.%s in a pure room", s.at(sel.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

// TestNoSleepInTests: tests wait on events, never on time.
func TestNoSleepInTests(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !s.test() && !testOnly(s.dir) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && sel.Sel.Name == "Sleep" {
					t.Errorf("%s: time.Sleep in a test", s.at(sel.Pos()))
				}
			}
			return true
		})
	}
}

func TestFormatted(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		formatted, err := format.Source(s.text)
		if err != nil {
			t.Errorf("%s: %v", s.path, err)
			continue
		}
		if !bytes.Equal(formatted, s.text) {
			t.Errorf("%s: not gofmt-ed", s.path)
		}
	}
}

// TestNames keeps the drawers out where everything ends up.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		switch name := filepath.Base(s.dir); name {
		case "util", "utils", "common", "models", "service", "services", "helpers", "misc":
			t.Errorf("%s: %s is not a noun of the domain", s.path, name)
		}
	}
}
