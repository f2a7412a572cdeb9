package soap_test

import (
	"encoding/xml"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestCheckProfiles: which profiles go together.
func TestCheckProfiles(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"":                   "",
		"ID_AUTH_CHANNEL_01": "", "ID_AUTH_CHANNEL_02": "", "ID_AUTH_SOAP_01": "", "ID_AUTH_SOAP_02": "",
		"ID_AUTH_SOAP_01 INTEGRITY_SOAP_01":                            "",
		"ID_AUTH_CHANNEL_02 ID_AUTH_SOAP_01":                           "",
		"ID_AUTH_CHANNEL_01 ID_AUTH_CHANNEL_02":                        "name one of them",
		"ID_AUTH_SOAP_01 ID_AUTH_SOAP_02":                              "name one of them",
		"INTEGRITY_SOAP_01":                                            "INTEGRITY_SOAP_01 needs",
		"PROFILE_NON_REPUDIATION_01":                                   "PROFILE_NON_REPUDIATION_01 needs ID_AUTH_SOAP_02; PROFILE_NON_REPUDIATION_01 needs INTEGRITY_SOAP_01",
		"ID_AUTH_SOAP_01 INTEGRITY_SOAP_01 PROFILE_NON_REPUDIATION_01": "needs ID_AUTH_SOAP_02",
		"ID_AUTH_SOAP_02 PROFILE_NON_REPUDIATION_01":                   "needs INTEGRITY_SOAP_01",
	} {
		var profiles []soap.Profile
		for _, name := range strings.Fields(list) {
			profiles = append(profiles, soap.Profile(name))
		}
		got := strings.Join(soap.CheckProfiles(profiles), "; ")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", list, got, want)
		}
	}
	if wrong := soap.CheckProfiles(soap.MessageProfiles()); wrong != nil || !soap.Signed(soap.MessageProfiles()) {
		t.Errorf("the profiles of messages: %v", wrong)
	}
}

// asked guards Marche by other profiles than all.
func asked(t *testing.T, profiles ...soap.Profile) (*edge, *signatures, *memory, *soap.ModI) {
	_, s, m := guarded(t)
	g := &soap.ModI{Messages: s, Memory: m, Audience: []string{thisEndpoint}}
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			if cfg.Endpoints[i].Region.Slug == "marche" {
				cfg.Endpoints[i].Profiles, cfg.Endpoints[i].ModI = profiles, g
			}
		}
	})
	return e, s, m, g
}

