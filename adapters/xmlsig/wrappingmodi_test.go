package xmlsig

import (
	"strings"
	"testing"

	"github.com/snodo-co/snodo/transform/saml"
)

// TestAssertionWrappingUnderModI is XSW where two signatures meet: the message's covers
// an assertion that has its own. In every place and under every identifier another
// assertion is put beside it or in its stead: one that nobody signed, and one of the
// same issuer about somebody else. Whatever both verifiers take is what was vouched for.
func TestAssertionWrappingUnderModI(t *testing.T) {
	t.Parallel()
	g, f := genuineAssertion(), newForgery()
	other := person()
	other.ID, other.Attributes[0].Values[0] = "_b2", "TINIT-SLVPTR65H12H501M"
	theirs := string(must(allGateways().rsa.SealAssertion(saml.Append(nil, other))))
	other.ID = idOfGenuine
	alike := string(must(allGateways().rsa.SealAssertion(saml.Append(nil, other))))
	f.inSecurity, f.refs = g.whole, append(f.refs, idOfGenuine)
	before := newForgery()
	before.timestamp, before.refs = g.whole+before.timestamp, f.refs
	rivals := evils(g)
	rivals["another's of its issuer"], rivals["another's under its ID"] = theirs, alike
	n, taken := 0, 0
	for _, genuine := range []string{f.message(t), before.message(t)} {
		if m := verifyMessage(t, genuine, office, ""); !m.Vouches {
			t.Fatal("the message does not vouch for the assertion")
		}
		for where, put := range places() {
			for how, rival := range rivals {
				for what, msg := range map[string]string{
					"the genuine one moved": put(strings.Replace(genuine, g.whole, rival, 1), g.whole),
					"a rival added":         put(genuine, rival),
					"the signature moved":   put(strings.Replace(genuine, g.whole, rival, 1), g.signature),
					"the genuine one alone": put(strings.Replace(genuine, g.whole, "", 1), g.whole),
				} {
					n++
					m, refused := allSystems().verifier.Verify([]byte(msg), office)
					if refused != nil {
						continue
					}
					a, refused := allGateways().verifier.Verify([]byte(msg), true, issuerOf)
					if refused != nil {
						continue
					}
					taken++
					if !m.Asserted || !m.Vouches || string(a.Content) != g.bare {
						t.Errorf("%s, %s, %s: vouched for %t, taken\n%s\nof\n%s", what, how, where, m.Vouches, a.Content, msg)
					}
				}
			}
		}
	}
	if n < 1800 || taken == 0 || taken > n/4 {
		t.Errorf("%d permutations, %d taken", n, taken)
	}
	t.Logf("%d permutations, %d taken", n, taken)
}

// TestSwappedAssertion: a message that does not vouch for its assertion says so, and
// whoever judges the person knows that anybody may have put it there.
func TestSwappedAssertion(t *testing.T) {
	t.Parallel()
	g, f := genuineAssertion(), newForgery()
	other := person()
	other.ID = "_b2"
	theirs := string(must(allGateways().rsa.SealAssertion(saml.Append(nil, other))))
	f.inSecurity = g.whole
	for _, inside := range []string{g.whole, theirs} {
		msg := strings.Replace(f.message(t), g.whole, inside, 1)
		if m := verifyMessage(t, msg, office, ""); !m.Asserted || m.Vouches {
			t.Errorf("asserted %t, vouched for %t", m.Asserted, m.Vouches)
		}
		if _, refused := allGateways().verifier.Verify([]byte(msg), true, issuerOf); refused != nil {
			t.Errorf("the assertion: %s", refused.Code)
		}
	}
}
