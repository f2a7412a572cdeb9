package node

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/transform/envelope"
)

// CallerPolicy is what a region asks of who calls it and of the messages, beside
// the documents in them. The zero value asks for nothing: what --modi and
// --client-ca say holds.
type CallerPolicy struct {
	Profiles []soap.Profile // of AgID; none given: MessageProfiles under --modi, else none
	ClientCA string         // PEM file of the authorities of client certificates; empty is that of --client-ca
	// Intermediaries names, for a client certificate, the signers of messages whom
	// it may speak for; any certificate may speak for its own holder.
	Intermediaries map[string][]string
	// MessageOrganizations are the organizationIdentifier of the signers of
	// messages; none given: those of the documents' signers.
	MessageOrganizations []string
	Parties              partyPolicy // of e-Gov messages
}

// partyPolicy names the two sides of e-Gov messages; what is not given is
// marche.KnownParties.
type partyPolicy struct {
	Senders map[string][]string // Mittente, and the client certificates that may bring its messages
	Hub     []string
}

// known fills in what a policy leaves out.
func (p partyPolicy) known() marche.Parties {
	parties := marche.KnownParties()
	if p.Senders != nil {
		parties.Senders = p.Senders
	}
	if p.Hub != nil {
		parties.Hub = p.Hub
	}
	return parties
}

// caller reads a key of a region's policy into p; ok is false if it is none of
// these.
func (f *findings) caller(name, key string, v located, p *CallerPolicy) (ok bool) {
	switch name {
	case "profiles":
		for _, s := range f.texts(key, v, profileName) {
			p.Profiles = append(p.Profiles, soap.Profile(s))
		}
		for _, wrong := range soap.CheckProfiles(p.Profiles) {
			f.add(v.line, key, "%s", wrong)
		}
	case "client_ca":
		if p.ClientCA, ok = f.text(key, v); ok && p.ClientCA == "" {
			f.add(v.line, key, "want a PEM file")
		}
	case "intermediaries":
		p.Intermediaries = f.lists(key, v, certificateName)
	case "message_organizations":
		p.MessageOrganizations = f.texts(key, v, organization)
	case "parties":
		f.parties(key, v, &p.Parties)
	default:
		return false
	}
	return true
}

func (f *findings) parties(key string, v located, p *partyPolicy) {
	if !v.object || len(v.members) == 0 {
		f.add(v.line, key, "want an object with senders, hub or both")
		return
	}
	for _, m := range f.distinct(key+".", v.members) {
		under := key + "." + m.key
		switch m.key {
		case "senders":
			p.Senders = f.lists(under, m.located, partyName)
		case "hub":
			p.Hub = f.texts(under, m.located, partyName)
		default:
			f.add(m.line, under, "no such key")
		}
	}
}

// lists reads an object whose values are lists of names of certificates; its own
// keys are judged by form.
func (f *findings) lists(key string, v located, form func(string) string) map[string][]string {
	if !v.object || len(v.members) == 0 || len(v.members) > maxEntries {
		f.add(v.line, key, "want an object of 1 to %d lists", maxEntries)
		return nil
	}
	table := make(map[string][]string)
	for _, m := range f.distinct(key+".", v.members) {
		under := key + "." + m.key
		if wrong := form(m.key); wrong != "" {
			f.add(m.line, under, "%s", wrong)
		}
		table[m.key] = f.texts(under, m.located, certificateOrAny)
	}
	return table
}

func profileName(s string) string {
	if slices.Contains(soap.KnownProfiles(), soap.Profile(s)) {
		return ""
	}
	var names []string
	for _, p := range soap.KnownProfiles() {
		names = append(names, string(p))
	}
	return "want " + strings.Join(names, ", ")
}

// The forms of a certificate's name: see namesOf.
const (
	byCommonName = "CN="
	byDigest     = "SHA256="
)

// certificateName is the form of what namesOf writes.
func certificateName(s string) string {
	const want = "want an organizationIdentifier or codice fiscale as the certificate has it, CN= and a common name, or SHA256= and 64 hexadecimal digits"
	digest, isDigest := strings.CutPrefix(s, byDigest)
	raw, err := hex.DecodeString(digest)
	switch {
	case isDigest && (err != nil || len(raw) != 32 || digest != strings.ToLower(digest)),
		s == "", s == byCommonName, s == marche.Anybody, strings.TrimSpace(s) != s:
		return want
	}
	return ""
}

