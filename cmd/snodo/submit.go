package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd"
)

type submitCmd struct {
	URL      string           `name:"url" help:"Endpoint, as the WSDL has it: http://HOST/soap/REGION." required:""`
	Cert     string           `help:"Signer's certificate, and its authorities'." type:"path" placeholder:"PEM"`
	Key      string           `help:"Signer's key, PKCS #8." type:"path" placeholder:"PEM"`
	AsIs     bool             `help:"Send the files as they are: already signed, or unsigned over a channel."`
	SPICOM   bool             `name:"spicom" help:"Send regional payloads by SPICOM (Piemonte), as they are."`
	EGov     bool             `name:"egov" help:"Send in SPCoop's e-Gov envelope (Marche)."`
	CA       string           `name:"ca" help:"Authorities of the server's certificate." type:"path" placeholder:"PEM"`
	TLS      sender.TLSFlags  `embed:"" prefix:"client-"`
	ModI     sender.ModIFlags `embed:"" prefix:"modi-"`
	SAML     string           `name:"saml" help:"Assertion of the person who sends, as its issuer signed it (Lazio: SPID or CIE)." type:"path" placeholder:"XML"`
	Receipts string           `help:"Folder to keep the receipts in." type:"path" placeholder:"DIR"`
	Timeout  time.Duration    `help:"Longest wait for one answer, and for a hub that asks to wait." default:"30s"`
	JSON     bool             `help:"Print one JSON array."`
	Files    []string         `arg:"" help:"Files to send; a .zip of documents goes whole to Piemonte's mass submission." type:"existingfile"`
}

// Run sends every file, by the operation of its kind or, an archive, by that of
// many, and prints what became of each: a line, and under it all that is wrong.
// Files that the hub does not accept make it end with exit code 3, after all of
// them were sent.
func (c submitCmd) Run(ctx context.Context, con verb.Console) error {
	if slices.ContainsFunc(c.Files, sender.IsArchive) && !c.AsIs && !c.SPICOM {
		return fmt.Errorf("an archive is sent as it is, by Piemonte's mass submission: give --as-is: %w", verb.ErrUsage)
	}
	sign, err := c.signer()
	if err != nil {
		return err
	}
	web, err := c.web()
	if err != nil {
		return err
	}
	results := []sender.Submitted{}
	refused := false
	for _, path := range c.Files {
		list, err := c.sendFile(ctx, web, sign, path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, r := range list {
			if err := c.keep(r); err != nil {
				return err
			}
			refused = refused || r.Outcome != "accettata"
			if !c.JSON {
				c.print(con.Out, r)
			}
		}
		if sender.IsArchive(path) && !c.JSON {
			fmt.Fprintln(con.Out, sender.Summary(list))
		}
		results = append(results, list...)
	}
	if c.JSON {
		if err := verb.PrintJSON(con.Out, results); err != nil {
			return err
		}
	}
	if refused {
		return verb.ErrFinding
	}
	return nil
}

func (c submitCmd) print(out io.Writer, s sender.Submitted) {
	line := fmt.Sprintf("%s  %s  %s", s.Outcome, verb.OrDash(s.Codice), s.File)
	if len(s.Faults) == 0 && s.Text != "" { // an answer that is no list of faults
		line += "  " + s.Text
	}
	fmt.Fprintln(out, line)
	sender.PrintFaults(out, s.Faults, sender.CataloguePage(c.URL))
}

// signer gives the function that makes a file ready to send.
func (c submitCmd) signer() (func([]byte) ([]byte, error), error) {
	if c.AsIs || c.SPICOM {
		return func(b []byte) ([]byte, error) { return b, nil }, nil
	}
	if c.Cert == "" || c.Key == "" {
		return nil, fmt.Errorf("--cert and --key are needed to sign, or --as-is to send without: %w", verb.ErrUsage)
	}
	sealer, err := verb.ReadSealer("--cert", c.Cert, "--key", c.Key)
	if err != nil {
		return nil, err
	}
	return func(b []byte) ([]byte, error) {
		signed, err := sealer.Seal(b)
		var unfit *xmlsig.DocumentError
		if errors.As(err, &unfit) {
			return nil, fmt.Errorf("sign: %s: %s", unfit.Fault.Code, unfit.Fault.Text())
		}
		return signed, err
	}, nil
}

func (c submitCmd) web() (*http.Client, error) {
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, fmt.Errorf("read --ca: %w", err)
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(text) {
			return nil, errors.New("read --ca: no certificate")
		}
	}
	if err := c.TLS.Show(settings); err != nil {
		return nil, err
	}
	transport, err := c.ModI.Over(&http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: settings})
	if err != nil {
		return nil, err
	}
	if transport, err = sender.Present(c.SAML, transport); err != nil {
		return nil, err
	}
	// A redirection is not followed: it would have the document go to somebody else.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Timeout: c.Timeout, Transport: transport, CheckRedirect: stay}, nil
}

