package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/reconcile"
)

type reportCmd struct {
	Quadratura quadraturaCmd `cmd:"" help:"Received, relayed, registered and receipted side by side, and every item that does not match."`
}

type quadraturaCmd struct {
	node.Place
	From   string        `help:"First day, YYYY-MM-DD, Rome; today if not given." placeholder:"DAY"`
	To     string        `help:"Last day, YYYY-MM-DD, Rome; the first if not given." placeholder:"DAY"`
	Region string        `help:"One region alone."`
	Kind   string        `help:"One kind alone, as UNILAV."`
	Format string        `help:"table, csv or json." enum:"table,csv,json" default:"table"`
	JSON   bool          `help:"The same as --format json."`
	Grace  time.Duration `help:"What is unfinished for less is in progress, no mismatch." default:"60s"`
	Wait   time.Duration `help:"Longest wait for the national store's list." default:"20s"`
}

// Run prints the report and ends with exit code 3 if anything does not match.
func (c quadraturaCmd) Run(ctx context.Context, con verb.Console) error {
	report, err := c.report(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.JSON || c.Format == "json":
		err = verb.PrintJSON(con.Out, report)
	case c.Format == "csv":
		err = printCSV(con, report)
	default:
		err = printTable(con, report)
	}
	if err != nil {
		return err
	}
	if !report.Reconciled {
		return verb.ErrFinding
	}
	return nil
}

// quadratura is what the verb prints: the account and, as evidence, what was
// given up in its days. Dead letters are no findings of their own: what one
// leaves undone is a mismatch already.
type quadratura struct {
	Reconciled bool `json:"reconciled"`
	reconcile.Report
	Letters []letter `json:"scarti"`
}

// report accounts once over everything; where the totals differ it asks the
// national store for its list and accounts again with those lines in detail.
func (c quadraturaCmd) report(ctx context.Context) (report quadratura, err error) {
	if err := c.Check(); err != nil {
		return report, err
	}
	days, err := c.days()
	if err != nil {
		return report, err
	}
	store, err := c.Ledger(ctx)
	if err != nil {
		return report, err
	}
	defer store.Close()
	err = c.Broker(ctx, func(addrs []string) error {
		// Totals first: what they count is in the ledger read after.
		totals, err := c.totals(ctx, addrs, days)
		if err != nil {
			return err
		}
		account, err := c.account(ctx, store, days)
		if err != nil {
			return err
		}
		suspects := account.Suspects(totals)
		national := make(map[reconcile.Key]reconcile.National)
		for k, t := range totals {
			national[k] = reconcile.National{Total: &t}
		}
		if len(suspects) > 0 {
			c.ask(ctx, addrs, suspects, national)
			if account, err = c.account(ctx, store, days, suspects...); err != nil {
				return err
			}
		}
		report.Report = account.Close(national)
		report.Reconciled = report.Report.Reconciled()
		report.Letters, err = c.letters(ctx, addrs, days)
		return err
	})
	return report, err
}

// days is the span asked for, with the zone it is in.
type days struct {
	from, to string
	rome     *time.Location
}

func (c quadraturaCmd) days() (days, error) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return days{}, fmt.Errorf("load time zone: %w", err)
	}
	d := days{from: c.From, to: c.To, rome: rome}
	if d.from == "" {
		d.from = time.Now().In(rome).Format(time.DateOnly)
	}
	if d.to == "" {
		d.to = d.from
	}
	for _, day := range []string{d.from, d.to} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return days{}, fmt.Errorf("--from and --to: want YYYY-MM-DD: %w", verb.ErrUsage)
		}
	}
	if d.to < d.from {
		return days{}, fmt.Errorf("--to comes before --from: %w", verb.ErrUsage)
	}
	if _, ok := routing.RegionBySlug(c.Region); c.Region != "" && !ok {
		return days{}, fmt.Errorf("--region %s: no such region: %w", c.Region, verb.ErrUsage)
	}
	return d, nil
}

func (c quadraturaCmd) wants(k reconcile.Key, d days) bool {
	return k.Day >= d.from && k.Day <= d.to && (c.Region == "" || c.Region == k.Region) && (c.Kind == "" || c.Kind == k.Kind)
}

// totals are the last control totals on the topic, by line.
func (c quadraturaCmd) totals(ctx context.Context, addrs []string, d days) (map[reconcile.Key]reconcile.Total, error) {
	last := make(map[reconcile.Key]kafka.Total)
	err := kafka.Scan(ctx, addrs, routing.TopicTotals, func(m kafka.Message) error {
		if m.Type() != kafka.TypeTotal {
			return nil
		}
		t, err := kafka.DecodeTotal(m)
		if err != nil {
			return nil // the hub has recorded it as an anomaly
		}
		k := reconcile.Key{Day: t.Day, Region: t.Region, Kind: t.Kind}
		if c.wants(k, d) && !t.Instant.Before(last[k].Instant) {
			last[k] = t
		}
		return nil
	})
	totals := make(map[reconcile.Key]reconcile.Total, len(last))
	for k, t := range last {
		totals[k] = t.Total
	}
	return totals, err
}

