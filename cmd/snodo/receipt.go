package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/xsd/fault"
)

type receiptCmd struct {
	Get     receiptGetCmd     `cmd:"" help:"Fetch all receipts of a communication, oldest first."`
	Verify  receiptVerifyCmd  `cmd:"" help:"Verify a receipt offline and name what fails."`
	Message receiptMessageCmd `cmd:"" help:"Export a message as it came, the instant it was received, who brought it and its receipts."`
}

type receiptGetCmd struct {
	Code     string `arg:"" help:"Codice comunicazione, or the entry of a rejection."`
	Digest   string `help:"SHA-256 of the document or of its content, hexadecimal." required:""`
	Data     string `help:"Read from a data folder." type:"path" xor:"from" placeholder:"DIR"`
	Database string `help:"Read from a ledger: sqlite:PATH or postgres://..." xor:"from" placeholder:"URL"`
	URL      string `name:"url" help:"Ask a hub: http://HOST, or one of its endpoints." xor:"from"`
	Out      string `help:"Write each receipt into this folder instead of printing it." type:"path" placeholder:"DIR"`
	JSON     bool   `help:"Print one JSON array of what the receipts say."`
}

// Run prints the receipts, one a line, exactly as sealed.
func (c receiptGetCmd) Run(ctx context.Context, con verb.Console) error {
	if h, err := ledger.ParseHash(c.Digest); err != nil || h.IsZero() {
		return fmt.Errorf("--digest: want 64 hexadecimal digits: %w", verb.ErrUsage)
	}
	receipts, err := c.fetch(ctx)
	if err != nil {
		return err
	}
	if len(receipts) == 0 {
		fmt.Fprintln(con.Err, "nessuna ricevuta per questo codice e questa impronta")
		return verb.ErrFinding
	}
	if c.JSON {
		said := []receipt.Receipt{}
		for _, b := range receipts {
			r, err := receipt.Parse(b)
			if err != nil {
				return err
			}
			said = append(said, r)
		}
		return verb.PrintJSON(con.Out, said)
	}
	for i, b := range receipts {
		if err := c.write(con.Out, i, b); err != nil {
			return err
		}
	}
	return nil
}

func (c receiptGetCmd) write(out io.Writer, n int, sealed []byte) error {
	if c.Out == "" {
		_, err := fmt.Fprintf(out, "%s\n", sealed)
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return fmt.Errorf("write receipt: %w", err)
	}
	path := filepath.Join(c.Out, fmt.Sprintf("%s-%d.xml", filepath.Base(c.Code), n+1))
	if err := os.WriteFile(path, sealed, 0o600); err != nil {
		return fmt.Errorf("write receipt: %w", err)
	}
	_, err := fmt.Fprintln(out, path)
	return err
}

func (c receiptGetCmd) fetch(ctx context.Context) ([][]byte, error) {
	switch {
	case c.URL != "":
		address, err := hubAddress(c.URL)
		if err != nil {
			return nil, err
		}
		receipts, err := (&client.Client{Address: address}).Receipts(ctx, c.Code, c.Digest)
		var f *client.Fault
		if errors.As(err, &f) && len(f.Errors) > 0 && f.Errors[0].Code == string(fault.ReceiptNotFound) {
			return nil, nil
		}
		return receipts, err
	case c.Data != "" || c.Database != "":
		p := node.Place{Data: c.Data, Database: c.Database}
		if err := p.Check(); err != nil {
			return nil, err
		}
		store, err := p.Ledger(ctx)
		if err != nil {
			return nil, err
		}
		defer store.Close()
		q := hub.ReceiptQuery{Digest: c.Digest, Entry: c.Code}
		if len(c.Code) == 16 {
			q.Codice, q.Entry = c.Code, ""
		}
		receipts, err := (&hub.Hub{Archive: store}).Receipts(ctx, q)
		if errors.Is(err, ledger.ErrNotFound) {
			return nil, nil
		}
		return receipts, err
	}
	return nil, fmt.Errorf("--data, --database or --url is needed: %w", verb.ErrUsage)
}

// hubAddress completes the address of a hub with the path of an endpoint; every
// region's gives the receipts of all.
func hubAddress(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "", fmt.Errorf("--url: want http://HOST or http://HOST/soap/REGION: %w", verb.ErrUsage)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/soap/" + routing.Regions()[0].Slug
	}
	return u.String(), nil
}

type receiptVerifyCmd struct {
	File  string `arg:"" help:"Receipt, alone or still in its SOAP envelope; - for standard input." type:"path"`
	Trust string `help:"Certificate of the seal, or of its authority." type:"path" placeholder:"PEM"`
	JSON  bool   `help:"Print one JSON object."`
}

// Run verifies a receipt without network or data folder. It ends with exit
// code 3 unless the seal holds and its authority is recognised.
func (c receiptVerifyCmd) Run(con verb.Console) error {
	raw, err := readInput(c.File)
	if err != nil {
		return err
	}
	v, err := sender.JudgeReceipt(raw, c.Trust)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := verb.PrintJSON(con.Out, v); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(con.Out, v.Text)
		if v.Receipt != nil {
			fmt.Fprintln(con.Out, receiptLine(*v.Receipt))
			sender.PrintFaults(con.Out, v.Receipt.Faults, "")
		}
	}
	if !v.Intact || !v.Trusted {
		return verb.ErrFinding
	}
	return nil
}

func readInput(path string) ([]byte, error) {
	if filepath.Base(path) == "-" {
		b, err := io.ReadAll(io.LimitReader(os.Stdin, 16<<20))
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return b, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read receipt: %w", err)
	}
	return b, nil
}
