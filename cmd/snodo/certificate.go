package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
)

type certificateCmd struct {
	Issue     certificateIssueCmd `cmd:"" help:"Issue a signing certificate for a person or body, or for the messages of its system."`
	Init      certificateInitCmd  `cmd:"" help:"Make the keys that a hub needs, where they are missing."`
	Renew     certificateRenewCmd `cmd:"" help:"Make the seals that take over from the present ones at an instant to come."`
	Assertion assertionCmd        `cmd:"" help:"Issue the SAML assertion of a person who signed in, for a development hub."`
}

type certificateIssueCmd struct {
	Data string `help:"Data folder of the authority." default:"data" type:"path"`
	Keys string `help:"Folder of the authority; the data folder if not given." type:"path" placeholder:"DIR"`
	CF   string `name:"cf" help:"Codice fiscale that the certificate names." required:""`
	Sys  bool   `name:"system" help:"For the messages of the body's system (ModI), not for documents."`
	Out  string `help:"Path prefix: writes PREFIX.pem (leaf and authority) and PREFIX.key (PKCS #8)." required:"" type:"path"`
	JSON bool   `help:"Print one JSON object."`
}

// Run issues a certificate with the development authority of a data folder,
// making the authority if the folder has none yet.
func (c certificateIssueCmd) Run(con verb.Console) error {
	if cf := co.CodiceFiscale(c.CF); !cf.Valid() {
		return fmt.Errorf("--cf: not a codice fiscale (check character or digit): %w", verb.ErrUsage)
	}
	now := time.Now()
	keys, err := xmlsig.OpenKeys(node.KeysIn(c.Keys, c.Data), now)
	if err != nil {
		return fmt.Errorf("open keys: %w", err)
	}
	issue := keys.Authority.IssueTo
	if c.Sys {
		issue = keys.Authority.IssueSystemTo
	}
	if err := issue(c.Out, c.CF, now); err != nil {
		return err
	}
	if c.JSON {
		return verb.PrintJSON(con.Out, map[string]string{"certificate": c.Out + ".pem", "key": c.Out + ".key"})
	}
	_, err = fmt.Fprintf(con.Out, "certificato %s\nchiave      %s\n", filepath.Clean(c.Out+".pem"), filepath.Clean(c.Out+".key"))
	return err
}
