package xmltoken

import (
	"errors"
	"strings"
	"testing"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	const raw = "a\r\nb\rc\nd\te&#13;&#xA;&#9;&lt;&gt;&amp;&quot;&apos;&#x1D11E;"
	text, err := AppendText([]byte("|"), []byte(raw))
	if want := "|a\nb\nc\nd\te\r\n\t<>&\"'𝄞"; err != nil || string(text) != want {
		t.Errorf("text %q, %v, want %q", text, err, want)
	}
	attr, err := AppendAttr(nil, []byte(raw))
	if want := "a b c d e\r\n\t<>&\"'𝄞"; err != nil || string(attr) != want {
		t.Errorf("attribute %q, %v, want %q", attr, err, want)
	}
	if got := string(AppendCData(nil, []byte("a\r\nb\rc\r&lt;"))); got != "a\nb\nc\n&lt;" {
		t.Errorf("CDATA %q", got)
	}
	var syntax *SyntaxError
	if _, err := AppendText(nil, []byte("&x;")); !errors.As(err, &syntax) || syntax.Reason != DTD {
		t.Errorf("unknown entity: %v", err)
	}
}

func TestSimpleText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src, want string
		reason    Reason
	}{
		{"<a/>", "", 0},
		{"<a> x&amp;y </a>", " x&y ", 0},
		{"<a>RSS<!-- cut here? -->MRA<?no?>80<![CDATA[&\r\n]]></a>", "RSSMRA80&\n", 0},
		{"<a>x<b/></a>", "", Structure},
		{"<a>x", "", Malformed},
	} {
		var r Reader
		r.Reset([]byte(c.src), Limits{})
		r.Next()
		got, err := r.Text()
		var syntax *SyntaxError
		if errors.As(err, &syntax) != (c.reason != 0) || syntax != nil && syntax.Reason != c.reason {
			t.Errorf("%s: error %v, want reason %d", c.src, err, c.reason)
		}
		if string(got) != c.want {
			t.Errorf("%s: %q, want %q", c.src, got, c.want)
		}
		if err == nil && (string(r.Local()) != "a" || r.Depth() != 1) {
			t.Errorf("%s: cursor on %s at depth %d", c.src, r.Local(), r.Depth())
		}
	}
}

