package revocation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// Bounds of asking responders.
const (
	Patience    = time.Second      // of a submission, for all it asks
	answerLimit = 5 * time.Second  // of one question, which goes on behind
	rest        = 30 * time.Second // of a responder that did not answer
	restCert    = time.Minute      // of a certificate that it knows nothing about
	maxAnswer   = 64 << 10         // bytes
	maxAnswers  = 16_384           // remembered; at about 250 bytes, 4 MB
	maxAsking   = 32               // at once
	// An answer is good until its own end, but no longer than a day; one that
	// names no end is good for an hour (RFC 6960 section 4.2.2.1: newer ones are
	// then there at any time).
	longestAnswer = 24 * time.Hour
	openAnswer    = time.Hour
)

// certKey names a certificate and who issued it.
type certKey [sha256.Size]byte

func keyOf(cert, issuer *x509.Certificate) certKey {
	h := sha256.New()
	h.Write(cert.Raw)
	h.Write(issuer.RawSubjectPublicKeyInfo)
	var k certKey
	h.Sum(k[:0])
	return k
}

// answer is what a responder said of a certificate.
type answer struct {
	status    xmlsig.Status
	revoked   time.Time // of StatusRevoked
	from, to  time.Time
	refreshAt time.Time // when to ask again, before the end
}

// answers remembers what responders said. Safe for concurrent use.
type answers struct {
	cfg    Config
	ctx    context.Context // of the questions under way
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	known   map[certKey]answer
	asking  map[certKey]chan struct{}
	resting map[string]time.Time // responders that nobody waits for, until when
	failed  map[string]time.Time // responders that were complained of, until when
}

func newAnswers(cfg Config) *answers {
	a := &answers{cfg: cfg, known: make(map[certKey]answer), asking: make(map[certKey]chan struct{}), resting: make(map[string]time.Time), failed: make(map[string]time.Time)}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	return a
}

func (a *answers) close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.cancel()
	a.wg.Wait()
}

// status is what was answered, from memory. A certificate that was withdrawn
// stays so after the answer's end.
func (a *answers) status(cert, issuer *x509.Certificate, at time.Time) xmlsig.Status {
	if len(a.cfg.Responders) == 0 {
		return xmlsig.StatusUnknown
	}
	a.mu.Lock()
	known, ok := a.known[keyOf(cert, issuer)]
	a.mu.Unlock()
	switch {
	case !ok:
		return xmlsig.StatusUnknown
	case known.status == xmlsig.StatusRevoked && !known.revoked.After(at):
		return xmlsig.StatusRevoked
	case at.After(known.to) || at.Before(known.from.Add(-clockSkew)):
		return xmlsig.StatusUnknown
	case known.status == xmlsig.StatusRevoked:
		return xmlsig.StatusGood // until the instant that the answer names
	}
	return known.status
}

// responder chooses whom to ask: the address that the certificate names, if
// configuration names it too, for a certificate must not send us anywhere; or
// the only one there is, for a certificate that names none.
func (a *answers) responder(cert *x509.Certificate) string {
	for _, address := range cert.OCSPServer {
		if slices.Contains(a.cfg.Responders, address) {
			return address
		}
	}
	if len(cert.OCSPServer) == 0 && len(a.cfg.Responders) == 1 {
		return a.cfg.Responders[0]
	}
	return ""
}

// question is one that is under way.
type question struct {
	responder string
	done      <-chan struct{} // nil: there is nothing to wait for
}

// ask has a certificate asked for, unless that is known, under way or useless
// now, and gives what to wait for. An answer near its end is renewed without
// waiting, and so is one of a responder that rests.
func (a *answers) ask(cert, issuer *x509.Certificate, at time.Time) question {
	address := a.responder(cert)
	if address == "" {
		return question{}
	}
	key := keyOf(cert, issuer)
	a.mu.Lock()
	defer a.mu.Unlock()
	known, ok := a.known[key]
	fresh := ok && !at.After(known.to)
	rests := at.Before(a.resting[address])
	if fresh && at.Before(known.refreshAt) || rests {
		return question{}
	}
	done := a.asking[key]
	if done == nil && !a.closed && len(a.asking) < maxAsking {
		done = make(chan struct{})
		a.asking[key] = done
		a.wg.Go(func() { a.fill(key, address, cert, issuer, at) })
	}
	if fresh {
		return question{}
	}
	return question{address, done}
}

// slow has nobody wait for a responder that kept a submission waiting for all
// its Patience, until it answers or has rested.
func (a *answers) slow(address string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.resting[address] = at.Add(rest)
}

