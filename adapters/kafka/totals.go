package kafka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/reconcile"
)

// Total is a control total of the national store.
type Total struct {
	reconcile.Total
	Registration int64     // the last registrazione counted
	Instant      time.Time // when it was published, UTC
	// Offsets tells how far the store has applied each partition of the
	// kind's topic: the offset after the last.
	Offsets map[int]int64
}

type totalJSON struct {
	Day          string        `json:"day"`
	Region       string        `json:"region"`
	Kind         string        `json:"kind"`
	Count        int64         `json:"count"`
	Sum          reconcile.Sum `json:"sum"`
	Registration int64         `json:"registrazione"`
	Instant      stamp         `json:"instant"`
	Offsets      map[int]int64 `json:"offsets"`
}

// Statement is what the hub records of quadratura.v1: a total or a page of a
// list, as received.
type Statement struct {
	Message Message
	Total   *Total // set on totals
	Page    *Page  // set on pages
}

// StatementSink takes statements into the ledger, in order for one key. The
// rules of OutcomeSink hold.
type StatementSink interface {
	Statement(ctx context.Context, s Statement) error
	Anomaly(ctx context.Context, a Anomaly) error
}

// Totals consumes quadratura.v1 into sink until ctx ends; it then returns nil.
// The hub's own heads and requests are passed over.
func Totals(ctx context.Context, r *Reader, sink StatementSink, log *slog.Logger) error {
	return consume(ctx, r, log, func(ctx context.Context, m Message) error {
		s := Statement{Message: m}
		switch m.Type() {
		case TypeHead, TypeRequest:
			return nil
		case TypeTotal:
			t, err := DecodeTotal(m)
			if err != nil {
				return sink.Anomaly(ctx, anomaly(m, "totale di quadratura non conforme al contratto"))
			}
			s.Total = &t
		case TypeList:
			p, err := DecodePage(m)
			if err != nil {
				return sink.Anomaly(ctx, anomaly(m, "pagina di elenco non conforme al contratto"))
			}
			s.Page = &p
		default:
			return sink.Anomaly(ctx, anomaly(m, "messaggio di quadratura di tipo sconosciuto"))
		}
		return sink.Statement(ctx, s)
	})
}

// DecodeTotal reads a message of type TypeTotal.
func DecodeTotal(m Message) (Total, error) {
	var j totalJSON
	if err := strict(m.Value, &j); err != nil {
		return Total{}, fmt.Errorf("decode total: %w", err)
	}
	if err := checkKey(j.Day, j.Region, j.Kind); err != nil {
		return Total{}, fmt.Errorf("decode total: %w", err)
	}
	if j.Count < 0 || j.Registration < 0 || time.Time(j.Instant).IsZero() {
		return Total{}, errors.New("decode total: count, registrazione or instant out of range")
	}
	return Total{
		Total:        reconcile.Total{Day: j.Day, Region: j.Region, Kind: j.Kind, Count: j.Count, Sum: j.Sum},
		Registration: j.Registration, Instant: time.Time(j.Instant), Offsets: j.Offsets,
	}, nil
}

// checkKey checks the form of a day, a region and a kind.
func checkKey(day, region, kind string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return errors.New("day not YYYY-MM-DD")
	}
	if _, ok := routing.RegionBySlug(region); !ok {
		return errors.New("unknown region")
	}
	if kind == "" || len(kind) > 32 {
		return errors.New("kind missing")
	}
	return nil
}

// Page is one page of a list of registrations, the answer to a request.
type Page struct {
	Request string // id of the request
	Day     string
	Region  string
	Kind    string
	Number  int // 1, 2, 3, ...
	Last    bool
	Items   []reconcile.Registration
}

type pageJSON struct {
	Request string     `json:"request"`
	Day     string     `json:"day"`
	Region  string     `json:"region"`
	Kind    string     `json:"kind"`
	Number  int        `json:"page"`
	Last    bool       `json:"last"`
	Items   []itemJSON `json:"items"`
}

type itemJSON struct {
	CeID         string `json:"ce_id"`
	Registration int64  `json:"registrazione"`
}

type requestJSON struct {
	Request string `json:"request"`
	Day     string `json:"day"`
	Region  string `json:"region"`
	Kind    string `json:"kind"`
}

// DecodePage reads a message of type TypeList.
func DecodePage(m Message) (Page, error) {
	var j pageJSON
	if err := strict(m.Value, &j); err != nil {
		return Page{}, fmt.Errorf("decode page: %w", err)
	}
	if err := checkKey(j.Day, j.Region, j.Kind); err != nil || j.Request == "" || j.Number < 1 {
		return Page{}, errors.New("decode page: request, number or key missing")
	}
	p := Page{Request: j.Request, Day: j.Day, Region: j.Region, Kind: j.Kind, Number: j.Number, Last: j.Last}
	for _, it := range j.Items {
		if _, err := parseID(it.CeID); err != nil || it.Registration < 1 {
			return Page{}, errors.New("decode page: item out of form")
		}
		p.Items = append(p.Items, reconcile.Registration{ID: it.CeID, Number: it.Registration})
	}
	return p, nil
}

func requestMessage(id, day, region, kind string, now time.Time) (kafkago.Message, error) {
	value, err := json.Marshal(requestJSON{id, day, region, kind})
	if err != nil {
		return kafkago.Message{}, fmt.Errorf("encode request: %w", err)
	}
	return kafkago.Message{
		Topic: routing.TopicTotals, Key: []byte(id), Value: value,
		Headers: event(id, SourceHub, TypeRequest, "", now, contentJSON),
	}, nil
}
