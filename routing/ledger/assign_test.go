package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/routing"
)

func draft(t *testing.T, content string, change ...func(*Draft)) Draft {
	t.Helper()
	d := Draft{
		Entry: Entry{
			Type: Submission, Status: Accepted, Received: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
			Region: "piemonte", Sender: "sender", Kind: "UNILAV", Digest: sha256.Sum256([]byte(content)),
			Employer: "E " + content, Worker: "W", Start: "2026-01-01",
		},
		Document: []byte(content), Province: "001", Deliveries: routing.Plan("UNILAV"),
	}
	for _, f := range change {
		f(&d)
	}
	if err := d.Normalize(); err != nil {
		t.Fatal(err)
	}
	return d
}

func group(t *testing.T, drafts ...Draft) *Group {
	t.Helper()
	g := &Group{Now: time.Date(2026, 11, 22, 9, 0, 1, 0, time.UTC), Seal: Hash{1}, Counters: map[Counter]int64{}}
	for _, d := range drafts {
		g.Members = append(g.Members, Member{Draft: d})
	}
	return g
}

func assign(t *testing.T, g *Group) *Batch {
	t.Helper()
	b, err := Assigner{Rome: mustRome(t)}.Assign(g)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func actions(b *Batch) string {
	names := map[Action]string{Append: "append", Again: "again", Foreign: "foreign", Deferred: "deferred", Stale: "stale", Invalid: "invalid"}
	var list []string
	for _, v := range b.Verdicts {
		list = append(list, names[v.Action])
	}
	return strings.Join(list, " ")
}

func TestMembersSeeEachOther(t *testing.T) {
	t.Parallel()
	sender := func(s string) func(*Draft) { return func(d *Draft) { d.Entry.Sender = s } }
	request := func(d *Draft) { d.Entry.RequestDigest = Hash{7} }
	people := func(d *Draft) { d.Entry.Employer = "E" }
	rejected := func(faults string) func(*Draft) {
		return func(d *Draft) { d.Entry.Status, d.Entry.Faults, d.Deliveries = Rejected, []byte(faults), nil }
	}
	previous := func(codice string) func(*Draft) { return func(d *Draft) { d.Entry.Previous = codice } }
	cases := []struct {
		name   string
		drafts []Draft
		want   string
	}{
		{"copies", []Draft{draft(t, "a"), draft(t, "b"), draft(t, "a"), draft(t, "a", sender("other"))}, "append append again foreign"},
		{"copies of a request", []Draft{draft(t, "a", request), draft(t, "a2", request), draft(t, "a3", request, sender("other"))}, "append again append"},
		{"a rejection of what was just accepted", []Draft{draft(t, "a"), draft(t, "a", rejected("[1]")), draft(t, "a", rejected("[1]"), sender("other"))}, "append again append"},
		{"rejections", []Draft{draft(t, "a", rejected("[1]")), draft(t, "a", rejected("[1]")), draft(t, "a", rejected("[2]")), draft(t, "a", rejected("[1]"))}, "append again append append"},
		{"accepted after a rejection", []Draft{draft(t, "a", rejected("[1]")), draft(t, "a")}, "append append"},
		{"same people and start", []Draft{draft(t, "a", people), draft(t, "b", people), draft(t, "c")}, "append deferred append"},
		{"same unknown previous code", []Draft{draft(t, "a", previous("1199926000000777")), draft(t, "b", previous("1199926000000777"))}, "append deferred"},
		{"a copy of a deferred one", []Draft{draft(t, "a", people), draft(t, "b", people), draft(t, "b", people)}, "append deferred deferred"},
		{"a code given in this very group, guessed", []Draft{draft(t, "a"), draft(t, "b", previous("1300126000000001"))}, "append deferred"},
	}
	for _, c := range cases {
		b := assign(t, group(t, c.drafts...))
		if got := actions(b); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		prev := Hash{}
		for i := range b.Entries {
			e := &b.Entries[i]
			if e.Position != int64(i+1) || e.Hash != e.Chain(prev) {
				t.Errorf("%s: entry %d does not follow", c.name, i)
			}
			prev = e.Hash
		}
		if b.Head.Hash != prev || b.Head.Position != int64(len(b.Entries)) {
			t.Errorf("%s: the head is not the last entry", c.name)
		}
	}
}

func TestAssignRows(t *testing.T) {
	t.Parallel()
	g := group(t, draft(t, "a"), draft(t, "b", func(d *Draft) { d.Entry.Region, d.Province = "lazio", "" }))
	g.Counters[Counter{"13", "001", 2026}] = 41
	b := assign(t, g)
	if b.Entries[0].Codice != "1300126000000042" || b.Entries[1].Codice != "0800026000000001" {
		t.Errorf("codes %s and %s", b.Entries[0].Codice, b.Entries[1].Codice)
	}
	if fmt.Sprint(b.Counters) != "[{{13 001 2026} 42 false} {{08 000 2026} 1 true}]" {
		t.Errorf("counters %v", b.Counters)
	}
	if len(b.Outbox) != 2 || b.Outbox[0].Root != b.Entries[0].Codice || b.Outbox[0].Shard != Shard(b.Entries[0].Root) {
		t.Errorf("outbox %v", b.Outbox)
	}
	if len(b.Contents) != 2 || !b.Contents[0].New || len(b.Chains) != 2 || b.Chains[1].Head != b.Entries[1].Hash {
		t.Errorf("contents %v, chains %v", b.Contents, b.Chains)
	}
	r := b.Result(1, [][]byte{[]byte("r0"), []byte("r1")})
	if r.Repeated || r.Entry.Position != 2 || string(r.Receipt) != "r1" {
		t.Errorf("result %+v", r)
	}
}

func TestRecorded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 0, 1, 123_456_789, time.UTC)
	for _, c := range []struct {
		name   string
		head   time.Time
		want   time.Time
		behind time.Duration
	}{
		{"empty ledger", time.Time{}, now.Truncate(time.Microsecond), 0},
		{"clock ahead", now.Add(-time.Hour), now.Truncate(time.Microsecond), 0},
		{"clock equal", now.Truncate(time.Microsecond), now.Truncate(time.Microsecond).Add(time.Microsecond), 0},
		{"clock a little behind", now.Truncate(time.Microsecond).Add(time.Second), now.Truncate(time.Microsecond).Add(time.Second + time.Microsecond), 0},
		{"clock alarmingly behind", now.Add(2 * time.Second).Truncate(time.Microsecond), now.Add(2 * time.Second).Truncate(time.Microsecond).Add(time.Microsecond), 0},
		{"clock far behind", now.Add(time.Hour).Truncate(time.Microsecond), now.Add(time.Hour).Truncate(time.Microsecond).Add(time.Microsecond), time.Hour},
	} {
		g := group(t, draft(t, "a"), draft(t, "b"))
		g.Now = now
		if !c.head.IsZero() {
			g.Head = Head{Position: 1, Recorded: c.head}
		}
		b := assign(t, g)
		if !b.Entries[0].Recorded.Equal(c.want) || !b.Entries[1].Recorded.Equal(c.want.Add(time.Microsecond)) {
			t.Errorf("%s: recorded %v and %v, want %v", c.name, b.Entries[0].Recorded, b.Entries[1].Recorded, c.want)
		}
		if (b.Behind > 0) != (c.head.Sub(now) >= ClockAlarm) || b.Behind.Round(time.Minute) != c.behind.Round(time.Minute) {
			t.Errorf("%s: behind %v", c.name, b.Behind)
		}
	}
}

