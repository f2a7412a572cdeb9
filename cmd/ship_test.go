package cmd

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// operating is what stands under a heading of OPERATING.md.
func operating(t *testing.T, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(document(t, "OPERATING.md"), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("OPERATING.md has no heading %s", heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	return regexp.MustCompile(`(?m)^#{2,`+strconv.Itoa(len(level))+`} `).Split(rest, 2)[0]
}

// rows gives the first cell of a table of OPERATING.md, which is code, with
// the other cells. Every cell says something, and nothing is there twice.
func rows(t *testing.T, heading string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, row := range table(t, operating(t, heading)) {
		name := strings.Trim(row[0], "`")
		if all[name] != nil {
			t.Errorf("%s: %s is there twice", heading, name)
		}
		if slices.Contains(row, "") {
			t.Errorf("%s: %s has an empty cell", heading, name)
		}
		all[name] = row[1:]
	}
	return all
}

// same compares what a table lists with what the sources have.
func same(t *testing.T, heading string, listed map[string][]string, have map[string]string) {
	t.Helper()
	for name := range listed {
		if _, ok := have[name]; !ok {
			t.Errorf("%s: nothing in the sources is %q", heading, name)
		}
	}
	for name, at := range have {
		if listed[name] == nil {
			t.Errorf("%s lacks %q, see %s", heading, name, at)
		}
	}
}

// TestAlarms: every message that is logged at WARN or ERROR has its row, with
// its level, and every row is such a message.
func TestAlarms(t *testing.T) {
	t.Parallel()
	have, levels := map[string]string{}, map[string]string{}
	server := false
	for _, s := range sources(t) {
		if s.test() || testOnly(s.dir) || s.ignored() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			message, level := -1, ""
			switch sel.Sel.Name {
			case "Warn", "Error":
				message, level = 0, strings.ToUpper(sel.Sel.Name)
			case "WarnContext", "ErrorContext":
				message, level = 1, strings.ToUpper(strings.TrimSuffix(sel.Sel.Name, "Context"))
			case "Log", "LogAttrs":
				if len(call.Args) < 3 {
					return true
				}
				if message, level = 2, levelOf(call.Args[1]); level == "" {
					return true
				}
			case "NewLogLogger":
				server = server || levelOf(call.Args[1]) == "WARN"
				return true
			default:
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "http" || len(call.Args) <= message {
				return true // http.Error; err.Error()
			}
			text, ok := call.Args[message].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a message that is no literal cannot be looked up", s.at(call.Pos()))
				return true
			}
			said, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			if was := levels[said]; was != "" && was != level {
				t.Errorf("%s: %q is logged at %s and %s", s.at(call.Pos()), said, was, level)
			}
			have[said], levels[said] = s.at(call.Pos()), level
			return true
		})
	}
	const heading = "### Log messages"
	listed := rows(t, heading)
	same(t, heading, listed, have)
	for name, cells := range listed {
		if len(cells) != 3 || levels[name] != "" && cells[0] != levels[name] {
			t.Errorf("%q: %v, want level %s, meaning and action", name, cells, levels[name])
		}
	}
	if server != strings.Contains(operating(t, heading), "begin with `http:`") {
		t.Errorf("what the HTTP server logs: %v in the sources, not so in OPERATING.md", server)
	}
}

// levelOf reads a level that a call is given: a constant, or a variable, which
// is taken for the worst it may hold.
func levelOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		switch e.Sel.Name {
		case "LevelWarn":
			return "WARN"
		case "LevelError":
			return "ERROR"
		}
	case *ast.Ident:
		return "ERROR"
	}
	return ""
}

// constantsOf are the constants of a type whose names have a prefix, by value:
// strings without quotes.
func constantsOf(t *testing.T, dir, typ, prefix string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, s := range sources(t) {
		if s.dir != dir || s.test() {
			continue
		}
		for _, d := range s.file.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				vs := spec.(*ast.ValueSpec)
				if typeName(vs.Type) != typ || !strings.HasPrefix(vs.Names[0].Name, prefix) {
					continue
				}
				if lit, ok := vs.Values[0].(*ast.BasicLit); ok {
					found[strings.Trim(lit.Value, `"`)] = s.at(vs.Pos())
				}
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s has no constants %s of type %q", dir, prefix, typ)
	}
	return found
}

// TestFindings: every finding of verify, every reason of report quadratura and
// every exit code is explained, and nothing else.
func TestFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ heading, dir, typ, prefix string }{
		{"### Findings of verify", "routing/ledger", "What", "Found"},
		{"### Findings of report quadratura", "routing/reconcile", "Reason", ""},
		{"### Exit codes", "cmd/snodo/verb", "", "Exit"},
	} {
		same(t, c.heading, rows(t, c.heading), constantsOf(t, c.dir, c.typ, c.prefix))
	}
}

// TestLastLines: what serve is said to end with is in the sources.
func TestLastLines(t *testing.T) {
	t.Parallel()
	var texts strings.Builder
	for _, s := range sources(t) {
		if !s.test() {
			texts.Write(s.text)
		}
	}
	for line := range rows(t, "### Last lines of serve") {
		if !strings.Contains(texts.String(), line) {
			t.Errorf("nothing says %q", line)
		}
	}
}

// TestOperatingLinks: links lead to headings and files that are there, and
// nothing is left to write.
func TestOperatingLinks(t *testing.T) {
	t.Parallel()
	text := document(t, "OPERATING.md")
	if placeholder(text) {
		t.Error("something is still to be written")
	}
	headings := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		headings["#"+strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")] = true
	}
	for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(m[1], "#") {
			if !headings[m[1]] {
				t.Errorf("no heading %s", m[1])
			}
			continue
		}
		document(t, path.Clean(m[1]))
	}
	for _, name := range []string{"OPERATING.md", "Dockerfile", "docker-compose.yml"} {
		if !strings.Contains(document(t, "README.md"), name) {
			t.Errorf("the README does not name %s", name)
		}
	}
}
