package xmlsig

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestWorstDocuments reads documents of the greatest size allowed, each made to
// cost as much as the limits let it. The bound is generous: it is there to
// catch work that grows with the square of the size.
func TestWorstDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 4 MiB documents")
	}
	declare := func(n int, prefix string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ` xmlns:%s%d="urn:%s%d"`, prefix, i, prefix, i)
		}
		return b.String()
	}
	use := func(n int, prefix string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ` %s%d:x=""`, prefix, n-1-i)
		}
		return b.String()
	}
	var scope, unscope string
	for i := range 4 {
		scope += "<s" + declare(15, string(rune('a'+i))) + ">"
		unscope = "</s>" + unscope
	}
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (MaxDocument-len(head)-len(tail))/len(unit)) + tail
	}
	ids := func() string {
		var b strings.Builder
		for i := 0; b.Len() < MaxDocument-30; i++ {
			fmt.Fprintf(&b, `<i id="%d"/>`, i)
		}
		return "<r>" + b.String() + "</r>"
	}
	signed := strings.NewReplacer("{DIGEST}", strings.Repeat("A", 43)+"=", "{VALUE}", "AAAA", "{CERT}", "AAAA").Replace(shape)
	list := fmt.Sprintf(`<x:InclusiveNamespaces xmlns:x="%s" PrefixList="%s"/>`, algExclusive, strings.TrimSpace(strings.Repeat("a0 a1 a2 a3 ", 4)))
	listed := strings.Replace(signed, `exc-c14n#"/></ds:Transforms>`, `exc-c14n#">`+list+`</ds:Transform></ds:Transforms>`, 1)
	for name, doc := range map[string]string{
		"empty elements":               fill("<r>", "<a/>", "</r>"),
		"elements of 60 prefixes":      fill(scope, "<d0:a/>", unscope),
		"60 attributes, 60 prefixes":   fill(scope, "<a"+use(15, "a")+use(15, "b")+use(15, "c")+use(15, "d")+"/>", unscope),
		"64 attributes":                fill("<r>", "<a"+manyAttributes(64)+"/>", "</r>"),
		"16 declarations each":         fill("<r>", "<a"+declare(16, "p")+use(16, "p")+"/>", "</r>"),
		"64 levels again and again":    fill("<r>", strings.Repeat("<a>", 63)+strings.Repeat("</a>", 63), "</r>"),
		"default namespace to and fro": fill("<r>", `<a xmlns="u"><a xmlns="v"><a xmlns=""/></a></a>`, "</r>"),
		"references":                   fill("<r>", "&#x1D11E;", "</r>"),
		"unfinished references":        fill("<r>", "&", "</r>"),
		"comments":                     fill("<r>", "<!---->", "</r>"),
		"CDATA":                        fill("<r>", "<![CDATA[]]>", "</r>"),
		"brackets":                     fill("<r>", "]", "</r>"),
		"ids":                          ids(),
		"one value":                    fill("<r>", ">", "</r>"),
		"long PrefixList":              fill("<s"+declare(15, "a")+">", `<a xmlns:a0="u"/>`, listed+"</s>"),
		"base64 without end":           fill("<r>"+shape[:strings.Index(shape, "{DIGEST}")], "A", "</ds:DigestValue></r>"),
		"certificate without end":      fill("<r>"+signed[:strings.Index(signed, "</ds:X509Certificate>")], "A", "</r>"),
		"lines and then a fault":       fill("<r>", "\n", "</x>"),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, faults := everyone().verifier.Verify([]byte(doc), region)
			took := time.Since(start)
			t.Logf("%d bytes, %v, %s", len(doc), took, codes(faults))
			if len(faults) == 0 || took > 20*time.Second { // a second at most on a machine at rest
				t.Errorf("faults %q after %v", codes(faults), took)
			}
		})
	}
}
