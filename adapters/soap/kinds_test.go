package soap_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestKinds: every kind that the model has is taken by its own operation, and
// answered in the form of its own binding.
func TestKinds(t *testing.T) {
	t.Parallel()
	for _, kind := range co.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b, ok := envelope.BindingOfKind(kind)
			if !ok {
				t.Fatal("no operation")
			}
			e := serve(t, nil)
			a := e.post(t, "/soap/lazio", bindingMessage(b, "<a> è </a>"))
			if s := e.backend.submission(t); s.Kind != kind || string(s.Document) != "<a> è </a>" {
				t.Errorf("submission %+v", s)
			}
			env, f := envelope.Open([]byte(a.body))
			if f != nil {
				t.Fatalf("%s: %s", f.Code, a.body)
			}
			if got, ok := b.ReadAnswer(env); !ok || !got.Accepted || string(env.Receipt()) != sealed {
				t.Errorf("answer %+v, %v: %s", got, ok, a.body)
			}
			e.backend.submit = byDocument
			a = e.post(t, "/soap/lazio", bindingMessage(b, "<rejected/>"))
			if env, f = envelope.Open([]byte(a.body)); f != nil {
				t.Fatalf("%s: %s", f.Code, a.body)
			}
			if got, ok := b.ReadAnswer(env); !ok || got.Accepted || len(got.Anomalies) != 1 || !strings.HasPrefix(got.Anomalies[0].Description, "DUP-01: ") {
				t.Errorf("answer %+v, %v: %s", got, ok, a.body)
			}
		})
	}
}

// TestKindNotServed: a kind that an edge does not take is a fault, whatever it
// carries, and reaches no backend.
func TestKindNotServed(t *testing.T) {
	t.Parallel()
	e := serve(t, func(cfg *soap.Config, _ *http.Server) {
		for i := range cfg.Endpoints {
			cfg.Endpoints[i].Dialect = soap.National{Kinds: []string{co.UNILAV}}
		}
	})
	refused := 0
	for _, b := range envelope.Bindings() {
		if b.Kind == co.UNILAV {
			continue
		}
		refused++
		e.post(t, "/soap/marche", bindingMessage(b, "")).wants(t, http.StatusInternalServerError, "Client", fault.KindNotServed)
	}
	if refused != 8 || len(e.backend.seen) != 0 {
		t.Errorf("%d refused, %d seen", refused, len(e.backend.seen))
	}
	// The zero value takes what the model has, and nothing else.
	e = serve(t, nil)
	for _, b := range envelope.Bindings() {
		if !slices.Contains(co.Kinds(), b.Kind) {
			e.post(t, "/soap/marche", bindingMessage(b, "<a/>")).wants(t, http.StatusInternalServerError, "Client", fault.KindNotServed)
		}
	}
}
