package xmlsig

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestWorstMessages is T-C14N-DOS for messages of the greatest size allowed:
// everything is read, canonicalised by a long PrefixList and hashed before the
// first sum is found wrong.
func TestWorstMessages(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 12 MiB messages")
	}
	var scope, attrs, list strings.Builder
	for i := range 15 {
		fmt.Fprintf(&scope, ` xmlns:a%d="urn:a%d"`, i, i)
		fmt.Fprintf(&attrs, ` a%d:x=""`, 14-i)
		fmt.Fprintf(&list, "a%d ", i)
	}
	f := newForgery()
	f.body = `<soap:Body wsu:Id="body"` + scope.String() + `><t:op xmlns:t="urn:t">{FILL}</t:op></soap:Body>`
	f.prefixes = map[string]string{"body": list.String(), "ts": list.String()}
	msg := f.message(t)
	for name, c := range map[string]struct {
		unit func(i int) string
		code fault.Code
	}{
		"empty elements":     {func(int) string { return "<a/>" }, PartChanged},
		"attributes":         {func(int) string { return "<a" + attrs.String() + "/>" }, PartChanged},
		"prefixes redefined": {func(int) string { return `<a xmlns:a0="u"><a xmlns:a0="v"/></a>` }, PartChanged},
		"references":         {func(int) string { return "&quot;" }, PartChanged},
		"ids":                {func(i int) string { return fmt.Sprintf(`<a id="%d"/>`, i) }, PartChanged},
		"one id":             {func(int) string { return `<a id="x"/>` }, MessageIdents},
		"Security":           {func(int) string { return `<wsse:Security><ds:Signature/></wsse:Security>` }, fault.EnvelopeLimits}, // grows beyond bounds
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for i := 0; b.Len() < MaxMessage-len(msg)-300; i++ {
				b.WriteString(c.unit(i))
			}
			full := []byte(strings.Replace(msg, "{FILL}", b.String(), 1))
			start := time.Now()
			_, refused := allSystems().verifier.Verify(full, office)
			took := time.Since(start)
			if refused == nil || refused.Code != c.code || took > 30*time.Second { // a second or two on a machine at rest
				t.Errorf("%d bytes: %v after %v", len(full), refused, took)
			}
			t.Logf("%d bytes, %v", len(full), took)
		})
	}
	verifyMessage(t, strings.Replace(msg, "{FILL}", strings.Repeat(" ", MaxMessage), 1), office, fault.EnvelopeLimits)
}

// TestWorstAssertions is T-C14N-DOS for messages that bring an assertion with a
// PrefixList: what stands before it is read twice. A quarter of the greatest size
// allowed is enough, for all of it is linear.
func TestWorstAssertions(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 3 MiB messages")
	}
	list := `<ec:InclusiveNamespaces xmlns:ec="` + algExclusive + `" PrefixList="soap wsse wsu saml"/>`
	shape := strings.Replace(shapeOfAssertion, `exc-c14n#"/></ds:Transforms>`, `exc-c14n#">`+list+`</ds:Transform></ds:Transforms>`, 1)
	signed := forgeAssertion(t, genuineAssertion().bare, shape, allGateways().rsa, nil)
	msg := asserted(signed)
	for name, c := range map[string]struct {
		unit  func(i int) string
		where string
		code  fault.Code
	}{
		"elements in the Body":         {func(int) string { return "<a/>" }, "valore", fault.AssertionForged},
		"ids in the Body":              {func(i int) string { return fmt.Sprintf(`<a id="%d"/>`, i) }, "valore", fault.AssertionForged},
		"headers":                      {func(int) string { return `<a b="&quot;"/>` }, "<wsse:Security", fault.AssertionForged},
		"elements in the assertion":    {func(int) string { return "<a/>" }, "</saml:Assertion>", fault.EnvelopeLimits},
		"assertions within assertions": {func(int) string { return "<saml:Assertion/>" }, "</saml:Subject>", fault.EnvelopeLimits},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for i := 0; b.Len() < MaxMessage/4; i++ {
				b.WriteString(c.unit(i))
			}
			full := []byte(strings.Replace(msg, c.where, b.String()+c.where, 1))
			start := time.Now()
			_, refused := allGateways().verifier.Verify(full, false, issuerOf)
			took := time.Since(start)
			if refused == nil || refused.Code != c.code || took > 30*time.Second { // a second or two on a machine at rest
				t.Errorf("%d bytes: %v after %v", len(full), refused, took)
			}
			t.Logf("%d bytes, %v", len(full), took)
		})
	}
	verifyAssertion(t, strings.Replace(msg, "valore", strings.Repeat(" ", MaxMessage), 1), fault.EnvelopeLimits)
}
