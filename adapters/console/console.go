// Package console shows operators how the hub stands: a page of state in JSON.
//
// It owns what the page says and its Italian names. It must not open, decide
// or change anything, and shows no personal data: counts, positions, instants
// and names of processes. Where it is reached is cmd's to choose.
package console

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sort"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// Ledger is what the page asks of the store. Safe for concurrent use.
type Ledger interface {
	Head(context.Context) (ledger.Head, error)
	// Backlog counts what waits in the outbox; oldest is when the first of
	// it was recorded, zero if nothing waits.
	Backlog(context.Context) (waiting int64, oldest time.Time, err error)
	// Holders counts the relay's shards by the process that holds them.
	Holders(context.Context) (map[string]int, error)
}

// Config is what the page needs; Log may be nil.
type Config struct {
	Roles  []string // of this process
	Ledger Ledger
	Broker func(context.Context) error // nil: a broker answers
	Sealed func() ledger.SealedHead    // the latest sealed head known; zero if none
	// Standards tells what decisions read; it gives nil in a process that takes
	// none, and may be nil itself.
	Standards func() *Standards
	Now       func() time.Time
	Log       *slog.Logger
}

// Standards is what the decisions of a process read.
type Standards struct {
	Pack    string    `json:"pacchetto,omitempty"` // name; empty: the program's own
	Digest  string    `json:"impronta,omitempty"`  // of the pack
	Basis   string    `json:"base"`                // as entries have it
	Since   time.Time `json:"dal"`
	Refused *Refused  `json:"rifiutato,omitempty"`
}

// Refused is a later pack that was not taken.
type Refused struct {
	Instant time.Time `json:"istante"`
	Reasons []string  `json:"ragioni"`
}

// patience bounds how long each question of a page may wait.
const patience = 5 * time.Second

// state is the page. Parts that could not be asked are absent.
type state struct {
	Roles    []string  `json:"ruoli"`
	Instant  time.Time `json:"istante"`
	Database bool      `json:"database_risponde"`
	Broker   bool      `json:"broker_risponde"`
	Ledger   *head     `json:"registro,omitempty"`
	Sealed   *sealed   `json:"testata_sigillata,omitempty"`
	Relay    *relay    `json:"inoltro,omitempty"`
	Clock    *clock    `json:"orologio,omitempty"`
	// Standards is absent where no decision is taken.
	Standards *Standards `json:"tracciati,omitempty"`
}

type head struct {
	Position int64      `json:"posizione"`
	Recorded *time.Time `json:"istante,omitempty"` // absent on an empty ledger
}

type sealed struct {
	Position int64     `json:"posizione"`
	Instant  time.Time `json:"istante"`
	Age      float64   `json:"eta_secondi"`
}

type relay struct {
	Waiting int64      `json:"in_attesa"`
	Oldest  *time.Time `json:"piu_vecchio,omitempty"`
	Age     float64    `json:"eta_secondi"` // of the oldest, 0 if nothing waits
	Holders []holder   `json:"detentori"`
}

type holder struct {
	Name   string `json:"processo"`
	Shards int    `json:"frammenti"` // of ledger.Shards
}

type clock struct {
	Behind float64 `json:"ritardo_secondi"` // behind the ledger's last entry, 0 if not
	Alarm  bool    `json:"allarme"`         // by ledger.ClockAlarm or more
}

// New gives the page. It answers 200 whatever it finds, for that is what it
// is there to say, and asks anew at every call.
func New(c Config) http.Handler {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		page := json.NewEncoder(w)
		page.SetIndent("", "  ")
		if err := page.Encode(c.look(r.Context())); err != nil {
			c.Log.Debug("page of state not delivered", "error", err)
		}
	})
}

// look asks every part.
func (c Config) look(ctx context.Context) state {
	now := c.Now().UTC()
	s := state{Roles: c.Roles, Instant: now}
	s.Broker = c.ask(ctx, "broker", c.Broker)
	s.Database = c.ask(ctx, "ledger", func(ctx context.Context) error {
		last, err := c.Ledger.Head(ctx)
		if err != nil {
			return err
		}
		s.Ledger = &head{Position: last.Position}
		s.Clock = new(clock)
		if last.Position > 0 {
			s.Ledger.Recorded = &last.Recorded
			behind := last.Recorded.Sub(now)
			s.Clock.Behind, s.Clock.Alarm = max(0, behind.Seconds()), behind >= ledger.ClockAlarm
		}
		return nil
	})
	if s.Database {
		s.Database = c.ask(ctx, "outbox", func(ctx context.Context) (err error) {
			s.Relay, err = c.relay(ctx, now)
			return err
		})
	}
	if c.Standards != nil {
		s.Standards = c.Standards()
	}
	if h := c.Sealed(); h.Position > 0 {
		s.Sealed = &sealed{Position: h.Position, Instant: h.Instant, Age: now.Sub(h.Instant).Seconds()}
	}
	return s
}

func (c Config) relay(ctx context.Context, now time.Time) (*relay, error) {
	waiting, oldest, err := c.Ledger.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	holders, err := c.Ledger.Holders(ctx)
	if err != nil {
		return nil, err
	}
	r := &relay{Waiting: waiting, Holders: []holder{}}
	if !oldest.IsZero() {
		r.Oldest, r.Age = &oldest, max(0, now.Sub(oldest).Seconds())
	}
	for name, shards := range holders {
		r.Holders = append(r.Holders, holder{name, shards})
	}
	sort.Slice(r.Holders, func(i, j int) bool { return r.Holders[i].Name < r.Holders[j].Name })
	return r, nil
}

// ask puts one question; what went wrong is for the log, not for the page.
func (c Config) ask(ctx context.Context, part string, question func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := question(ctx); err != nil {
		c.Log.Warn("a part does not answer", "part", part, "error", err)
		return false
	}
	return true
}