// TestYearTurnsInsideAGroup: members on both sides of midnight in Rome.
func TestYearTurnsInsideAGroup(t *testing.T) {
	t.Parallel()
	g := group(t, draft(t, "a"), draft(t, "b"), draft(t, "c"))
	g.Now = time.Date(2026, 12, 31, 22, 59, 59, 999_998_000, time.UTC)
	a := Assigner{Rome: mustRome(t), First: map[string]int64{"13": 100}}
	if keys := a.CounterKeys(g); len(keys) != 2 {
		t.Errorf("counters looked up %v, want two years", keys)
	}
	g.Counters[Counter{"13", "001", 2026}] = 7
	b, err := a.Assign(g)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(b.Entries[0].Codice, " ", b.Entries[1].Codice, " ", b.Entries[2].Codice)
	if got != "1300126000000008 1300126000000009 1300127000000100" {
		t.Errorf("codes %s", got)
	}
}

func TestCounterExhausted(t *testing.T) {
	t.Parallel()
	g := group(t, draft(t, "a"))
	g.Counters[Counter{"13", "001", 2026}] = 999_999_999
	if _, err := (Assigner{Rome: mustRome(t)}).Assign(g); err == nil {
		t.Error("a tenth digit was given")
	}
}

func TestStaleReading(t *testing.T) {
	t.Parallel()
	q := ChainQuery{Employer: "E a", Worker: "W", Start: "2026-01-01"}
	withReading := func(r Reading) func(*Draft) { return func(d *Draft) { d.Reading = &r } }
	c := &Chain{Root: "1300126000000001", Employer: "E a", Worker: "W", Start: "2026-01-01", Head: Hash{5}, Position: 1}
	for _, test := range []struct {
		name    string
		reading Reading
		found   ChainFound
		want    string
	}{
		{"nothing then, nothing now", Reading{Query: q}, ChainFound{}, "append"},
		{"nothing then, a chain now", Reading{Query: q}, ChainFound{ByStart: c}, "stale"},
		{"the same head", Reading{Query: q, Head: Hash{5}}, ChainFound{ByStart: c}, "append"},
		{"another head", Reading{Query: q, Head: Hash{4}}, ChainFound{ByStart: c}, "stale"},
		{"known then, unknown now", Reading{Query: q, Head: Hash{5}, Known: true}, ChainFound{ByStart: c}, "stale"},
	} {
		g := group(t, draft(t, "a", withReading(test.reading)))
		g.Members[0].Found.Chain, g.Members[0].Found.Reading = test.found, test.found
		if got := actions(assign(t, g)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestOutcomesInOneGroup(t *testing.T) {
	t.Parallel()
	accepted := assign(t, group(t, draft(t, "a"))).Entries[0]
	subject := &Stored{Entry: accepted, Receipt: []byte("receipt")}
	outcome := func(registration int64) Member {
		d := Draft{Entry: Entry{
			Type: Outcome, Status: Registered, Received: accepted.Received, Subject: accepted.Hash,
			Codice: accepted.Codice, Digest: accepted.Digest, Registration: registration, Instant: accepted.Recorded,
		}}
		if err := d.Normalize(); err != nil {
			t.Fatal(err)
		}
		return Member{Draft: d, Found: Found{Subject: subject}}
	}
	g := group(t)
	g.Head = Head{Position: 1, Hash: accepted.Hash, Recorded: accepted.Recorded}
	g.Members = []Member{outcome(1), outcome(1), outcome(2), outcome(2)}
	b := assign(t, g)
	if got := actions(b); got != "append again append again" {
		t.Errorf("%s", got)
	}
	if b.Entries[0].Type != Outcome || b.Entries[1].Type != Anomaly || b.Entries[1].Subject != accepted.Hash {
		t.Errorf("types %s and %s", b.Entries[0].Type, b.Entries[1].Type)
	}
	if b.Entries[0].Receipt != sha256.Sum256([]byte("receipt")) {
		t.Error("the outcome does not name the receipt of acceptance")
	}
}

func TestNormalizeRefuses(t *testing.T) {
	t.Parallel()
	d := Draft{Entry: Entry{Type: "mystery", Received: time.Now()}}
	if err := d.Normalize(); !errors.Is(err, ErrInvalid) {
		t.Errorf("error %v, want ErrInvalid", err)
	}
	ok := draft(t, "a", func(d *Draft) {
		d.Entry.Received = time.Date(2026, 11, 22, 10, 0, 0, 1_999, mustRome(t))
		d.Entry.Faults, d.Entry.Payload, d.Province = []byte{}, []byte{}, ""
	})
	if ok.Entry.Received.Location() != time.UTC || ok.Entry.Received.Nanosecond() != 1_000 {
		t.Errorf("received %v is not UTC microseconds", ok.Entry.Received)
	}
	if ok.Entry.Faults != nil || ok.Entry.Payload != nil || ok.Province != "000" {
		t.Error("empty values are not absent")
	}
	if ok.Entry.Document != sha256.Sum256(ok.Document) {
		t.Error("the document is not keyed by its SHA-256")
	}
}
