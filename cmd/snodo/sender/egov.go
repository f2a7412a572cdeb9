package sender

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/snodo-co/snodo/transform/envelope"
)

// EGovAnswer is what a port of domain reads of an answer.
type EGovAnswer struct {
	envelope.SubmitAnswer
	Header  envelope.EGov
	Fault   *envelope.FaultAnswer // nil without one
	Receipt []byte                // sealed, byte for byte; nil if there was none
	Status  int                   // of HTTP
	Raw     []byte
}

// EGovHeader is what the port of domain of Marche writes before its n-th
// submission, at an instant in Italy.
func EGovHeader(b envelope.Binding, n int, at time.Time) envelope.EGov {
	const sender, receiver = "MARCHE", "NAZIONALE"
	return envelope.EGov{
		Sender:      envelope.Party{Type: envelope.EGovSPC, Name: sender},
		Recipient:   envelope.Party{Type: envelope.EGovSPC, Name: receiver},
		Profile:     envelope.EGovSynchronous,
		ServiceType: envelope.EGovSPC, Service: envelope.Service,
		Action:     b.Operation,
		ID:         envelope.Identifier{Sender: sender, Port: sender + "SPCoopIT", Serial: n, Minute: at}.String(),
		Registered: at, Clock: envelope.EGovTimeSPC,
		Delivery: envelope.EGovAtMostOnce, Acknowledge: true,
	}
}

// SendEGov submits a signed document of a kind in SPCoop's envelope. A fault is an
// answer; an error is what kept it from one, or an answer that nobody can read.
func SendEGov(ctx context.Context, client *http.Client, url string, b envelope.Binding, header envelope.EGov, document []byte) (EGovAnswer, error) {
	body := b.AppendRequest(nil, envelope.AppendEGov(nil, header), document)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return EGovAnswer{}, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("SOAPAction", `"`+envelope.Service+`"`)
	res, err := client.Do(req)
	if err != nil {
		return EGovAnswer{}, fmt.Errorf("call service: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 24<<20))
	if err != nil {
		return EGovAnswer{}, fmt.Errorf("read answer: %w", err)
	}
	a, err := readEGov(raw, b, header.Registered.Location())
	a.Status = res.StatusCode
	return a, err
}

// readEGov reads an answer. Only a fault may come without a header: whoever
// wrote it could not read that of the request.
func readEGov(raw []byte, b envelope.Binding, place *time.Location) (EGovAnswer, error) {
	env, f := envelope.Open(raw, envelope.EGovHeader())
	if f != nil {
		return EGovAnswer{Raw: raw}, errors.New("read answer: no SOAP message")
	}
	a := EGovAnswer{Receipt: env.Receipt(), Raw: raw}
	_, failed := env.Fault()
	switch {
	case env.HasEGov():
		header, faults := envelope.ReadEGov(env, place)
		if a.Header = header; len(faults) > 0 {
			return a, fmt.Errorf("read answer: %s in its header", faults[0].Code)
		}
	case !failed:
		return a, errors.New("read answer: no e-Gov message")
	}
	if fault, ok := env.Fault(); ok {
		fault.Errors = append(fault.Errors, env.Errors()...)
		a.Fault = &fault
		return a, nil
	}
	var ok bool
	if a.SubmitAnswer, ok = b.ReadAnswer(env); !ok {
		return a, errors.New("read answer: neither an outcome nor a fault")
	}
	return a, nil
}