// fill asks and remembers.
func (a *answers) fill(key certKey, address string, cert, issuer *x509.Certificate, at time.Time) {
	got, err := a.fetch(address, cert, issuer)
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.asking[key])
	delete(a.asking, key)
	if err != nil {
		if a.ctx.Err() != nil {
			return
		}
		if !at.Before(a.failed[address]) {
			a.cfg.Log.Warn("ocsp responder gave no answer", "responder", address, "error", err)
		}
		a.resting[address], a.failed[address] = at.Add(rest), at.Add(rest)
		return
	}
	if known, ok := a.known[key]; ok && got.from.Before(known.from) {
		return // an older answer than the one there is, sent again by somebody
	}
	a.makeRoom(at)
	a.known[key] = got
	delete(a.resting, address)
}

func (a *answers) makeRoom(at time.Time) {
	if len(a.known) < maxAnswers {
		return
	}
	for key, known := range a.known {
		if at.After(known.to) {
			delete(a.known, key)
		}
	}
	if len(a.known) >= maxAnswers {
		clear(a.known) // they are asked for again
	}
}

// fetch asks a responder about one certificate. An error is a responder that
// does not answer, or not as it should; that it does not know the certificate
// is an answer.
func (a *answers) fetch(address string, cert, issuer *x509.Certificate) (answer, error) {
	ctx, cancel := context.WithTimeout(a.ctx, answerLimit)
	defer cancel()
	body, err := ocsp.CreateRequest(cert, issuer, nil)
	if err != nil {
		return answer{}, errors.New("ask responder: no question can be made of the certificate")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("ask responder: %w", err)
	}
	req.Header.Set("Content-Type", "application/ocsp-request")
	req.Header.Set("Accept", "application/ocsp-response")
	res, err := a.cfg.Client.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("ask responder: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("ask responder: status %d", res.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return answer{}, fmt.Errorf("ask responder: %w", err)
	}
	if len(raw) > maxAnswer {
		return answer{}, fmt.Errorf("ask responder: more than %d bytes", maxAnswer)
	}
	return judge(raw, cert, issuer, a.cfg.Now())
}

// judge reads an answer: of this certificate, signed by its issuer or by whom
// the issuer lets answer for it, and of now. There is no nonce, which most
// responders ignore (RFC 5019): freshness is by the answer's own instants.
func judge(raw []byte, cert, issuer *x509.Certificate, now time.Time) (answer, error) {
	res, err := ocsp.ParseResponseForCert(raw, cert, nil)
	var refused ocsp.ResponseError
	if errors.As(err, &refused) {
		if refused.Status == ocsp.Unauthorized { // it does not know the issuer (RFC 5019, section 2.2.3)
			return answer{from: now, to: now.Add(restCert), refreshAt: now.Add(restCert)}, nil
		}
		return answer{}, fmt.Errorf("read answer: %s", refused.Status)
	}
	if err != nil {
		return answer{}, errors.New("read answer: not an OCSP answer about this certificate")
	}
	if err := authorised(res, issuer, now); err != nil {
		return answer{}, fmt.Errorf("read answer: %w", err)
	}
	a := answer{from: res.ThisUpdate, to: res.NextUpdate}
	if a.to.IsZero() {
		a.to = a.from.Add(openAnswer)
	}
	if longest := now.Add(longestAnswer); a.to.After(longest) {
		a.to = longest
	}
	switch {
	case a.from.After(now.Add(clockSkew)):
		return answer{}, errors.New("read answer: it is of later than now")
	case now.After(a.to):
		return answer{}, errors.New("read answer: its end has passed")
	}
	a.refreshAt = a.to.Add(-a.to.Sub(now) / 4)
	switch res.Status {
	case ocsp.Good:
		a.status = xmlsig.StatusGood
	case ocsp.Revoked:
		a.status, a.revoked = xmlsig.StatusRevoked, res.RevokedAt
	default:
		a.to, a.refreshAt = now.Add(restCert), now.Add(restCert)
	}
	return a, nil
}

// authorised reports an error unless the answer is signed with the issuer's key
// or by a responder that the issuer certified for it (RFC 6960, section
// 4.2.2.2). Whether that certificate was revoked in turn is not asked: such
// certificates are short-lived and say so (id-pkix-ocsp-nocheck).
func authorised(res *ocsp.Response, issuer *x509.Certificate, now time.Time) error {
	by := res.Certificate
	if by == nil || bytes.Equal(by.RawSubjectPublicKeyInfo, issuer.RawSubjectPublicKeyInfo) {
		if res.CheckSignatureFrom(issuer) != nil {
			return errors.New("its signature does not hold")
		}
		return nil
	}
	switch {
	case by.CheckSignatureFrom(issuer) != nil:
		return errors.New("its responder was not certified by the certificate's issuer")
	case !slices.Contains(by.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return errors.New("its responder may not sign answers")
	case now.Before(by.NotBefore.Add(-clockSkew)) || now.After(by.NotAfter):
		return errors.New("its responder's certificate is not valid now")
	case res.CheckSignatureFrom(by) != nil:
		return errors.New("its signature does not hold")
	}
	return nil
}
