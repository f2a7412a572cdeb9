package revocation

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// responder is an OCSP server that a test changes.
type responder struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(*ocsp.Request) []byte
	hold   chan struct{} // if not nil, answers wait for it
	asked  int
}

func newResponder(t *testing.T) *responder {
	t.Helper()
	r := &responder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.asked++
		answer, hold := r.answer, r.hold
		r.mu.Unlock()
		if hold != nil {
			select {
			case <-hold:
			case <-req.Context().Done():
				return
			}
		}
		asked, err := ocsp.ParseRequest(raw)
		if err != nil || req.Header.Get("Content-Type") != "application/ocsp-request" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if answer == nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(answer(asked))
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *responder) set(answer func(*ocsp.Request) []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *responder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// said makes answers signed by a certificate and key; change bends them.
func said(issuer, by *x509.Certificate, key crypto.Signer, change func(*ocsp.Response)) func(*ocsp.Request) []byte {
	return func(q *ocsp.Request) []byte {
		template := ocsp.Response{Status: ocsp.Good, SerialNumber: q.SerialNumber, ThisUpdate: noon().Add(-time.Minute), NextUpdate: noon().Add(time.Hour)}
		if by != issuer {
			template.Certificate = by
		}
		if change != nil {
			change(&template)
		}
		return must(ocsp.CreateResponse(issuer, by, template, key))
	}
}

func (p pki) says(change func(*ocsp.Response)) func(*ocsp.Request) []byte {
	return said(p.ca.Certificate, p.ca.Certificate, p.ca.Key, change)
}

// delegate is a responder's certificate and key.
func (p pki) delegate(t *testing.T, change func(*x509.Certificate)) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	key := must(xmlsig.NewKey())
	c := &x509.Certificate{
		SerialNumber: big.NewInt(77), Subject: pkix.Name{CommonName: "risponditore"},
		NotBefore: noon().AddDate(0, 0, -1), NotAfter: noon().AddDate(0, 0, 1),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
	}
	change(c)
	der := must(x509.CreateCertificate(rand.Reader, c, p.ca.Certificate, key.Public(), p.ca.Key))
	return must(x509.ParseCertificate(der)), key
}

func (p pki) chains() [][]*x509.Certificate {
	return [][]*x509.Certificate{{p.first, p.ca.Certificate}}
}

