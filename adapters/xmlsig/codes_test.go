package xmlsig

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestCatalogue: each constant of codes.go has its row in the catalogue, in
// order and without gaps, and the catalogue has no other SIG code.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	file := must(parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0))
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		lit, ok := node.(*ast.BasicLit)
		if !ok || !strings.HasPrefix(lit.Value, `"SIG-`) {
			return true
		}
		n++
		code := fault.Code(must(strconv.Unquote(lit.Value)))
		if want := fault.Code(fmt.Sprintf("SIG-%02d", n)); code != want {
			t.Errorf("%s stands where %s should", code, want)
		}
		if e, ok := fault.Lookup(code); !ok || e.Stage != fault.StageFirma || e.Text == "" || e.Source == "" || e.Remedy == "" {
			t.Errorf("%s: catalogue has %+v", code, e)
		}
		return true
	})
	listed := 0
	for _, e := range fault.Catalogue() {
		if strings.HasPrefix(string(e.Code), "SIG-") {
			listed++
		}
	}
	if n == 0 || listed != n {
		t.Errorf("%d codes, %d rows", n, listed)
	}
	if NoSignature != fault.Unsigned {
		t.Errorf("an unsigned document is %s here and %s in package fault", NoSignature, fault.Unsigned)
	}
}

// TestMessageCatalogue: each WSS constant has its row in the catalogue, in order.
func TestMessageCatalogue(t *testing.T) {
	t.Parallel()
	file := must(parser.ParseFile(token.NewFileSet(), "wsscodes.go", nil, 0))
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		lit, ok := node.(*ast.BasicLit)
		if !ok || !strings.HasPrefix(lit.Value, `"WSS-`) {
			return true
		}
		n++
		code := fault.Code(must(strconv.Unquote(lit.Value)))
		if want := fault.Code(fmt.Sprintf("WSS-%02d", n)); code != want {
			t.Errorf("%s stands where %s should", code, want)
		}
		if e, ok := fault.Lookup(code); !ok || e.Stage != fault.StageBusta || e.Text == "" || e.Source == "" || e.Remedy == "" {
			t.Errorf("%s: catalogue has %+v", code, e)
		}
		return true
	})
	if n != 28 {
		t.Errorf("%d codes", n)
	}
	for i := 1; i < 40; i++ { // no fault of the shared grammar reaches a message's sender under a document's code
		code := messageCode(fault.Code(fmt.Sprintf("SIG-%02d", i)))
		if strings.HasPrefix(string(code), "SIG-") && code != NoSignature && code != DigestMismatch && code != NoIdentity &&
			code != RevokedCert && code != UnknownStanding {
			t.Errorf("%s has no code of its own in a message", code)
		}
	}
}
