package main

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/routing/reconcile"
	"github.com/snodo-co/snodo/transform/co"
)

// reported runs the report of the days since an instant.
func (d *desk) reported(t *testing.T, since time.Time, more ...string) (int, quadratura) {
	t.Helper()
	code, out, errs := attempt(t, slices.Concat([]string{"report", "quadratura", "--data", d.data, "--json"}, span(t, since), more)...)
	var q quadratura
	if err := json.Unmarshal([]byte(out), &q); err != nil {
		t.Fatalf("exit code %d: %v\n%s%s", code, err, out, errs)
	}
	return code, q
}

// TestReportShowsWhatTheStoreGaveUp: a message that nobody of ours wrote, which
// the national store can answer to nobody, is in the report with its place and
// cause, while the hub runs and after. It is no communication, so all reconciles.
func TestReportShowsWhatTheStoreGaveUp(t *testing.T) {
	t.Parallel()
	since, d := time.Now(), newDesk(t)
	w := kafka.NewWriter(d.Brokers(), kafka.NewTransport())
	foreign := kafkago.Message{Topic: routing.TopicFor(co.UNISOMM), Key: []byte("x"), Value: []byte("<secret/>")}
	if err := w.WriteMessages(t.Context(), foreign); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := letter{Source: byNational, Topic: foreign.Topic, Cause: "ce_id assente o non valido"}
	shown := func(code int, q quadratura) bool {
		if code != verb.ExitDone || !q.Reconciled || len(q.Letters) != 1 {
			return false
		}
		got := q.Letters[0]
		place, recent := strings.HasPrefix(got.Message, foreign.Topic+"/"), got.Instant.After(since.Add(-time.Second))
		got.Message, got.Instant = "", time.Time{}
		return place && recent && got == want
	}
	eventually(t, "the dead letter", func() bool { return shown(d.reported(t, since)) })
	if _, q := d.reported(t, since, "--kind", co.LAO); len(q.Letters) != 0 {
		t.Errorf("letters of another kind: %+v", q.Letters)
	}
	if _, q := d.reported(t, since, "--region", "lazio", "--kind", co.UNISOMM); len(q.Letters) != 1 {
		t.Errorf("a letter that is of no region: %+v", q.Letters)
	}
	d.stop()
	if code, q := d.reported(t, since); !shown(code, q) {
		t.Errorf("stopped: exit code %d, %+v", code, q)
	}
	code, out, _ := attempt(t, slices.Concat([]string{"report", "quadratura", "--data", d.data}, span(t, since))...)
	if code != verb.ExitDone || !strings.Contains(out, "\nSCARTO  ") || !strings.Contains(out, want.Cause+"\nquadra\n") || strings.Contains(out, "secret") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	before := []string{"report", "quadratura", "--data", d.data, "--json", "--from", "2020-01-01"}
	if out := mustRun(t, before...); !strings.Contains(out, `"scarti": []`) {
		t.Error(out)
	}
}

// TestReportSaysWhyAMessageWasGivenUp: the cause that the ledger keeps stands
// with the communication that does not reconcile.
func TestReportSaysWhyAMessageWasGivenUp(t *testing.T) {
	t.Parallel()
	since, d := time.Now(), newDesk(t)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(d.data, node.LedgerFile)+"?_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// The relay has no shard any more, so nothing leaves by itself.
	taken, err := db.ExecContext(t.Context(), `UPDATE relay_leases SET holder = 'other', expires = ?`, time.Now().Add(time.Hour).UnixMicro())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := taken.RowsAffected(); err != nil || n == 0 {
		t.Fatal("no shard taken", err)
	}
	_, list := d.submit(t, "marche", slices.Concat(d.sign, []string{d.path("good.xml")})...)
	e, _ := d.stored(t, list[0].Codice)
	dead := node.Sinks{Journal: d.Store, Now: time.Now}
	if err := dead.Bury(t.Context(), ledger.Message{Entry: e, Topic: routing.TopicFor(co.UNILAV)}, "messaggio troppo grande per il broker"); err != nil {
		t.Fatal(err)
	}
	code, q := d.reported(t, since)
	if code != verb.ExitFinding || q.Reconciled || len(q.Mismatches) != 1 {
		t.Fatalf("exit code %d, %+v", code, q)
	}
	m := q.Mismatches[0]
	if m.Reason != reconcile.Buried || m.Codice != list[0].Codice || !strings.Contains(m.Text, "(co.unilav.v1: messaggio troppo grande per il broker)") {
		t.Errorf("%+v", m)
	}
}