// sendFile sends a file and gives what became of it, or of each file of an archive.
func (c submitCmd) sendFile(ctx context.Context, web *http.Client, sign func([]byte) ([]byte, error), path string) ([]sender.Submitted, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if sender.IsArchive(path) {
		return sender.SendArchive(ctx, web, c.URL, path, text)
	}
	r, err := c.send(ctx, web, sign, text)
	r.File = path
	return []sender.Submitted{r}, err
}

func (c submitCmd) send(ctx context.Context, web *http.Client, sign func([]byte) ([]byte, error), text []byte) (sender.Submitted, error) {
	document, err := sign(text)
	if err != nil {
		return sender.Submitted{}, err
	}
	if c.SPICOM {
		a, err := sender.SendSPICOM(ctx, web, c.URL, string(document))
		if err != nil {
			return sender.Submitted{}, err
		}
		return sender.ReadOutcome(a.Codice != "", a.Message, a.Receipt)
	}
	kind := xsd.Kind(document)
	if kind == "" {
		kind = co.UNILAV // whose operation says best what is wrong with it
	}
	if c.EGov {
		return c.sendEGov(ctx, web, kind, document)
	}
	waiting, cancel := context.WithTimeout(ctx, c.Timeout) // Retry-After is waited for within it
	defer cancel()
	a, err := (&client.Client{Address: c.URL, HTTP: web}).Submit(waiting, kind, document)
	var f *client.Fault
	if errors.As(err, &f) {
		return sender.Submitted{Outcome: "rifiutata", Text: f.Text, Faults: sender.FaultLines(f)}, nil
	}
	if err != nil {
		return sender.Submitted{}, err
	}
	return sender.ReadOutcome(a.Accepted, anomaliesText(a), a.Receipt)
}

// sendEGov sends one document in a message whose name is of this instant.
func (c submitCmd) sendEGov(ctx context.Context, web *http.Client, kind string, document []byte) (sender.Submitted, error) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return sender.Submitted{}, fmt.Errorf("load time zone: %w", err)
	}
	b, _ := envelope.BindingOfKind(kind)
	now := time.Now().In(rome)
	serial := int(now.UnixMicro() / 10 % (envelope.MaxSerial + 1))
	a, err := sender.SendEGov(ctx, web, c.URL, b, sender.EGovHeader(b, serial, now), document)
	if err != nil {
		return sender.Submitted{}, err
	}
	if a.Fault != nil {
		f := &client.Fault{FaultAnswer: *a.Fault}
		return sender.Submitted{Outcome: "rifiutata", Text: f.Text, Faults: sender.FaultLines(f)}, nil
	}
	return sender.ReadOutcome(a.Accepted, anomaliesText(client.Answer{SubmitAnswer: a.SubmitAnswer}), a.Receipt)
}

// keep writes a receipt into the folder for them, named by entry.
func (c submitCmd) keep(s sender.Submitted) error {
	if c.Receipts == "" || s.Raw == nil {
		return nil
	}
	if err := os.MkdirAll(c.Receipts, 0o700); err != nil {
		return fmt.Errorf("keep receipt: %w", err)
	}
	name := s.Receipt.Entry
	if s.Codice != "" {
		name = s.Codice
	}
	if err := os.WriteFile(filepath.Join(c.Receipts, name+".xml"), s.Raw, 0o600); err != nil {
		return fmt.Errorf("keep receipt: %w", err)
	}
	return nil
}

// anomaliesText is what a refusing answer says, as one line.
func anomaliesText(a client.Answer) string {
	var said []string
	for _, an := range a.Anomalies {
		said = append(said, an.Description)
	}
	return strings.Join(said, " - ")
}
