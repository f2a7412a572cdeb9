package main

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/piemonte/spicomtest"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
)

// nodeOf runs a node with a configuration in this process until the test ends.
func nodeOf(t *testing.T, cfg node.Config) *hubUnderTest {
	t.Helper()
	return startNode(t, cfg, nil)
}

// attempt is run with what it printed.
func attempt(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

// wire sends bytes over a connection of its own and reads to its end, as the
// client of SPICOM does.
func wire(t *testing.T, url string, raw []byte) []byte {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(raw); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("the connection does not end: %v", err)
	}
	return answer
}

// strictly reads an answer as the client of SPICOM would, or fails.
func strictly(t *testing.T, raw []byte) spicomtest.Answer {
	t.Helper()
	a, err := spicomtest.ReadAnswer(raw)
	if err != nil {
		t.Fatalf("the client fails: %v\n%s", err, raw)
	}
	return a
}

// post10 is a request of HTTP/1.0, as the recorded ones are.
func post10(path, contentType string, body []byte) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.0\r\nHost: h:80\r\nContent-Type: %s\r\nContent-Length: %d\r\nSOAPAction: \"\"\r\n\r\n%s",
		path, contentType, len(body), body)
}

// recordings are the requests recorded from the original client, by number.
func recordings(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../adapters/piemonte/testdata/wire/*.request.raw")
	if err != nil || len(files) != 12 {
		t.Fatalf("recordings: %v %v", files, err)
	}
	found := map[string][]byte{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(f)[:2]] = raw
	}
	return found
}

// payload is one of the region's own payloads.
func payload(t *testing.T, prefix string) string {
	t.Helper()
	files, err := filepath.Glob("../../transform/spicom/testdata/payloads/" + prefix + "-*.xml")
	if err != nil || len(files) != 1 {
		t.Fatalf("payloads %s: %v %v", prefix, files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sealHolds verifies a receipt with the hub's certificate, and reads it.
func (h *hubUnderTest) sealHolds(t *testing.T, sealed []byte) receipt.Receipt {
	t.Helper()
	trust := xmlsig.NewTrust(map[string][]*x509.Certificate{"seal": h.Keys.Certificates().Seal})
	v, faults := xmlsig.NewVerifier(trust).VerifySeal(sealed, "seal")
	if len(faults) > 0 {
		t.Fatalf("receipt: %v\n%s", faults, sealed)
	}
	return parsed(t, v.Content)
}

// stored gives the submission of a code with its document.
func (h *hubUnderTest) stored(t *testing.T, codice string) (ledger.Entry, []byte) {
	t.Helper()
	found, err := h.Store.ByCodice(t.Context(), codice)
	if err != nil {
		t.Fatal(err)
	}
	document, err := h.Store.Document(t.Context(), found[0].Entry.Position, ledger.TheDocument)
	if err != nil {
		t.Fatal(err)
	}
	return found[0].Entry, document
}

// converted checks that a code stands for a document sealed as converted, whose
// content the receipt names, and gives what it says.
func (h *hubUnderTest) converted(t *testing.T, codice string) co.Comunicazione {
	t.Helper()
	e, document := h.stored(t, codice)
	trust := xmlsig.NewTrust(map[string][]*x509.Certificate{"conversion": h.Keys.Certificates().Conversion})
	v, faults := xmlsig.NewVerifier(trust).VerifySeal(document, "conversion")
	if len(faults) > 0 || v.Digest != e.Digest || e.Origin != ledger.Channel {
		t.Fatalf("document of %s: faults %v, origin %s", codice, faults, e.Origin)
	}
	c, err := transform.Decode(xsd.ID{Kind: e.Kind, Edition: e.Edition}, v.Content)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// registered waits for the receipt of registration and checks that it speaks
// of the receipt of acceptance.
func (h *hubUnderTest) registered(t *testing.T, region string, sealed []byte) receipt.Receipt {
	t.Helper()
	first := h.sealHolds(t, sealed)
	hub := endpointOf(http.DefaultClient, h.URL(), region)
	var all [][]byte
	eventually(t, "registration of "+first.Codice, func() bool {
		var err error
		if all, err = hub.Receipts(t.Context(), first.Codice, first.Digest); err != nil {
			t.Fatal(err)
		}
		return len(all) > 1
	})
	last := h.sealHolds(t, all[1])
	if len(all) != 2 || !bytes.Equal(all[0], sealed) || last.Kind != receipt.Registration || last.Codice != first.Codice ||
		last.Digest != first.Digest || last.Subject != first.Entry || last.Registration == 0 ||
		last.Receipt != ledger.Sum(sealed).String() {
		t.Fatalf("%d receipts, the last says %+v", len(all), last)
	}
	return last
}

// messageOf finds the message of an entry in the topic.
func (h *hubUnderTest) messageOf(t *testing.T, entry string) kafka.Message {
	t.Helper()
	var found []kafka.Message
	err := kafka.Scan(t.Context(), h.Brokers(), routing.TopicFor("UNILAV"), func(m kafka.Message) error {
		if m.ID() == entry {
			found = append(found, m)
		}
		return nil
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d messages of %s, %v", len(found), entry, err)
	}
	return found[0]
}
