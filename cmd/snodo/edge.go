package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	operators "github.com/snodo-co/snodo/adapters/console"
	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/lazio"
	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/adapters/piemonte"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/spicom"
)

// openServer listens and joins what the roles serve; every process answers the
// probes.
func (n *node) openServer(ctx context.Context) error {
	var err error
	if n.clients, err = n.cfg.clientAuthorities(); err != nil {
		return err
	}
	settings, err := n.cfg.tls()
	if err != nil {
		return err
	}
	if n.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", n.cfg.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "vivo")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := n.ready(r.Context()); err != nil {
			n.log.Warn("not ready", "error", err)
			http.Error(w, "non pronto", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "pronto")
		if name := n.shelf.name(); name != "" {
			fmt.Fprintln(w, name)
		}
	})
	if n.roles.intake {
		edge, err := n.intake(ctx)
		if err != nil {
			return err
		}
		catalogue, err := soap.Catalogue()
		if err != nil {
			return err
		}
		mux.Handle("/", edge)
		mux.Handle("GET "+soap.CataloguePath, catalogue)
	}
	if n.roles.console {
		var page http.Handler = operators.New(operators.Config{
			Roles: n.roles.names(), Ledger: n.store, Broker: n.askBroker, Sealed: n.watch.latest, Now: n.now, Log: n.log,
			Standards: n.shelf.state,
		})
		if n.roles.intake { // its listener is the senders'
			page = nearby(page)
		}
		mux.Handle("GET /stato", page)
	}
	n.server = soap.NewServer(mux, n.log)
	n.server.TLSConfig = settings
	n.listener = soap.NewConnections(soap.MaxConnections).Limit(n.server, n.listener)
	return nil
}

// nearby serves callers of this machine only, and none whom somebody else's
// proxy on it brings.
func nearby(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addr, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !addr.Addr().Unmap().IsLoopback() || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "" {
			http.Error(w, "solo da questa macchina", http.StatusForbidden)
			return
		}
		page.ServeHTTP(w, r)
	})
}

// intake makes the hub and joins the regions' endpoints to it.
func (n *node) intake(ctx context.Context) (http.Handler, error) {
	var err error
	if n.shelf, err = openShelf(ctx, n.cfg.Standards, n.now, n.log); err != nil {
		return nil, err
	}
	var journal ledger.Journal = n.store
	if n.journal != nil {
		journal = n.journal(journal)
	}
	n.refusals = new(hub.Limiter)
	signed := signatures{verifier: n.strict, conversion: n.keys.Conversions(), now: n.now, regimes: n.regimes}
	b := &backend{
		Hub: hub.Hub{
			Verifier: signed, Conversion: signed, Basis: n.shelf.basis, Journal: journal, Archive: n.store, Channel: n.cfg.channels(),
			Refusals: n.refusals, Rates: hub.NewRates(n.cfg.rates()), Rome: n.rome,
		},
		ready: n.whole,
	}
	public := n.cfg.PublicURL
	if public == "" {
		public = n.url()
	}
	if n.messages, err = n.openMessages(); err != nil {
		return nil, err
	}
	if n.assertions, err = n.openAssertions(); err != nil {
		return nil, err
	}
	var endpoints []soap.Endpoint
	for _, r := range routing.Regions() {
		ep := n.endpoint(r, public)
		n.require(&ep, public, b.Keep)
		endpoints = append(endpoints, ep)
	}
	return soap.New(soap.Config{
		Backend: b, Endpoints: endpoints, Budget: soap.NewBudget(soap.MaxInFlight), Log: n.log, Now: n.now, PublicURL: public,
	})
}

// backend is the hub with the readiness of what is under it.
type backend struct {
	hub.Hub
	ready func(context.Context) error
}

// Ready implements soap.Backend.
func (b *backend) Ready(ctx context.Context) error { return b.ready(ctx) }

func (n *node) endpoint(r routing.Region, public string) soap.Endpoint {
	channel := n.cfg.Policy[r.Slug] == policyChannel
	bare := channel && n.cfg.clientCA(r.Slug) == "" && n.cfg.ModI[r.Slug] == "" // a signed message names its system
	ep := soap.Endpoint{
		Region: r, Dialect: soap.National{}, RefuseForwarded: bare, LoopbackOnly: bare,
		MaxBody: int(n.cfg.Regions[r.Slug].mostBytes()),
		System:  func(req *http.Request) string { return n.proven(r.Slug, req, bare) },
		Memory:  n.store,
	}
	switch r.Slug {
	case "piemonte":
		ep.Dialect = piemonte.Dialect{
			National: soap.National{}, Converter: spicom.Converter{Rome: n.rome}, Log: n.log,
			Standards: func() spicom.Standards { return n.shelf.basis().Standards },
		}
		ep.Suffix = soap.RouterSuffix
	case "lazio":
		ep.Dialect = lazio.New(soap.National{}, n.desk(r, public), n.cfg.Regions[r.Slug].Identity.Required)
	case "marche":
		ep.Dialect = marche.New(marche.Config{
			National: soap.National{}, Parties: n.cfg.Regions[r.Slug].Parties.known(), Rome: n.rome, Now: n.now,
			Desk: n.desk(r, public), Required: n.cfg.Regions[r.Slug].Identity.Required,
		})
		ep.Operator = func(req *http.Request) hub.Operator { return n.operator(r.Slug, req) }
		ep.Names = func(req *http.Request) []string { return n.brings(r.Slug, req) }
		ep.System = func(req *http.Request) string {
			name := n.proven(r.Slug, req, bare)
			if operator := n.operator(r.Slug, req); name != "" && operator.CodiceFiscale != "" {
				return operator.CodiceFiscale // a renewed card is the same caller
			}
			return name
		}
	}
	return ep
}

// url is where the listener can be reached.
func (n *node) url() string { return n.cfg.scheme() + "://" + n.listener.Addr().String() }

// ready tells whether the process does its work now. What it asks, and what it
// leaves to /stato, is in DESIGN.md.
func (n *node) ready(ctx context.Context) error {
	if n.roles.intake && !n.cfg.embedded() {
		return n.askDatabases(ctx) // entries wait for the broker in the outbox
	}
	return n.whole(ctx)
}

// readyPatience bounds how long a probe waits for one part.
const readyPatience = 5 * time.Second

// whole tells whether database and broker answer, whatever the roles: what a
// region's test operation asks (contracts.md, Answers).
func (n *node) whole(ctx context.Context) error {
	if err := n.askDatabases(ctx); err != nil {
		return err
	}
	return n.askBroker(ctx)
}

// askBroker tells whether a broker answers.
func (n *node) askBroker(ctx context.Context) error {
	if n.broker != nil {
		if err := n.broker.Ready(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	return kafka.Ping(ctx, n.brokers())
}

// askDatabases asks the databases of the roles: the ledger must take entries
// where a role writes, and answer where one only reads.
func (n *node) askDatabases(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	if n.roles.writes() {
		if err := n.store.Ready(ctx); err != nil {
			return err
		}
	} else if n.roles.console {
		if _, err := n.store.Head(ctx); err != nil {
			return err
		}
	}
	if n.roles.national && !n.roles.intake { // an intake goes on without it
		return n.national.Ready(ctx)
	}
	return nil
}
