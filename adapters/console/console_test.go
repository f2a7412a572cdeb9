package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// desk is a ledger with fixed answers.
type desk struct {
	head    ledger.Head
	waiting int64
	oldest  time.Time
	holders map[string]int
	broken  string // the question that fails
}

var errAway = errors.New("postgres://user:secret@host is away")

func (d desk) fails(question string) error {
	if d.broken == question {
		return errAway
	}
	return nil
}

func (d desk) Head(context.Context) (ledger.Head, error) { return d.head, d.fails("head") }

func (d desk) Backlog(context.Context) (int64, time.Time, error) {
	return d.waiting, d.oldest, d.fails("backlog")
}

func (d desk) Holders(context.Context) (map[string]int, error) { return d.holders, d.fails("holders") }

func noon() time.Time { return time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC) }

// TestState: the page says what the parts say, and leaves out what it could
// not ask.
func TestState(t *testing.T) {
	t.Parallel()
	full := desk{
		head:    ledger.Head{Position: 7, Recorded: noon().Add(-time.Second)},
		waiting: 2, oldest: noon().Add(-90 * time.Second),
		holders: map[string]int{"b/2/Y": 24, "a/1/X": 40},
	}
	ahead := full
	ahead.head.Recorded = noon().Add(time.Hour)
	noHead, noBacklog, noHolders := full, full, full
	noHead.broken, noBacklog.broken, noHolders.broken = "head", "backlog", "holders"

	const opening = `"ruoli":["relay","console"],"istante":"2026-11-03T12:00:00Z",`
	const known = `"registro":{"posizione":7,"istante":"2026-11-03T11:59:59Z"},"orologio":{"ritardo_secondi":0,"allarme":false}`
	const queue = `"inoltro":{"in_attesa":2,"piu_vecchio":"2026-11-03T11:58:30Z","eta_secondi":90,` +
		`"detentori":[{"processo":"a/1/X","frammenti":40},{"processo":"b/2/Y","frammenti":24}]}`
	for name, c := range map[string]struct {
		desk   desk
		broker error
		sealed ledger.SealedHead
		want   string
	}{
		"all well": {full, nil, ledger.SealedHead{Position: 6, Instant: noon().Add(-30 * time.Second)},
			`"database_risponde":true,"broker_risponde":true,` + known + `,` + queue +
				`,"testata_sigillata":{"posizione":6,"istante":"2026-11-03T11:59:30Z","eta_secondi":30}`},
		"decisions": {desk{}, nil, ledger.SealedHead{},
			`"database_risponde":true,"broker_risponde":true,"registro":{"posizione":0},"orologio":{"ritardo_secondi":0,"allarme":false},` +
				`"inoltro":{"in_attesa":0,"eta_secondi":0,"detentori":[]},` +
				`"tracciati":{"pacchetto":"2027","impronta":"ab","base":"b","dal":"2026-11-03T12:00:00Z","rifiutato":{"istante":"2026-11-03T12:00:00Z","ragioni":["no"]}}`},
		"empty": {desk{}, nil, ledger.SealedHead{},
			`"database_risponde":true,"broker_risponde":true,"registro":{"posizione":0},"orologio":{"ritardo_secondi":0,"allarme":false},` +
				`"inoltro":{"in_attesa":0,"eta_secondi":0,"detentori":[]}`},
		"broker away":  {full, errAway, ledger.SealedHead{}, `"database_risponde":true,"broker_risponde":false,` + known + `,` + queue},
		"ledger away":  {noHead, nil, ledger.SealedHead{}, `"database_risponde":false,"broker_risponde":true`},
		"outbox away":  {noBacklog, nil, ledger.SealedHead{}, `"database_risponde":false,"broker_risponde":true,` + known},
		"leases away":  {noHolders, nil, ledger.SealedHead{}, `"database_risponde":false,"broker_risponde":true,` + known},
		"clock behind": {ahead, nil, ledger.SealedHead{}, `"database_risponde":true,"broker_risponde":true,"registro":{"posizione":7,"istante":"2026-11-03T13:00:00Z"},"orologio":{"ritardo_secondi":3600,"allarme":true},` + queue},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			standards := func() *Standards { return nil }
			if name == "decisions" {
				standards = func() *Standards {
					return &Standards{Pack: "2027", Digest: "ab", Basis: "b", Since: noon(), Refused: &Refused{noon(), []string{"no"}}}
				}
			}
			page := New(Config{
				Roles: []string{"relay", "console"}, Ledger: c.desk, Standards: standards,
				Broker: func(context.Context) error { return c.broker },
				Sealed: func() ledger.SealedHead { return c.sealed }, Now: noon,
			})
			w := httptest.NewRecorder()
			page.ServeHTTP(w, httptest.NewRequest("GET", "/stato", nil))
			if got, want := decode(t, w.Body.Bytes()), decode(t, []byte("{"+opening+c.want+"}")); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
			if w.Code != 200 || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("status %d, %s", w.Code, w.Header())
			}
		})
	}
}

func decode(t *testing.T, text []byte) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// TestAsksAnew: nothing of an earlier page is kept, and a part that hangs is
// not waited for longer than the caller waits.
func TestAsksAnew(t *testing.T) {
	t.Parallel()
	asked := 0
	page := New(Config{
		Ledger: desk{}, Sealed: func() ledger.SealedHead { return ledger.SealedHead{} }, Now: noon,
		Broker: func(ctx context.Context) error {
			if asked++; asked == 1 {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		},
	})
	for _, want := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		if !want {
			cancel()
		}
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequest("GET", "/stato", nil).WithContext(ctx))
		cancel()
		if got := decode(t, w.Body.Bytes())["broker_risponde"]; got != want {
			t.Errorf("broker answers %v, want %v", got, want)
		}
	}
}
