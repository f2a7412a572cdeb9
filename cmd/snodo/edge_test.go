package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// insides are words that an answer would owe to our code, its files and its
// databases.
func insides() []string {
	return []string{".go", "goroutine", "panic", "runtime error", "SQL", "sql:", "sqlite", "locked", "BUSY", "kafka", "127.0.0.1",
		"ledger", "xml:", "EOF", "i/o timeout", "invalid character", "github.com", "snodo-co"}
}

// leak reports insides in an answer's text.
func leak(text []byte) error {
	for _, word := range insides() {
		if bytes.Contains(text, []byte(word)) {
			return fmt.Errorf("%q in the answer: %s", word, text)
		}
	}
	return nil
}

// secret stands in every bad request where a value may be; no answer quotes it.
const secret = "RSSMRA80A01H501U"

func enveloped(body string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`
}

// TestBadRequests: what the edge refuses, through the whole node: a clear fault
// with its code, of the caller's making, without a word of our insides or of
// the request, and without an entry.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	signed := signAll(t, signerFor(t, data, 0), hirings(t, "marche", 0, 1))[0]
	hub, web := startHub(t, data, nil), webClient(t, 4)
	echo := enveloped(`<Echo xmlns="urn:snodo:hub:v1"><Testo>` + secret + `</Testo></Echo>`)
	cases := map[string]struct {
		media, body string
		status      int
		code        fault.Code
	}{
		"malformed XML":      {body: echo[:len(echo)-5], code: fault.MalformedEnvelope},
		"no XML":             {body: secret, code: fault.MalformedEnvelope},
		"empty":              {body: "", code: fault.MalformedEnvelope},
		"DTD":                {body: `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + strings.Replace(echo, secret, "&e;", 1), code: fault.EnvelopeDTD},
		"entities in bulk":   {body: `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>` + echo, code: fault.EnvelopeDTD},
		"unknown operation":  {body: enveloped(`<Cancella xmlns="urn:altri"><cf>` + secret + `</cf></Cancella>`), code: fault.UnknownOperation},
		"oversized":          {body: echo + strings.Repeat(" ", soap.MaxBody), status: http.StatusRequestEntityTooLarge, code: fault.BodyTooLarge},
		"wrong content type": {media: "application/json", body: `{"cf":"` + secret + `"}`, status: http.StatusUnsupportedMediaType, code: fault.MediaType},
		"charset in dispute": {media: "text/xml; charset=UTF-7", body: echo, code: fault.EnvelopeCharset},
	}
	t.Run("cases", func(t *testing.T) {
		for name, c := range cases {
			for _, region := range []string{"marche", "piemonte"} {
				t.Run(name+"/"+region, func(t *testing.T) {
					t.Parallel()
					media := cmp.Or(c.media, "text/xml; charset=utf-8")
					res, err := web.Post(hub.URL()+"/soap/"+region, media, strings.NewReader(c.body))
					if err != nil {
						t.Fatal(err)
					}
					wantFault(t, res, cmp.Or(c.status, http.StatusInternalServerError), c.code)
				})
			}
		}
	})
	if _, head := submissionsIn(t, data); head.Position != 0 {
		t.Errorf("the ledger has %d entries of bad requests", head.Position)
	}
	a, err := endpointOf(web, hub.URL(), "marche").Submit(t.Context(), co.UNILAV, signed)
	if err != nil || !a.Accepted {
		t.Errorf("after all bad requests: accepted %v, %v", a.Accepted, err)
	}
}

// wantFault checks that an answer is a fault of the caller's making.
func wantFault(t *testing.T, res *http.Response, status int, code fault.Code) {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != status || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/xml") {
		t.Errorf("status %d, %s, want %d", res.StatusCode, res.Header.Get("Content-Type"), status)
	}
	e, malformed := envelope.Open(body)
	if malformed != nil {
		t.Fatalf("no envelope: %s", body)
	}
	f, ok := e.Fault()
	if !ok || f.Code != "Client" || !bytes.Contains(body, []byte(string(code))) {
		t.Errorf("want a fault Client with %s, got %s", code, body)
	}
	if err := leak(body); err != nil {
		t.Error(err)
	}
	if bytes.Contains(body, []byte(secret)) || bytes.Contains(body, []byte("root:")) {
		t.Errorf("the fault quotes the request: %s", body)
	}
}

// TestSlowClients: a crowd that sends half a request and stops gets its faults
// in time, and meanwhile others are served.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	const slow = 100
	data := t.TempDir()
	signed := signAll(t, signerFor(t, data, 0), hirings(t, "marche", 0, 1))[0]
	hub := startHub(t, data, func(n *node.Node) { n.Server.ReadTimeout = 2 * time.Second })
	conns := make([]net.Conn, slow)
	for i := range conns {
		var err error
		if conns[i], err = net.Dial("tcp", strings.TrimPrefix(hub.URL(), "http://")); err != nil {
			t.Fatal(err)
		}
		defer conns[i].Close()
		if err := conns[i].SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Fprintf(conns[i], "POST /soap/marche HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n<s:Envelope>%s",
			soap.MaxBody, secret)
		if err != nil {
			t.Fatal(err)
		}
	}
	a, err := endpointOf(webClient(t, 1), hub.URL(), "marche").Submit(t.Context(), co.UNILAV, signed)
	if err != nil || !a.Accepted {
		t.Errorf("beside slow clients: accepted %v, %v", a.Accepted, err)
	}
	for _, c := range conns {
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(errors.Join(errors.New("no answer to a slow client"), err))
		}
		wantFault(t, res, http.StatusRequestTimeout, fault.BodyIncomplete)
	}
}