func certificateOrAny(s string) string {
	if s == marche.Anybody {
		return ""
	}
	return certificateName(s)
}

func partyName(s string) string {
	if !envelope.IsWord(s) {
		return "want a name of letters and digits, as in IdentificativoParte"
	}
	return ""
}

// profiles are those that a region requires.
func (c Config) profiles(slug string) []soap.Profile {
	if list := c.Regions[slug].Profiles; len(list) > 0 {
		return list
	}
	if c.ModI[slug] != "" {
		return soap.MessageProfiles()
	}
	return nil
}

func (c Config) requires(slug string, p soap.Profile) bool {
	return slices.Contains(c.profiles(slug), p)
}

// clientCA is the file of the authorities of a region's client certificates, ""
// if it has none.
func (c Config) clientCA(slug string) string {
	if file := c.Regions[slug].ClientCA; file != "" {
		return file
	}
	return c.ClientCA
}

// checkCallers finds, in the policies of callers, what does not go with the
// flags.
func (c Config) checkCallers() (wrong []error) {
	for _, slug := range slices.Sorted(maps.Keys(c.Regions)) {
		p := c.Regions[slug].CallerPolicy
		refuse := func(key, format string, args ...any) {
			wrong = append(wrong, fmt.Errorf("%s.%s.%s: %s: %w", RegionsKey, slug, key, fmt.Sprintf(format, args...), verb.ErrUsage))
		}
		listed, modi, signed := len(p.Profiles) > 0, c.ModI[slug] != "", soap.Signed(c.profiles(slug))
		mutual := c.requires(slug, soap.AuthChannel02)
		if listed && signed && !modi {
			refuse("profiles", "signed messages need --modi %s=PEM", slug)
		}
		if listed && modi && !signed {
			refuse("profiles", "--modi %s is given: want ID_AUTH_SOAP_01 or ID_AUTH_SOAP_02", slug)
		}
		if (mutual || c.requires(slug, soap.AuthChannel01)) && c.TLSCert == "" {
			refuse("profiles", "a channel needs --tls-cert and --tls-key")
		}
		if mutual && c.clientCA(slug) == "" {
			refuse("profiles", "ID_AUTH_CHANNEL_02 needs client_ca, or --client-ca")
		}
		if c.Policy[slug] == PolicyChannel && signed && !mutual && !c.requires(slug, soap.IntegritySOAP01) {
			refuse("profiles", "--policy %s=channel admits unsigned documents: without INTEGRITY_SOAP_01 or ID_AUTH_CHANNEL_02 nobody vouches for them", slug)
		}
		if p.ClientCA != "" && c.TLSCert == "" {
			refuse("client_ca", "needs --tls-cert and --tls-key")
		}
		if p.Intermediaries != nil && !(mutual && signed) {
			refuse("intermediaries", "nobody speaks for another without ID_AUTH_CHANNEL_02 and signed messages")
		}
		if p.MessageOrganizations != nil && !modi {
			refuse("message_organizations", "needs --modi %s=PEM", slug)
		}
		if p.Parties.Senders != nil || p.Parties.Hub != nil {
			wrong = append(wrong, c.checkParties(slug, p.Parties)...)
		}
	}
	return wrong
}

// checkParties finds what makes no sense in the parties of e-Gov messages.
func (c Config) checkParties(slug string, p partyPolicy) (wrong []error) {
	refuse := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s.%s.parties: %s: %w", RegionsKey, slug, fmt.Sprintf(format, args...), verb.ErrUsage))
	}
	if r, ok := routing.RegionBySlug(slug); ok && r.Slug != egovRegion {
		refuse("only %s takes e-Gov messages", egovRegion)
	}
	if c.ModI[slug] != "" {
		refuse("a message signed by ModI has no e-Gov header")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Senders)) {
		if c.clientCA(slug) == "" && !slices.Contains(p.Senders[name], marche.Anybody) {
			refuse("senders.%s: its certificates need client_ca, or --client-ca", name)
		}
	}
	return wrong
}

// egovRegion is the one whose port of domain sends e-Gov messages.
const egovRegion = "marche"
