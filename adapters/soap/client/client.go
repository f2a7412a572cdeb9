// Package client is the Go SDK of the hub's SOAP service, for regional systems,
// `snodo submit` and tests.
//
// A Client calls the endpoint of one region, whose address is that of its WSDL.
// Submit sends a document that is signed already, byte for byte, and gives the
// outcome with the sealed receipt, which is worth keeping as it is; Receipts
// fetches all receipts of a document later, that of registration among them; Echo
// tells whether the service answers. A *Fault says that nothing was decided: it has
// the hub's codes and what to do about each. Any other error leaves the outcome
// unknown, and the same document may be sent again: it gets the same receipt.
//
// What the service asks to send again later (503 or 429 with Retry-After) is sent
// again then, as long as the context's deadline allows. Without a deadline, or when
// the wait would end beyond it, the *Fault tells the wait.
// Client certificates, proxies and message signatures (ModI) are the business of
// the Client's HTTP.
//
// The types and calls in generated.go are what gowsdl makes of the WSDL
// (regenerate with go generate); NewNodo gives them bare. Client goes through them
// and reads from the raw answer what they drop: the sealed receipt and the detail
// of faults. The package must not know the server, sign documents or judge
// receipts.
package client

//go:generate go run ./gen -o generated.go

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hooklift/gowsdl/soap"

	"github.com/snodo-co/snodo/transform/envelope"
)

// maxAnswer bounds an answer in bytes: twice what a request may be.
const maxAnswer = 24 << 20

// Client calls one endpoint. Safe for concurrent use.
type Client struct {
	Address string       // of the endpoint, as the WSDL has it
	HTTP    *http.Client // nil means http.DefaultClient
}

// Answer is what became of a submission.
type Answer struct {
	envelope.SubmitAnswer
	Receipt []byte // sealed, byte for byte; nil if there was none
}

// Fault is a SOAP fault: the hub took no decision, and gave no receipt.
type Fault struct {
	envelope.FaultAnswer
	Status     int           // of HTTP
	RetryAfter time.Duration // above zero: send the same again after it
}

// Error is the fault's text.
func (f *Fault) Error() string { return "SOAP fault " + f.Code + ": " + f.Text }

// Submit sends one signed document of a kind (UNILAV), as UTF-8. Errors:
// *Fault, or those of the transport, after which the outcome is unknown and the
// same document may be sent again.
func (c *Client) Submit(ctx context.Context, kind string, document []byte) (Answer, error) {
	b, ok := envelope.BindingOfKind(kind)
	if !ok {
		return Answer{}, fmt.Errorf("submit: no operation for kind %q", kind)
	}
	// What the call makes of the answer is passed over: the tap has all of it.
	t, err := c.call(ctx, func(n Nodo) error { return submissions()[kind](ctx, n, string(document)) })
	if err != nil {
		return Answer{}, err
	}
	e, f := envelope.Open(t.body)
	if f != nil {
		return Answer{}, errNoAnswer
	}
	a, ok := b.ReadAnswer(e)
	if !ok {
		return Answer{}, errNoAnswer
	}
	return Answer{SubmitAnswer: a, Receipt: e.Receipt()}, nil
}

// errNoAnswer: what came is no answer of the hub.
var errNoAnswer = errors.New("read answer: not an answer of this service")

// Receipts asks for all receipts of a document, oldest first: by its codice
// (16 digits) or, when it was rejected, by its entry (64 hexadecimal digits).
// Digest is the document's, in hexadecimal. Errors as Submit.
func (c *Client) Receipts(ctx context.Context, key, digest string) ([][]byte, error) {
	asked := ImprontaChiesta(digest)
	request := &RichiediRicevuta{ImprontaDocumento: &asked}
	if codice := Codice(key); len(key) == 16 {
		request.Codice = &codice
	} else {
		entry := ImprontaChiesta(key)
		request.Voce = &entry
	}
	t, err := c.call(ctx, func(n Nodo) error {
		_, err := n.RichiediRicevutaContext(ctx, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	e, f := envelope.Open(t.body)
	if f != nil {
		return nil, errNoAnswer
	}
	receipts, f := e.Receipts()
	if f != nil {
		return nil, errNoAnswer
	}
	return receipts, nil
}

// Echo returns what the service made of text, at most 1024 characters. Errors
// as Submit.
func (c *Client) Echo(ctx context.Context, text string) (string, error) {
	sent := TestoEcho(text)
	var response *EchoRisposta
	_, err := c.call(ctx, func(n Nodo) (err error) {
		response, err = n.EchoContext(ctx, &Echo{Testo: &sent})
		return err
	})
	if err != nil {
		return "", err
	}
	if response.Testo == nil {
		return "", nil
	}
	return string(*response.Testo), nil
}

// call makes a call of the generated client and gives the tap that has its answer.
// It waits and calls again as Retry-After says, while the context allows.
func (c *Client) call(ctx context.Context, do func(Nodo) error) (*tap, error) {
	for {
		t := &tap{client: c.HTTP}
		err := do(NewNodo(soap.NewClient(c.Address, soap.WithHTTPClient(t))))
		if err == nil {
			return t, nil
		}
		err = t.explain(err)
		var f *Fault
		if !errors.As(err, &f) || f.RetryAfter <= 0 {
			return nil, err
		}
		// Not all who were sent away come back at once.
		wait := f.RetryAfter + rand.N(f.RetryAfter/4+1)
		if end, ok := ctx.Deadline(); !ok || time.Until(end) <= wait {
			return nil, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// tap is the HTTP client of one call: it keeps the raw answer that gowsdl
// decodes only in part.
type tap struct {
	client *http.Client
	status int
	header http.Header
	body   []byte
}

// Do implements gowsdl's HTTPClient.
func (t *tap) Do(r *http.Request) (*http.Response, error) {
	client := t.client
	if client == nil {
		client = http.DefaultClient
	}
	r.Close = false // gowsdl would open a connection for each call
	// It sends the action bare; a quoted string is the rule (SOAP 1.1, 6.1.1; WS-I
	// Basic Profile 1.1, R1109).
	r.Header.Set("SOAPAction", `"`+strings.Trim(r.Header.Get("SOAPAction"), `"`)+`"`)
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	t.status, t.header = resp.StatusCode, resp.Header
	t.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(t.body))
	return resp, nil
}

// explain turns gowsdl's error into the fault that the answer held, if any.
func (t *tap) explain(err error) error {
	if t.status == 0 {
		return fmt.Errorf("call service: %w", err)
	}
	e, f := envelope.Open(t.body)
	if f == nil {
		if answer, ok := e.Fault(); ok {
			seconds, _ := strconv.Atoi(strings.TrimSpace(t.header.Get("Retry-After")))
			return &Fault{FaultAnswer: answer, Status: t.status, RetryAfter: time.Duration(seconds) * time.Second}
		}
	}
	return fmt.Errorf("call service: HTTP status %d without a SOAP fault", t.status)
}
