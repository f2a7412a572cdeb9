package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

type verifyCmd struct {
	node.Place
	Keys  string `help:"Folder of seal.pem and its successors; the data folder if not given." type:"path" placeholder:"DIR"`
	Trust string `help:"Certificates of the seals; seal.pem of the keys and its successors if not given." type:"path" placeholder:"PEM"`
	JSON  bool   `help:"Print one JSON object."`
}

// Run recomputes the ledger and ends with exit code 3 if anything differs.
func (c verifyCmd) Run(ctx context.Context, con verb.Console) error {
	if err := c.Check(); err != nil {
		return err
	}
	seals, err := c.seals()
	if err != nil {
		return err
	}
	v, err := node.Audit(ctx, c.Place, seals)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := verb.PrintJSON(con.Out, v); err != nil {
			return err
		}
	} else {
		node.PrintVerdict(con, v)
	}
	if !v.Verified {
		return verb.ErrFinding
	}
	return nil
}

// seals are the certificates that receipts and heads may be sealed with.
func (c verifyCmd) seals() ([]*x509.Certificate, error) {
	if c.Trust == "" {
		return xmlsig.SealCertificates(node.KeysIn(c.Keys, c.Data))
	}
	text, err := os.ReadFile(c.Trust)
	if err != nil {
		return nil, fmt.Errorf("read seals: %w", err)
	}
	return xmlsig.ParseCertificates(text)
}
