package soap

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// RouterSuffix ends the paths of stock Apache SOAP servlets, under which
// Piemonte's front ends know their hub.
const RouterSuffix = "/servlet/rpcrouter"

// BackendTimeout bounds the backend's work on one request. SPICOM's client
// waits 30 s for an answer and does not retry.
const BackendTimeout = 20 * time.Second

// EndpointPath is before the slug of a region in the path of its endpoint.
const EndpointPath = "/soap/"

// Endpoint is one region's place: /soap/<slug>.
type Endpoint struct {
	Region  routing.Region
	Dialect Dialect
	// Suffix, if not empty, ends further paths of this endpoint.
	Suffix string
	// Profiles are what the endpoint requires, as its WSDL says. Those of the
	// channel are kept by Caller, those of messages by ModI.
	Profiles []Profile
	// ModI, if not nil, has every message signed. It goes with Profiles that ask
	// for signed messages.
	ModI *ModI
	// Caller judges the connection of a POST before its body is read; nil takes
	// every caller. Documents are given to anybody.
	Caller func(*http.Request) *fault.Fault
	// Names gives the names of the certificate that the channel proved, as a
	// policy may write them; nil gives none.
	Names func(*http.Request) []string
	// RefuseForwarded refuses Forwarded and X-Forwarded-* headers, LoopbackOnly
	// callers from other machines: both for the channel policy without
	// certificates (contracts, Who and once).
	RefuseForwarded bool
	LoopbackOnly    bool
	// MaxBody, if above zero, is the region's own limit for the bytes of an HTTP
	// body, within MaxBody of the package.
	MaxBody int
	// System names the system that the channel authenticated, "" if none. A
	// nil System authenticates nobody.
	System func(*http.Request) string
	// Operator names the person whom the channel showed, where it authenticated a
	// System; nil shows nobody.
	Operator func(*http.Request) hub.Operator
	// Memory remembers the tokens that the dialect's calls come with; required if
	// they do.
	Memory ledger.Messages
}

// Config is what a Handler is made of. Timeout zero means BackendTimeout.
type Config struct {
	Backend   Backend
	Endpoints []Endpoint
	Budget    *Budget // shared by the process
	Log       *slog.Logger
	Now       func() time.Time
	// PublicURL is scheme, authority and optional path prefix under which
	// callers reach the endpoints: the WSDL names it, never the Host header.
	PublicURL string
	Timeout   time.Duration
}

// Handler serves the endpoints. Safe for concurrent use.
type Handler struct {
	cfg    Config
	places []place
}

// place is an endpoint with the documents it serves.
type place struct {
	Endpoint
	path string
	wsdl []byte
}

// New checks a Config and prepares the WSDLs.
func New(cfg Config) (*Handler, error) {
	if cfg.Backend == nil || cfg.Budget == nil || cfg.Log == nil || cfg.Now == nil {
		return nil, errors.New("make SOAP handler: backend, budget, log and clock are required")
	}
	public, err := url.Parse(cfg.PublicURL)
	if err != nil || public.Scheme == "" || public.Host == "" || public.RawQuery != "" || public.Fragment != "" {
		return nil, errors.New("make SOAP handler: public URL must be scheme://authority[/prefix]")
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = BackendTimeout
	}
	h := &Handler{cfg: cfg}
	for _, ep := range cfg.Endpoints {
		path := EndpointPath + ep.Region.Slug
		_, taken := h.find(path)
		if ep.Dialect == nil || ep.Region.Slug == "" || taken {
			return nil, fmt.Errorf("make SOAP handler: endpoint %q lacks region or dialect, or is there twice", path)
		}
		if wrong := CheckProfiles(ep.Profiles); len(wrong) > 0 || (ep.ModI != nil) != Signed(ep.Profiles) {
			return nil, fmt.Errorf("make SOAP handler: endpoint %q: profiles %v do not go together, or with ModI", path, ep.Profiles)
		}
		wsdl := WSDL(ep.Region, cfg.PublicURL, ep.Profiles)
		h.places = append(h.places, place{Endpoint: ep, path: path, wsdl: wsdl})
	}
	return h, nil
}

// ServeHTTP answers one request and logs it. It never panics, but for
// http.ErrAbortHandler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{h: h, w: w, r: r, began: h.cfg.Now(), dialect: National{}, route: "-"}
	defer x.end()
	x.serve()
}

// find gives the place of a path.
func (h *Handler) find(path string) (*place, bool) {
	for i := range h.places {
		p := &h.places[i]
		if path == p.path || p.Suffix != "" && strings.HasSuffix(path, p.Suffix) {
			return p, true
		}
	}
	return nil, false
}

// stranger is the dialect for who calls a path that is nobody's: that of the endpoint
// whose callers write their paths themselves, and whose faults before a call is opened
// are for clients of every kind; else the national one.
func (h *Handler) stranger() Dialect {
	for i := range h.places {
		if h.places[i].Suffix != "" {
			return h.places[i].Dialect
		}
	}
	return National{}
}

// requires reports whether the endpoint requires a profile.
func (p *place) requires(profile Profile) bool { return slices.Contains(p.Profiles, profile) }

// most is the largest body that the endpoint takes.
func (p *place) most() int {
	if p.MaxBody > 0 {
		return min(p.MaxBody, MaxBody)
	}
	return MaxBody
}

// admit applies the endpoint's policy on who may call.
func (p *place) admit(r *http.Request) *hub.Problem {
	if p.RefuseForwarded && forwarded(r.Header) {
		return refuse(&fault.Fault{Code: fault.ForwardedRefused})
	}
	if p.LoopbackOnly {
		addr, err := netip.ParseAddr(address(r))
		if err != nil || !addr.Unmap().IsLoopback() {
			return refuse(&fault.Fault{Code: fault.NotLoopback})
		}
	}
	return nil
}

// forwarded tells whether a proxy left its headers (RFC 7239 and the de facto
// X-Forwarded family).
func forwarded(h http.Header) bool {
	for name := range h {
		if name == "Forwarded" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

// origin is the caller as limits count it: its address, but for IPv6 its network of 64
// bits, the least that anybody is given (RFC 6177). Whoever has one of these addresses
// has them all, and sixty refusals an hour of each would fill the ledger.
func origin(r *http.Request) string {
	from := address(r)
	ip, err := netip.ParseAddr(from)
	if err != nil || !ip.Is6() || ip.Is4In6() {
		return from
	}
	return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
}

// address is the caller's address without port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}
