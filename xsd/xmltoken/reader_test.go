package xmltoken

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// trace writes the tokens of src, one a line, and the reason of the error if any.
func trace(src string, lim Limits) (string, Reason) {
	var r Reader
	r.Reset([]byte(src), lim)
	var b strings.Builder
	for {
		kind, err := r.Next()
		var syntax *SyntaxError
		if errors.As(err, &syntax) {
			return b.String(), syntax.Reason
		}
		switch kind {
		case EOF:
			return b.String(), 0
		case Start:
			fmt.Fprintf(&b, "<%d {%s}%s:%s", r.Depth(), r.Space(), r.Prefix(), r.Local())
			for _, d := range r.Decls() {
				fmt.Fprintf(&b, " xmlns:%s=%s", d.Prefix, d.URI)
			}
			for _, a := range r.Attrs() {
				fmt.Fprintf(&b, " {%s}%s:%s=%s", a.Space, a.Prefix, a.Local, a.Value)
			}
		case End:
			fmt.Fprintf(&b, ">%d {%s}%s:%s", r.Depth(), r.Space(), r.Prefix(), r.Local())
		case Text:
			fmt.Fprintf(&b, "T%q", r.Raw())
		case CData:
			fmt.Fprintf(&b, "D%q", r.Raw())
		case Comment:
			fmt.Fprintf(&b, "C%q", r.Raw())
		case Inst:
			fmt.Fprintf(&b, "I%q", r.Raw())
		}
		b.WriteByte('\n')
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want string }{
		"empty element": {`<a/>`, "<1 {}:a\n>1 {}:a\n"},
		"declaration":   {"<?xml version='1.0' encoding='utf-8' standalone=\"no\" ?>\n<a></a >\n", "<1 {}:a\n>1 {}:a\n"},
		"namespaces": {`<p:a xmlns:p="u" xmlns="v" b="1" p:b="2"><c/></p:a>`,
			"<1 {u}p:a xmlns:p=u xmlns:=v {}:b=1 {u}p:b=2\n<2 {v}:c\n>2 {v}:c\n>1 {u}p:a\n"},
		"scope ends with the element": {`<a><p:b xmlns:p="u"/><p:b xmlns:p="v"/></a>`,
			"<1 {}:a\n<2 {u}p:b xmlns:p=u\n>2 {u}p:b\n<2 {v}p:b xmlns:p=v\n>2 {v}p:b\n>1 {}:a\n"},
		"undeclared default": {`<a xmlns="u"><b xmlns=""/></a>`,
			"<1 {u}:a xmlns:=u\n<2 {}:b xmlns:=\n>2 {}:b\n>1 {u}:a\n"},
		"xml prefix":     {`<a xml:lang="it"/>`, "<1 {}:a {" + XMLSpace + "}xml:lang=it\n>1 {}:a\n"},
		"decoded URI":    {`<p:a xmlns:p="a&amp;b"/>`, "<1 {a&b}p:a xmlns:p=a&b\n>1 {a&b}p:a\n"},
		"text and CDATA": {"<a>x &lt;&#x41;<![CDATA[<&]]>]]&gt;</a>", "<1 {}:a\nT\"x &lt;&#x41;\"\nD\"<&\"\nT\"]]&gt;\"\n>1 {}:a\n"},
		"comment and instruction": {"<!-- - --><?p q?><a><!----><?p?></a><!--z-->",
			"C\" - \"\nI\"<?p q?>\"\n<1 {}:a\nC\"\"\nI\"<?p?>\"\n>1 {}:a\nC\"z\"\n"},
		"accents": {"<èà ç='ù'>€𝄞</èà>", "<1 {}:èà {}:ç=ù\nT\"€𝄞\"\n>1 {}:èà\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, reason := trace(c.src, Limits{})
			if reason != 0 || got != c.want {
				t.Errorf("reason %d, tokens\n%s\nwant\n%s", reason, got, c.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src  string
		want Reason
	}{
		{"", Malformed}, {" ", Malformed}, {"x", Malformed}, {"</", Malformed}, {"</a>", Malformed}, {"<", Malformed},
		{"<a", Malformed}, {"<a>", Malformed}, {"<a>x", Malformed}, {"<a></b>", Malformed}, {"<a></a", Malformed},
		{"<a></ab>", Malformed}, {"<a/><b/>", Malformed}, {"<a/>x", Malformed}, {"<a/>&amp;", Malformed},
		{"<![CDATA[x]]><a/>", Malformed}, {"<a><![CDATA[x]]</a>", Malformed}, {"<a>]]></a>", Malformed},
		{"<a><!-- -- --></a>", Malformed}, {"<a><!-- --->", Malformed}, {"<a><!--></a>", Malformed}, {"<a><!--", Malformed},
		{"<a><!ELEMENT a ANY></a>", Malformed}, {"<a><?p", Malformed}, {"<a><??></a>", Malformed},
		{"<a><?xml version='1.0'?></a>", Malformed}, {" <?xml version='1.0'?><a/>", Malformed},
		{"<?XML version='1.0'?><a/>", Malformed}, {"<?xml version='1.1'?><a/>", Malformed}, {"<?xml?><a/>", Malformed},
		{"<?xml encoding='UTF-8'?><a/>", Malformed}, {"<?xml version='1.0' x='y'?><a/>", Malformed},
		{"<?xml version='1.0'encoding='UTF-8'?><a/>", Malformed}, {"<?xml version='1.0' standalone='maybe'?><a/>", Malformed},
		{"<a><?p:q?></a>", Namespace}, {"<a><?p+?></a>", Malformed},
		{"<a b></a>", Malformed}, {"<a b=c/>", Malformed}, {"<a b='c/>", Malformed}, {"<a b='<'/>", Malformed},
		{"<a b='1'c='2'/>", Malformed}, {"<a / >", Malformed}, {"<a b='&'/>", Malformed}, {"<1a/>", Malformed}, {"<a\u00d7/>", Malformed},
		{"<a>&#0;</a>", Malformed}, {"<a>&#x;</a>", Malformed}, {"<a>&#xD800;</a>", Malformed}, {"<a>&#x110000;</a>", Malformed},
		{"<a>&#99999999999999999999;</a>", Malformed}, {"<a>&lt</a>", Malformed}, {"<a>&;</a>", Malformed},
		{"<a>&eacute;</a>", DTD}, {"<a b='&x;'/>", DTD}, {"<!DOCTYPE a><a/>", DTD}, {"<a><!DOCTYPE a></a>", DTD},
		{"<a>\x00</a>", Malformed}, {"<a>\x1f</a>", Malformed}, {"<a>\uffff</a>", Malformed},
		{"<a>\xff</a>", Encoding}, {"<a>\xc0\x80</a>", Encoding}, {"<a>\xed\xa0\x80</a>", Encoding}, {"\ufeff<a/>", Encoding},
		{"<?xml version='1.0' encoding='ISO-8859-1'?><a/>", Encoding},
		{"<?xml version='1.0' encoding='UTF-7'?><a/>", Encoding}, {"\xff\xfe<\x00a\x00/\x00>\x00", Encoding},
		{"<p:a/>", Namespace}, {"<a p:b='1'/>", Namespace}, {"<a:b:c xmlns:a='u'/>", Namespace}, {"<:a/>", Namespace},
		{"<a: xmlns:a='u'/>", Namespace}, {"<a xmlns:p=''/>", Namespace}, {"<a xmlns:xmlns='u'/>", Namespace},
		{"<a xmlns:xml='u'/>", Namespace}, {"<a xmlns:p='" + XMLSpace + "'/>", Namespace},
		{"<a xmlns='" + XMLNSSpace + "'/>", Namespace}, {"<xmlns:a/>", Namespace}, {"<a><p:b xmlns:p='u'/><p:c/></a>", Namespace},
		{"<a b='1' b='1'/>", Duplicate}, {"<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='1'/>", Duplicate},
		{"<a xmlns:p='u' xmlns:p='v'/>", Duplicate}, {"<a xmlns='u' xmlns='u'/>", Duplicate},
	} {
		t.Run(c.src, func(t *testing.T) {
			t.Parallel()
			if got, reason := trace(c.src, Limits{}); reason != c.want {
				t.Errorf("reason %d, want %d; tokens\n%s", reason, c.want, got)
			}
		})
	}
}

// Short texts are read by another loop than long ones: what matters in a text is seen
// at every place of either.
func TestTextAtEveryLength(t *testing.T) {
	for _, c := range []struct {
		mark      string
		canonical bool
		reason    Reason // 0: it is text
	}{
		{"", true, 0}, {"]", true, 0}, {"]]", true, 0}, {"è", true, 0}, {"&amp;", true, 0},
		{"&#65;", false, 0}, {"&quot;", false, 0},
		{"]]>", false, Malformed}, {"&", false, Malformed}, {"&x;", false, DTD},
	} {
		for before := range 40 {
			for _, after := range []int{0, 1, 20} {
				text := strings.Repeat("x", before) + c.mark + strings.Repeat("y", after)
				if text == "" {
					continue
				}
				var r Reader
				r.Reset([]byte("<a>"+text+"</a>"), Limits{})
				if _, err := r.Next(); err != nil {
					t.Fatal(err)
				}
				kind, err := r.Next()
				var syntax *SyntaxError
				if errors.As(err, &syntax) {
					if syntax.Reason != c.reason {
						t.Errorf("%q: %v, want %v", text, err, c.reason)
					}
					continue
				}
				if c.reason != 0 || kind != Text || string(r.Raw()) != text || r.Canonical() != c.canonical {
					t.Errorf("%q: %v %q, canonical %v", text, kind, r.Raw(), r.Canonical())
				}
			}
		}
	}
}
