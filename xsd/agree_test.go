package xsd

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// agree fails unless judge and explanation say the same about content. The one
// thing the explanation leaves to the judge is what xsi attributes do. Where the
// judge itself fails, the explanation must know what is wrong.
func agree(t interface{ Fatalf(string, ...any) }, c *compiled, content []byte) {
	refusal, err := c.judge(content)
	faults := c.schema.explain(content)
	if err != nil {
		if len(faults) == 0 || c.acceptor != nil && c.acceptor.accepts(content) {
			t.Fatalf("judge: %v, explained: %v\n%s", err, faults, content)
		}
		return
	}
	if refusal != nil && c.acceptor != nil && c.acceptor.accepts(content) {
		t.Fatalf("the judge refuses what the acceptor accepts: %v\n%s", refusal, content)
	}
	switch {
	case refusal == nil && len(faults) > 0:
		t.Fatalf("the judge accepts, explained: %v\n%s", faults, content)
	case refusal != nil && len(faults) == 0 && !bytes.Contains(content, []byte(instanceSpace)):
		t.Fatalf("the judge refuses, nothing explained: %v\n%s", refusal, content)
	}
}

// span is an element or an attribute in a document.
type span struct {
	name       string
	start, end int // all of it
	from, to   int // its value, or what lies between the tags
}

// spans finds the elements and attributes of a document.
func spans(content []byte) (elements, attributes []span) {
	var r xmltoken.Reader
	r.Reset(content, xmltoken.Limits{})
	var open []span
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return elements, attributes
		}
		switch kind {
		case xmltoken.Start:
			open = append(open, span{name: string(r.Local()), start: r.Offset(), from: r.End()})
			tag := content[r.Offset():r.End()]
			for _, a := range r.Attrs() {
				text := " " + string(a.Local) + `="` + string(a.Value) + `"`
				if i := bytes.Index(tag, []byte(text)); i >= 0 {
					at := r.Offset() + i
					attributes = append(attributes, span{string(a.Local), at, at + len(text), at + len(a.Local) + 3, at + len(text) - 1})
				}
			}
		case xmltoken.End:
			e := open[len(open)-1]
			open = open[:len(open)-1]
			e.to, e.end = r.Offset(), r.End()
			elements = append(elements, e)
		}
	}
}

// mutate makes one change to a document.
func mutate(t *rapid.T, content []byte) []byte {
	elements, attributes := spans(content)
	if len(elements) == 0 || len(attributes) == 0 {
		return content
	}
	e := rapid.SampledFrom(elements).Draw(t, "element")
	o := rapid.SampledFrom(elements).Draw(t, "other")
	a := rapid.SampledFrom(attributes).Draw(t, "attribute")
	value := rapid.SampledFrom([]string{"", "X", "SI", "00", "12345", "A123", "2024-02-29", "2023-02-29", "2026-03-09+14:00",
		" 2026-03-09 ", "2026-03-09T24:00:00", "2026-03-09T10:00:00.5Z", "2026-03-09T10:60:00", "0000-01-01", "١", "a b", "&lt;",
		"2026-03-09-15:00", "2026-3-9", "2026-03-09T10:00:00.", "-2026-03-09", "a@b", "à", "12.34.56", "\n"}).Draw(t, "value")
	replace := func(from, to int, by string) []byte {
		return bytes.Join([][]byte{content[:from], []byte(by), content[to:]}, nil)
	}
	switch rapid.IntRange(0, 8).Draw(t, "change") {
	case 0:
		return replace(e.start, e.end, "")
	case 1:
		return replace(e.end, e.end, string(content[e.start:e.end]))
	case 2: // move
		if e.end <= o.start {
			return bytes.Join([][]byte{content[:e.start], content[e.end:o.start], content[e.start:e.end], content[o.start:]}, nil)
		}
		return content
	case 3:
		if e.from <= e.to {
			return replace(e.from, e.to, value)
		}
		return content
	case 4:
		return replace(a.start, a.end, "")
	case 5:
		return replace(a.from, a.to, strings.TrimSpace(value))
	case 6:
		return replace(e.start, e.start, value)
	case 7: // into one that has no content
		if tag := content[e.start:e.end]; bytes.HasSuffix(tag, []byte("/>")) {
			name := string(tag[1 : 1+bytes.IndexAny(tag[1:], " \t\r\n/")])
			return replace(e.end-2, e.end, ">"+string(content[o.start:o.end])+"</"+name+">")
		}
		return content
	}
	return replace(e.start, e.start, string(content[o.start:o.end]))
}

func TestExplanationAgreesWithJudge(t *testing.T) {
	t.Parallel()
	s, valid := build(t), allSamples(t)
	rapid.Check(t, func(t *rapid.T) {
		sample := rapid.SampledFrom(valid).Draw(t, "sample")
		content := sample.content
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			content = mutate(t, content)
		}
		agree(t, s.compiled[sample.id], content)
	})
}

// TestFaultsQuoteNoValue puts a mark in every value in turn: what is told names
// the field, and does not say the value.
func TestFaultsQuoteNoValue(t *testing.T) {
	t.Parallel()
	const mark = "QZ7XK"
	s := build(t)
	for _, sample := range allSamples(t) {
		content := sample.content
		elements, attributes := spans(content)
		for _, at := range append(elements, attributes...) {
			if at.from > at.to {
				continue
			}
			marked := bytes.Join([][]byte{content[:at.from], []byte(mark), content[at.to:]}, nil)
			faults := judgeAll(t, s, marked)
			b, err := json.Marshal(faults)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				checkNamed(t, f)
				b = append(b, f.Text()...)
			}
			if bytes.Contains(b, []byte(mark)) {
				t.Errorf("%s: %s is quoted: %s", sample.name, at.name, b)
			}
		}
	}
}

