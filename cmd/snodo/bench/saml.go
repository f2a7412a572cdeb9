package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/transform/saml"
)

// samlPublic is the hub's public address in a load of assertions, which name it: the
// port is not known when they are made.
const samlPublic = "http://snodo.example"

// asserted puts into a message the assertion of a person of its own, who signed in
// when the corpus was made.
func (m corpusMaker) asserted(message []byte, n int) ([]byte, error) {
	a := sender.Person{
		CF: sample.Invent(1_800_000 + n%1000).CodiceFiscale(), For: samlPublic + soap.EndpointPath + dialectLazio,
		Means: hub.MeansSPID, Level: 2, Valid: identity.MaxAge,
	}.Assertion(node.DevelopmentIssuer, m.now)
	signed, err := m.gateway.SealAssertion(saml.Append(nil, a))
	if err != nil {
		return nil, err
	}
	return xmlsig.Present(message, signed)
}

// stale tells that the corpus holds assertions that will not last for a run.
func (h corpusHead) stale(now time.Time) bool {
	return h.Dialect == dialectSAML && now.Sub(h.Made) > identity.MaxAge/2
}

// identityArgs have a server judge the assertions of a corpus: the flags, and the
// configuration file that they name. They are not required: whoever asks for
// receipts meanwhile has none.
func (t *trial) identityArgs() ([]string, error) {
	if t.Dialect != dialectSAML {
		return nil, nil
	}
	type object map[string]any
	text, err := json.Marshal(object{node.RegionsKey: object{dialectLazio: object{"identity": object{
		"max_age": identity.MaxAge.String(), "issuers": []object{{"id": node.DevelopmentIssuer, "trust": t.trust}},
	}}}})
	if err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	path := filepath.Join(t.dir, "serve.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, fmt.Errorf("write configuration: %w", err)
	}
	return []string{"--config", path, "--public-url", samlPublic}, nil
}
