package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// keyFiles are the files of a folder of keys; the authority's may be elsewhere.
func keyFiles() []string {
	return []string{"ca.pem", "ca.key", "seal.pem", "seal.key", "conversion.pem", "conversion.key"}
}

// backupCmd copies a data folder that is in use. How to put the copy back is
// in OPERATING.md.
type backupCmd struct {
	Data string `help:"Data folder; a hub may be running on it." default:"data" type:"path"`
	Keys string `help:"Folder of the keys; the data folder if not given." type:"path" placeholder:"DIR"`
	Out  string `help:"Folder to make and to fill; it must not exist." required:"" type:"path" placeholder:"DIR"`
	JSON bool   `help:"Print one JSON object."`
}

// copied is one file of a backup.
type copied struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
}

// Run copies the folder. The order makes the copy agree with itself: no head
// names an entry that the ledger's copy lacks, and the national store's copy
// has registered all that the ledger's copy has an outcome for.
func (c backupCmd) Run(ctx context.Context, con verb.Console) error {
	if c.Keys == "" {
		c.Keys = c.Data
	}
	if _, err := os.Stat(filepath.Join(c.Data, node.LedgerFile)); err != nil {
		return fmt.Errorf("backup: %w (a ledger in PostgreSQL is copied with pg_dump)", err)
	}
	if err := os.MkdirAll(filepath.Dir(c.Out), 0o700); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Mkdir(c.Out, 0o700); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	list := []copied{}
	add := func(name string, do func(to string) error) error {
		to := filepath.Join(c.Out, name)
		err := do(to)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a part that this folder has not
		}
		if err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		info, err := os.Stat(to)
		if err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		list = append(list, copied{name, info.Size()})
		return nil
	}
	for _, name := range keyFiles() {
		if err := add(name, func(to string) error { return copyFile(filepath.Join(c.Keys, name), to, 0o600) }); err != nil {
			return err
		}
	}
	if err := add(node.HeadsFile, func(to string) error { return copyFile(filepath.Join(c.Data, node.HeadsFile), to, 0o600) }); err != nil {
		return err
	}
	for _, name := range []string{node.LedgerFile, node.NationalFile} {
		if err := add(name, func(to string) error { return sqlstore.CopyFile(ctx, filepath.Join(c.Data, name), to) }); err != nil {
			return err
		}
	}
	if c.JSON {
		return verb.PrintJSON(con.Out, struct {
			Out   string   `json:"out"`
			Files []copied `json:"files"`
		}{c.Out, list})
	}
	for _, f := range list {
		fmt.Fprintf(con.Out, "%12d  %s\n", f.Bytes, f.File)
	}
	_, err := fmt.Fprintf(con.Out, "copia in %s: verificarla con snodo verify --data %s\n", c.Out, c.Out)
	return err
}

// copyFile makes a copy of a small file: whole, synced, or not at all;
// fs.ErrExist if there is one.
func copyFile(from, to string, mode fs.FileMode) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", to, fs.ErrExist)
	}
	part := to + ".part"
	out, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(part, to)
}
