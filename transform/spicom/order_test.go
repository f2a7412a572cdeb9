package spicom

import (
	"bytes"
	"encoding/xml"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPropertyOrder: the properties of every bean may come in any order.
func TestPropertyOrder(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/payloads/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no payloads: %v", err)
	}
	for _, file := range files {
		text := payload(t, filepath.Base(file))
		turned := reversed(t, text)
		if bytes.Equal(text, turned) {
			t.Fatalf("%s: nothing reversed", file)
		}
		want, err := converter(t).Convert(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := converter(t).Convert(turned)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.National) != string(want.National) || len(got.Faults) != len(want.Faults) || got.Previous != want.Previous {
			t.Errorf("%s: another communication:\n%s\nwant\n%s", file, got.National, want.National)
		}
	}
}

// reversed writes a document with the properties of every bean in reverse.
func reversed(t *testing.T, text []byte) []byte {
	t.Helper()
	type element struct {
		start xml.StartElement
		text  string
		parts []string
	}
	stack := []*element{{}}
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.Token()
		if err != nil {
			return []byte(stack[0].parts[0])
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			stack = append(stack, &element{start: token.Copy()})
		case xml.CharData:
			top.text += string(token)
		case xml.EndElement:
			if !strings.HasPrefix(strings.Join(top.parts, ""), "<element ") { // the items of an array have their order
				slices.Reverse(top.parts)
			}
			var b strings.Builder
			b.WriteString("<" + top.start.Name.Local)
			for _, a := range top.start.Attr {
				b.WriteString(" " + a.Name.Local + `="` + a.Value + `"`)
			}
			b.WriteString(">" + strings.Join(top.parts, ""))
			if len(top.parts) == 0 {
				if err := xml.EscapeText(&b, []byte(top.text)); err != nil {
					t.Fatal(err)
				}
			}
			b.WriteString("</" + top.start.Name.Local + ">")
			stack = stack[:len(stack)-1]
			parent := stack[len(stack)-1]
			parent.parts = append(parent.parts, b.String())
		}
	}
}
