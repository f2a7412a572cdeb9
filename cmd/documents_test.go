package cmd

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

func document(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// section is what stands under a heading of the README.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(document(t, "README.md"), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("README has no section %s", heading)
	}
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}

// table gives the rows of the first table in a text, head and rule dropped.
func table(t *testing.T, text string) [][]string {
	t.Helper()
	var rows [][]string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			var cells []string
			for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
				cells = append(cells, strings.TrimSpace(cell))
			}
			rows = append(rows, cells)
		}
	}
	if len(rows) < 3 {
		t.Fatal("no table")
	}
	return rows[2:]
}

// code gives what stands between backquotes.
func code(s string) []string {
	var out []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	return out
}

// TestGlossary: every name of the glossary is a type or a constant of the
// sources.
func TestGlossary(t *testing.T) {
	t.Parallel()
	declared := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || s.test() {
				continue
			}
			for _, spec := range gen.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					declared[s.file.Name.Name+"."+spec.Name.Name] = true
				case *ast.ValueSpec:
					declared[s.file.Name.Name+"."+spec.Names[0].Name] = gen.Tok == token.CONST
				}
			}
		}
	}
	for _, row := range table(t, section(t, "Glossary")) {
		names := code(row[1])
		if len(names) == 0 {
			t.Errorf("%s: no name in the code", row[0])
		}
		for _, name := range names {
			if !declared[name] {
				t.Errorf("%s: nothing is called %s", row[0], name)
			}
		}
	}
}

// TestPackagesListed: the README's table of the corridor is the tree.
func TestPackagesListed(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, row := range table(t, section(t, "The corridor")) {
		for _, name := range code(row[0]) {
			listed[name] = true
		}
	}
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test() && !s.ignored() {
			seen[s.dir] = true
		}
	}
	for name := range listed {
		if !seen[name] {
			t.Errorf("README lists %s, which is not there", name)
		}
	}
	for dir := range seen {
		// A package that only serves another of the table belongs to its line.
		if !listed[dir] && !listed[filepath.ToSlash(filepath.Dir(dir))] && !testOnly(dir) && !strings.Contains(dir, "/gen") {
			t.Errorf("README's table lacks %s", dir)
		}
	}
}

// TestDependencies: the table of the README and go.mod name the same modules.
func TestDependencies(t *testing.T) {
	t.Parallel()
	var direct []string
	for line := range strings.Lines(document(t, "go.mod")) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 2 && strings.HasPrefix(fields[1], "v"):
			direct = append(direct, fields[0])
		case len(fields) == 2 && fields[0] == "tool":
			direct = append(direct, strings.TrimSuffix(fields[1], "/cmd/staticcheck"))
		}
	}
	var listed []string
	for _, row := range table(t, section(t, "Dependencies")) {
		name := code(row[0])
		if len(name) != 1 || row[1] == "" {
			t.Fatalf("row %q: want one module and its reason", row)
		}
		listed = append(listed, name[0])
	}
	within := func(name string, modules []string) bool {
		return slices.ContainsFunc(modules, func(m string) bool { return name == m || strings.HasPrefix(name, m+"/") })
	}
	for _, name := range listed {
		if !within(name, direct) {
			t.Errorf("README lists %s, which go.mod does not require", name)
		}
	}
	for _, m := range direct {
		if !slices.ContainsFunc(listed, func(name string) bool { return within(name, []string{m}) }) {
			t.Errorf("README gives no reason for %s", m)
		}
	}
}

// verbs tells of the sources in which the command line is: those of the program and
// of its rooms.
func verbs(s source) bool {
	return (s.dir == "cmd/snodo" || strings.HasPrefix(s.dir, "cmd/snodo/")) && !s.test()
}

// structOf is where the struct of a field's type is filed, as a folder has it.
func structOf(dir string, e ast.Expr) string {
	if sel, ok := e.(*ast.SelectorExpr); ok {
		return "cmd/snodo/" + sel.X.(*ast.Ident).Name + "." + sel.Sel.Name
	}
	return dir + "." + e.(*ast.Ident).Name
}