// askAtOnce is how many lists are asked for at a time: an answer takes half a
// second, mostly of waiting, and a day of three regions has a key for each kind.
const askAtOnce = 16

// ask fills in the lists of the suspects; a store that does not answer in time
// leaves the rest with their totals.
func (c quadraturaCmd) ask(ctx context.Context, addrs []string, suspects []reconcile.Key, national map[reconcile.Key]reconcile.National) {
	ctx, cancel := context.WithTimeout(ctx, c.Wait)
	defer cancel()
	lists := together(suspects, func(k reconcile.Key) ([]reconcile.Registration, error) {
		return kafka.RequestList(ctx, addrs, k.Day, k.Region, k.Kind)
	})
	for k, list := range lists {
		n := national[k]
		n.List = list
		national[k] = n
	}
}

// together asks for lists, askAtOnce at a time, and gives those that came.
func together(keys []reconcile.Key, ask func(reconcile.Key) ([]reconcile.Registration, error)) map[reconcile.Key][]reconcile.Registration {
	var mu sync.Mutex
	lists := make(map[reconcile.Key][]reconcile.Registration, len(keys))
	var g errgroup.Group
	g.SetLimit(askAtOnce)
	for _, k := range keys {
		g.Go(func() error {
			list, err := ask(k)
			if err == nil && list != nil {
				mu.Lock()
				defer mu.Unlock()
				lists[k] = list
			}
			return nil // one that did not come holds up no other
		})
	}
	_ = g.Wait()
	return lists
}

