package probe

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/probe"
	"github.com/snodo-co/snodo/cmd/snodo/node"
)

// TestProbeDialects: a hub of ours has the full score in every dialect, and no case
// is left out but those that ask for TLS, or for the other policy.
func TestProbeDialects(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data)
	kit := kitOf(t, data)
	tls := []string{"tls-versione", "tls-certificato"}
	for _, tc := range []struct {
		region, dialect string
		channel         bool
		untried         []string
	}{
		{"lazio", playNational, false, tls},
		{"marche", playEGov, false, tls},
		{"lazio", playSAML, false, append(tls[:2:2], "saml-obbligo")},
		{"marche", playSAML, false, append(tls[:2:2], "saml-obbligo")},
		{"piemonte", playPiemonte, true, append(tls, "firma-assente", "tipo-unidom")},
	} {
		kit.channel = tc.channel
		p := newPlay(t, kit, h.URL())
		p.dialect, p.url, p.sampler.Region = tc.dialect, h.URL()+"/soap/"+tc.region, tc.region
		p.to = p.url
		checks, err := p.play(testCases())
		if err != nil {
			t.Fatal(err)
		}
		o := played{Parts: []probe.Part{{Name: tc.dialect, Checks: checks}}}
		if s := o.Parts[0].Score(); s.Percent != 100 || len(o.failures()) > 0 {
			t.Errorf("%s: score %v, failed %q", tc.dialect, s, o.failures())
		}
		if got := strings.ReplaceAll(strings.Join(o.untried(), " "), tc.dialect+" ", ""); got != strings.Join(tc.untried, " ") {
			t.Errorf("%s: not tried %q", tc.dialect, got)
		}
	}
	h.stop()
	mustVerify(t, data)
}

// TestProbeIdentityRequired: where a region requires the assertion, its lack is tried
// and told.
func TestProbeIdentityRequired(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cfg := testConfig(data)
	cfg.Regions = map[string]node.RegionPolicy{"marche": {Identity: node.IdentityPolicy{Required: true}}}
	h := nodeOf(t, cfg)
	kit := kitOf(t, data)
	p := newPlay(t, kit, h.URL())
	p.dialect, p.to = playSAML, p.url
	checks, err := p.play(chosen(t, "saml-buona saml-obbligo accettata"))
	if err != nil || len(checks) != 3 {
		t.Fatal(err, checks)
	}
	for _, c := range checks {
		if c.Verdict != probe.Held {
			t.Errorf("%s: %s, %s", c.ID, c.Verdict, c.Got)
		}
	}
	p.dialect = playNational
	if checks, err = p.play(chosen(t, "accettata")); err != nil || checks[0].Verdict != probe.Failed || !strings.Contains(checks[0].Got, "SAML-02") {
		t.Errorf("without an assertion: %+v, %v", checks, err)
	}
}

// TestProbeLeavesNothing: without --writes a hub has no entry more than before, and
// each level leaves what it says and no more.
func TestProbeLeavesNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data)
	kit := kitOf(t, data)
	for i, level := range Traces()[:leavesAcceptance] {
		for _, dialect := range []string{playNational, playEGov} {
			p := newPlay(t, kit, h.URL())
			p.dialect, p.most = dialect, trace(i)
			checks, err := p.play(testCases())
			if failed := (probe.Part{Checks: checks}).Failures(); err != nil || len(failed) > 0 {
				t.Errorf("%s, %s: %v, %+v", level, dialect, err, failed)
			}
		}
		found, _ := submissionsIn(t, data)
		count := map[string]int{}
		for _, list := range found {
			for _, s := range list {
				count[string(s.Entry.Status)]++
			}
		}
		allowed := map[string]bool{}
		for i, status := range []string{"refused", "rejected"} {
			allowed[status] = int(leavesRefusal)+i <= slices.Index(Traces(), level)
		}
		for status := range count {
			if !allowed[status] {
				t.Errorf("%s leaves %v", level, count)
			}
		}
		if level == Traces()[leavesRejection] && len(count) != 2 {
			t.Errorf("%s leaves %v: the test reads other names of statuses", level, count)
		}
	}
}

// newPlay plays the national dialect at Marche's endpoint, whatever it leaves.
func newPlay(t *testing.T, kit *kit, hub string) *player {
	t.Helper()
	u, err := url.Parse(hub + "/soap/marche")
	if err != nil {
		t.Fatal(err)
	}
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	p := Cmd{Timeout: patience, Writes: "acceptances"}.play(t.Context(), kit, playNational, u, rome)
	if p.serial, err = newSerial(); err != nil {
		t.Fatal(err)
	}
	p.sampler = samplesOf(t, "marche", p.serial)
	return p
}

