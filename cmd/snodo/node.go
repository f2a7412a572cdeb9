package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/adapters/national"
	"github.com/snodo-co/snodo/adapters/piemonte"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/rules"
	"github.com/snodo-co/snodo/transform/spicom"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
)

// Files of a data folder.
const (
	ledgerFile   = "ledger.db"
	nationalFile = "national.db"
)

// folderHolder holds the relay's shards, and the national store's turn to
// publish, for whoever has the folder's lock: the
// leases of a process that was killed are its successor's at once, which by
// the database's clock alone would wait for them to expire.
const folderHolder = "folder"

// shutdownGrace is how long a stopping node waits for the requests it took.
const shutdownGrace = 25 * time.Second

// kinds are the kinds of communication this node serves.
func kinds() []string { return []string{"UNILAV"} }

// node is the whole hub in one process. open makes it, run serves until the
// context ends, close gives everything back; the end-to-end tests use the same.
type node struct {
	cfg      config
	now      func() time.Time
	log      *slog.Logger
	rome     *time.Location
	unlock   func() error
	keys     *xmlsig.Keys
	verifier *xmlsig.Verifier
	broker   *embedded.Broker
	store    *sqlstore.Store
	national *national.Node
	readers  []*kafka.Reader
	letters  *kafka.Publisher
	relay    *kafka.Relay
	heads    *heads
	refusals *hub.Limiter
	server   *http.Server
	listener net.Listener
	// journal, if set, stands between the hub and the store. The test binary
	// alone sets it, to stop the process at chosen instants.
	journal func(ledger.Journal) ledger.Journal
}

