package soap_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata/wire.txtar")

// byDocument answers a submission as its document asks.
func byDocument(_ context.Context, s hub.Submission) (hub.Answer, error) {
	faults := fault.List{
		{Code: fault.Duplicate, Path: "/UniLav/Lavoratore/AnagraficaCompleta/CodiceFiscale", Line: 12},
		{Code: fault.UnknownPrevious, Warning: true},
	}
	switch string(s.Document) {
	case "<rejected/>":
		return hub.Answer{Faults: faults, Receipt: []byte(sealed)}, nil
	case "<refused/>":
		return hub.Answer{Refused: true, Faults: faults[:1]}, nil
	case "<unavailable/>":
		return hub.Answer{}, ledger.ErrUnavailable
	}
	return hub.Answer{Accepted: true, Faults: faults[1:], Receipt: []byte(sealed)}, nil
}

// TestWire sends the requests of testdata/wire.txtar as they are, but for line
// ends and Content-Length, and compares whole answers, the date left out.
func TestWire(t *testing.T) {
	t.Parallel()
	const file = "testdata/wire.txtar"
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e := serve(t, func(cfg *soap.Config, _ *http.Server) { cfg.Endpoints[0].RefuseForwarded = true })
	e.backend.submit = byDocument
	date := regexp.MustCompile(`(?m)^Date: .*\r\n`)
	for i := 0; i+1 < len(a.Files); i += 2 {
		request, response := a.Files[i], &a.Files[i+1]
		if strings.TrimSuffix(request.Name, ".request") != strings.TrimSuffix(response.Name, ".response") {
			t.Fatalf("%s is followed by %s", request.Name, response.Name)
		}
		conn := e.dial(t)
		head, body, _ := bytes.Cut(request.Data, []byte("\n\n"))
		body = bytes.TrimSuffix(body, []byte("\n"))
		send(t, conn, wire(head, body))
		raw, err := io.ReadAll(conn)
		if err != nil {
			t.Fatalf("%s: %v", request.Name, err)
		}
		got := append(bytes.ReplaceAll(date.ReplaceAll(raw, nil), []byte("\r\n"), []byte("\n")), '\n')
		if *update {
			response.Data = got
		} else if !bytes.Equal(got, response.Data) {
			t.Errorf("%s:\n got %s\nwant %s", response.Name, got, response.Data)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// wire makes a request that ends its connection.
func wire(head, body []byte) string {
	text := strings.ReplaceAll(string(head), "\n", "\r\n") + "\r\nHost: x\r\nConnection: close\r\nContent-Length: "
	return text + strconv.Itoa(len(body)) + "\r\n\r\n" + string(body)
}