// grammar reads the command line from the struct tags of cmd/snodo: its verbs,
// as "receipt get", and all its flags.
func grammar(t *testing.T) (names []string, flags map[string]bool) {
	t.Helper()
	structs := map[string]*ast.StructType{} // by folder and name
	for _, s := range sources(t) {
		if !verbs(s) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if ts, ok := n.(*ast.TypeSpec); ok {
				if st, ok := ts.Type.(*ast.StructType); ok {
					structs[s.dir+"."+ts.Name.Name] = st
				}
			}
			return true
		})
	}
	flags = map[string]bool{"help": true}
	var walk func(verb, typ, prefix string)
	walk = func(verb, typ, prefix string) {
		leaf := true
		dir, _, _ := strings.Cut(typ, ".")
		for _, f := range structs[typ].Fields.List {
			if len(f.Names) == 0 { // embedded
				walk("", structOf(dir, f.Type), prefix)
				continue
			}
			if f.Tag == nil {
				continue
			}
			raw, _ := strconv.Unquote(f.Tag.Value)
			tag := reflect.StructTag(raw)
			name := tag.Get("name")
			if name == "" {
				name = kebab(f.Names[0].Name)
			}
			has := func(key string) bool { _, ok := tag.Lookup(key); return ok }
			switch {
			case has("cmd"):
				leaf = false
				walk(strings.TrimSpace(verb+" "+name), structOf(dir, f.Type), "")
			case has("embed"):
				walk("", structOf(dir, f.Type), tag.Get("prefix"))
			case !has("arg"):
				flags[prefix+name] = true
			}
		}
		if leaf && verb != "" {
			names = append(names, verb)
		}
	}
	if structs["cmd/snodo.cli"] == nil {
		t.Fatal("no grammar found")
	}
	walk("", "cmd/snodo.cli", "")
	return names, flags
}

// kebab is how kong names a flag after a field.
func kebab(field string) string {
	s := regexp.MustCompile("([a-z0-9])([A-Z])").ReplaceAllString(field, "$1-$2")
	return strings.ToLower(s)
}

// TestCommandLine: the README speaks of the verbs and flags there are, and
// leaves out no verb.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	names, flags := grammar(t)
	var listed []string
	for _, row := range table(t, section(t, "Run it")) {
		listed = append(listed, code(row[0])...)
	}
	slices.Sort(names)
	slices.Sort(listed)
	if !slices.Equal(names, listed) {
		t.Errorf("verbs %q, README has %q", names, listed)
	}
	for _, m := range regexp.MustCompile("(?m)(?:^|[\\s(`])--([a-z]+(?:-[a-z]+)*)(?:[^-a-z]|$)").FindAllStringSubmatch(document(t, "README.md"), -1) {
		if !flags[m[1]] {
			t.Errorf("README speaks of --%s, which no verb has", m[1])
		}
	}
	// design.md section 6 and contracts.md promise these names.
	for _, name := range []string{"listen", "data", "policy", "trust", "client-ca", "tls-cert", "tls-key", "public-url",
		"after-restore", "database", "national-database", "kafka", "role", "keys", "from", "to", "region", "format", "grace", "digest", "url", "cf", "out", "break", "json"} {
		if !flags[name] {
			t.Errorf("no verb has --%s", name)
		}
	}
}

// TestEveryVerbHasJSON is what the README promises; `serve` answers nobody.
func TestEveryVerbHasJSON(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !verbs(s) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			ts, ok := n.(*ast.TypeSpec)
			if !ok || !strings.HasSuffix(ts.Name.Name, "Cmd") || ts.Name.Name == "serveCmd" {
				return true
			}
			has := false
			for _, f := range ts.Type.(*ast.StructType).Fields.List {
				has = has || len(f.Names) > 0 && f.Names[0].Name == "JSON" || f.Tag != nil && strings.Contains(f.Tag.Value, `cmd:""`)
			}
			if !has {
				t.Errorf("%s: no --json", s.at(ts.Pos()))
			}
			return true
		})
	}
}

func TestPapers(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][]string{
		"LICENSE":        {"EUROPEAN UNION PUBLIC LICENCE v. 1.2"},
		"publiccode.yml": {"publiccodeYmlVersion:", "license: EUPL-1.2", "it:"},
		"CHANGELOG.md":   {"#"},
		"README.md":      {"go run ./cmd/snodo demo", "go test ./...", "EUPL"},
	} {
		text := document(t, name)
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
}