// TestIdentityOnly: under ID_AUTH_SOAP_01 a message needs no name, is remembered
// nowhere, and is answered without a signature, which another profile asks for.
func TestIdentityOnly(t *testing.T) {
	t.Parallel()
	e, s, m, _ := asked(t, soap.AuthSOAP01)
	s.message.ID = ""
	for range 2 {
		if a := e.post(t, "/soap/marche", echoMessage); a.status != 200 || !strings.Contains(a.body, "firmato") || strings.Contains(a.body, "<!--") {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if got := strings.Join(s.asked, ", "); got != "verify marche, validity, verify marche, validity" || len(m.kept) > 0 {
		t.Errorf("asked %q, remembered %v", got, m.kept)
	}
	s.message.Created, s.message.Expires = s.message.Created.Add(-hub.MessageAge), s.message.Expires.Add(-hub.MessageAge)
	if got := e.post(t, "/soap/marche", echoMessage).fault(t); got.Errors[0].Code != string(fault.MessageStale) {
		t.Errorf("R-REPLAY, of an hour ago: %+v", got)
	}
}

// TestUnique: ID_AUTH_SOAP_02 without PROFILE_NON_REPUDIATION_01 remembers, and
// signs no answer.
func TestUnique(t *testing.T) {
	t.Parallel()
	e, s, m, _ := asked(t, soap.AuthSOAP02, soap.IntegritySOAP01)
	if a := e.post(t, "/soap/marche", echoMessage); a.status != 200 || strings.Contains(a.body, "<!--") || len(m.kept) != 1 {
		t.Errorf("%d %s, remembered %v", a.status, a.body, m.kept)
	}
	if got := strings.Join(s.asked, ", "); got != "verify marche, recall, validity, remember" {
		t.Errorf("asked %q", got)
	}
}

// TestCarrier: who may not bring the messages of who signed is refused before
// anything is remembered, under a signed answer.
func TestCarrier(t *testing.T) {
	t.Parallel()
	e, s, m, g := asked(t, soap.MessageProfiles()...)
	var brought string
	g.Carries = func(r *http.Request, m hub.SignedMessage) bool { brought = m.Sender; return r.TLS != nil }
	a := e.post(t, "/soap/marche", echoMessage)
	if got := a.fault(t); got.Errors[0].Code != string(fault.MessageCarrier) || !strings.Contains(a.body, "<!-- urn:a") {
		t.Errorf("%s", a.body)
	}
	if brought != s.message.Sender || len(m.kept) > 0 {
		t.Errorf("of %s, remembered %v", brought, m.kept)
	}
}

// TestCaller: a connection that is not admitted sends nothing, and reads
// documents all the same.
func TestCaller(t *testing.T) {
	t.Parallel()
	var code fault.Code
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			cfg.Endpoints[i].Caller = func(*http.Request) *fault.Fault {
				if code == "" {
					return nil
				}
				return &fault.Fault{Code: code}
			}
		}
	})
	if a := e.post(t, "/soap/marche", echoMessage); a.status != http.StatusOK {
		t.Errorf("admitted: %d", a.status)
	}
	for _, code = range []fault.Code{fault.NoCertificate, fault.ForeignCertificate} {
		a := e.post(t, "/soap/marche", echoMessage)
		if got := a.fault(t); a.status != http.StatusForbidden || got.Errors[0].Code != string(code) || got.Code != "Client" {
			t.Errorf("%s: %d %s", code, a.status, a.body)
		}
	}
	if a := e.do(t, http.MethodGet, "/soap/marche?wsdl", ""); a.status != http.StatusOK {
		t.Errorf("WSDL: %d", a.status)
	}
}

// TestWSDLProfiles: a WSDL says what its endpoint requires, and of others nothing.
func TestWSDLProfiles(t *testing.T) {
	t.Parallel()
	all := []soap.Profile{soap.AuthChannel02, soap.AuthSOAP02, soap.IntegritySOAP01, soap.NonRepudiation}
	e, _, _, _ := asked(t, all...)
	about := func(slug string) string {
		var d description
		if err := xml.Unmarshal([]byte(e.do(t, http.MethodGet, "/soap/"+slug+"?wsdl", "").body), &d); err != nil {
			t.Fatal(err)
		}
		return d.About
	}
	said := about("marche")
	for _, want := range []string{"certificato del client", "wsa:MessageID", "vale " + thisEndpoint + ".", "anche il Body", "X-RequestDigest"} {
		if !strings.Contains(said, want) {
			t.Errorf("the WSDL does not say %q: %s", want, said)
		}
	}
	if other := about("lazio"); strings.Contains(other, "TLS") || strings.Contains(other, "firmata con") {
		t.Errorf("another region: %s", other)
	}
	e, _, _, _ = asked(t, soap.AuthChannel01, soap.AuthSOAP01)
	if said = about("marche"); strings.Contains(said, "MessageID") || strings.Contains(said, "Body") || strings.Contains(said, "client,") || !strings.Contains(said, "TLS") {
		t.Errorf("ID_AUTH_SOAP_01: %s", said)
	}
}

// TestProfilesOfEndpoint: what an endpoint cannot keep it is not made of.
func TestProfilesOfEndpoint(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*soap.Endpoint){
		"profiles that do not go together": func(ep *soap.Endpoint) { ep.Profiles = []soap.Profile{soap.IntegritySOAP01} },
		"signed, by nobody's judgement":    func(ep *soap.Endpoint) { ep.Profiles = soap.MessageProfiles() },
		"judged, by no profile":            func(ep *soap.Endpoint) { ep.ModI = &soap.ModI{} },
	} {
		cfg := config(&backend{}, slog.New(slog.DiscardHandler))
		change(&cfg.Endpoints[0])
		if _, err := soap.New(cfg); err == nil {
			t.Errorf("%s: made", name)
		}
	}
}
