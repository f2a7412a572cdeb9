package bench

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/hub"
)

// dialectModI is the national binding in messages signed by ModI, at Lazio.
const dialectModI = "modi"

// Messages of a corpus are signed before they are sent, and live for minutes: they
// are made as of the latest future that a policy may tolerate, which the server
// of the benchmark does.
const (
	modiPublic   = "http://prova.snodo.invalid" // under which the server is called
	ahead        = xmlsig.MaxTolerance - 30*time.Second
	longestModI  = 4 * time.Minute // warmup and window, after the corpus was made
	modiEndpoint = modiPublic + soap.EndpointPath + dialectLazio
)

// checkModI refuses what outlives the messages.
func (c Cmd) checkModI() error {
	if c.Dialect == dialectModI && (c.Runs > 1 || c.Warmup+c.Duration > longestModI) {
		return fmt.Errorf("--dialect modi: its messages expire: want one run, and --warmup and --duration together of %s at most: %w", longestModI, verb.ErrUsage)
	}
	return nil
}

// newSystem is the system that signs the messages of a corpus.
func newSystem(a *xmlsig.Authority, now time.Time) (*xmlsig.Sealer, error) {
	key, err := xmlsig.NewPersonKey()
	if err != nil {
		return nil, err
	}
	leaf, err := a.IssueSystem("01472580362", key.Public(), now)
	if err != nil {
		return nil, err
	}
	return xmlsig.NewSealer(key, []*x509.Certificate{leaf})
}

// signedMessage signs a request.
func signedMessage(system *xmlsig.Sealer, plain []byte) ([]byte, error) {
	at := time.Now().Add(ahead)
	return system.SealMessage(plain, xmlsig.Stamp{To: modiEndpoint, ID: xmlsig.NewMessageID(), Created: at, Expires: at.Add(hub.MessageAge)})
}

// modiArgs are the flags by which a server takes the messages of the corpus; its
// policy is a file in the run's folder.
func (t *trial) modiArgs() ([]string, error) {
	if t.Dialect != dialectModI {
		return nil, nil
	}
	text, err := json.Marshal(map[string]any{node.RegionsKey: map[string]any{
		dialectLazio: map[string]string{"clock_tolerance": xmlsig.MaxTolerance.String()},
	}})
	if err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	path := filepath.Join(t.dir, "serve.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return []string{"--config", path, "--modi", dialectLazio + "=" + t.trust, "--public-url", modiPublic}, nil
}

// watchPath is the endpoint at which receipts are asked for: that of a region
// whose messages need no signature.
func (t *trial) watchPath() string {
	if t.Dialect == dialectModI {
		return soap.EndpointPath + dialectMarche
	}
	return soap.EndpointPath + regionOf(t.Dialect)
}