// TestKnownFacts validates the skeletons of the format's description where they
// are at hand.
func TestKnownFacts(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../shared/domain/formats/samples.md")
	if err != nil {
		t.Skip("the format's description is not here")
	}
	s := build(t)
	var roots []string
	for _, info := range s.Kinds() {
		roots = append(roots, s.compiled[info.ID].Root)
	}
	found := 0
	for _, block := range regexp.MustCompile("(?s)```xml\n(.*?)```").FindAllSubmatch(page, -1) {
		content := bytes.TrimSpace(block[1])
		// A comment on what is not evidenced may follow.
		if end := bytes.LastIndex(content, []byte("</")); end > 0 {
			content = content[:end+bytes.IndexByte(content[end:], '>')+1]
		}
		root := string(regexp.MustCompile(`^<([A-Za-z]+)`).Find(content))
		if root == "" || !slices.Contains(roots, root[1:]) {
			continue
		}
		found++
		if faults := judgeAll(t, s, content); len(faults) > 0 {
			t.Errorf("%v in\n%s", faults, content)
		}
	}
	if found < 8 {
		t.Errorf("%d skeletons", found)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	s := build(t)
	kinds := s.Kinds()
	if len(kinds) == 0 || kinds[0].ID != unilavID || kinds[0].Inferred < 10 {
		t.Fatalf("kinds %+v", kinds)
	}
	for _, k := range kinds {
		text, err := File(k.File)
		if err != nil || !bytes.Contains(text, []byte(`targetNamespace="`+k.Space+`"`)) {
			t.Errorf("%v: file %v", k.ID, err)
		}
	}
	if _, err := File("unilav/none.xsd"); err == nil {
		t.Error("a file that is not there")
	}
	if _, err := s.Validate(ID{"UNILAV", "CO130110"}, nil); err == nil {
		t.Error("an edition that is not there")
	}
}

// TestEverythingIsLabelled keeps the schema able to tell people what it wants.
func TestEverythingIsLabelled(t *testing.T) {
	t.Parallel()
	for id, compiled := range build(t).compiled {
		sch := compiled.schema
		all := []*complexType{sch.root.complex}
		for _, c := range sch.complex {
			all = append(all, c)
		}
		for _, c := range all {
			for name, e := range c.elements {
				if e.label == "" || e.simple != nil && e.simple.expected == "" {
					t.Errorf("%v: element %s has no label", id, name)
				}
				if strings.Contains(e.label+e.expected(), ": ") { // a fault has its own
					t.Errorf("%v: element %s has a colon in its label or form", id, name)
				}
			}
			for _, a := range c.attributes {
				if a.label == "" || a.simple.expected == "" {
					t.Errorf("%v: attribute %s has no label", id, a.name)
				}
				if strings.Contains(a.label+a.simple.expected, ": ") {
					t.Errorf("%v: attribute %s has a colon in its label or form", id, a.name)
				}
			}
		}
	}
}

// TestSchemaReaderRefuses keeps our reading of schemas from being silently
// incomplete.
func TestSchemaReaderRefuses(t *testing.T) {
	t.Parallel()
	text, err := File("unilav/CO190701R1/unilav.xsd")
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"repeated group":  {"<xs:choice>", `<xs:choice maxOccurs="2">`},
		"unknown facet":   {"<xs:pattern value=\"[0-9]{5}\"/>", `<xs:whiteSpace value="collapse"/>`},
		"unknown base":    {`<xs:restriction base="xs:date">`, `<xs:restriction base="xs:token">`},
		"unknown type":    {`type="Cap"`, `type="Capp"`},
		"unknown part":    {`<xs:sequence>`, `<xs:any/><xs:sequence>`},
		"many required":   {`minOccurs="0"`, `minOccurs="2"`},
		"odd maximum":     {`minOccurs="0"`, `maxOccurs="0"`},
		"nil":             {`<xs:element name="cap" type="Cap"`, `<xs:element name="cap" nillable="true" type="Cap"`},
		"fixed":           {`<xs:element name="cap" type="Cap"`, `<xs:element name="cap" fixed="00185" type="Cap"`},
		"prohibited":      {`use="required"`, `use="prohibited"`},
		"default":         {`use="required"`, `default="x"`},
		"mixed":           {`<xs:complexType name="Sede`, `<xs:complexType mixed="true" name="Sede`},
		"other namespace": {`<xs:sequence>`, `<sequence/><xs:sequence>`},
		"broken":          {`</xs:schema>`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := bytes.Replace(text, []byte(edit[0]), []byte(edit[1]), 1)
			if bytes.Equal(broken, text) {
				t.Fatal("the edit does not fit")
			}
			if _, err := readSchema(broken); err == nil {
				t.Error("read")
			}
		})
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	content := []byte("<a>\n<b/>\n<b c='1'>\n<d/></b>\n<b>\n<d/>\n<d/>\n</b></a>")
	faults := fault.List{
		{Path: "/a/b/d"}, {Path: "/a/b/@c"}, {Path: "/a/x/y"}, {Path: "/z"}, {Path: "/a/b", Line: 9}, {},
		{Path: "/a/b[2]/@c"}, {Path: "/a/b[3]/d[2]/@e"}, {Path: "/a/b[4]"}, {Path: "/a/bb"}, {Path: "/a/b[3]/d[1]"},
	}
	Locate(content, faults)
	for i, want := range []int{4, 2, 1, 0, 9, 0, 3, 7, 1, 1, 6} {
		if faults[i].Line != want {
			t.Errorf("%s: line %d, want %d", faults[i].Path, faults[i].Line, want)
		}
	}
	Locate([]byte("<a"), faults) // no panic
}