// TestAnswers judges what responders say: only what the issuer stands for, of
// this certificate and of now, is taken.
func TestAnswers(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	other := newPKI(t)
	as := func(change func(*x509.Certificate)) func(*ocsp.Request) []byte {
		by, key := p.delegate(t, change)
		return said(p.ca.Certificate, by, key, nil)
	}
	foreign, foreignKey := other.delegate(t, func(*x509.Certificate) {})
	times := func(from, to time.Duration) func(*ocsp.Request) []byte {
		return p.says(func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = noon().Add(from), noon().Add(to) })
	}
	revoked := func(r *ocsp.Response) { r.Status, r.RevokedAt = ocsp.Revoked, noon().Add(-time.Hour) }
	good, unknown := xmlsig.StatusGood, xmlsig.StatusUnknown
	for name, c := range map[string]struct {
		answer func(*ocsp.Request) []byte
		want   xmlsig.Status
		says   string // of the log
	}{
		"good":                   {p.says(nil), good, ""},
		"revoked":                {p.says(revoked), xmlsig.StatusRevoked, ""},
		"revoked from tomorrow":  {p.says(func(r *ocsp.Response) { r.Status, r.RevokedAt = ocsp.Revoked, noon().AddDate(0, 0, 1) }), good, ""},
		"not known":              {p.says(func(r *ocsp.Response) { r.Status = ocsp.Unknown }), unknown, ""},
		"delegated":              {as(func(*x509.Certificate) {}), good, ""},
		"delegate without usage": {as(func(c *x509.Certificate) { c.ExtKeyUsage = nil }), unknown, "may not sign answers"},
		"delegate for TLS":       {as(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), unknown, "may not sign answers"},
		"delegate expired":       {as(func(c *x509.Certificate) { c.NotAfter = noon().Add(-time.Second) }), unknown, "not valid now"},
		"another's delegate":     {said(p.ca.Certificate, foreign, foreignKey, nil), unknown, "not certified by"},
		"another's key":          {said(p.ca.Certificate, p.ca.Certificate, other.ca.Key, nil), unknown, "does not hold"},
		"signer's own key": {func() func(*ocsp.Request) []byte { // a person's certificate answers for itself
			key := must(xmlsig.NewKey())
			c := must(p.ca.IssuePerson(personCF, key.Public(), noon().AddDate(0, -1, 0)))
			return said(p.ca.Certificate, c, key, nil)
		}(), unknown, "may not sign answers"},
		"another certificate": {p.says(func(r *ocsp.Response) { r.SerialNumber = p.last.SerialNumber }), unknown, "not an OCSP answer about this certificate"},
		"stale":               {times(-2*time.Hour, -time.Second), unknown, "its end has passed"},
		"no end, old":         {p.says(func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = noon().Add(-2*time.Hour), time.Time{} }), unknown, "its end has passed"},
		"no end, new":         {p.says(func(r *ocsp.Response) { r.NextUpdate = time.Time{} }), good, ""},
		"of later":            {times(time.Hour, 2*time.Hour), unknown, "later than now"},
		"nonsense":            {func(*ocsp.Request) []byte { return []byte("<html>") }, unknown, "not an OCSP answer"},
		"too long":            {func(*ocsp.Request) []byte { return make([]byte, maxAnswer+1) }, unknown, "more than"},
		"try later":           {func(*ocsp.Request) []byte { return ocsp.TryLaterErrorResponse }, unknown, "try later"},
		"not its issuer":      {func(*ocsp.Request) []byte { return ocsp.UnauthorizedErrorResponse }, unknown, ""},
		"out of order":        {nil, unknown, "status 500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newResponder(t)
			r.set(c.answer)
			cfg, log, _ := p.config(t)
			cfg.Responders = []string{r.URL}
			s := open(t, cfg)
			if got := s.Status(p.first, p.ca.Certificate, noon()); got != unknown || r.count() != 0 {
				t.Errorf("asked by itself: %v", got)
			}
			for range 2 {
				s.Prepare(t.Context(), p.chains(), noon())
				if got := s.Status(p.first, p.ca.Certificate, noon()); got != c.want {
					t.Errorf("%v, want %v", got, c.want)
				}
			}
			if r.count() != 1 {
				t.Errorf("asked %d times", r.count())
			}
			if got := log.String(); !strings.Contains(got, c.says) || c.says == "" && got != "" {
				t.Errorf("log %q, want %q", got, c.says)
			}
			if got := s.Status(p.first, other.ca.Certificate, noon()); got != unknown {
				t.Errorf("for another issuer: %v", got)
			}
		})
	}
}

// TestAnswersInTime: an answer is used until its end and renewed before it
// without waiting; revoked stays; an older answer does not come back.
func TestAnswersInTime(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	r := newResponder(t)
	r.set(p.says(nil))
	cfg, _, now := p.config(t)
	cfg.Responders = []string{r.URL}
	s := open(t, cfg)
	at := func(minutes int, want xmlsig.Status, asked int) {
		t.Helper()
		now.set(noon().Add(time.Duration(minutes) * time.Minute))
		s.Prepare(t.Context(), p.chains(), now.Now())
		s.answers.wg.Wait()
		if got := s.Status(p.first, p.ca.Certificate, now.Now()); got != want || r.count() != asked {
			t.Errorf("after %d minutes: %v, asked %d times, want %v and %d", minutes, got, r.count(), want, asked)
		}
	}
	at(0, xmlsig.StatusGood, 1)
	at(44, xmlsig.StatusGood, 1)
	at(46, xmlsig.StatusGood, 2) // near its end
	r.set(p.says(func(o *ocsp.Response) {
		o.Status, o.RevokedAt, o.ThisUpdate, o.NextUpdate = ocsp.Revoked, noon(), noon().Add(time.Hour), noon().Add(3*time.Hour)
	}))
	at(61, xmlsig.StatusRevoked, 3)
	r.set(p.says(func(o *ocsp.Response) { o.ThisUpdate, o.NextUpdate = noon(), noon().Add(9*time.Hour) }))
	at(179, xmlsig.StatusRevoked, 4) // an answer of before
	at(400, xmlsig.StatusRevoked, 5)
}

