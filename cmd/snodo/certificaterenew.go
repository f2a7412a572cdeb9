package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// certificateRenewCmd makes the seals that follow those in use, so that two are
// alive at once: the former verifies what it sealed, the next seals from an
// instant that everybody knows beforehand.
type certificateRenewCmd struct {
	Keys   string    `help:"Folder of the keys, with the authority's." default:"data" type:"path"`
	Public string    `help:"Folder to put the certificates in too, for roles that only verify." type:"path" placeholder:"DIR"`
	From   time.Time `help:"Instant from which the new seals seal, to come." required:"" placeholder:"2027-01-01T00:00:00Z"`
	Seals  []string  `help:"Which: seal (receipts), conversion (converted documents)." default:"seal,conversion" enum:"seal,conversion"`
	JSON   bool      `help:"Print one JSON object."`
}

// Run makes keys and certificates beside the present ones and changes none.
func (c certificateRenewCmd) Run(con verb.Console) error {
	now := time.Now()
	if !c.From.After(now) {
		return fmt.Errorf("--from: want an instant to come: %w", verb.ErrUsage)
	}
	keys, err := xmlsig.OpenKeys(c.Keys, now)
	if err != nil {
		return fmt.Errorf("open keys: %w", err)
	}
	if keys.Authority.Key == nil {
		return errors.New("renew seals: the authority's key is not here; put what it issues beside the present seals, as OPERATING.md says")
	}
	var made []string
	for _, purpose := range c.Seals {
		base, err := keys.Authority.IssueSuccessor(c.Keys, purpose, c.From, now)
		if err != nil {
			return err
		}
		made = append(made, base+".pem")
	}
	if c.Public != "" {
		if err := (certificateInitCmd{Keys: c.Keys, Public: c.Public}).publish(); err != nil {
			return err
		}
	}
	if c.JSON {
		return verb.PrintJSON(con.Out, map[string]any{"from": c.From.UTC().Format(time.RFC3339), "certificates": made})
	}
	for _, path := range made {
		if _, err := fmt.Fprintf(con.Out, "%s sigilla dal %s\n", path, c.From.UTC().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return nil
}
