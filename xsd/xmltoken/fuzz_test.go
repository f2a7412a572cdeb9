package xmltoken

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// FuzzTokens checks what holds of every input: no panic, tokens that tile the
// source without gap or overlap, tags that balance, and agreement with
// encoding/xml, which is laxer: what we read, it reads, with the same elements
// and the same text.
func FuzzTokens(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("<a xmlns='u' b=\"&#x41;\"><!-- c --><?p q?><b xmlns=''/>]]&gt;</a>"))
	f.Add([]byte("</"))
	f.Fuzz(func(t *testing.T, src []byte) {
		var r Reader
		r.Reset(src, Limits{})
		var names, text []byte
		depth, end := 0, 0
		for {
			kind, err := r.Next()
			var syntax *SyntaxError
			if errors.As(err, &syntax) {
				if syntax.Offset < 0 || syntax.Offset > len(src) || syntax.Line < 1 || syntax.Reason == 0 {
					t.Fatalf("error out of range: %+v", syntax)
				}
				return
			}
			if r.Offset() < end || r.End() < r.Offset() || r.End() > len(src) {
				t.Fatalf("token [%d,%d) after %d", r.Offset(), r.End(), end)
			}
			if gap := src[end:r.Offset()]; depth > 0 && len(gap) > 0 {
				t.Fatalf("bytes passed over: %q", gap)
			}
			end = r.End()
			if kind == Start || kind == End {
				name := append(append([]byte(nil), r.Prefix()...), ':')
				if name = append(name, r.Local()...); string(bytes.TrimPrefix(name, []byte(":"))) != string(r.Name()) {
					t.Fatalf("name %q of %q", r.Name(), name)
				}
			}
			switch kind {
			case Start:
				depth++
				names = append(append(names, r.Local()...), '<')
			case End:
				depth--
				names = append(append(names, r.Local()...), '>')
			case Text:
				if text, err = AppendText(text, r.Raw()); err != nil {
					t.Fatal(err)
				}
			case CData:
				text = AppendCData(text, r.Raw())
			case EOF:
				if depth != 0 {
					t.Fatalf("end at depth %d", depth)
				}
				sameAsStandard(t, src, names, text)
				return
			}
		}
	})
}

func sameAsStandard(t *testing.T, src, names, text []byte) {
	d := xml.NewDecoder(bytes.NewReader(src))
	var stdNames, stdText []byte
	depth := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil && strings.Contains(err.Error(), "invalid XML name") {
			return // it knows the names of the fourth edition only
		}
		if err != nil {
			t.Fatalf("encoding/xml refuses what we read: %v", err)
		}
		switch v := token.(type) {
		case xml.StartElement:
			depth++
			stdNames = append(append(stdNames, v.Name.Local...), '<')
		case xml.EndElement:
			depth--
			stdNames = append(append(stdNames, v.Name.Local...), '>')
		case xml.CharData:
			if depth > 0 {
				stdText = append(stdText, v...)
			}
		}
	}
	if !bytes.Equal(names, stdNames) || !bytes.Equal(text, stdText) {
		t.Fatalf("elements %q and text %q, encoding/xml has %q and %q", names, text, stdNames, stdText)
	}
}
