package soap_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/xsd/fault"
)

// halfway opens a request far enough to know what it must answer under.
type halfway struct{ soap.National }

func (halfway) Open(hub.Request) (hub.Call, *hub.Problem) {
	return hub.Call{State: "read so far"}, &hub.Problem{Sender: true, Fault: fault.Fault{Code: fault.RequestShape}}
}

func (d halfway) Fault(call hub.Call, p hub.Problem) hub.Response {
	resp := d.National.Fault(call, p)
	state, _ := call.State.(string)
	resp.Body = append(resp.Body, "<!-- "+state+" -->"...)
	return resp
}

// TestFaultOfAnOpenedCall: a dialect gets back what it read of a request that
// it refused, and nothing of one that it never saw.
func TestFaultOfAnOpenedCall(t *testing.T) {
	t.Parallel()
	region, _ := routing.RegionBySlug("marche")
	h, err := soap.New(soap.Config{
		Backend: new(backend), Endpoints: []soap.Endpoint{{Region: region, Dialect: halfway{}}}, Budget: soap.NewBudget(64 << 20),
		Log: slog.New(slog.DiscardHandler), Now: time.Now, PublicURL: "http://localhost",
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	for media, want := range map[string]string{"text/xml": "<!-- read so far -->", "application/json": "<!--  -->"} {
		res, err := http.Post(server.URL+"/soap/marche", media, strings.NewReader("<a/>"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil || !strings.HasSuffix(string(body), want) {
			t.Errorf("%s: %s, %v", media, body, err)
		}
	}
}
