package probe

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestProbeChannel: what a connection shows is told, good and bad.
func TestProbeChannel(t *testing.T) {
	t.Parallel()
	kit, err := Cmd{}.kit()
	if err != nil {
		t.Fatal(err)
	}
	server := func(settings *tls.Config) *httptest.Server {
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.TLS, s.Config.ErrorLog = settings, log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	modern, lax := server(&tls.Config{MinVersion: tls.VersionTLS12}), server(&tls.Config{MinVersion: tls.VersionTLS10})
	mutual := server(&tls.Config{MaxVersion: tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert})
	kit.clients = modern.TLS.Certificates
	roots := x509.NewCertPool()
	roots.AddCert(modern.Certificate())
	ends := modern.Certificate().NotAfter
	for name, c := range map[string]struct {
		id, url string
		roots   *x509.CertPool
		now     time.Time
		says    string
		holds   bool
	}{
		"modern":             {"tls-versione", modern.URL, roots, ends, "TLS 1.1 rifiutato", true},
		"mutual":             {"tls-versione", mutual.URL, roots, ends, "TLS 1.2 negoziato, TLS 1.1 rifiutato", true},
		"lax":                {"tls-versione", lax.URL, roots, ends, "TLS 1.1 è ammesso", false},
		"known":              {"tls-certificato", modern.URL, roots, ends.AddDate(0, -2, 0), "catena e nome riconosciuti", true},
		"unknown authority":  {"tls-certificato", modern.URL, x509.NewCertPool(), ends.AddDate(0, -2, 0), "autorità non riconosciuta", false},
		"another name":       {"tls-certificato", strings.Replace(modern.URL, "127.0.0.1", "localhost", 1), roots, ends.AddDate(0, -2, 0), "di un altro nome", false},
		"ended":              {"tls-certificato", modern.URL, roots, ends.AddDate(0, 0, 1), "non valido", false},
		"ends soon":          {"tls-certificato", modern.URL, roots, ends.AddDate(0, 0, -29), "scade il", false},
		"in the clear":       {"tls-versione", "http://nodo.example/soap/lazio", roots, ends, "in chiaro", false},
		"no certificate":     {"tls-certificato", "http://nodo.example/soap/lazio", roots, ends, "in chiaro", false},
		"nobody, by version": {"tls-versione", "https://127.0.0.1:1/", roots, ends, "nessuna risposta", false},
	} {
		t.Run(name, func(t *testing.T) {
			own := *kit
			own.roots, own.now = c.roots, func() time.Time { return c.now }
			p := newPlay(t, &own, modern.URL)
			p.url = c.url
			checks, err := p.play(chosen(t, c.id))
			if err != nil {
				t.Fatal(err)
			}
			if got := checks[0]; !strings.Contains(got.Got, c.says) || (got.Verdict == "superata") != c.holds || !c.holds && got.Remedy == "" {
				t.Errorf("%s, %s: %q", got.Verdict, got.Got, got.Remedy)
			}
		})
	}
}

// TestProbeHTTP10: of answers that a client of HTTP/1.0 cannot read the case says
// what is wrong.
func TestProbeHTTP10(t *testing.T) {
	t.Parallel()
	kit, err := Cmd{Channel: true}.kit()
	if err != nil {
		t.Fatal(err)
	}
	const body = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>`
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"refused": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "lo stato non è 200"},
		"without length": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, body)
			w.(http.Flusher).Flush()
		}, "manca Content-Length"},
		"without charset": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			_, _ = io.WriteString(w, body)
		}, "non dichiara charset"},
		"no answer to it": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml; charset=utf-8")
			_, _ = io.WriteString(w, body)
		}, "non è una busta SOAP leggibile"},
		"dropped": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "lo stato non è 200"},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(c.answer)
			defer s.Close()
			p := newPlay(t, kit, s.URL)
			p.dialect, p.url = playPiemonte, s.URL+"/soap/piemonte"
			checks, err := p.play(chosen(t, "spicom-http10"))
			if err != nil {
				t.Fatal(err)
			}
			if got := checks[0]; got.Verdict != "fallita" || !strings.Contains(got.Got, c.says) {
				t.Errorf("%s: %s", got.Verdict, got.Got)
			}
		})
	}
}
