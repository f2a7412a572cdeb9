package node

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
func (n *Node) openServer(ctx context.Context) error {
	var err error
	if n.clients, err = n.Config.clientAuthorities(); err != nil {
		return err
	}
	settings, err := n.Config.tls()
	if err != nil {
		return err
	}
	if n.Listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", n.Config.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	mux := http.NewServeMux()
	root := http.Handler(mux)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "vivo")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := n.ready(r.Context()); err != nil {
			n.Log.Warn("not ready", "error", err)
			http.Error(w, "non pronto", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "pronto")
		if name := n.Shelf.name(); name != "" {
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
		root = posts(edge, mux)
		mux.Handle("GET "+soap.CataloguePath, catalogue)
	}
	if n.roles.console {
		var page http.Handler = operators.New(operators.Config{
			Roles: n.roles.names(), Ledger: n.Store, Broker: n.askBroker, Sealed: n.watch.Latest, Now: n.Now, Log: n.Log,
			Standards: n.Shelf.state,
		})
		if n.roles.intake { // its listener is the senders'
			page = nearby(page)
		}
		mux.Handle("GET /stato", page)
	}
	n.Server = soap.NewServer(root, n.Log)
	n.Server.TLSConfig = settings
	n.Listener = soap.NewConnections(soap.MaxConnections).Limit(n.Server, n.Listener)
	return nil
}

// posts gives every POST to the edge as it came, and the rest to the mux, which
// would redirect a path that it finds untidy: Apache SOAP follows no redirection, and
// any path that ends in /servlet/rpcrouter is Piemonte's (contracts.md).
func posts(edge, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			edge.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
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
func (n *Node) intake(ctx context.Context) (http.Handler, error) {
	var err error
	if n.Shelf, err = OpenShelf(ctx, n.Config.Standards, n.Now, n.Log); err != nil {
		return nil, err
	}
	var journal ledger.Journal = n.Store
	if n.Journal != nil {
		journal = n.Journal(journal)
	}
	n.refusals = new(hub.Limiter)
	signed := signatures{verifier: n.strict, conversion: n.Keys.Conversions(), now: n.Now, regimes: n.Regimes}
	b := &backend{
		Hub: hub.Hub{
			Verifier: signed, Conversion: signed, Basis: n.Shelf.Basis, Journal: journal, Archive: n.Store, Channel: n.Config.channels(),
			Refusals: n.refusals, Rates: hub.NewRates(n.Config.rates()), Rome: n.rome,
		},
		ready: n.whole,
	}
	public := n.Config.PublicURL
	if public == "" {
		public = n.URL()
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
		Backend: b, Endpoints: endpoints, Budget: soap.NewBudget(soap.MaxInFlight), Log: n.Log, Now: n.Now, PublicURL: public,
	})
}

// backend is the hub with the readiness of what is under it.
type backend struct {
	hub.Hub
	ready func(context.Context) error
}

// Ready implements soap.Backend.
func (b *backend) Ready(ctx context.Context) error { return b.ready(ctx) }

func (n *Node) endpoint(r routing.Region, public string) soap.Endpoint {
	channel := n.Config.Policy[r.Slug] == PolicyChannel
	bare := channel && n.Config.clientCA(r.Slug) == "" && n.Config.ModI[r.Slug] == "" // a signed message names its system
	ep := soap.Endpoint{
		Region: r, Dialect: soap.National{}, RefuseForwarded: bare, LoopbackOnly: bare,
		MaxBody: int(n.Config.Regions[r.Slug].mostBytes()),
		System:  func(req *http.Request) string { return n.proven(r.Slug, req, bare) },
		Memory:  n.Store,
	}
	switch r.Slug {
	case "piemonte":
		ep.Dialect = piemonte.Dialect{
			National: soap.National{}, Converter: spicom.Converter{Rome: n.rome}, Log: n.Log,
			Standards: func() spicom.Standards { return n.Shelf.Basis().Standards },
		}
		ep.Suffix = soap.RouterSuffix
	case "lazio":
		ep.Dialect = lazio.New(soap.National{}, n.desk(r, public), n.Config.Regions[r.Slug].Identity.Required)
	case "marche":
		ep.Dialect = marche.New(marche.Config{
			National: soap.National{}, Parties: n.Config.Regions[r.Slug].Parties.known(), Rome: n.rome, Now: n.Now,
			Desk: n.desk(r, public), Required: n.Config.Regions[r.Slug].Identity.Required,
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

// URL is where the listener can be reached.
func (n *Node) URL() string { return n.Config.scheme() + "://" + n.Listener.Addr().String() }

// ready tells whether the process does its work now. What it asks, and what it
// leaves to /stato, is in DESIGN.md.
func (n *Node) ready(ctx context.Context) error {
	if n.roles.intake && !n.Config.embedded() {
		return n.askDatabases(ctx) // entries wait for the broker in the outbox
	}
	return n.whole(ctx)
}

// readyPatience bounds how long a probe waits for one part.
const readyPatience = 5 * time.Second

// whole tells whether database and broker answer, whatever the roles: what a
// region's test operation asks (contracts.md, Answers).
func (n *Node) whole(ctx context.Context) error {
	if err := n.askDatabases(ctx); err != nil {
		return err
	}
	return n.askBroker(ctx)
}

// askBroker tells whether a broker answers.
func (n *Node) askBroker(ctx context.Context) error {
	if n.Broker != nil {
		if err := n.Broker.Ready(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	return kafka.Ping(ctx, n.Brokers())
}

// askDatabases asks the databases of the roles: the ledger must take entries
// where a role writes, and answer where one only reads.
func (n *Node) askDatabases(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	if n.roles.writes() {
		if err := n.Store.Ready(ctx); err != nil {
			return err
		}
	} else if n.roles.console {
		if _, err := n.Store.Head(ctx); err != nil {
			return err
		}
	}
	if n.roles.national && !n.roles.intake { // an intake goes on without it
		return n.national.Ready(ctx)
	}
	return nil
}
