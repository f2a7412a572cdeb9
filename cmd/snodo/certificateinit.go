package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// certificateInitCmd makes a hub's keys before its first start, where several
// processes are to share them and none may write among them.
type certificateInitCmd struct {
	Keys   string `help:"Folder of the keys; made if it is not there." default:"data" type:"path"`
	Public string `help:"Folder to put the certificates in too, for roles that only verify." type:"path" placeholder:"DIR"`
	JSON   bool   `help:"Print one JSON object."`
}

// Run makes what is missing and changes nothing that is there; certificates
// that differ from those already public end it with an error.
func (c certificateInitCmd) Run(con verb.Console) error {
	keys, err := xmlsig.OpenKeys(c.Keys, time.Now())
	if err != nil {
		return fmt.Errorf("open keys: %w", err)
	}
	if c.Public != "" {
		if err := c.publish(); err != nil {
			return err
		}
	}
	seal := keys.Seal.Certificate()
	if c.JSON {
		return verb.PrintJSON(con.Out, map[string]string{
			"keys": c.Keys, "public": c.Public, "seal_not_after": seal.NotAfter.UTC().Format(time.RFC3339),
		})
	}
	_, err = fmt.Fprintf(con.Out, "chiavi in %s, sigillo valido fino al %s\n", c.Keys, seal.NotAfter.UTC().Format(time.DateOnly))
	return err
}

// publish copies the certificates, without their keys.
func (c certificateInitCmd) publish() error {
	if err := os.MkdirAll(c.Public, 0o755); err != nil {
		return fmt.Errorf("publish certificates: %w", err)
	}
	names := []string{"ca.pem", "seal.pem", "conversion.pem"}
	for _, pattern := range []string{"seal-*.pem", "conversion-*.pem"} { // those that follow
		paths, err := filepath.Glob(filepath.Join(c.Keys, pattern))
		if err != nil {
			return fmt.Errorf("publish certificates: %w", err)
		}
		for _, path := range paths {
			names = append(names, filepath.Base(path))
		}
	}
	for _, name := range names {
		from, to := filepath.Join(c.Keys, name), filepath.Join(c.Public, name)
		err := copyFile(from, to, 0o644)
		if errors.Is(err, fs.ErrExist) {
			err = sameFile(from, to)
		}
		if err != nil {
			return fmt.Errorf("publish certificates: %w", err)
		}
	}
	return nil
}

// sameFile reports an error unless two small files have the same bytes.
func sameFile(a, b string) error {
	one, err := os.ReadFile(a)
	if err != nil {
		return err
	}
	other, err := os.ReadFile(b)
	if err != nil {
		return err
	}
	if string(one) != string(other) {
		return fmt.Errorf("%s and %s differ", a, b)
	}
	return nil
}