// chosen are cases of the tables, by identifiers.
func chosen(t *testing.T, ids string) (list []testCase) {
	t.Helper()
	for _, c := range testCases() {
		if slices.Contains(strings.Fields(ids), c.id) {
			list = append(list, c)
		}
	}
	if len(list) != len(strings.Fields(ids)) {
		t.Fatalf("no such cases: %s", ids)
	}
	return list
}

// TestProbeMisplaced: where one flag explains most failures, the report says so first.
func TestProbeMisplaced(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data)
	kit := kitOf(t, data)
	for args, want := range map[string]string{
		"lazio egov eco":              "non riconosce i messaggi di questo dialetto",
		"lazio modi eco":              "non riconosce i messaggi di questo dialetto",
		"piemonte saml eco":           "non riconosce i messaggi di questo dialetto",
		"marche piemonte spicom-viva": "non riconosce i messaggi di questo dialetto",
		"umbria national eco":         "HTTP 404 a ?wsdl",
		"marche egov eco":             "",
		"piemonte piemonte eco":       "",
	} {
		of := strings.Fields(args)
		p := newPlay(t, kit, h.URL())
		p.dialect, p.url = of[1], h.endpoint(of[0])
		p.to = p.url
		checks, err := p.play(chosen(t, of[2]))
		if err != nil {
			t.Fatal(err)
		}
		_, wrong, err := p.xmlAt(p.url + "?wsdl")
		if err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(misplaced(p.dialect, wrong, checks), "\n")
		if (want == "") != (notes == "") || !strings.Contains(notes, want) || (checks[0].Verdict == probe.Held) != (want == "") {
			t.Errorf("%s: %s, notes %q", args, checks[0].Got, notes)
		}
	}
}

// TestProbeLimitedSender: a hub that asks a sender to wait is not judged for it.
func TestProbeLimitedSender(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cfg := testConfig(data)
	cfg.Regions = map[string]node.RegionPolicy{"marche": {Rate: node.Rate{Count: 1, Period: 24 * time.Hour}}}
	h := nodeOf(t, cfg)
	kit := kitOf(t, data)
	checks, err := newPlay(t, kit, h.URL()).play(chosen(t, "regola accettata ripetuta"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range checks {
		got = append(got, string(c.Verdict))
	}
	if want := []string{string(probe.Held), string(probe.Untried), string(probe.Untried)}; !slices.Equal(got, want) || !strings.Contains(checks[1].Got, "limita gli invii") {
		t.Errorf("verdicts %q: %+v", got, checks)
	}
}

// TestProbeSilentHub: a hub that answers no more is given up, and what it was not
// asked counts against it.
func TestProbeSilentHub(t *testing.T) {
	t.Parallel()
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(dead.Close)
	checks, err := newPlay(t, &kit{now: time.Now}, dead.URL).play(chosen(t, "eco soap12 busta-dtd busta-vuota ricevuta-ignota"))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range checks {
		if failed := c.Verdict == probe.Failed && strings.HasPrefix(c.Got, "nessuna risposta"); i < mostSilences && !failed {
			t.Errorf("%s: %s, %s", c.ID, c.Verdict, c.Got)
		}
		if i >= mostSilences && (!c.Blocked || c.Verdict != probe.Untried) {
			t.Errorf("%s: %s, %s", c.ID, c.Verdict, c.Got)
		}
	}
	if s := (probe.Part{Checks: checks}).Score(); len(checks) != 5 || s.Points != 0 || s.Of != 13 {
		t.Errorf("%d checks, score %+v", len(checks), s)
	}
}

// TestProbeCases: every case says what it is, why, and what to fix; identifiers are
// unique, and a case that uses another's answer comes after it and leaves no less.
func TestProbeCases(t *testing.T) {
	t.Parallel()
	seen := map[string]trace{}
	for _, c := range testCases() {
		if _, twice := seen[c.id]; twice || c.id == "" || c.group == "" || c.sent == "" || c.source == "" || c.remedy == "" || c.points == 0 {
			t.Errorf("%s: twice, or lacks something: %+v", c.id, c)
		}
		if (c.run == nil) == (c.message == nil) || (c.run != nil) != (c.wanted != "") || c.run == nil && c.want.outcome == "" {
			t.Errorf("%s: neither a message with what is wanted nor a run, or both", c.id)
		}
		seen[c.id] = c.leaves
		if before, ok := seen[c.after]; c.after != "" && (!ok || before > c.leaves) {
			t.Errorf("%s: %s comes later, or leaves more", c.id, c.after)
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d cases", len(seen))
	}
}
