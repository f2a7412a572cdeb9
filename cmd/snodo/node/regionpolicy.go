package node

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
)

// What is done about revocation.
const (
	RevocationOff  = "off"
	RevocationSoft = "soft" // refuses what is known to be revoked
	RevocationHard = "hard" // also refuses what nobody knows
)

// RegionPolicy is what a region asks of its senders, as the key "regions" of
// the configuration file says. The zero value asks for nothing more than the
// grammar, a chain to the anchors and validity.
type RegionPolicy struct {
	Revocation    string             // off, soft or hard; empty is off
	CRL           []string           // files, or http and https addresses
	OCSP          []string           // addresses of responders
	Tolerance     *time.Duration     // for clocks; nil is none on certificates and hub.ClockTolerance on messages
	Algorithms    []xmlsig.Algorithm // none given is all
	Organizations []string           // organizationIdentifier of the signers; none given is any
	MaxBytes      int64              // of an HTTP body; 0 is soap.MaxBody
	Rate          Rate               // of one sender's submissions; zero is no limit
	Identity      IdentityPolicy     // of the persons who work senders' systems
	CallerPolicy
}

// certificateTolerance is what clocks may differ by on certificates.
func (p RegionPolicy) certificateTolerance() time.Duration {
	if p.Tolerance == nil {
		return 0
	}
	return *p.Tolerance
}

// messageTolerance is by how much a message may be created in the future.
func (p RegionPolicy) messageTolerance() time.Duration {
	if p.Tolerance == nil {
		return hub.ClockTolerance
	}
	return *p.Tolerance
}

// messagePins are the organizations of who may sign messages.
func (p RegionPolicy) messagePins() []string {
	if len(p.MessageOrganizations) > 0 {
		return p.MessageOrganizations
	}
	return p.Organizations
}

// mostBytes is the limit in force.
func (p RegionPolicy) mostBytes() int64 {
	if p.MaxBytes == 0 {
		return soap.MaxBody
	}
	return p.MaxBytes
}

// Rate is how many submissions a sender may make in a period.
type Rate struct {
	Count  int
	Period time.Duration
}

// String writes a rate as parseRate reads it.
func (r Rate) String() string {
	if r.Count == 0 {
		return "no limit"
	}
	return fmt.Sprintf("%d/%gs", r.Count, r.Period.Seconds())
}

// Bounds of the numbers that a policy may give.
const (
	minBytes   = 64 << 10  // a signed communication and its envelope fit in
	maxRate    = 1_000_000 // more is no limit
	maxEntries = 64        // of one list: nobody has more authorities
)

// regions reads the value of the key.
func (f *findings) regions(v located) map[string]RegionPolicy {
	policies := make(map[string]RegionPolicy)
	if !v.object {
		f.add(v.line, RegionsKey, "want an object with a region's name as key")
		return policies
	}
	for _, m := range f.distinct(RegionsKey+".", v.members) {
		key := RegionsKey + "." + m.key
		if _, ok := routing.RegionBySlug(m.key); !ok {
			f.add(m.line, key, "no such region: want %s", regionNames())
			continue
		}
		if !m.object {
			f.add(m.line, key, "want an object")
			continue
		}
		policies[m.key] = f.policy(key, m.key, m.located)
	}
	return policies
}

func regionNames() string {
	var names []string
	for _, r := range routing.Regions() {
		names = append(names, r.Slug)
	}
	return strings.Join(names, ", ")
}

// policy reads one region's.
func (f *findings) policy(under, slug string, v located) RegionPolicy {
	var p RegionPolicy
	lines := map[string]int{}
	for _, m := range f.distinct(under+".", v.members) {
		key := under + "." + m.key
		lines[m.key] = m.line
		switch m.key {
		case "revocation":
			p.Revocation = f.oneOf(key, m.located, RevocationOff, RevocationSoft, RevocationHard)
		case "crl":
			p.CRL = f.texts(key, m.located, listPlace)
		case "ocsp":
			p.OCSP = f.texts(key, m.located, webAddress)
		case "clock_tolerance":
			d := f.duration(key, m.located, xmlsig.MaxTolerance)
			p.Tolerance = &d
		case "algorithms":
			p.Algorithms = f.algorithms(key, m.located)
		case "organizations":
			p.Organizations = f.texts(key, m.located, organization)
		case "max_bytes":
			p.MaxBytes = f.number(key, m.located, minBytes, soap.MaxBody)
		case "identity":
			p.Identity = f.identity(key, slug, m.located)
		case "rate":
			p.Rate = f.rate(key, m.located)
		default:
			if !f.caller(m.key, key, m.located, &p.CallerPolicy) {
				f.add(m.line, key, "no such key")
			}
		}
	}
	f.fit(under, v.line, lines, p)
	return p
}

// fit finds settings of one policy that do not go together.
func (f *findings) fit(under string, line int, lines map[string]int, p RegionPolicy) {
	asks := p.Revocation == RevocationSoft || p.Revocation == RevocationHard
	if asks && len(p.CRL) == 0 && len(p.OCSP) == 0 {
		f.add(lines["revocation"], under+".revocation", "%s needs crl or ocsp", p.Revocation)
	}
	for _, key := range []string{"crl", "ocsp"} {
		if _, given := lines[key]; given && !asks {
			f.add(lines[key], under+"."+key, "revocation is off: set it to soft or hard")
		}
	}
	if len(lines) == 0 {
		f.add(line, under, "empty")
	}
}