// open takes the data folder and makes every part ready; nothing is served or
// relayed before run. On error everything taken is given back.
func (n *node) open(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	if err := n.cfg.check(); err != nil {
		return err
	}
	if n.rome, err = time.LoadLocation("Europe/Rome"); err != nil {
		return fmt.Errorf("load time zone: %w", err)
	}
	if err := os.MkdirAll(n.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if n.unlock, err = sqlstore.LockFolder(n.cfg.Data); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	for _, step := range []func(context.Context) error{
		n.openKeys, n.openBroker, n.openStore, n.openNational, n.openRelay, n.checkHeads, n.openServer,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) openKeys(context.Context) (err error) {
	if n.keys, err = xmlsig.OpenKeys(n.cfg.Data, n.now()); err != nil {
		return err
	}
	named, err := n.cfg.anchors(n.keys)
	if err != nil {
		return err
	}
	n.verifier = xmlsig.NewVerifier(xmlsig.NewTrust(named))
	return nil
}

func (n *node) openBroker(ctx context.Context) (err error) {
	n.broker, err = embedded.Start(ctx, n.cfg.Data, embedded.Options{Topics: kafka.Topics(kinds()...)})
	return err
}

func (n *node) openStore(ctx context.Context) (err error) {
	first := make(map[string]int64)
	for slug, number := range n.cfg.First {
		r, _ := routing.RegionBySlug(slug)
		first[r.Code] = number
	}
	n.store, err = sqlstore.Open(ctx, "sqlite:"+filepath.Join(n.cfg.Data, ledgerFile), sqlstore.Options{
		Issuer: receipt.Issuer{Sealer: n.keys.Seal},
		Clock:  n.now,
		First:  first,
		Log:    n.log,
	})
	return err
}

// writers gives fresh Kafka writers over one transport.
func (n *node) writers() func() kafka.Writer {
	addrs, transport := n.brokers(), kafka.NewTransport()
	return func() kafka.Writer { return kafka.NewWriter(addrs, transport) }
}

func (n *node) brokers() []string { return []string{n.broker.Addr()} }

func (n *node) reader(group string, topics ...string) *kafka.Reader {
	r := kafka.NewReader(kafka.ReaderConfig{Addrs: n.brokers(), Group: group, Topics: topics, Log: n.log})
	n.readers = append(n.readers, r)
	return r
}

func (n *node) openNational(ctx context.Context) (err error) {
	var topics []string
	for _, kind := range kinds() {
		topics = append(topics, routing.TopicFor(kind))
	}
	writers := n.writers()
	n.national, err = national.Open(ctx, national.Config{
		Database:       "sqlite:" + filepath.Join(n.cfg.Data, nationalFile),
		Holder:         folderHolder,
		Communications: n.reader(national.Group, topics...),
		Requests:       n.reader(national.GroupRequests, routing.TopicTotals),
		Writers:        func() national.Sink { return writers() },
		Verifier:       messages{n.verifier},
		Now:            n.now,
		Log:            n.log.With("role", "national"),
	})
	return err
}

func (n *node) openRelay(context.Context) error {
	writers := n.writers()
	n.letters = kafka.NewPublisher(writers)
	n.relay = kafka.NewRelay(kafka.RelayConfig{
		Outbox:  n.store,
		Dead:    n.sinks(),
		Letters: n.letters,
		Writers: writers,
		Holder:  folderHolder,
		Now:     n.now,
		Log:     n.log.With("role", "relay"),
	})
	n.heads = &heads{
		path: filepath.Join(n.cfg.Data, headsFile), store: n.store, signer: headSigner{n.keys.Seal},
		publisher: n.letters, holder: func() bool { return n.relay.Holds(0) }, now: n.now, log: n.log,
	}
	return nil
}

func (n *node) sinks() sinks { return sinks{journal: n.store, now: n.now} }

func (n *node) openServer(ctx context.Context) error {
	standards, err := xsd.New(ctx)
	if err != nil {
		return fmt.Errorf("compile schemas: %w", err)
	}
	tables, err := codes.Load()
	if err != nil {
		return fmt.Errorf("load code tables: %w", err)
	}
	basis, err := basisOf(standards)
	if err != nil {
		return err
	}
	settings, err := n.cfg.tls()
	if err != nil {
		return err
	}
	if n.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", n.cfg.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	var journal ledger.Journal = n.store
	if n.journal != nil {
		journal = n.journal(journal)
	}
	n.refusals = new(hub.Limiter)
	signed := signatures{verifier: n.verifier, conversion: n.keys.Conversion}
	handler, err := n.handler(&backend{
		Hub: hub.Hub{
			Verifier: signed, Conversion: signed, Standards: standards, Tables: tables,
			Journal: journal, Archive: n.store, Channel: n.cfg.channels(),
			Refusals: n.refusals, Basis: basis, Rome: n.rome,
		},
		ready: n.ready,
	})
	if err != nil {
		return err
	}
	n.server = soap.NewServer(handler, n.log)
	n.server.TLSConfig = settings
	return nil
}

// basisOf names what every decision reads besides the document and the chain:
// schemas, tables and rules. With another of them rejections are judged anew.
func basisOf(standards *xsd.Standards) (string, error) {
	schemas, err := standards.Digest()
	if err != nil {
		return "", fmt.Errorf("name the basis of decisions: %w", err)
	}
	tables, err := codes.Digest()
	if err != nil {
		return "", fmt.Errorf("name the basis of decisions: %w", err)
	}
	return fmt.Sprintf("schemi/%x;tabelle/%x;regole/%s", schemas[:8], tables[:8], rules.Edition), nil
}

// backend is the hub with the readiness of what is under it.
type backend struct {
	hub.Hub
	ready func(context.Context) error
}

// Ready implements soap.Backend.
func (b *backend) Ready(ctx context.Context) error { return b.ready(ctx) }

// handler joins the regions' endpoints and the probes.
func (n *node) handler(b *backend) (http.Handler, error) {
	public := n.cfg.PublicURL
	if public == "" {
		public = n.url()
	}
	var endpoints []soap.Endpoint
	for _, r := range routing.Regions() {
		endpoints = append(endpoints, n.endpoint(r))
	}
	edge, err := soap.New(soap.Config{
		Backend: b, Endpoints: endpoints, Budget: soap.NewBudget(soap.MaxInFlight), Log: n.log, Now: n.now, PublicURL: public,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "vivo")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := b.Ready(r.Context()); err != nil {
			n.log.Warn("not ready", "error", err)
			http.Error(w, "non pronto", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "pronto")
	})
	mux.Handle("/", edge)
	return mux, nil
}

func (n *node) endpoint(r routing.Region) soap.Endpoint {
	channel := n.cfg.Policy[r.Slug] == policyChannel
	bare := channel && n.cfg.ClientCA == ""
	ep := soap.Endpoint{
		Region: r, Dialect: soap.National{}, RefuseForwarded: bare, LoopbackOnly: bare,
		System: func(req *http.Request) string { return systemOf(req, bare) },
	}
	if r.Slug == "piemonte" {
		ep.Dialect = piemonte.Dialect{
			National: soap.National{}, Converter: spicom.Converter{Rome: n.rome}, Log: n.log,
		}
		ep.Suffix = soap.RouterSuffix
	}
	return ep
}

// systemOf names the system that the channel authenticated: the common name of
// its client certificate, or "loopback" on a bare loopback listener.
func systemOf(r *http.Request, bare bool) string {
	if r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		return r.TLS.PeerCertificates[0].Subject.CommonName
	}
	if bare {
		return "loopback"
	}
	return ""
}

// url is where the listener can be reached.
func (n *node) url() string { return n.cfg.scheme() + "://" + n.listener.Addr().String() }

// ready asks database and broker.
func (n *node) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := n.store.Ready(ctx); err != nil {
		return err
	}
	return kafka.Ping(ctx, n.brokers())
}

