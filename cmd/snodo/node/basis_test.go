package node

import (
	"regexp"
	"testing"

	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
)

// TestBasis: it names schemas, tables and rules, the same at every start.
func TestBasis(t *testing.T) {
	t.Parallel()
	var said []string
	for range 2 {
		standards, err := xsd.New(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		basis, err := basisOf(standards, nil)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, basis)
	}
	form := regexp.MustCompile(`^schemi/[0-9a-f]{16};tabelle/[0-9a-f]{16};regole/` + regexp.QuoteMeta(rules.Edition) + `$`)
	if said[0] != said[1] || !form.MatchString(said[0]) {
		t.Errorf("bases %q", said)
	}
	schemas, _ := new(xsd.Standards).Digest() // of no schema at all
	tables, err := codes.Files(nil).Digest()
	if err != nil || schemas == tables || tables == [32]byte{} {
		t.Errorf("digests %x, %x, %v", schemas, tables, err)
	}
}
