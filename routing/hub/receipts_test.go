package hub_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/ledger"
)

func TestReceipts(t *testing.T) {
	t.Parallel()
	content, document := ledger.Sum([]byte("content")), ledger.Sum([]byte("document"))
	entry := ledger.Sum([]byte("entry"))
	const codice = "1104226000000001"
	submission := ledger.Stored{Entry: ledger.Entry{Digest: content, Document: document}, Receipt: []byte("first")}
	outcome := ledger.Stored{Entry: ledger.Entry{Digest: content}, Receipt: []byte("second")}
	silent := ledger.Stored{Entry: ledger.Entry{Digest: content}}
	w := &world{archive: map[string][]ledger.Stored{
		codice:                                 {submission, silent, outcome},
		entry.String():                         {submission},
		ledger.Sum([]byte("refusal")).String(): {silent},
		"1104226000000002":                     {},
	}}
	h := hubIn(t, w)
	for _, tc := range []struct {
		name string
		q    hub.ReceiptQuery
		want string
	}{
		{"by code and content", hub.ReceiptQuery{Codice: codice, Digest: content.String()}, "first second"},
		{"by code and document", hub.ReceiptQuery{Codice: codice, Digest: document.String()}, "first second"},
		{"capitals", hub.ReceiptQuery{Codice: codice, Digest: strings.ToUpper(content.String())}, "first second"},
		{"by entry", hub.ReceiptQuery{Entry: entry.String(), Digest: content.String()}, "first"},
		{"by entry in capitals", hub.ReceiptQuery{Entry: strings.ToUpper(entry.String()), Digest: document.String()}, "first"},
		{"another digest", hub.ReceiptQuery{Codice: codice, Digest: entry.String()}, ""},
		{"part of the digest", hub.ReceiptQuery{Codice: codice, Digest: content.String()[:63]}, ""},
		{"no digest", hub.ReceiptQuery{Codice: codice}, ""},
		{"no document to match", hub.ReceiptQuery{Entry: entry.String(), Digest: ""}, ""},
		{"another code", hub.ReceiptQuery{Codice: "1104226000000009", Digest: content.String()}, ""},
		{"a code of nothing", hub.ReceiptQuery{Codice: "1104226000000002", Digest: content.String()}, ""},
		{"another entry", hub.ReceiptQuery{Entry: content.String(), Digest: content.String()}, ""},
		{"no entry", hub.ReceiptQuery{Digest: content.String()}, ""},
		{"not an entry", hub.ReceiptQuery{Entry: "zz", Digest: content.String()}, ""},
		{"an entry without receipt", hub.ReceiptQuery{Entry: ledger.Sum([]byte("refusal")).String(), Digest: content.String()}, ""},
	} {
		got, err := h.Receipts(context.Background(), tc.q)
		if tc.want == "" {
			if !errors.Is(err, ledger.ErrNotFound) || len(got) > 0 {
				t.Errorf("%s: %q, %v, want ErrNotFound", tc.name, got, err)
			}
			continue
		}
		var said []string
		for _, b := range got {
			said = append(said, string(b))
		}
		if err != nil || strings.Join(said, " ") != tc.want {
			t.Errorf("%s: %q, %v, want %q", tc.name, said, err, tc.want)
		}
	}
}

// TestReceiptsTrouble: our own trouble is no "not found".
func TestReceiptsTrouble(t *testing.T) {
	t.Parallel()
	h := hubIn(t, &world{fails: map[string]error{"codice": errBroken}})
	_, err := h.Receipts(context.Background(), hub.ReceiptQuery{Codice: "1104226000000001", Digest: "x"})
	if !errors.Is(err, errBroken) || errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
