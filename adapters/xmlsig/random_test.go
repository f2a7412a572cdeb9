package xmlsig

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// generator writes random well-formed documents that use everything exclusive
// canonicalisation has a rule for, processing instructions apart.
type generator struct {
	*rand.Rand
	out   []byte
	scope []string // prefixes in scope, declared ones only
	left  int      // elements still allowed
}

// randomDocument returns the document of a seed, the same for ever.
func randomDocument(seed uint64) []byte {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 20261122)), left: 14}
	if g.IntN(2) == 0 {
		g.out = append(g.out, `<?xml version="1.0" encoding="UTF-8"?>`...)
		g.pick("", "\n", "\r\n")
	}
	if g.IntN(6) == 0 {
		g.pick("<!-- before -->", "<!---->\n")
	}
	g.element(1)
	if g.IntN(6) == 0 {
		g.pick("\n", "\n<!-- after -->\n")
	}
	return g.out
}

func (g *generator) pick(choices ...string) string {
	s := choices[g.IntN(len(choices))]
	g.out = append(g.out, s...)
	return s
}

func (g *generator) element(depth int) {
	g.left--
	scope := len(g.scope)
	declared := map[string]bool{}
	var attrs [][]byte
	for range g.IntN(4) * g.IntN(2) {
		prefix := []string{"", "", "a", "b", "c", "n0", "_é"}[g.IntN(7)]
		if declared[prefix] {
			continue
		}
		declared[prefix] = true
		uri := []string{"urn:1", "urn:2", "urn:3", "http://x.it/a?b&amp;c", "urn:città"}[g.IntN(5)]
		name := "xmlns:" + prefix
		if prefix == "" {
			name = "xmlns"
			if g.IntN(3) == 0 {
				uri = ""
			}
		} else {
			g.scope = append(g.scope, prefix)
		}
		attrs = append(attrs, fmt.Appendf(nil, `%s=%s`, name, g.quote(uri)))
	}
	name := g.qname("e", "E", "x", "Lavoratore", "è")
	g.attributes(&attrs)
	g.Shuffle(len(attrs), func(i, j int) { attrs[i], attrs[j] = attrs[j], attrs[i] })
	g.out = append(append(g.out, '<'), name...)
	for _, a := range attrs {
		g.pick(" ", " ", "  ", "\n", "\t", "\r\n")
		g.out = append(g.out, a...)
	}
	g.pick("", "", " ")
	if g.IntN(5) == 0 {
		g.out = append(g.out, "/>"...)
	} else {
		g.out = append(g.out, '>')
		g.content(depth)
		g.out = append(append(g.out, "</"...), name...)
		g.pick(">", ">", " >", "\n>")
	}
	g.scope = g.scope[:scope]
}

// qname gives one of locals a prefix in scope, or none.
func (g *generator) qname(locals ...string) string {
	local := locals[g.IntN(len(locals))]
	if len(g.scope) == 0 || g.IntN(3) == 0 {
		return local
	}
	return g.scope[g.IntN(len(g.scope))] + ":" + local
}

func (g *generator) quote(value string) string {
	if g.IntN(2) == 0 {
		return `"` + value + `"`
	}
	return "'" + value + "'"
}

func (g *generator) attributes(attrs *[][]byte) {
	values := []string{"", "v", "a b", " lead ", "&lt;&amp;&gt;", ">", "&quot;&apos;", "&#9;&#10;&#13;", "&#xD;&#xa;",
		"è€𝄞", "&#x1D11E;", "&#160;", "&#x85;\u2028"}
	blanks := []string{"l\ni", "t\tb", "c\rr", "c\r\nl"} // what the guard refuses
	seen := map[string]bool{}
	for range g.IntN(5) * g.IntN(2) {
		// Local names differ by prefix, so that two prefixes of one namespace
		// never make a duplicate.
		name := g.qname("p", "q", "Z", "z-1")
		if i := bytes.IndexByte([]byte(name), ':'); i > 0 {
			name += name[:i]
		}
		if g.IntN(30) == 0 {
			name = []string{"xml:lang", "xml:space", "xml:id", "xml:base"}[g.IntN(4)]
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		value := values[g.IntN(len(values))]
		if g.IntN(60) == 0 {
			value = blanks[g.IntN(len(blanks))]
		}
		*attrs = append(*attrs, fmt.Appendf(nil, "%s=%s", name, g.quote(value)))
	}
}

func (g *generator) content(depth int) {
	for range g.IntN(5) {
		switch g.IntN(9) {
		case 0, 1, 2:
			if g.left > 0 && depth < 7 {
				g.element(depth + 1)
			}
		case 3:
			g.pick("<![CDATA[]]>", "<![CDATA[<&>\"]]>", "<![CDATA[a\r\nb\rc]]]>", "<![CDATA[è]]>")
		case 4:
			g.pick("<!-- c -->", "<!---->")
		case 5:
			g.pick("\n", "\r\n", "\r", "\n\t ")
		default:
			g.pick("text", "&lt;&gt;&amp;&quot;&apos;", "a>b", "]]&gt;", "\"'", "&#13;&#10;&#9;", "&#xD;", "x\r\ny\rz", "è€𝄞",
				"&#x1D11E;&#233;", " ", "]", "&#160;\u0085")
		}
	}
}

// canonicalOf returns the canonical form of the apex-th element of doc (1 the
// root), by our canonicaliser alone.
func canonicalOf(tb testing.TB, doc []byte, apex int, inclusive []string) []byte {
	tb.Helper()
	var r xmltoken.Reader
	var c canon
	var list [][]byte
	for _, p := range inclusive {
		if p == "#default" {
			p = ""
		}
		list = append(list, []byte(p))
	}
	c.reset(list)
	c.most = math.MaxInt
	r.Reset(doc, xmltoken.Limits{})
	starts, level := 0, 0
	for {
		kind, err := r.Next()
		if err != nil {
			tb.Fatalf("%v\n%s", err, doc)
		}
		if kind == xmltoken.Start {
			if starts++; starts == apex {
				level = r.Depth()
			}
		}
		if kind == xmltoken.EOF {
			return c.out
		}
		if level == 0 {
			continue
		}
		switch kind {
		case xmltoken.Start:
			err = c.start(&r)
		case xmltoken.End:
			c.end(&r)
		case xmltoken.Text:
			err = c.text(&r)
		case xmltoken.CData:
			if err := c.cdata(&r); err != nil {
				tb.Fatal(err)
			}
		}
		if err != nil {
			tb.Fatal(err)
		}
		if kind == xmltoken.End && r.Depth() == level {
			return slices.Clone(c.out)
		}
	}
}
