package marche_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/marche"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd/fault"
)

// TestParties: a policy's names stand in the place of the known ones, and tie
// Mittente to the certificates that may bring its messages.
func TestParties(t *testing.T) {
	t.Parallel()
	parties := marche.Parties{
		Senders: map[string][]string{
			"MARCHE": {"CF:IT-80008630420", "CN=pdd.regione.marche.it"}, "ASUR": {marche.Anybody}, "NESSUNO": nil,
		},
		Hub: []string{"NODO", "SNODO"},
	}
	for name, c := range map[string]struct {
		sender, recipient string
		names             []string
		want              string
	}{
		"the sender's organization":        {"MARCHE", "NODO", []string{"CF:IT-80008630420", "CN=x"}, ""},
		"the sender's common name":         {"MARCHE", "NODO", []string{"CN=pdd.regione.marche.it"}, ""},
		"no certificate":                   {"MARCHE", "NODO", nil, "EGOV_IT_201 Mittente/IdentificativoParte"},
		"another certificate":              {"MARCHE", "NODO", []string{"CF:IT-00000000000", "CN=altro"}, "EGOV_IT_201 Mittente/IdentificativoParte"},
		"a name that begins so":            {"MARCHE", "NODO", []string{"CN=pdd.regione.marche.it.example"}, "EGOV_IT_201 Mittente/IdentificativoParte"},
		"a certificate named as everybody": {"MARCHE", "NODO", []string{"*"}, "EGOV_IT_201 Mittente/IdentificativoParte"},
		"tied to nobody":                   {"ASUR", "SNODO", nil, ""},
		"whom nobody may bring":            {"NESSUNO", "SNODO", []string{"*", ""}, "EGOV_IT_201 Mittente/IdentificativoParte"},
		"a known name that is no longer":   {"MARCHE", "NAZIONALE", []string{"CF:IT-80008630420"}, "EGOV_IT_102 Destinatario/IdentificativoParte"},
		"an unknown one":                   {"ALTRI", "NODO", []string{"CF:IT-80008630420"}, "EGOV_IT_101 Mittente/IdentificativoParte"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := request(t)
			h.Sender.Name, h.Recipient.Name = c.sender, c.recipient
			h.ID = envelope.Identifier{Sender: c.sender, Port: c.sender + "SPCoopIT", Serial: 17, Minute: h.Registered}.String()
			f := openWith(t, &backend{answer: accepted(h)}, parties)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url, strings.NewReader(message(h)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header["Content-Type"], req.Header["X-Names"] = []string{"text/xml"}, c.names
			r := replyTo(t, req)
			if got := strings.Join(r.exceptions(), ", "); got != c.want || (len(f.got) == 1) != (c.want == "") {
				t.Errorf("told %q, want %q; submitted %d", got, c.want, len(f.got))
			}
			if ours := r.env.Errors(); strings.Contains(c.want, "201") && (len(ours) != 1 || ours[0].Code != string(fault.EGovAuthority)) {
				t.Errorf("our words: %+v", ours)
			}
			if c.want == "" && (r.header.Sender.Name != c.recipient || r.header.Recipient.Name != c.sender) {
				t.Errorf("answered by %+v to %+v", r.header.Sender, r.header.Recipient)
			}
		})
	}
}
