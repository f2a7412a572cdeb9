package xsd

import (
	"bytes"
	"errors"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestAcceptorRecognises: valid samples never reach the engine, and every
// standard we handle has an acceptor.
func TestAcceptorRecognises(t *testing.T) {
	t.Parallel()
	s := build(t)
	for id, c := range s.compiled {
		if c.acceptor == nil {
			t.Errorf("%v has no acceptor", id)
		}
	}
	for _, sample := range allSamples(t) {
		a, content := s.compiled[sample.id].acceptor, sample.content
		plain := !bytes.Contains(content, []byte("<!")) // comments and CDATA are the engine's
		if plain && !a.accepts(content) {
			t.Errorf("%s is left to the engine", sample.name)
		}
		if a.accepts(content[:len(content)/2]) {
			t.Errorf("%s: half of it accepted", sample.name)
		}
	}
}

// TestAcceptorAllocates nothing once warm. It looks below the pool, which the
// race detector empties at random, as it does that of package regexp.
func TestAcceptorAllocates(t *testing.T) {
	a, content := build(t).compiled[unilavID].acceptor, samples(t)["assunzione"]
	x := new(acceptance)
	if n := testing.AllocsPerRun(200, func() { a.read(x, content) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
}

// TestAcceptorBuilds shows what content models acceptors know, against words
// of their languages.
func TestAcceptorBuilds(t *testing.T) {
	t.Parallel()
	const open = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="u" targetNamespace="u" elementFormDefault="qualified">` +
		`<xs:simpleType name="s"><xs:restriction base="xs:string"/></xs:simpleType><xs:element name="r"><xs:complexType>`
	const end = `</xs:complexType></xs:element></xs:schema>`
	e := func(name, occurs string) string { return `<xs:element name="` + name + `" type="s" ` + occurs + `/>` }
	for name, c := range map[string]struct {
		model        string
		words, other []string
	}{
		"sequence with options": {"<xs:sequence>" + e("a", `minOccurs="0"`) + e("b", "") + e("c", `minOccurs="0"`) + "</xs:sequence>",
			[]string{"b", "ab", "bc", "abc"}, []string{"", "a", "ba", "abb", "ac"}},
		"unbounded": {"<xs:sequence>" + e("a", `maxOccurs="unbounded"`) + e("b", `minOccurs="0" maxOccurs="unbounded"`) + "</xs:sequence>",
			[]string{"a", "aaa", "ab", "aabb"}, []string{"", "b", "aba"}},
		"choice of sequences": {"<xs:choice><xs:sequence>" + e("a", "") + e("b", "") + "</xs:sequence>" + e("c", "") + "</xs:choice>",
			[]string{"ab", "c"}, []string{"", "a", "abc", "ca"}},
		"choice that may be empty": {"<xs:sequence><xs:choice>" + e("a", `minOccurs="0"`) + e("b", "") + "</xs:choice>" + e("c", "") + "</xs:sequence>",
			[]string{"c", "ac", "bc"}, []string{"abc", "a"}},
		"nothing": {"", []string{""}, []string{"a"}},
	} {
		sch, err := readSchema([]byte(open + c.model + end))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a, err := newAcceptor(sch)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		document := func(word string) []byte {
			var b bytes.Buffer
			b.WriteString(`<r xmlns="u">`)
			for _, l := range word {
				b.WriteString("<" + string(l) + "/>")
			}
			b.WriteString("</r>")
			return b.Bytes()
		}
		for _, w := range c.words {
			if !a.accepts(document(w)) {
				t.Errorf("%s: %q is left to the engine", name, w)
			}
		}
		for _, w := range c.other {
			if a.accepts(document(w)) {
				t.Errorf("%s: %q accepted", name, w)
			}
		}
	}
	for name, model := range map[string]string{
		"at most three": "<xs:sequence>" + e("a", `maxOccurs="3"`) + "</xs:sequence>",
		"ambiguous":     "<xs:sequence>" + e("a", `minOccurs="0"`) + e("a", "") + "</xs:sequence>",
	} {
		sch, err := readSchema([]byte(open + model + end))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newAcceptor(sch); !errors.Is(err, errNoAcceptor) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMatcherAgrees: what a matcher recognises, the facets hold; and ordinary
// values are recognised.
func TestMatcherAgrees(t *testing.T) {
	t.Parallel()
	var types []*simpleType
	for _, c := range build(t).compiled {
		for _, st := range c.schema.simple {
			types = append(types, st)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		st := rapid.SampledFrom(types).Draw(t, "type")
		value := rapid.OneOf(
			rapid.StringMatching(`[0-9]{1,12}`), rapid.StringMatching(`[A-Z0-9]{1,16}`), rapid.String(),
			rapid.StringMatching(`(0000|19[0-9]{2}|2024)-(0[0-9]|1[0-9])-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+\-][0-2][0-9]:[0-6][0-9])?)?`),
			rapid.StringMatching(`[a-z.]{1,5}@[a-z.]{1,5}`), rapid.SampledFrom(append(st.values, "")),
		).Draw(t, "value")
		if newMatcher(st).matches([]byte(value)) && st.check([]byte(value)) != fault.Code("") {
			t.Fatalf("%q recognised, but %s", value, st.check([]byte(value)))
		}
	})
	for base, values := range map[string][]string{
		"xs:date":     {"2024-02-29", "0001-01-01", "2026-12-31"},
		"xs:dateTime": {"2026-11-26T10:00:00", "2026-11-26T23:59:59Z", "2026-11-26T00:00:00+01:00", "2026-11-26T00:00:00-14:00"},
	} {
		for _, v := range values {
			if !newMatcher(&simpleType{base: base, max: -1}).matches([]byte(v)) {
				t.Errorf("%s not recognised", v)
			}
		}
	}
}

// TestPatternsAreRuns keeps the usual patterns off the general machine.
func TestPatternsAreRuns(t *testing.T) {
	t.Parallel()
	for expression, run := range map[string]bool{
		`[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z]`: true, `[0-9]{1,9}`: true, `([0-9]\.){5}[0-9]{1,2}`: true, `[0-9]+x`: false,
		`[0-9]{4}-.*`: false, `a|bc`: false, `[^a]`: false, `à`: false,
	} {
		if p := newPattern(regexp.MustCompile(`\A(?:` + expression + `)\z`)); (p.run != nil) != run {
			t.Errorf("%s: a run is %v", expression, p.run != nil)
		}
	}
}