// TestCatalogue: every fault tells people what is wrong, why, and what to do.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{2,}$`)
	stages := []fault.Stage{fault.StageBusta, fault.StageFirma, fault.StageRegistro, fault.StageConversione,
		fault.StageForma, fault.StageRegole, fault.StageNazionale}
	seen, texts := map[fault.Code]bool{}, map[string]fault.Code{} // by stage and text
	for _, e := range fault.Catalogue() {
		if !form.MatchString(string(e.Code)) || seen[e.Code] {
			t.Errorf("%s: twice, or not a code", e.Code)
		}
		seen[e.Code] = true
		if other, ok := texts[string(e.Stage)+e.Text]; ok {
			t.Errorf("%s has the text of %s", e.Code, other)
		}
		texts[string(e.Stage)+e.Text] = e.Code
		known := slices.Contains([]string{"0000", "0001", "0083"}, e.Anomalia)
		// A fault of the envelope is a SOAP fault, which has no such code.
		if !slices.Contains(stages, e.Stage) || !known && (e.Anomalia != "" || e.Stage != fault.StageBusta) {
			t.Errorf("%s: stage %q, anomalia %q", e.Code, e.Stage, e.Anomalia)
		}
		for _, s := range []string{e.Text, e.Source, e.Remedy} {
			if len(s) < 8 || strings.TrimSpace(s) != s || placeholder(s) {
				t.Errorf("%s: %q says nothing", e.Code, s)
			}
		}
		if strings.Contains(e.Text, "%") {
			t.Errorf("%s: %q looks like a format", e.Code, e.Text)
		}
	}
}

// placeholder finds words that stand for something still to be written.
func placeholder(s string) bool {
	return regexp.MustCompile(`(?i)\b(todo|fixme|tbd|lorem|foo|bar|da definire|da completare|not implemented|unimplemented)\b|\.\.\.$`).MatchString(s)
}

// TestNothingLeftToWrite looks for such words in comments and documents.
func TestNothingLeftToWrite(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "documents_test.go") {
			continue
		}
		for _, group := range s.file.Comments {
			if placeholder(strings.TrimRight(group.Text(), "\n .")) {
				t.Errorf("%s: something is still to be written", s.at(group.Pos()))
			}
		}
	}
	for _, name := range []string{"README.md", "CHANGELOG.md", "publiccode.yml"} {
		if placeholder(document(t, name)) {
			t.Errorf("%s: something is still to be written", name)
		}
	}
}

// reservedCodes are in the catalogue before anything can find them, or since nothing
// can any more.
var reservedCodes = map[fault.Code]string{
	fault.TrackNotYet: "told of tracks without a conversion until 2026-11-27; now all have one",
}

// TestEveryFaultIsTested: a test or a golden file names each code, by its
// constant or by its value.
func TestEveryFaultIsTested(t *testing.T) {
	t.Parallel()
	tested := map[fault.Code]bool{}
	all := sources(t)
	constants := codeNamesOf(all)
	value := regexp.MustCompile(`\b[A-Z]{2,4}-[0-9]{2,}\b`)
	for _, s := range all {
		if !s.test() {
			continue
		}
		for c := range constants.namedIn(s) {
			tested[c] = true
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok { // what comments say tests nothing
				for _, c := range value.FindAllString(lit.Value, -1) {
					tested[fault.Code(c)] = true
				}
			}
			return true
		})
	}
	for _, text := range goldens(t) {
		for _, c := range value.FindAllString(text, -1) {
			tested[fault.Code(c)] = true
		}
	}
	for _, e := range fault.Catalogue() {
		switch why, reserved := reservedCodes[e.Code]; {
		case reserved && why == "", !reserved && !tested[e.Code]:
			t.Errorf("%s (%s) is named by no test and no golden file", e.Code, e.Text)
		}
	}
}

// codeConstants collects constants of type fault.Code.
func codeConstants(s source, constants map[string]fault.Code) {
	for _, d := range s.file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			vs := spec.(*ast.ValueSpec)
			if len(vs.Values) != 1 || !strings.HasSuffix(typeName(vs.Type), "Code") {
				continue
			}
			if lit, ok := vs.Values[0].(*ast.BasicLit); ok {
				value, _ := strconv.Unquote(lit.Value)
				constants[vs.Names[0].Name] = fault.Code(value)
			}
		}
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// goldens are the texts under every testdata.
func goldens(t *testing.T) []string {
	t.Helper()
	var texts []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		slashed := filepath.ToSlash(path)
		// The lists of package fault name every code, found or not.
		if err != nil || d.IsDir() || !strings.Contains(slashed, "/testdata/") || strings.Contains(slashed, "xsd/fault/testdata") {
			return err
		}
		b, err := os.ReadFile(path)
		texts = append(texts, string(b))
		return err
	})
	if err != nil || len(texts) == 0 {
		t.Fatalf("%d golden files, %v", len(texts), err)
	}
	return texts
}
