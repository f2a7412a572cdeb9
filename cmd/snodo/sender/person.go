package sender

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/transform/saml"
)

// Presenter puts an assertion into the messages of a client: over Next go the same
// messages, each with Assertion in its header. Safe for concurrent use.
type Presenter struct {
	Next      http.RoundTripper
	Assertion []byte
}

// Present has the messages over a transport bring the assertion in a file, under
// ModI signed with them; no file changes nothing.
func Present(path string, over http.RoundTripper) (http.RoundTripper, error) {
	if path == "" {
		return over, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read --saml: %w", err)
	}
	text = bytes.TrimSpace(text)
	if bytes.HasPrefix(text, []byte("<?xml")) { // no declaration can stand inside a message
		_, text, _ = bytes.Cut(text, []byte("?>"))
	}
	if caller, ok := over.(*ModICaller); ok {
		caller.Assertion = text
		return caller, nil
	}
	return Presenter{Next: over, Assertion: text}, nil
}

// RoundTrip implements http.RoundTripper.
func (p Presenter) RoundTrip(r *http.Request) (*http.Response, error) {
	plain, err := io.ReadAll(r.Body)
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	message, err := xmlsig.Present(plain, p.Assertion)
	if err != nil {
		return nil, err
	}
	return p.Next.RoundTrip(carrying(r, message))
}

// carrying is a request with another body, which net/http may send again.
func carrying(r *http.Request, message []byte) *http.Request {
	sent := r.Clone(r.Context())
	sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(message)), nil }
	sent.Body, _ = sent.GetBody()
	sent.ContentLength = int64(len(message))
	return sent
}

// NewGateway makes an identity provider of an authority, whose key is forgotten
// with it.
func NewGateway(a *xmlsig.Authority, now time.Time) (*xmlsig.Sealer, error) {
	key, err := xmlsig.NewKey()
	if err != nil {
		return nil, err
	}
	c, err := a.IssueSeal("Snodo: gateway di identità di sviluppo", key.Public(), now)
	if err != nil {
		return nil, err
	}
	return xmlsig.NewSealer(key, []*x509.Certificate{c})
}

// Person is a person who signed in at an identity provider, as the flags of a verb
// say it.
type Person struct {
	CF    string        `name:"cf" help:"Codice fiscale of the person." required:""`
	For   string        `help:"Endpoint that it is for, as the WSDL has it: http://HOST/soap/REGION." required:"" placeholder:"URL"`
	Means string        `help:"How the person signed in: spid, cie or pin." enum:"spid,cie,pin" default:"spid"`
	Level int           `help:"Level of SPID or CIE, 1 to 3." default:"2"`
	Once  bool          `help:"It serves for one message."`
	Valid time.Duration `help:"How long it holds." default:"5m"`
}

// Assertion is what an issuer says of the person, as an instant has it.
func (c Person) Assertion(issuer string, now time.Time) saml.Assertion {
	end := now.Add(c.Valid)
	a := saml.Assertion{
		ID: "_" + rand.Text(), Issued: now, Issuer: issuer,
		Confirmations: []saml.Confirmation{{Method: saml.Bearer, NotOnOrAfter: end, Recipient: c.For}},
		NotBefore:     now, NotOnOrAfter: end, Audiences: [][]string{{c.For}}, OneTime: c.Once,
		Authenticated: now, Class: fmt.Sprintf("%s%d", identity.ClassSPID, c.Level),
		Attributes: []saml.Attribute{{Name: identity.CodeAttribute, Values: []string{"TINIT-" + c.CF}}},
	}
	switch c.Means {
	case hub.MeansCIE:
		a.Authorities = []string{identity.ProviderCIE}
	case hub.MeansPIN:
		a.Class = identity.ClassPIN
	}
	return a
}
