package node

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing/hub"
)

// TestOperatingCallers: the policies of callers that OPERATING.md shows are read
// as they stand and fit, and the table explains exactly the keys there are.
func TestOperatingCallers(t *testing.T) {
	t.Parallel()
	text := block(t, "json callers")
	policies, err := ReadRegions(configFile(t, text))
	if err != nil {
		t.Fatal(err)
	}
	want := CallerPolicy{
		Profiles:             []soap.Profile{soap.AuthChannel02, soap.AuthSOAP02, soap.IntegritySOAP01, soap.NonRepudiation},
		ClientCA:             "/etc/snodo/lazio-tls.pem",
		Intermediaries:       map[string][]string{"CN=porta.intermediario.example.it": {"CF:IT-01234567890", "CF:IT-12345678903"}},
		MessageOrganizations: []string{"CF:IT-01234567890", "CF:IT-12345678903"},
	}
	if got := policies["lazio"].CallerPolicy; !reflect.DeepEqual(got, want) {
		t.Errorf("lazio: %+v", got)
	}
	parties := partyPolicy{
		Senders: map[string][]string{"MARCHE": {"CN=pdd.regione.marche.example.it", "CF:IT-80008630420"}}, Hub: []string{"NAZIONALE", "SNODO"},
	}
	if got := policies["marche"].Parties; !reflect.DeepEqual(got, parties) {
		t.Errorf("marche: %+v", got)
	}
	cfg := testConfig(t.TempDir())
	cfg.Regions, cfg.TLSCert, cfg.TLSKey = policies, "a", "b"
	cfg.ModI = map[string]string{"lazio": "c.pem"}
	if err := cfg.Check(); err != nil {
		t.Errorf("what is shown does not fit: %v", err)
	}
	root, err := locate([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(shipped(t, "OPERATING.md"), "### What a region asks of its callers")
	shown := 0
	for _, m := range root.members {
		for _, region := range m.members {
			for _, key := range region.members {
				shown++
				if !strings.Contains(table, "| `"+key.key+"` |") {
					t.Errorf("the table lacks %s", key.key)
				}
			}
		}
	}
	if fields := reflect.TypeFor[CallerPolicy]().NumField(); shown != fields+1 { // client_ca is there twice
		t.Errorf("%d keys shown, %d fields", shown, fields)
	}
}

// TestCallerPolicyForms are the single values that are refused.
func TestCallerPolicyForms(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{
		`{"profiles": []}`:                                                "profiles: want a list",
		`{"profiles": ["INTEGRITY_SOAP_02"]}`:                             `profiles: "INTEGRITY_SOAP_02": want ID_AUTH_CHANNEL_01, ID_AUTH_CHANNEL_02, ID_AUTH_SOAP_01`,
		`{"profiles": ["INTEGRITY_SOAP_01"]}`:                             "line 1: regions.marche.profiles: INTEGRITY_SOAP_01 needs ID_AUTH_SOAP_01 or ID_AUTH_SOAP_02",
		`{"profiles": ["ID_AUTH_SOAP_02", "PROFILE_NON_REPUDIATION_01"]}`: "PROFILE_NON_REPUDIATION_01 needs INTEGRITY_SOAP_01",
		`{"client_ca": ""}`:                                               "client_ca: want a PEM file",
		`{"client_ca": ["a.pem"]}`:                                        "client_ca: want a text",
		`{"intermediaries": ["CN=a"]}`:                                    "intermediaries: want an object of 1 to 64 lists",
		`{"intermediaries": {}}`:                                          "intermediaries: want an object of 1 to 64 lists",
		`{"intermediaries": {"*": ["CN=a"]}}`:                             "intermediaries.*: want an organizationIdentifier",
		`{"intermediaries": {"CN=": ["CN=a"]}}`:                           "want an organizationIdentifier",
		`{"intermediaries": {"SHA256=ab": ["*"]}}`:                        "64 hexadecimal digits",
		`{"intermediaries": {"CN=a": []}}`:                                "intermediaries.CN=a: want a list",
		`{"intermediaries": {"CN=a": [" CF:IT-1"]}}`:                      "want an organizationIdentifier",
		`{"intermediaries": {"CN=a": ["b"], "CN=a": []}}`:                 "intermediaries.CN=a: given twice",
		`{"message_organizations": [""]}`:                                 "message_organizations: \"\": want an organizationIdentifier",
		`{"parties": {}}`:                                                 "parties: want an object with senders, hub or both",
		`{"parties": {"senders": ["MARCHE"]}}`:                            "parties.senders: want an object",
		`{"parties": {"senders": {"LE MARCHE": ["*"]}}}`:                  "parties.senders.LE MARCHE: want a name of letters and digits",
		`{"parties": {"hub": []}}`:                                        "parties.hub: want a list",
		`{"parties": {"hub": ["A_B"]}}`:                                   "want a name of letters and digits",
		`{"parties": {"receivers": ["A"]}}`:                               "parties.receivers: no such key",
	} {
		_, err := ReadRegions(configFile(t, `{"regions": {"marche": `+policy+`}}`))
		if err == nil || !errors.Is(err, verb.ErrUsage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", policy, err, want)
		}
	}
	digest := "SHA256=" + strings.Repeat("0a", 32)
	for _, name := range []string{"CF:IT-01234567890", "CN=a.example", digest, "RSSMRA85C15L219J"} {
		if wrong := certificateName(name); wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	if certificateName(strings.ToUpper(digest)) == "" {
		t.Error("a digest in capitals would be found nowhere")
	}
}

// TestCallerPolicyFits: what the policies ask must go with the flags.
func TestCallerPolicyFits(t *testing.T) {
	t.Parallel()
	messages, one := soap.MessageProfiles(), []soap.Profile{soap.AuthSOAP01}
	mutual := append([]soap.Profile{soap.AuthChannel02}, messages...)
	of := func(p CallerPolicy) func(*Config, *CallerPolicy) { return func(_ *Config, q *CallerPolicy) { *q = p } }
	for name, c := range map[string]struct {
		change func(*Config, *CallerPolicy)
		want   string
	}{
		"nothing asked":                 {of(CallerPolicy{}), ""},
		"signed, by nobody's authority": {of(CallerPolicy{Profiles: messages}), "regions.marche.profiles: signed messages need --modi marche=PEM"},
		"signed":                        {func(c *Config, p *CallerPolicy) { c.ModI["marche"], p.Profiles = "m.pem", one }, ""},
		"an authority of no message": {func(c *Config, p *CallerPolicy) {
			c.ModI["marche"], p.Profiles = "m.pem", []soap.Profile{soap.AuthChannel01}
			c.TLSCert, c.TLSKey = "a", "b"
		}, "--modi marche is given: want ID_AUTH_SOAP_01 or ID_AUTH_SOAP_02"},
		"a channel without TLS": {of(CallerPolicy{Profiles: []soap.Profile{soap.AuthChannel01}}), "a channel needs --tls-cert and --tls-key"},
		"certificates of nobody": {func(c *Config, p *CallerPolicy) {
			c.TLSCert, c.TLSKey, p.Profiles = "a", "b", []soap.Profile{soap.AuthChannel02}
		}, "ID_AUTH_CHANNEL_02 needs client_ca, or --client-ca"},
		"certificates of all regions": {func(c *Config, p *CallerPolicy) {
			c.TLSCert, c.TLSKey, c.ClientCA, p.Profiles = "a", "b", "c", []soap.Profile{soap.AuthChannel02}
		}, ""},
		"certificates of its own": {func(c *Config, p *CallerPolicy) {
			c.TLSCert, c.TLSKey, p.ClientCA, p.Profiles = "a", "b", "c", []soap.Profile{soap.AuthChannel02}
		}, ""},
		"unsigned documents that nobody vouches for": {func(c *Config, p *CallerPolicy) {
			c.ModI["marche"], c.Policy["marche"], p.Profiles = "m.pem", PolicyChannel, one
		}, "nobody vouches for them"},
		"unsigned documents in a signed Body": {func(c *Config, p *CallerPolicy) {
			c.ModI["marche"], c.Policy["marche"], p.Profiles = "m.pem", PolicyChannel, append(one, soap.IntegritySOAP01)
		}, ""},
		"unsigned documents on a channel": {func(c *Config, p *CallerPolicy) {
			c.ModI["marche"], c.Policy["marche"], p.Profiles = "m.pem", PolicyChannel, append(one, soap.AuthChannel02)
			c.TLSCert, c.TLSKey, p.ClientCA = "a", "b", "c"
		}, ""},
		"client certificates without TLS": {of(CallerPolicy{ClientCA: "c"}), "client_ca: needs --tls-cert and --tls-key"},
		"who speaks for whom, of no message": {of(CallerPolicy{Intermediaries: map[string][]string{"CN=a": {"*"}}}),
			"intermediaries: nobody speaks for another without ID_AUTH_CHANNEL_02 and signed messages"},
		"who speaks for whom": {func(c *Config, p *CallerPolicy) {
			c.ModI["marche"], c.TLSCert, c.TLSKey = "m.pem", "a", "b"
			*p = CallerPolicy{ClientCA: "c", Profiles: mutual, Intermediaries: map[string][]string{"CN=a": {"*"}}}
		}, ""},
		"signers of no message":   {of(CallerPolicy{MessageOrganizations: []string{"CF:IT-1"}}), "message_organizations: needs --modi marche=PEM"},
		"parties":                 {of(CallerPolicy{Parties: partyPolicy{Senders: map[string][]string{"MARCHE": {"*"}}}}), ""},
		"parties of certificates": {of(CallerPolicy{Parties: partyPolicy{Senders: map[string][]string{"MARCHE": {"CN=a"}}}}), "senders.MARCHE: its certificates need client_ca"},
		"parties of signed messages": {func(c *Config, p *CallerPolicy) {
			c.ModI["marche"], p.Parties.Hub = "m.pem", []string{"SNODO"}
		}, "a message signed by ModI has no e-Gov header"},
	} {
		cfg := testConfig(t.TempDir())
		cfg.ModI, cfg.Policy = map[string]string{}, map[string]string{}
		var p CallerPolicy
		c.change(&cfg, &p)
		cfg.Regions = map[string]RegionPolicy{"marche": {CallerPolicy: p}}
		err := cfg.Check()
		if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, verb.ErrUsage) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	cfg := testConfig(t.TempDir())
	cfg.Regions = map[string]RegionPolicy{"lazio": {CallerPolicy: CallerPolicy{Parties: partyPolicy{Hub: []string{"X"}}}}}
	if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), "regions.lazio.parties: only marche takes e-Gov messages") {
		t.Errorf("parties of another region: %v", err)
	}
}

// TestCallerDefaults: what a policy leaves out is what was so before there was
// one.
func TestCallerDefaults(t *testing.T) {
	t.Parallel()
	cfg := Config{ModI: map[string]string{"lazio": "x.pem"}, ClientCA: "all.pem"}
	if got := cfg.profiles("lazio"); !reflect.DeepEqual(got, soap.MessageProfiles()) || cfg.profiles("marche") != nil {
		t.Errorf("profiles %v, %v", got, cfg.profiles("marche"))
	}
	if got := (partyPolicy{}).known(); !reflect.DeepEqual(got, marche.KnownParties()) {
		t.Errorf("parties %+v", got)
	}
	if got := (partyPolicy{Hub: []string{"A"}}).known(); got.Hub[0] != "A" || got.Senders["MARCHE"] == nil {
		t.Errorf("parties %+v", got)
	}
	cfg.Regions = map[string]RegionPolicy{"lazio": {CallerPolicy: CallerPolicy{ClientCA: "own.pem"}}}
	if cfg.clientCA("lazio") != "own.pem" || cfg.clientCA("marche") != "all.pem" {
		t.Error("authorities of clients")
	}
	var p RegionPolicy
	if p.certificateTolerance() != 0 || p.messageTolerance() != hub.ClockTolerance {
		t.Error("tolerance")
	}
	p.Tolerance, p.Organizations = new(time.Duration), []string{"a"}
	if p.certificateTolerance() != 0 || p.messageTolerance() != 0 || !reflect.DeepEqual(p.messagePins(), []string{"a"}) {
		t.Error("tolerance of nothing, given")
	}
	p.MessageOrganizations = []string{"b"}
	if !reflect.DeepEqual(p.messagePins(), []string{"b"}) {
		t.Error("pins of messages")
	}
	all := cfg.messageRequirements()[messageAnchor("lazio")]
	if all.AnyID || all.AnyBody || all.Algorithms != nil {
		t.Errorf("requirements %+v", all)
	}
	cfg.Regions["lazio"] = RegionPolicy{Algorithms: []xmlsig.Algorithm{xmlsig.RSASHA256}, CallerPolicy: CallerPolicy{Profiles: []soap.Profile{soap.AuthSOAP01}}}
	if one := cfg.messageRequirements()[messageAnchor("lazio")]; !one.AnyID || !one.AnyBody || len(one.Algorithms) != 1 {
		t.Errorf("requirements %+v", one)
	}
}
