package revocation

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// Config is what a Source is made of.
type Config struct {
	Lists      []string            // files, or http and https addresses
	Responders []string            // addresses of OCSP responders
	Anchors    []*x509.Certificate // issuers known beforehand
	Folder     string              // where lists from addresses are kept; made when needed
	Client     *http.Client        // nil: NewClient()
	Now        func() time.Time
	Log        *slog.Logger // names places and reasons, never a certificate
}

// NewClient returns a client for lists and responders: no redirects, for what
// configuration names is asked and nobody else, and no cookies. A proxy comes
// from the environment (net/http).
func NewClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 64 << 10
	transport.ResponseHeaderTimeout = fetchLimit
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Source is what one policy knows of revocation. It implements
// xmlsig.Revocation. Safe for concurrent use.
type Source struct {
	cfg     Config
	answers *answers

	renewing sync.Mutex // held by the one that looks for lists

	mu    sync.RWMutex
	feeds []*feed
}

var errForeign = errors.New("signed by no authority known here")

// Open reads the lists that are files, and those kept from addresses. A file
// that cannot be read or used is an error, all of them at once; addresses are
// asked by Run. A list whose end has passed is taken: what it names stays
// revoked.
func Open(cfg Config) (*Source, error) {
	if cfg.Client == nil {
		cfg.Client = NewClient()
	}
	s := &Source{cfg: cfg, answers: newAnswers(cfg)}
	var errs []error
	for _, place := range cfg.Lists {
		f := newFeed(place, cfg.Folder)
		s.feeds = append(s.feeds, f)
		if f.remote() {
			if raw, err := readList(f.kept); err == nil {
				if err := s.take(f, raw); err != nil {
					cfg.Log.Warn("kept revocation list passed over", "list", f.place, "error", err)
				}
			}
			continue
		}
		_, err := f.changed()
		if err == nil {
			var raw []byte
			if raw, err = readList(place); err == nil {
				err = s.take(f, raw)
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("revocation list %s: %w", place, err))
		}
	}
	return s, errors.Join(errs...)
}

