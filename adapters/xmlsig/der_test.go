package xmlsig

import (
	"bytes"
	"encoding/asn1"
	"math/big"
	"testing"
)

// TestAppendDER: r||s becomes what encoding/asn1 writes of two INTEGERs, whatever
// zeros and high bits they begin with.
func TestAppendDER(t *testing.T) {
	t.Parallel()
	for _, r := range derNumbers() {
		for _, s := range derNumbers() {
			value := append(bytes.Clone(r), s...)
			want := must(asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)}))
			got := appendDER(nil, value)
			if !bytes.Equal(got, want) || len(got) > maxDER {
				t.Errorf("%x: %x, want %x", value, got, want)
			}
		}
	}
}

func derNumbers() [][]byte {
	var list [][]byte
	for _, first := range []byte{0, 1, 0x7f, 0x80, 0xff} {
		for _, at := range []int{0, 1, 15, 30, 31} {
			n := make([]byte, 32)
			n[at] = first
			list = append(list, n, append(bytes.Clone(n[:31]), 0x81))
		}
	}
	return append(list, bytes.Repeat([]byte{0xff}, 32))
}

// TestTextForms: what is copied as it is and what is written anew give one canonical
// form, in values short and long.
func TestTextForms(t *testing.T) {
	t.Parallel()
	long := string(bytes.Repeat([]byte("x"), 100))
	for _, pad := range []string{"", long} {
		for in, want := range map[string]string{
			"a&lt;b&gt;c&amp;d":   "a&lt;b&gt;c&amp;d",
			"a&lt;b>c":            "a&lt;b&gt;c",
			"&quot;&apos;&lt;":    "\"'&lt;",
			"&#60;&#x3e;&#38;":    "&lt;&gt;&amp;",
			"a\r\nb&lt;\rc":       "a\nb&lt;\nc",
			"&#13;&amp;amp;&#xD;": "&#xD;&amp;amp;&#xD;",
		} {
			if got := string(canonicalOf(t, []byte("<a>"+pad+in+pad+"</a>"), 1, nil)); got != "<a>"+pad+want+pad+"</a>" {
				t.Errorf("%q: %q", in, got)
			}
		}
		for in, want := range map[string]string{
			"a&lt;b":          "a&lt;b",
			"&quot;&#9;&#10;": "&quot;&#x9;&#xA;",
			"&gt;>&apos;":     ">>'",
		} {
			if got := string(canonicalOf(t, []byte(`<a v="`+pad+in+pad+`"></a>`), 1, nil)); got != `<a v="`+pad+want+pad+`"></a>` {
				t.Errorf("%q: %q", in, got)
			}
		}
	}
}
