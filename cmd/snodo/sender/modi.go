package sender

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/transform/envelope"
)

// ModICaller signs the messages that a client sends and verifies what it is
// answered, by ModI: the answer must be signed by a hub under the given
// authorities, relate to the request and repeat its digests. The client sees
// plain messages. Safe for concurrent use.
type ModICaller struct {
	Next     http.RoundTripper // what the signed messages go over
	sealer   *xmlsig.Sealer
	verifier *xmlsig.MessageVerifier
	Plain    bool // answers are not signed
	Now      func() time.Time
	NewID    func() string // makes the name of each message
	// Assertion goes along, signed with the message; none if empty.
	Assertion []byte
}

// ModIFlags are the flags of who sends messages signed by ModI.
type ModIFlags struct {
	Cert  string `help:"Sign the messages by ModI: the system's certificate, and its authorities'." type:"path" placeholder:"PEM"`
	Key   string `help:"The system's key, PKCS #8." type:"path" placeholder:"PEM"`
	Trust string `help:"Authorities of the hub's answers." type:"path" placeholder:"PEM"`
	Plain bool   `name:"unsigned-answers" help:"In place of --modi-trust: the region signs no answers (no PROFILE_NON_REPUDIATION_01)."`
}

// TLSFlags are the flags of who shows a certificate for its connection.
type TLSFlags struct {
	Cert string `help:"Client certificate for the connection (ID_AUTH_CHANNEL_02), and its authorities'." type:"path" placeholder:"PEM"`
	Key  string `help:"Its key." type:"path" placeholder:"PEM"`
}

// Show has a connection show the certificate if the flags name one. One flag without
// the other is verb.ErrUsage.
func (f TLSFlags) Show(settings *tls.Config) error {
	if f == (TLSFlags{}) {
		return nil
	}
	if f.Cert == "" || f.Key == "" {
		return fmt.Errorf("--client-cert and --client-key go together: %w", verb.ErrUsage)
	}
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return fmt.Errorf("read --client-cert and --client-key: %w", err)
	}
	settings.Certificates = []tls.Certificate{pair}
	return nil
}

// Over puts ModI over a transport if the flags ask for it. Flags that do not go
// together are verb.ErrUsage.
func (f ModIFlags) Over(next http.RoundTripper) (http.RoundTripper, error) {
	if f == (ModIFlags{}) {
		return next, nil
	}
	if f.Cert == "" || f.Key == "" || (f.Trust == "") != f.Plain {
		return nil, fmt.Errorf("--modi-cert, --modi-key and --modi-trust, or --modi-unsigned-answers, go together: %w", verb.ErrUsage)
	}
	sealer, err := verb.ReadSealer("--modi-cert", f.Cert, "--modi-key", f.Key)
	if err != nil {
		return nil, err
	}
	if f.Plain {
		c := NewModICaller(next, sealer, nil)
		c.Plain = true
		return c, nil
	}
	anchors, err := verb.ReadAnchors("--modi-trust", f.Trust)
	if err != nil {
		return nil, err
	}
	return NewModICaller(next, sealer, anchors), nil
}

// The names under which a ModICaller trusts.
const (
	OwnMessages = "own"
	HubMessages = "hub"
)

// NewModICaller makes a ModICaller that signs with sealer and trusts answers of
// anchors.
func NewModICaller(next http.RoundTripper, sealer *xmlsig.Sealer, anchors []*x509.Certificate) *ModICaller {
	return &ModICaller{
		Next: next, sealer: sealer, Now: time.Now, NewID: xmlsig.NewMessageID,
		verifier: xmlsig.NewMessageVerifier(xmlsig.NewTrust(map[string][]*x509.Certificate{
			OwnMessages: {sealer.Certificate()}, HubMessages: anchors,
		})),
	}
}

// ErrNotOurAnswer: whoever answers is not the hub that was asked.
var ErrNotOurAnswer = errors.New("read answer: not signed as the answer to this request")

// maxSignedAnswer bounds an answer in bytes.
const maxSignedAnswer = 24 << 20

// RoundTrip implements http.RoundTripper.
func (c *ModICaller) RoundTrip(r *http.Request) (*http.Response, error) {
	plain, err := io.ReadAll(r.Body)
	err = errors.Join(err, r.Body.Close())
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	at := c.Now()
	signed, err := c.sealer.SealMessage(plain, xmlsig.Stamp{
		To: r.URL.String(), ID: c.NewID(), Action: strings.Trim(r.Header.Get("SOAPAction"), `"`), Created: at, Expires: at.Add(hub.MessageAge),
		QNames:    bytes.Contains(plain, []byte("encodingStyle")), // RPC/encoded: types are QNames
		Assertion: c.Assertion,
	})
	if err != nil {
		return nil, err
	}
	asked, f := c.verifier.Verify(signed, OwnMessages)
	if f != nil {
		return nil, fmt.Errorf("read own message: %s: %s", f.Code, f.Text())
	}
	resp, err := c.Next.RoundTrip(carrying(r, signed))
	if err != nil || c.Plain {
		return resp, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxSignedAnswer))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if answer, err = c.open(answer, asked, resp.StatusCode); err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
	return resp, nil
}

// open gives what an answer's signature covers, and the receipt beside it. A
// fault may come unsigned: the hub does not sign for those it cannot tell.
func (c *ModICaller) open(answer []byte, asked xmlsig.Message, status int) ([]byte, error) {
	m, f := c.verifier.Verify(answer, HubMessages)
	if f == nil && m.Answers(asked.ID, asked.Signed) && m.CheckValidity(c.Now()) == nil {
		return envelope.WrapAnswer(answer, m.Body), nil
	}
	if e, refused := envelope.Open(answer); refused == nil && status != http.StatusOK {
		if _, ok := e.Fault(); ok {
			return answer, nil
		}
	}
	if f != nil {
		return nil, fmt.Errorf("%w: %s: %s", ErrNotOurAnswer, f.Code, f.Text())
	}
	return nil, ErrNotOurAnswer
}