func (f *findings) text(key string, v located) (string, bool) {
	s, ok := v.value.(string)
	if !ok {
		f.add(v.line, key, "want a text")
	}
	return s, ok
}

func (f *findings) oneOf(key string, v located, allowed ...string) string {
	s, ok := f.text(key, v)
	if ok && !slices.Contains(allowed, s) {
		f.add(v.line, key, "%q: want %s", s, strings.Join(allowed, ", "))
		return ""
	}
	return s
}

// texts reads a list of texts without repetitions, each judged by form, whose
// words say what is wrong.
func (f *findings) texts(key string, v located, form func(string) string) []string {
	if !v.array || len(v.items) == 0 || len(v.items) > maxEntries {
		f.add(v.line, key, "want a list of 1 to %d texts", maxEntries)
		return nil
	}
	var list []string
	for _, item := range v.items {
		s, ok := f.text(key, item)
		if !ok {
			continue
		}
		if wrong := form(s); wrong != "" {
			f.add(item.line, key, "%q: %s", s, wrong)
			continue
		}
		if slices.Contains(list, s) {
			f.add(item.line, key, "%q: given twice", s)
			continue
		}
		list = append(list, s)
	}
	return list
}

func (f *findings) duration(key string, v located, most time.Duration) time.Duration {
	s, ok := f.text(key, v)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > most {
		f.add(v.line, key, "%q: want a duration from 0s to %s, as 5s", s, most)
		return 0
	}
	return d
}

func (f *findings) number(key string, v located, least, most int64) int64 {
	n, ok := v.value.(json.Number)
	if ok {
		if i, err := n.Int64(); err == nil && i >= least && i <= most {
			return i
		}
	}
	f.add(v.line, key, "want a whole number from %d to %d", least, most)
	return 0
}

func (f *findings) rate(key string, v located) Rate {
	s, ok := f.text(key, v)
	if !ok {
		return Rate{}
	}
	r, ok := parseRate(s)
	if !ok {
		f.add(v.line, key, "%q: want COUNT/PERIOD with a count from 1 to %d and a period from 1s to 24h, as 600/1m", s, maxRate)
	}
	return r
}

// parseRate reads COUNT/PERIOD; a period without number is one of it.
func parseRate(s string) (Rate, bool) {
	count, period, found := strings.Cut(s, "/")
	n, err := strconv.Atoi(count)
	if !found || err != nil || n < 1 || n > maxRate {
		return Rate{}, false
	}
	if period == "s" || period == "m" || period == "h" {
		period = "1" + period
	}
	d, err := time.ParseDuration(period)
	if err != nil || d < time.Second || d > 24*time.Hour || int64(d) > math.MaxInt64/maxRate {
		return Rate{}, false
	}
	return Rate{n, d}, true
}

// The forms of texts: each tells what is wrong, or nothing.

func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return "want an http or https address without password"
	}
	return ""
}

// listPlace is an address or a path. What looks like an address of another
// scheme, such as ldap, is no path.
func listPlace(s string) string {
	if strings.Contains(s, "://") {
		return webAddress(s)
	}
	if s == "" {
		return "want a file, or an http or https address"
	}
	return ""
}

// algorithms reads a list of them: one at least that documents have, whose grammar is
// of SHA-256 alone, or the region would accept none.
func (f *findings) algorithms(key string, v located) (list []xmlsig.Algorithm) {
	for _, name := range f.texts(key, v, algorithmName) {
		list = append(list, xmlsig.Algorithm(name))
	}
	documents := func(a xmlsig.Algorithm) bool { return a == xmlsig.RSASHA256 || a == xmlsig.ECDSASHA256 }
	if len(list) > 0 && !slices.ContainsFunc(list, documents) {
		f.add(v.line, key, "want %s or %s among them: documents are signed by these alone", xmlsig.RSASHA256, xmlsig.ECDSASHA256)
	}
	return list
}

func algorithmName(s string) string {
	if !slices.Contains(xmlsig.Algorithms(), xmlsig.Algorithm(s)) {
		return fmt.Sprintf("want one of %v", xmlsig.Algorithms())
	}
	return ""
}

// organization is what organizationIdentifier may be: a scheme of three letters, or of
// two and a colon, a country, a hyphen and the identifier (ETSI EN 319 412-1, section
// 5.1.4). A bare codice fiscale would refuse everybody.
func organization(s string) string {
	scheme, id, _ := strings.Cut(s, "-")
	lawful := len(scheme) == 5 && id != "" && strings.TrimSpace(id) == id
	for i, c := range scheme {
		lawful = lawful && (c >= 'A' && c <= 'Z' || i == 2 && c == ':')
	}
	if !lawful {
		return "want an organizationIdentifier as the certificate has it, as CF:IT-01234567890"
	}
	return ""
}