// TestAnswerEnds: a good answer says nothing past its end, nor of long before it,
// whether or not its responder is still there.
func TestAnswerEnds(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	r := newResponder(t)
	r.set(p.says(nil))
	cfg, _, _ := p.config(t)
	cfg.Responders = []string{r.URL}
	s := open(t, cfg)
	s.Prepare(t.Context(), p.chains(), noon())
	s.answers.wg.Wait()
	for offset, want := range map[time.Duration]xmlsig.Status{
		0: xmlsig.StatusGood, time.Hour: xmlsig.StatusGood, time.Hour + 1: xmlsig.StatusUnknown,
		-time.Minute - clockSkew: xmlsig.StatusGood, -time.Minute - clockSkew - 1: xmlsig.StatusUnknown,
	} {
		if got := s.Status(p.first, p.ca.Certificate, noon().Add(offset)); got != want {
			t.Errorf("%v from noon: %v, want %v", offset, got, want)
		}
	}
}

// TestSlowResponder: a submission waits no longer than its context, the next
// ones not at all until the responder has rested or answered.
func TestSlowResponder(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	r := newResponder(t)
	r.set(p.says(nil))
	r.hold = make(chan struct{})
	cfg, _, _ := p.config(t)
	cfg.Responders = []string{r.URL}
	s := open(t, cfg)
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	for range 3 {
		s.Prepare(impatient, p.chains(), noon())
		if got := s.Status(p.first, p.ca.Certificate, noon()); got != xmlsig.StatusUnknown {
			t.Errorf("before the answer: %v", got)
		}
	}
	s.Prepare(t.Context(), [][]*x509.Certificate{{p.last, p.ca.Certificate}}, noon()) // does not wait: it rests
	close(r.hold)
	s.answers.wg.Wait()
	if got := s.Status(p.first, p.ca.Certificate, noon()); got != xmlsig.StatusGood || r.count() != 1 {
		t.Errorf("after the answer: %v, asked %d times", got, r.count())
	}
	s.Prepare(t.Context(), [][]*x509.Certificate{{p.last, p.ca.Certificate}}, noon())
	if got := s.Status(p.last, p.ca.Certificate, noon()); got != xmlsig.StatusGood {
		t.Errorf("once it answers again: %v", got)
	}
}

// TestWhoIsAsked: only responders of the configuration, by the certificate's
// own address where it names one.
func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	for name, c := range map[string]struct {
		named, configured []string
		want              string
	}{
		"its own":               {[]string{"http://a", "http://b"}, []string{"http://b", "http://c"}, "http://b"},
		"not configured":        {[]string{"http://evil"}, []string{"http://a"}, ""},
		"names none, one":       {nil, []string{"http://a"}, "http://a"},
		"names none, several":   {nil, []string{"http://a", "http://b"}, ""},
		"nothing is configured": {[]string{"http://a"}, nil, ""},
	} {
		cert := *p.first
		cert.OCSPServer = c.named
		if got := newAnswers(Config{Responders: c.configured}).responder(&cert); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestListBeforeResponder: what a list knows is not asked.
func TestListBeforeResponder(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	r := newResponder(t)
	r.set(p.says(nil))
	cfg, _, _ := p.config(t)
	cfg.Responders, cfg.Lists = []string{r.URL}, []string{write(t, p.list(template(1, p.first)))}
	s := open(t, cfg)
	s.Prepare(t.Context(), p.chains(), noon())
	if got := s.Status(p.first, p.ca.Certificate, noon()); got != xmlsig.StatusRevoked || r.count() != 0 {
		t.Errorf("%v, asked %d times", got, r.count())
	}
	later := noon().Add(2 * time.Hour) // the list is stale, and still names it
	s.Prepare(t.Context(), p.chains(), later)
	if got := s.Status(p.first, p.ca.Certificate, later); got != xmlsig.StatusRevoked {
		t.Errorf("stale list: %v", got)
	}
}

// TestAnswersForget: what is remembered is bounded.
func TestAnswersForget(t *testing.T) {
	t.Parallel()
	a := newAnswers(Config{})
	for n := range maxAnswers {
		a.known[certKey{byte(n), byte(n >> 8), 1}] = answer{to: noon().Add(time.Duration(n%2) * time.Hour)}
	}
	a.makeRoom(noon().Add(time.Minute))
	if len(a.known) != maxAnswers/2 {
		t.Errorf("%d left", len(a.known))
	}
	for n := range maxAnswers {
		a.known[certKey{byte(n), byte(n >> 8), 2}] = answer{to: noon().Add(time.Hour)}
	}
	if a.makeRoom(noon()); len(a.known) != 0 {
		t.Errorf("%d left of too many good ones", len(a.known))
	}
}
