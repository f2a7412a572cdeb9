package kafka

import (
	"fmt"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

var hash64 = strings.Repeat("0a", 32)

func message(kind, key, value string) Message {
	return Message{Topic: "t", Key: []byte(key), Value: []byte(value), Headers: map[string]string{HeaderType: kind, HeaderID: hash64}}
}

func outcomeText(change ...string) string {
	s := fmt.Sprintf(`{"ce_id":"%[1]s","codice":"1300126000000001","digest":"%[1]s","registrazione":1,"esito":"registrata","instant":"2026-11-22T10:00:00.123456Z","faults":[]}`, hash64)
	return strings.NewReplacer(change...).Replace(s)
}

func TestDecodeOutcome(t *testing.T) {
	t.Parallel()
	o, err := DecodeOutcome(message(TypeOutcome, "root", outcomeText()))
	if err != nil || o.Status != ledger.Registered || o.Registration != 1 || o.Root != "root" ||
		o.ID.String() != hash64 || o.Instant.Nanosecond() != 123456000 {
		t.Fatalf("%+v, %v", o, err)
	}
	no := []string{`"registrazione":1`, `"registrazione":0`, `registrata`, `rifiutata`, `[]`, `[{"code":"NAZ-06"}]`}
	o, err = DecodeOutcome(message(TypeOutcome, "root", outcomeText(no...)))
	if err != nil || o.Status != ledger.RejectedByStore || o.Faults[0].Code != fault.NationalPredecessor {
		t.Fatalf("%+v, %v", o, err)
	}
	long := outcomeText(`[]`, `[`+strings.Repeat(" ", maxJSON)+`]`)
	bad := map[string]Message{
		"empty":                   message(TypeOutcome, "root", ""),
		"not JSON":                message(TypeOutcome, "root", "<esito/>"),
		"a list":                  message(TypeOutcome, "root", "["+outcomeText()+"]"),
		"two values":              message(TypeOutcome, "root", outcomeText()+outcomeText()),
		"unknown field":           message(TypeOutcome, "root", outcomeText(`"faults"`, `"extra":1,"faults"`)),
		"another type":            message(TypeTotal, "root", outcomeText()),
		"no key":                  message(TypeOutcome, "", outcomeText()),
		"short id":                message(TypeOutcome, "root", outcomeText(hash64, hash64[2:])),
		"capital id":              message(TypeOutcome, "root", outcomeText(hash64, strings.ToUpper(hash64))),
		"zero id":                 message(TypeOutcome, "root", outcomeText(hash64, strings.Repeat("0", 64))),
		"code of letters":         message(TypeOutcome, "root", outcomeText("1300126000000001", "13001260000000AB")),
		"unknown outcome":         message(TypeOutcome, "root", outcomeText("registrata", "forse")),
		"registered, no number":   message(TypeOutcome, "root", outcomeText(`"registrazione":1`, `"registrazione":0`)),
		"negative number":         message(TypeOutcome, "root", outcomeText(`"registrazione":1`, `"registrazione":-1`)),
		"number as text":          message(TypeOutcome, "root", outcomeText(`"registrazione":1`, `"registrazione":"1"`)),
		"registered, with faults": message(TypeOutcome, "root", outcomeText(`[]`, `[{"code":"NAZ-06"}]`)),
		"refused, no fault":       message(TypeOutcome, "root", outcomeText(`"registrazione":1`, `"registrazione":0`, `registrata`, `rifiutata`)),
		"refused, with number":    message(TypeOutcome, "root", outcomeText(`registrata`, `rifiutata`, `[]`, `[{"code":"NAZ-06"}]`)),
		"unknown fault":           message(TypeOutcome, "root", outcomeText(append(no[:4:4], `[]`, `[{"code":"NAZ-99"}]`)...)),
		"no instant":              message(TypeOutcome, "root", outcomeText(`,"instant":"2026-11-22T10:00:00.123456Z"`, ``)),
		"bad instant":             message(TypeOutcome, "root", outcomeText(`2026-11-22T10:00:00.123456Z`, `oggi`)),
		"too long":                message(TypeOutcome, "root", long),
	}
	for name, m := range bad {
		if o, err := DecodeOutcome(m); err == nil {
			t.Errorf("%s: decoded as %+v", name, o)
		} else if strings.Contains(err.Error(), "13001260") {
			t.Errorf("%s: the error quotes the message: %v", name, err)
		}
	}
}

func TestDecodeQuadratura(t *testing.T) {
	t.Parallel()
	total := fmt.Sprintf(`{"day":"2026-11-22","region":"lazio","kind":"UNILAV","count":2,"sum":"%s","registrazione":9,"instant":"2026-11-22T10:00:00Z","offsets":{"0":4,"2":1}}`, hash64)
	page := fmt.Sprintf(`{"request":"q","day":"2026-11-22","region":"lazio","kind":"UNILAV","page":1,"last":true,"items":[{"ce_id":"%s","registrazione":5}]}`, hash64)
	head := fmt.Sprintf(`{"position":3,"hash":"%s","instant":"2026-11-22T10:00:00.000000Z","certificate":"","seal":"AQ=="}`, hash64)
	decoders := map[string]func(string) error{
		"total": func(s string) error {
			got, err := DecodeTotal(message(TypeTotal, "k", s))
			if err == nil && (got.Count != 2 || got.Registration != 9 || got.Offsets[2] != 1 || got.Sum[0] != 0x0a) {
				t.Errorf("total %+v", got)
			}
			return err
		},
		"page": func(s string) error {
			got, err := DecodePage(message(TypeList, "q", s))
			if err == nil && (!got.Last || len(got.Items) != 1 || got.Items[0].Number != 5) {
				t.Errorf("page %+v", got)
			}
			return err
		},
		"head": func(s string) error {
			got, err := DecodeHead(message(TypeHead, headKey, s))
			if err == nil && (got.Position != 3 || got.Hash.String() != hash64) {
				t.Errorf("head %+v", got)
			}
			return err
		},
	}
	for name, good := range map[string]string{"total": total, "page": page, "head": head} {
		if err := decoders[name](good); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		spoil := map[string]string{
			`2026-11-22"`: `22/11/2026"`, `lazio`: `atlantide`, `"UNILAV"`: `""`, hash64: "00",
			`"count":2`: `"count":-2`, `"page":1`: `"page":0`, `"position":3`: `"position":0`, `:5}`: `:0}`, `{`: `{"x":1,`,
		}
		for from, to := range spoil {
			if !strings.Contains(good, from) {
				continue
			}
			if decoders[name](strings.Replace(good, from, to, 1)) == nil {
				t.Errorf("%s: %s instead of %s was decoded", name, to, from)
			}
		}
	}
}