// account enters every submission of the days, and every anomaly.
func (c quadraturaCmd) account(ctx context.Context, store *sqlstore.Store, d days, detail ...reconcile.Key) (*reconcile.Account, error) {
	a := reconcile.NewAccount(time.Now(), c.Grace, detail...)
	first, last, err := store.Span(ctx, d.from, d.to)
	if err != nil || last < first {
		return a, err
	}
	causes, err := causesOf(ctx, store, first)
	if err != nil {
		return nil, err
	}
	filter := ledger.ProgressFilter{From: first, To: last, Region: c.Region, Kind: c.Kind}
	err = store.Progress(ctx, filter, func(p ledger.Progress) error {
		it := itemOf(p, d.rome)
		it.Cause = causes[p.Entry.Hash]
		a.Add(it)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = store.Of(ctx, ledger.Anomaly, first, 0, func(s ledger.Stored) error {
		o, err := oddityOf(ctx, store, s.Entry, d.rome)
		if err == nil && c.wants(o.Key, d) {
			a.Oddity(o)
		}
		return err
	})
	return a, err
}

func itemOf(p ledger.Progress, rome *time.Location) reconcile.Item {
	e := p.Entry
	it := reconcile.Item{
		Key:      reconcile.Key{Day: e.Day(rome), Region: e.Region, Kind: verb.OrDash(e.Kind)},
		Position: e.Position, ID: e.ID(), Codice: e.Codice, Digest: e.Digest.String(),
		Status: e.Status, Recorded: e.Recorded, Relayed: len(p.Deliveries) > 0,
	}
	for _, delivery := range p.Deliveries {
		it.Relayed = it.Relayed && !delivery.Done.IsZero()
		it.DeadLetter = it.DeadLetter || delivery.Dead != 0
	}
	if p.Outcome != nil {
		it.Outcome = reconcile.Result{
			Status: p.Outcome.Status, Registration: p.Outcome.Registration, Receipted: p.Registered,
		}
	}
	return it
}

// oddityOf reads an anomaly entry; one about a message of unknown origin has
// no region and no kind.
func oddityOf(ctx context.Context, store *sqlstore.Store, e ledger.Entry, rome *time.Location) (reconcile.Oddity, error) {
	o := reconcile.Oddity{
		Key:      reconcile.Key{Day: e.Day(rome), Region: verb.OrDash(e.Region), Kind: verb.OrDash(e.Kind)},
		Position: e.Position, ID: e.Subject.String(), Codice: e.Codice,
	}
	var note ledger.AnomalyNote
	if err := json.Unmarshal(e.Payload, &note); err != nil {
		return o, nil // the audit names a payload that is none
	}
	o.Digest, o.Registration, o.Text = note.Digest, note.Registration, anomalyText(note.Reason)
	if o.Codice == "" {
		o.Codice = note.Codice
	}
	if note.Reason != ledger.OutcomeUnknown || note.Outcome != ledger.Registered {
		return o, nil
	}
	return twin(ctx, store, o, rome)
}

// twin makes an unknown registration that of the communication whose content
// it has, if there is one: that is what was registered twice.
func twin(ctx context.Context, store *sqlstore.Store, o reconcile.Oddity, rome *time.Location) (reconcile.Oddity, error) {
	digest, err := ledger.ParseHash(o.Digest)
	if err != nil || digest.IsZero() {
		return o, nil
	}
	first, found, err := store.Accepted(ctx, digest, "", ledger.Hash{})
	if err != nil || !found {
		return o, err
	}
	e := first.Entry
	return reconcile.Oddity{
		Key:      reconcile.Key{Day: e.Day(rome), Region: e.Region, Kind: e.Kind},
		Position: e.Position, ID: e.ID(), Codice: e.Codice, Digest: o.Digest, Registration: o.Registration, Twice: true,
		Text: fmt.Sprintf("registrata di nuovo dal nodo nazionale, con il codice %s che il registro non ha dato", o.Codice),
	}, nil
}

// anomalyText is the reason of an anomaly in Italian. Reasons of messages out
// of place are Italian already.
func anomalyText(reason string) string {
	switch reason {
	case ledger.OutcomeUnknown:
		return "esito del nodo nazionale per una comunicazione che il registro non ha"
	case ledger.OutcomeMismatch:
		return "esito del nodo nazionale con codice o impronta di un'altra comunicazione"
	case ledger.OutcomeDifferent:
		return "secondo esito del nodo nazionale, diverso dal primo"
	}
	return reason
}

// columns of the table and of the CSV form.
var columns = []string{"giorno", "regione", "tracciato", "ricevute", "accettate", "respinte", "inoltrate",
	"registrate", "rifiutate", "ricevutate", "in corso", "totale nazionale", "non quadrano"}

func cells(r reconcile.Row) []string {
	row := []string{r.Day, r.Region, r.Kind}
	for _, n := range []int64{r.Received, r.Accepted, r.Rejected, r.Relayed, r.Registered, r.Declined,
		r.Receipted, r.InProgress, r.National, r.Mismatched} {
		if n < 0 {
			row = append(row, "-")
			continue
		}
		row = append(row, strconv.FormatInt(n, 10))
	}
	return row
}

func printTable(con verb.Console, r quadratura) error {
	w := tabwriter.NewWriter(con.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, strings.Join(columns, "\t")+"\t")
	for _, row := range r.Rows {
		fmt.Fprintln(w, strings.Join(cells(row), "\t")+"\t")
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	for _, m := range r.Mismatches {
		fmt.Fprintf(con.Out, "NON QUADRA  %s %s %s  codice %s  posizione %d  voce %s  impronta %s: %s",
			m.Day, m.Region, m.Kind, verb.OrDash(m.Codice), m.Position, verb.OrDash(m.ID), verb.OrDash(m.Digest), m.Text)
		if len(m.Registration) > 0 {
			fmt.Fprintf(con.Out, " %v", m.Registration)
		}
		fmt.Fprintln(con.Out)
	}
	for _, l := range r.Letters {
		fmt.Fprintln(con.Out, l.line())
	}
	verdict := "quadra"
	if !r.Reconciled {
		verdict = fmt.Sprintf("NON quadra: %d differenze", len(r.Mismatches))
	}
	_, err := fmt.Fprintln(con.Out, verdict)
	return err
}

// printCSV writes the rows and, each behind an empty line and with names of its
// own, the mismatches and the dead letters, where there are any.
func printCSV(con verb.Console, r quadratura) error {
	rows, mismatches, letters := [][]string{columns}, [][]string{}, [][]string{}
	for _, row := range r.Rows {
		rows = append(rows, cells(row))
	}
	for _, m := range r.Mismatches {
		mismatches = append(mismatches, []string{m.Day, m.Region, m.Kind, string(m.Reason), m.Codice,
			strconv.FormatInt(m.Position, 10), m.ID, m.Digest, m.Text})
	}
	for _, l := range r.Letters {
		letters = append(letters, l.cells())
	}
	for i, table := range [][][]string{
		rows,
		under([]string{"giorno", "regione", "tracciato", "motivo", "codice", "posizione", "voce", "impronta", "testo"}, mismatches),
		under(letterColumns, letters),
	} {
		if len(table) == 0 {
			continue
		}
		if i > 0 {
			fmt.Fprintln(con.Out)
		}
		if err := csv.NewWriter(con.Out).WriteAll(table); err != nil {
			return fmt.Errorf("print report: %w", err)
		}
	}
	return nil
}

// under puts names over a table that has rows.
func under(names []string, rows [][]string) [][]string {
	if len(rows) == 0 {
		return nil
	}
	return append([][]string{names}, rows...)
}