// Run keeps the lists fresh until ctx ends.
func (s *Source) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		s.Renew(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Close ends what Prepare has under way and waits for it.
func (s *Source) Close() {
	s.answers.close()
	s.cfg.Client.CloseIdleConnections()
}

// Renew looks once for every list that is due: addresses at their hour, files
// that changed. A list that is refused, or does not come, leaves the one before
// in force until its own end.
func (s *Source) Renew(ctx context.Context) {
	s.renewing.Lock()
	defer s.renewing.Unlock()
	for _, f := range s.feeds {
		if err := s.renew(ctx, f); err != nil && ctx.Err() == nil {
			s.mu.RLock()
			until := f.end()
			s.mu.RUnlock()
			s.cfg.Log.Warn("revocation list not renewed", "list", f.place, "until", until, "error", err)
		}
	}
}

func (s *Source) renew(ctx context.Context, f *feed) error {
	now := s.cfg.Now()
	if !f.remote() {
		changed, err := f.changed()
		if err != nil || !changed {
			return err
		}
		raw, err := readList(f.place)
		if err != nil {
			return err
		}
		return s.take(f, raw)
	}
	s.mu.RLock()
	early := now.Before(f.due)
	s.mu.RUnlock()
	if early {
		return nil
	}
	raw, err := f.fetch(ctx, s.cfg.Client)
	if err == nil {
		err = s.take(f, raw)
	}
	s.mu.Lock()
	f.schedule(now, err != nil || f.current == nil)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return f.keep(raw)
}

// end is that of the list in force, for people.
func (f *feed) end() string {
	if f.current == nil {
		return "-"
	}
	return f.current.to.UTC().Format(time.RFC3339)
}

// take puts a list in force in its feed, unless it is refused: out of form,
// forged, or older than the one there is. Where no authority of its name is
// known yet, it waits for the first chain that shows one.
func (s *Source) take(f *feed, raw []byte) error {
	l, err := parseList(raw, s.cfg.Now())
	if err != nil {
		return err
	}
	s.mu.RLock()
	before := f.issuer
	s.mu.RUnlock()
	issuer, err := s.issuerOf(l, before) // without the lock: hashing a large list takes a while
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.current != nil && l.older(f.current) {
		return errors.New("it is older than the one in force")
	}
	if f.current = l; issuer != nil {
		f.issuer = issuer
	}
	return nil
}

// issuerOf finds whose signature a list has: the one that signed the list before
// it, or an anchor. Nil: no authority of its name is known yet.
func (s *Source) issuerOf(l *list, before *x509.Certificate) (*x509.Certificate, error) {
	candidates := s.cfg.Anchors
	if before != nil {
		candidates = []*x509.Certificate{before}
	}
	var wrong error
	for _, c := range candidates {
		if !bytes.Equal(c.RawSubject, l.issuerName) {
			continue
		}
		if wrong = l.bind(c); wrong == nil {
			return c, nil
		}
	}
	if wrong == nil && before != nil {
		return nil, errors.New("it is another authority's than the one before")
	}
	return nil, wrong
}

// Status implements xmlsig.Revocation: what the lists know, and where they know
// nothing what responders answered. Revoked by any is revoked.
func (s *Source) Status(cert, issuer *x509.Certificate, at time.Time) xmlsig.Status {
	status, waiting := s.listed(cert, issuer, at)
	if waiting && s.settle(issuer) {
		status, _ = s.listed(cert, issuer, at)
	}
	if status == xmlsig.StatusRevoked {
		return status
	}
	if answered := s.answers.status(cert, issuer, at); answered != xmlsig.StatusUnknown {
		return answered
	}
	return status
}

// listed is what the lists in force say; waiting tells of one of this issuer's
// name whose signature was not checked yet.
func (s *Source) listed(cert, issuer *x509.Certificate, at time.Time) (status xmlsig.Status, waiting bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, f := range s.feeds {
		l := f.current
		if l == nil || !bytes.Equal(l.issuerName, issuer.RawSubject) || !l.covers(cert) {
			continue
		}
		if l.issuerKey == nil {
			waiting = true
			continue
		}
		if !bytes.Equal(l.issuerKey, issuer.RawSubjectPublicKeyInfo) {
			continue
		}
		switch l.status(cert, at) {
		case xmlsig.StatusRevoked:
			return xmlsig.StatusRevoked, false
		case xmlsig.StatusGood:
			status = xmlsig.StatusGood
		}
	}
	return status, waiting
}

// settle checks the lists that waited for this issuer, which a chain that holds
// has shown: once for each list. A list that is not its is dropped.
func (s *Source) settle(issuer *x509.Certificate) (bound bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.feeds {
		l := f.current
		if l == nil || l.issuerKey != nil || !bytes.Equal(l.issuerName, issuer.RawSubject) {
			continue
		}
		if err := l.bind(issuer); err != nil {
			f.current, f.due = nil, time.Time{}
			s.cfg.Log.Warn("revocation list refused", "list", f.place, "error", fmt.Errorf("%w: %w", errForeign, err))
			continue
		}
		f.issuer, bound = issuer, true
	}
	return bound
}

// State is what is known of one list, for people.
type State struct {
	Place    string
	Current  bool // false: none yet
	Verified bool // its signature was checked
	From, To time.Time
	Entries  int
}

// States tells of every list, in the order of the configuration.
func (s *Source) States() []State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []State
	for _, f := range s.feeds {
		st := State{Place: f.place}
		if l := f.current; l != nil {
			st.Current, st.Verified, st.From, st.To, st.Entries = true, l.issuerKey != nil, l.from, l.to, len(l.entries)
		}
		all = append(all, st)
	}
	return all
}

// Prepare asks the responders, where there are any, for what Status will be
// asked about the chains and memory does not know. It waits no longer than
// Patience, nor than ctx; what comes later is remembered for the next time.
func (s *Source) Prepare(ctx context.Context, chains [][]*x509.Certificate, at time.Time) {
	if len(s.cfg.Responders) == 0 {
		return
	}
	var waits []question
	for _, chain := range chains {
		for i := range len(chain) - 1 {
			if status, _ := s.listed(chain[i], chain[i+1], at); status != xmlsig.StatusUnknown {
				continue
			}
			if q := s.answers.ask(chain[i], chain[i+1], at); q.done != nil {
				waits = append(waits, q)
			}
		}
	}
	if len(waits) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for _, q := range waits {
		select {
		case <-q.done:
		case <-ctx.Done():
			s.answers.slow(q.responder, at)
			return
		}
	}
}