// run serves until ctx ends: it then takes no more requests, finishes those it
// took, and seals the head.
func (n *node) run(ctx context.Context) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	outcomes := n.reader(kafka.GroupHub, routing.TopicOutcomes)
	totals := n.reader(kafka.GroupTotals, routing.TopicTotals)
	g, gctx := errgroup.WithContext(background)
	g.Go(func() error { return n.relay.Run(gctx) })
	g.Go(func() error { return n.national.Run(gctx) })
	g.Go(func() error { return kafka.Outcomes(gctx, outcomes, n.sinks(), n.log) })
	g.Go(func() error { return kafka.Totals(gctx, totals, n.sinks(), n.log) })
	g.Go(func() error { return n.heads.run(gctx) })
	g.Go(func() error { return n.nudge(gctx) })
	g.Go(func() error { return n.erase(gctx) })
	g.Go(func() error { return n.count(gctx, n.refusals) })
	g.Go(n.serve)
	select {
	case <-ctx.Done():
	case <-gctx.Done(): // a part gave up
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	err := n.server.Shutdown(end)
	holder := n.heads.holder()
	stop()
	err = errors.Join(g.Wait(), err)
	if !holder {
		return err
	}
	// Nothing is appended any more: this head covers all that was promised.
	if e := n.heads.seal(end); e != nil {
		n.log.Warn("last head not sealed", "error", e)
	}
	return err
}

func (n *node) serve() error {
	var err error
	if n.server.TLSConfig != nil {
		err = n.server.ServeTLS(n.listener, "", "")
	} else {
		err = n.server.Serve(n.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

// nudge wakes the relay at every commit.
func (n *node) nudge(ctx context.Context) error {
	for {
		advanced := n.store.Advanced()
		n.relay.Nudge()
		select {
		case <-ctx.Done():
			return nil
		case <-advanced:
		}
	}
}

// close gives back what open took, in reverse order.
func (n *node) close() error {
	var errs []error
	if n.listener != nil {
		if err := n.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if n.letters != nil {
		errs = append(errs, n.letters.Close())
	}
	errs = append(errs, n.closeReaders())
	if n.national != nil {
		errs = append(errs, n.national.Close())
	}
	if n.store != nil {
		errs = append(errs, n.store.Close())
	}
	if n.broker != nil {
		errs = append(errs, n.broker.Close())
	}
	if n.unlock != nil {
		errs = append(errs, n.unlock())
	}
	return errors.Join(errs...)
}

// closeReaders closes them at once: each waits for the fetch it has under way.
func (n *node) closeReaders() error {
	var g errgroup.Group
	for _, r := range n.readers {
		g.Go(r.Close)
	}
	return g.Wait()
}