func TestSkip(t *testing.T) {
	t.Parallel()
	var r Reader
	r.Reset([]byte("<a><b><b><b/></b>x</b><c/></a>"), Limits{})
	r.Next()
	r.Next()
	if err := r.Skip(); err != nil || string(r.Local()) != "b" || r.Depth() != 2 {
		t.Fatalf("after Skip: %v, %s at depth %d", err, r.Local(), r.Depth())
	}
	if kind, err := r.Next(); kind != Start || err != nil || string(r.Local()) != "c" {
		t.Errorf("next is %d %s, %v; want c", kind, r.Local(), err)
	}
	r.Skip()
	r.Next()
	if kind, err := r.Next(); kind != EOF || err != nil {
		t.Errorf("at the end: %d, %v", kind, err)
	}
	if kind, err := r.Next(); kind != EOF || err != nil {
		t.Errorf("after the end: %d, %v", kind, err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	for name, c := range map[string]struct {
		src  string
		lim  Limits
		want Reason
	}{
		"depth 64":           {nested(64), Limits{}, 0},
		"depth 65":           {nested(65), Limits{}, Limit},
		"depth 3 of 2":       {nested(3), Limits{Depth: 2}, Limit},
		"2 attributes of 2":  {"<a b='' c=''/>", Limits{Attrs: 2}, 0},
		"3 attributes of 2":  {"<a b='' c='' d=''/>", Limits{Attrs: 2}, Limit},
		"declarations count": {"<a b='' c='' xmlns='u'/>", Limits{Attrs: 2}, Limit},
		"2 declarations":     {"<a xmlns:b='u' xmlns:c='u'/>", Limits{Decls: 1}, Limit},
		"5 in scope of 4":    {strings.Repeat("<a xmlns='u'>", 5), Limits{Decls: 1}, Limit},
		"namespace of 256":   {"<a xmlns='" + strings.Repeat("u", 256) + "'/>", Limits{}, 0},
		"namespace of 257":   {"<a xmlns:p='" + strings.Repeat("u", 257) + "'/>", Limits{}, Limit},
		"as it is written":   {"<a xmlns='&#117;u'/>", Limits{Space: 6}, Limit},
		"name of 5, 4":       {"<ab:cd xmlns:ab='u'/>", Limits{Name: 4}, Limit},
		"name of 5, 5":       {"<ab:cd xmlns:ab='u'/>", Limits{Name: 8}, 0},
	} {
		if _, reason := trace(c.src, c.lim); reason != c.want {
			t.Errorf("%s: reason %d, want %d", name, reason, c.want)
		}
	}
}

func TestPosition(t *testing.T) {
	t.Parallel()
	const src = "<?xml version='1.0'?>\n<a>\n <b/>\n\n<c\n></c></a>"
	var r Reader
	r.Reset([]byte(src), Limits{})
	type at struct {
		kind              Kind
		offset, end, line int
	}
	for i, want := range []at{
		{Start, 22, 25, 2}, {Text, 25, 27, 2}, {Start, 27, 31, 3}, {End, 31, 31, 3}, {Text, 31, 33, 3},
		{Start, 33, 37, 5}, {End, 37, 41, 6}, {End, 41, 45, 6}, {EOF, 45, 45, 6},
	} {
		kind, err := r.Next()
		if got := (at{kind, r.Offset(), r.End(), r.Line()}); err != nil || got != want {
			t.Errorf("token %d: %v, %v, want %v", i, got, err, want)
		}
	}
	r.Reset([]byte("<a>\n\n&x;</a>"), Limits{})
	var syntax *SyntaxError
	for range 3 { // the error is final
		r.Next()
	}
	if _, err := r.Next(); !errors.As(err, &syntax) || syntax.Line != 3 || syntax.Offset != 5 {
		t.Errorf("error %+v, want line 3, offset 5", syntax)
	}
}

const sample = `<?xml version="1.0" encoding="UTF-8"?>
<u:UniLav xmlns:u="urn:u" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="u:T&amp;x">
	<Datore codiceFiscale="01234567890" ragioneSociale="ROSSI &amp; C."><Sede/></Datore>
	<Lavoratore>Città <![CDATA[<b>]]> &#232; <!-- no --></Lavoratore>
</u:UniLav>`

func readAll(tb testing.TB, r *Reader, src []byte) {
	r.Reset(src, Limits{})
	for {
		kind, err := r.Next()
		if err != nil {
			tb.Fatal(err)
		}
		if kind == EOF {
			return
		}
	}
}

func TestNoAllocation(t *testing.T) {
	var r Reader
	src := []byte(sample)
	readAll(t, &r, src)
	if n := testing.AllocsPerRun(100, func() {
		readAll(t, &r, src)
		r.Reset(src, Limits{})
		for {
			r.Next()
			if string(r.Local()) == "Lavoratore" {
				break
			}
		}
		if _, err := r.Text(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkTokens(b *testing.B) {
	var r Reader
	src := []byte(sample)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		readAll(b, &r, src)
	}
}

// TestCanonicalText: a Text tells whether its references are those of Canonical XML,
// and is refused for others wherever they stand.
func TestCanonicalText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, "plain": true, "&lt;&gt;&amp;": true, "a&lt;b": true, "&amp;lt;": true,
		"&quot;": false, "&lt;&apos;": false, "&#60;&lt;": false, "&lt;&#x3c;": false,
	} {
		var r Reader
		r.Reset([]byte("<a>"+text+"x</a>"), Limits{})
		for range 2 {
			if _, err := r.Next(); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
		if got := r.Canonical(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for _, text := range []string{"&lt", "&lt;&gtx;", "&amp&", "&lt;&amp;&x;", "&"} {
		for _, doc := range []string{"<a>" + text + "</a>", `<a b="` + text + `"/>`, `<a b="0123456789012345678901234567890123` + text + `"/>`} {
			if _, reason := trace(doc, Limits{}); reason != Malformed && reason != DTD {
				t.Errorf("%q: reason %v", doc, reason)
			}
		}
	}
	for _, doc := range []string{`<a b="<"/>`, `<a b="0123456789012345678901234567890123<"/>`, `<a b="x`, `<a b="0123456789012345678901234567890123`} {
		if _, reason := trace(doc, Limits{}); reason != Malformed {
			t.Errorf("%q: reason %v", doc, reason)
		}
	}
}
