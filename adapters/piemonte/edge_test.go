package piemonte

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/snodo-co/snodo/adapters/piemonte/spicomtest"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
)

// backendFake accepts what has a national form and keeps it.
type backendFake struct{ got chan hub.Submission }

func (b backendFake) Submit(_ context.Context, s hub.Submission) (hub.Answer, error) {
	b.got <- s
	a := hub.Answer{Entry: ledger.Entry{Position: 9, Codice: "1300426000000009"}, Receipt: []byte(receipt)}
	if a.Accepted = s.Regional == nil || !s.Regional.Faults.Refuses(); !a.Accepted {
		a.Faults, a.Entry.Codice = s.Regional.Faults, ""
	}
	return a, nil
}

func (backendFake) Receipts(context.Context, hub.ReceiptQuery) ([][]byte, error) { return nil, nil }

func (backendFake) Ready(context.Context) error { return nil }

// exchange sends a whole HTTP request over a connection of its own and returns
// every byte until the server closes it.
func exchange(t *testing.T, raw []byte) (spicomtest.Answer, []hub.Submission) {
	t.Helper()
	backend := backendFake{make(chan hub.Submission, maxFiles)}
	piemonte, _ := routing.RegionBySlug("piemonte")
	d := dialect(t, nil)
	d.National = soap.National{}
	h, err := soap.New(soap.Config{
		Backend:   backend,
		Endpoints: []soap.Endpoint{{Region: piemonte, Dialect: d, Suffix: "/servlet/rpcrouter"}},
		Budget:    soap.NewBudget(64 << 20),
		Log:       slog.New(slog.DiscardHandler),
		Now:       time.Now,
		PublicURL: "http://localhost",
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(raw); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("the connection does not end: %v", err)
	}
	a, err := spicomtest.ReadAnswer(answer)
	if err != nil {
		t.Fatalf("the client fails: %v\n%s", err, answer)
	}
	close(backend.got)
	var got []hub.Submission
	for s := range backend.got {
		got = append(got, s)
	}
	return a, got
}

// TestOverHTTP sends the recorded requests byte for byte.
func TestOverHTTP(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "wire", "*.raw"))
	if err != nil || len(files) != 12 {
		t.Fatalf("recordings: %v %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a, _ := exchange(t, raw)
			switch filepath.Base(file)[:2] {
			case "01":
				if a.Outcome == nil || a.Status != http.StatusOK || string(a.Receipt) != receipt {
					t.Errorf("got %+v", a)
				}
			case "06", "07":
				if len(a.Conversions) != 2 {
					t.Errorf("got %+v", a)
				}
			case "04", "05":
				if a.Boolean == nil || !*a.Boolean {
					t.Errorf("got %+v", a)
				}
			default:
				if a.Exception == nil {
					t.Errorf("got %+v", a)
				}
			}
		})
	}
}

// TestCharsets: the edge gives the dialect UTF-8 whatever the body's charset,
// so that one communication is one document.
func TestCharsets(t *testing.T) {
	t.Parallel()
	const name = "CITTÀ €"
	body := bytes.Replace(recorded(t, "01"), []byte("ESEMPIO &amp;amp; FIGLI S.R.L."), []byte(name), 1)
	wide := func(order func(uint16) []byte) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune(string(body))) {
			b = append(b, order(u)...)
		}
		return b
	}
	little := wide(func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} })
	big := wide(func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} })
	narrow := strings.NewReplacer("À", "\xc0", "€", "\x80")
	for label, tc := range map[string]struct {
		contentType string
		body        []byte
	}{
		"UTF-8":         {"text/xml; charset=utf-8", body},
		"no charset":    {"text/xml", body},
		"mark":          {"text/xml", append([]byte("\ufeff"), body...)},
		"UTF-16LE mark": {"text/xml", append([]byte{0xFF, 0xFE}, little...)},
		"UTF-16BE":      {"text/xml;charset=utf-16be", big},
		"windows-1252":  {`text/xml; charset="windows-1252"`, []byte(narrow.Replace(string(body)))},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			raw := fmt.Appendf(nil, "POST /spiman/servlet/rpcrouter HTTP/1.0\r\nHost: h:80\r\nContent-Type: %s\r\nContent-Length: %d\r\nSOAPAction: \"\"\r\n\r\n%s",
				tc.contentType, len(tc.body), tc.body)
			a, got := exchange(t, raw)
			if a.Outcome == nil || len(got) != 1 {
				t.Fatalf("got %+v and %d submissions", a.Exception, len(got))
			}
			if s := got[0]; !strings.Contains(string(s.Regional.National), `denominazione="`+name+`"`) || !bytes.Equal(s.Evidence, tc.body) {
				t.Errorf("got %s", s.Regional.National)
			}
		})
	}
}
