package receipt

import (
	"bytes"
	"context"
	"testing"

	engine "github.com/jacoelho/xsd"

	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd"
)

// served compiles the schema that is served beside the WSDL.
func served(tb testing.TB) *engine.Session {
	tb.Helper()
	text, err := xsd.File("hub/v1/snodo-hub.xsd")
	if err != nil {
		tb.Fatal(err)
	}
	schema, err := engine.Compile(context.Background(), engine.Bytes("snodo-hub.xsd", text))
	if err != nil {
		tb.Fatal(err)
	}
	session, err := schema.NewSession(engine.ValidateOptions{MaxErrors: 1})
	if err != nil {
		tb.Fatal(err)
	}
	return session
}

// sealed puts something in a seal's place.
func sealed(unsealed []byte) []byte {
	const seal = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>`
	return bytes.Replace(unsealed, []byte("</Ricevuta>"), []byte(seal+"</Ricevuta>"), 1)
}

// TestReceiptsFollowTheServedSchema: what callers generate from the schema can
// read every receipt, whichever facts its entry lacks.
func TestReceiptsFollowTheServedSchema(t *testing.T) {
	t.Parallel()
	session := served(t)
	for name, e := range entries(t) {
		bare := e
		bare.Sender, bare.Kind, bare.Edition, bare.Previous, bare.Document = "", "", "", "", ledger.Hash{}
		bare.Faults = nil
		for _, e := range []ledger.Entry{e, bare} {
			b, err := Build(e)
			if err != nil {
				t.Fatal(err)
			}
			if err := session.Validate(context.Background(), bytes.NewReader(sealed(b))); err != nil {
				t.Errorf("%s: %v\n%s", name, err, b)
			}
			if err := session.Validate(context.Background(), bytes.NewReader(b)); err == nil {
				t.Errorf("%s: valid without its seal", name)
			}
		}
	}
}
