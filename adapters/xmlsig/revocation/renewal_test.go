package revocation

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// publisher is an HTTP server of lists that a test changes.
type publisher struct {
	*httptest.Server
	mu     sync.Mutex
	handle func(http.ResponseWriter)
	asked  int
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	p := &publisher{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asked++
		p.handle(w)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) publish(handle func(http.ResponseWriter)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handle = handle
}

func (p *publisher) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

func body(raw []byte) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = w.Write(raw) }
}

// TestRenewal: a list from an address is asked for again in time; whatever goes
// wrong leaves the one before in force, and is tried again with patience.
func TestRenewal(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	web := newPublisher(t)
	web.publish(func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) })
	cfg, log, now := p.config(t)
	cfg.Lists = []string{web.URL + "/ca.crl"}
	s := open(t, cfg)
	want := func(step string, status xmlsig.Status, asked int) {
		t.Helper()
		s.Renew(t.Context())
		if got := s.Status(p.first, p.ca.Certificate, now.Now()); got != status || web.count() != asked {
			t.Errorf("%s: %v, asked %d times, want %v and %d", step, got, web.count(), status, asked)
		}
	}
	want("not there", xmlsig.StatusUnknown, 1)
	if !strings.Contains(log.String(), "status 404") {
		t.Errorf("log: %s", log)
	}
	want("not asked again at once", xmlsig.StatusUnknown, 1)
	web.publish(body(p.list(template(5))))
	now.set(noon().Add(time.Minute))
	want("after a minute", xmlsig.StatusGood, 2)
	now.set(noon().Add(50 * time.Minute))
	want("in force", xmlsig.StatusGood, 2)
	older := template(4)
	older.ThisUpdate, older.NextUpdate = noon().Add(-3*time.Hour), noon().Add(9*time.Hour)
	for i, wrong := range []func(http.ResponseWriter){
		body(p.list(older)),               // an old one, played again
		body(newPKI(t).list(template(9))), // forged
		body(make([]byte, MaxList+1)),
		func(w http.ResponseWriter) {
			w.Header().Set("Location", "/other")
			w.WriteHeader(http.StatusFound)
		},
	} {
		web.publish(wrong)
		now.set(noon().Add(time.Hour).Add(time.Duration(i) * 16 * time.Minute))
		s.Renew(t.Context())
		if web.count() != 3+i {
			t.Errorf("wrong %d: asked %d times", i, web.count())
		}
		if st := s.States()[0]; !st.Current || !st.To.Equal(noon().Add(time.Hour)) {
			t.Errorf("wrong %d took the place: %+v", i, st)
		}
	}
	for _, reason := range []string{"older than the one in force", "signature does not hold", "more than", "status 302"} {
		if !strings.Contains(log.String(), reason) {
			t.Errorf("log lacks %q", reason)
		}
	}
	want("its end has passed", xmlsig.StatusUnknown, 6)
	newer := template(6, p.first)
	newer.NextUpdate = noon().Add(24 * time.Hour)
	web.publish(body(p.list(newer)))
	now.set(noon().Add(3 * time.Hour))
	want("a good one at last", xmlsig.StatusRevoked, 7)
}

// TestKept: what an address gave is there after a restart without network, and
// a damaged file is none.
func TestKept(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	web := newPublisher(t)
	web.publish(body(p.list(template(1, p.first))))
	cfg, log, _ := p.config(t)
	cfg.Lists = []string{web.URL + "/ca.crl"}
	open(t, cfg).Renew(t.Context())
	web.Close()
	s := open(t, cfg)
	s.Renew(t.Context())
	if got := s.Status(p.first, p.ca.Certificate, noon()); got != xmlsig.StatusRevoked {
		t.Errorf("after a restart: %v", got)
	}
	files := must(filepath.Glob(filepath.Join(cfg.Folder, "*")))
	if len(files) != 1 {
		t.Fatalf("kept %v", files)
	}
	if err := os.WriteFile(files[0], []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := open(t, cfg).Status(p.first, p.ca.Certificate, noon()); got != xmlsig.StatusUnknown || !strings.Contains(log.String(), "kept revocation list passed over") {
		t.Errorf("damaged: %v, log %s", got, log)
	}
}

// TestFileChanges: a file is read again when it changes, a wrong one is not
// taken, and one that vanishes leaves its list in force.
func TestFileChanges(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	cfg, log, _ := p.config(t)
	path := write(t, p.list(template(1)))
	cfg.Lists = []string{path}
	s := open(t, cfg)
	for step, c := range []struct {
		raw  []byte
		want xmlsig.Status
		says string
	}{
		{p.list(template(2, p.first, p.last)), xmlsig.StatusRevoked, ""},
		{[]byte("half a list"), xmlsig.StatusRevoked, "not a revocation list"},
		{nil, xmlsig.StatusRevoked, "no such file"},
	} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if c.raw != nil {
			if err := os.WriteFile(path, c.raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.Renew(t.Context())
		if got := s.Status(p.first, p.ca.Certificate, noon()); got != c.want || !strings.Contains(log.String(), c.says) {
			t.Errorf("step %d: %v, log %s", step, got, log)
		}
	}
}

// TestSeveralLists: revoked by any is revoked.
func TestSeveralLists(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	cfg, _, _ := p.config(t)
	cfg.Lists = []string{write(t, p.list(template(1))), write(t, p.list(template(1, p.first)))}
	if got := open(t, cfg).Status(p.first, p.ca.Certificate, noon()); got != xmlsig.StatusRevoked {
		t.Errorf("%v", got)
	}
}
