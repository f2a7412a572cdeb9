package xmlsig

import (
	"bytes"
	"context"
	"os"
	"slices"
	"testing"

	"github.com/beevik/etree"
	"github.com/lestrrat-go/helium"
	"github.com/lestrrat-go/helium/c14n"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// oracleDocuments is how many random documents each oracle judges.
func oracleDocuments() int {
	switch {
	case testing.Short():
		return 2000
	case os.Getenv("SNODO_LONG") == "1":
		return 200000
	}
	return 20000
}

// explained names a way in which an oracle is known to differ from the standard
// and the documents on which it does.
type explained struct {
	name string
	is   func(doc []byte) bool
	// erase, if given, makes the difference from either output vanish: nothing
	// else may differ. Without it the whole document is set aside.
	erase func(canonical []byte) []byte
}

// compare runs an oracle over the random documents. A document on which it
// differs must belong to a class, and what its classes can erase must be all
// the difference.
func compare(t *testing.T, classes []explained, oracle func(doc []byte) ([]byte, error)) {
	n, agreed, unexplained := oracleDocuments(), 0, 0
	count := map[string]int{}
	for seed := range uint64(n) {
		doc := randomDocument(seed + 1_000_000)
		ours := canonicalOf(t, doc, 1, nil)
		theirs, err := oracle(doc)
		if err == nil && bytes.Equal(ours, theirs) {
			agreed++
			continue
		}
		names, aside, left, right := "", false, ours, theirs
		for _, c := range classes {
			if !c.is(doc) {
				continue
			}
			names += c.name + "; "
			if c.erase == nil {
				aside = true
			} else {
				left, right = c.erase(left), c.erase(right)
			}
		}
		if aside || err == nil && bytes.Equal(left, right) {
			count[names]++
			continue
		}
		if unexplained++; unexplained <= 3 {
			t.Errorf("seed %d (%s)\n%q\nours\n%q\ntheirs (%v)\n%q", seed, names, doc, ours, err, theirs)
		}
	}
	t.Logf("%d documents: %d agree, %d unexplained, explained %v", n, agreed, unexplained, count)
	if unexplained > 0 || agreed < n/2 {
		t.Errorf("%d differences without a reason, %d of %d documents agree", unexplained, agreed, n)
	}
}

// erase removes a string from a canonical form.
func erase(s string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(s), nil) }
}

func has(strings ...string) func([]byte) bool {
	return func(doc []byte) bool {
		return slices.ContainsFunc(strings, func(s string) bool { return bytes.Contains(doc, []byte(s)) })
	}
}

// blankInAttribute reports a literal TAB, LF or CR in an attribute value, which
// the guard refuses for this very reason: implementations differ on them.
func blankInAttribute(doc []byte) bool {
	var r xmltoken.Reader
	r.Reset(doc, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return false
		}
		for _, a := range r.Attrs() {
			if holds(a.Value, tabsAndLines) {
				return true
			}
		}
	}
}

// twoPrefixes reports an element with attributes of two prefixes.
func twoPrefixes(doc []byte) bool {
	var r xmltoken.Reader
	r.Reset(doc, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return false
		}
		var first []byte
		for _, a := range r.Attrs() {
			if first == nil {
				first = a.Prefix
			}
			if len(a.Prefix) > 0 && !bytes.Equal(a.Prefix, first) {
				return true
			}
		}
	}
}

// heliumClasses are the ways of helium 0.7.0.
func heliumClasses() []explained {
	return []explained{
		{name: "declares the prefix xml where an xml:* attribute is", is: has(" xml:", "\nxml:", "\txml:"),
			erase: erase(` xmlns:xml="http://www.w3.org/XML/1998/namespace"`)},
		{name: "CR LF in an attribute is two blanks", is: blankInAttribute},
		{name: "refuses namespace names that are IRIs", is: has("urn:città")},
		{name: "trims xml:id", is: has(`xml:id=" lead "`, `xml:id=' lead '`)},
	}
}

func TestHeliumCanonicaliser(t *testing.T) {
	t.Parallel()
	compare(t, heliumClasses(), func(doc []byte) ([]byte, error) {
		parsed, err := helium.NewParser().Parse(context.Background(), doc)
		if err != nil {
			return nil, err
		}
		return c14n.NewCanonicalizer(c14n.ExclusiveC14N10).CanonicalizeTo(parsed)
	})
}

// goxmldsigClasses are the ways of goxmldsig 1.6.1 with etree 1.8.1.
func goxmldsigClasses() []explained {
	return []explained{
		{name: "literal blanks in an attribute become references", is: blankInAttribute},
		{name: "undeclares a default namespace that is not there", is: has(`xmlns=""`, `xmlns=''`), erase: erase(` xmlns=""`)},
		{name: "orders attributes of two namespaces by local name", is: twoPrefixes},
	}
}

func TestGoxmldsigCanonicaliser(t *testing.T) {
	t.Parallel()
	compare(t, goxmldsigClasses(), func(doc []byte) ([]byte, error) {
		parsed := etree.NewDocument()
		if err := parsed.ReadFromBytes(doc); err != nil {
			return nil, err
		}
		return dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(parsed.Root())
	})
}
