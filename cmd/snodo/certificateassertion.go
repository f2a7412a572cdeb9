package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/saml"
)

type assertionCmd struct {
	Data string `help:"Data folder of the authority." default:"data" type:"path"`
	Keys string `help:"Folder of the authority; the data folder if not given." type:"path" placeholder:"DIR"`
	sender.Person
	Out  string `help:"File to write." required:"" type:"path"`
	JSON bool   `help:"Print one JSON object."`
}

// Run issues an assertion with the development authority of a data folder. A file
// that is there is written anew: assertions last minutes.
func (c assertionCmd) Run(con verb.Console) error {
	switch cf := co.CodiceFiscale(c.CF); {
	case !cf.Valid() || !cf.Personal():
		return fmt.Errorf("--cf: not a person's codice fiscale (check character): %w", verb.ErrUsage)
	case c.Level < 1 || c.Level > 3:
		return fmt.Errorf("--level: want 1 to 3: %w", verb.ErrUsage)
	case c.Valid <= 0 || c.Valid > identity.MaxAge:
		return fmt.Errorf("--valid: want a duration up to %s: %w", identity.MaxAge, verb.ErrUsage)
	}
	now := time.Now()
	keys, err := xmlsig.OpenKeys(node.KeysIn(c.Keys, c.Data), now)
	if err != nil {
		return fmt.Errorf("open keys: %w", err)
	}
	gateway, err := sender.NewGateway(keys.Authority, now)
	if err != nil {
		return err
	}
	signed, err := gateway.SealAssertion(saml.Append(nil, c.Assertion(node.DevelopmentIssuer, now)))
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, signed, 0o600); err != nil {
		return fmt.Errorf("write --out: %w", err)
	}
	if c.JSON {
		return verb.PrintJSON(con.Out, map[string]string{"assertion": c.Out, "issuer": node.DevelopmentIssuer})
	}
	_, err = fmt.Fprintf(con.Out, "asserzione %s\nemittente  %s\n", filepath.Clean(c.Out), node.DevelopmentIssuer)
	return err
}
