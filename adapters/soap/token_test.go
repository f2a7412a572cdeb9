package soap_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// tokens is a dialect whose calls come with a token, and which keeps its requests.
type tokens struct {
	soap.National
	mu    sync.Mutex
	token *hub.Token
	got   hub.Request
}

func (d *tokens) Open(req hub.Request) (hub.Call, *hub.Problem) {
	call, p := d.National.Open(req)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got, call.Token = req, d.token
	return call, p
}

// TestToken: what serves once lets one message in, for ever.
func TestToken(t *testing.T) {
	t.Parallel()
	key := ledger.MessageKey{Region: "lazio", Sender: "saml x", ID: "_1"}
	mine, others := ledger.Sum([]byte("mine")), ledger.Sum([]byte("others"))
	late := &fault.Fault{Code: fault.AssertionExpired}
	for name, c := range map[string]struct {
		token *hub.Token
		kept  ledger.Hash
		err   error
		code  fault.Code
		asked string
	}{
		"none":               {},
		"new":                {token: &hub.Token{}, asked: "recall, remember"},
		"again":              {token: &hub.Token{}, kept: mine, asked: "recall"},
		"again, late":        {token: &hub.Token{Late: late}, kept: mine, asked: "recall"},
		"late":               {token: &hub.Token{Late: late}, code: fault.AssertionExpired, asked: "recall"},
		"another's":          {token: &hub.Token{}, kept: others, code: fault.AssertionReused, asked: "recall"},
		"another's, late":    {token: &hub.Token{Late: late}, kept: others, code: fault.AssertionReused, asked: "recall"},
		"nothing can be had": {token: &hub.Token{}, err: errors.New("store is away"), code: fault.ServiceUnavailable, asked: "recall"},
	} {
		s := &signatures{}
		m := &memory{signatures: s, kept: map[ledger.MessageKey]ledger.Hash{}, err: c.err}
		if !c.kept.IsZero() {
			m.kept[key] = c.kept
		}
		d := &tokens{}
		if c.token != nil {
			token := *c.token
			token.Key, token.Digest, token.Taken = key, mine, fault.Fault{Code: fault.AssertionReused}
			d.token = &token
		}
		e := serve(t, func(cfg *soap.Config, _ *http.Server) {
			for i := range cfg.Endpoints {
				cfg.Endpoints[i].Dialect, cfg.Endpoints[i].Memory = d, m
			}
		})
		a := e.post(t, "/soap/lazio", echoMessage)
		switch {
		case c.code == "" && a.status != http.StatusOK:
			t.Errorf("%s: %s", name, a.body)
		case c.code == fault.ServiceUnavailable:
			a.wants(t, http.StatusServiceUnavailable, "Server", c.code)
		case c.code != "":
			a.wants(t, http.StatusInternalServerError, "Client", c.code)
		}
		if got := strings.Join(s.asked, ", "); got != c.asked {
			t.Errorf("%s: asked %q, want %q", name, got, c.asked)
		}
		if c.code == "" && c.token != nil && m.kept[key] != mine {
			t.Errorf("%s: not remembered", name)
		}
	}
}

// TestRequestTells: what a dialect is told of the request besides its Body.
func TestRequestTells(t *testing.T) {
	t.Parallel()
	d := &tokens{}
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			cfg.Endpoints[i].Dialect = d
		}
	})
	for value, want := range map[string]bool{"Basic YTpi": true, "bASIC YTpi": true, `Digest username="a"`: true, "Bearer x": false, "": false} {
		e.post(t, "/soap/lazio", echoMessage, "Authorization", value)
		if d.got.Password != want {
			t.Errorf("Authorization %q: password %t", value, d.got.Password)
		}
		if string(d.got.Envelope) != echoMessage || !d.got.Channel.IsZero() || d.got.Message != nil {
			t.Errorf("request %+v", d.got)
		}
	}
}
