package main

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
)

// TestCluster: the hub of several processes on PostgreSQL and Apache Kafka. The
// scenarios follow one another, each with databases and topics of its own, on
// one broker that nobody else uses.
func TestCluster(t *testing.T) {
	for _, name := range []string{postgrestest.Env, kafkaEnv} {
		if os.Getenv(name) == "" {
			t.Skipf("%s is not set: .ci/postgres start DIR and .ci/kafka start DIR print what to set", name)
		}
	}
	if testing.Short() {
		t.Skip("some minutes: not with -short")
	}
	k := startKafka(t)
	for _, scenario := range []struct {
		name string
		run  func(*testing.T, *cluster)
	}{
		{"roles apart", clusterRoles},
		{"copies at two intakes", clusterCopies},
		{"killed in turn", clusterKilled},
		{"a relay frozen", clusterFrozen},
		{"cut from the database", clusterCut},
		{"a clock behind", clusterLate},
		{"Kafka away", clusterKafkaAway},
	} {
		t.Run(scenario.name, func(t *testing.T) { scenario.run(t, newCluster(t, k)) })
	}
}

// clusterRoles: what is sent from three regions to two intakes is registered
// and receipted by processes that share nothing but the parts.
func clusterRoles(t *testing.T, c *cluster) {
	c.six(t)
	documents := c.documentsOf(t, 0, 300)
	c.send(documents).end(t)
	c.settle(t, documents)
	console := *c.members["console-1"].url.Load()
	// The relay that came first may have relayed all before it met the other:
	// what it sheds then is nobody's until its time is over.
	eventually(t, "two relays to hold all shards, and nothing to relay", func() bool {
		relay, shards := pageOf(t, c.web, console).Relay, 0
		for _, h := range relay.Holders {
			shards += h.Shards
		}
		return len(relay.Holders) == 2 && shards == ledger.Shards && relay.Waiting == 0
	})
	if pageOf(t, c.web, console).Clock.Alarm {
		t.Error("/stato: an alarm of the clock")
	}
	for name, m := range c.members {
		if got := status(t, c.web, *m.url.Load()+"/readyz"); got != http.StatusOK {
			t.Errorf("%s: readyz %d", name, got)
		}
	}
}

// clusterCopies: fifty copies at once, at two intakes, are one entry and one
// receipt.
func clusterCopies(t *testing.T, c *cluster) {
	c.six(t)
	documents := c.documentsOf(t, 0, 20)
	urls := c.intakes()
	for _, d := range documents {
		answers := atOnce(func(i int) copyAnswer {
			a, err := endpointOf(c.web, urls[i%2], d.region).Submit(t.Context(), co.UNILAV, d.bytes)
			return copyAnswer{a.Accepted, a.Receipt, err}
		})
		oneReceipt(t, answers, true)
		d.receipt, d.accepted = answers[0].receipt, true
	}
	if t.Failed() {
		return
	}
	c.settle(t, documents)
}

// clusterKilled: kill -9 of every process in turn while submissions arrive.
func clusterKilled(t *testing.T, c *cluster) {
	const each = 150 // documents for a kill: the senders are busy whatever a restart takes
	c.six(t)
	c.add(t, "national-2", node.RoleNational)
	victims := []string{"relay-1", "intake-1", "national-1", "relay-2", "intake-2", "national-2", "console-1"}
	rounds := 1
	if long() {
		rounds = 5
	}
	documents := c.documentsOf(t, 0, each*rounds*len(victims))
	again := int64(0)
	for i := range rounds * len(victims) {
		l := c.send(documents[each*i : each*(i+1)])
		<-l.at(each / 3)
		c.members[victims[i%len(victims)]].restart(t)
		l.end(t)
		again += l.again.Load()
	}
	if again == 0 {
		t.Error("nothing had to be sent again: no intake was killed under load")
	}
	c.settle(t, documents)
}

// clusterFrozen: a relay that stands still loses its leases to the other
// within seconds; when it goes on it writes nothing out of order.
func clusterFrozen(t *testing.T, c *cluster) {
	const within = 20 * time.Second
	c.six(t)
	console := *c.members["console-1"].url.Load()
	byPid := func() map[string]int {
		held := make(map[string]int)
		for _, h := range pageOf(t, c.web, console).Relay.Holders {
			for name, m := range c.members {
				if strings.Contains(h.Name, "/"+strconv.Itoa(m.process.cmd.Process.Pid)+"/") {
					held[name] = h.Shards
				}
			}
		}
		return held
	}
	eventually(t, "both relays to hold shards", func() bool { return len(byPid()) == 2 })
	documents := c.documentsOf(t, 0, 3000)
	l := c.send(documents)
	<-l.at(500)
	frozen := c.members["relay-1"].process.cmd.Process
	if err := frozen.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = frozen.Signal(syscall.SIGCONT) })
	stopped := time.Now()
	eventually(t, "the other relay to hold all", func() bool { return byPid()["relay-2"] == ledger.Shards })
	if took := time.Since(stopped); took > within {
		t.Errorf("the other relay took over after %s, want %s", took, within)
	} else {
		t.Logf("the other relay took over after %.1f s", took.Seconds())
	}
	if err := frozen.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	more := c.documentsOf(t, 5000, 300)
	l.end(t)
	c.send(more).end(t)
	c.settle(t, append(documents, more...))
	c.inOrder(t)
	eventually(t, "both relays to hold shards again", func() bool { return len(byPid()) == 2 })
}

// inOrder reads the topic: within a shard the first places of messages follow
// the positions.
func (c *cluster) inOrder(t *testing.T) {
	t.Helper()
	p := node.Place{Database: c.database}
	store, err := p.Ledger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	position, shard := make(map[string]int64), make(map[string]int)
	err = store.Entries(t.Context(), 1, 0, func(s ledger.Stored) error {
		position[s.Entry.ID()], shard[s.Entry.ID()] = s.Entry.Position, ledger.Shard(s.Entry.Root)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	mustBeInOrder(t, c.kafka.addrs, position, shard)
}

// clusterCut: an intake that the database cannot be reached from promises
// nothing, whatever it was asked; the other goes on. Back on the line it serves.
func clusterCut(t *testing.T, c *cluster) {
	line := newLine(t, c.database)
	c.six(t)
	cut := c.add(t, "intake-3", node.RoleIntake, "--database", line.url)
	documents := c.documentsOf(t, 0, 600)
	l := c.send(documents[:500])
	<-l.at(100)
	line.freeze()
	asked := time.Now()
	answers := atOnce(func(i int) copyAnswer {
		d := documents[500+i]
		err := refusedCleanly(endpointOf(c.web, *cut.url.Load(), d.region).Submit(t.Context(), co.UNILAV, d.bytes))
		return copyAnswer{err: err}
	})
	for _, a := range answers {
		if a.err != nil {
			t.Error(a.err)
		}
	}
	t.Logf("%d submissions refused within %.1f s", len(answers), time.Since(asked).Seconds())
	if got := status(t, c.web, *cut.url.Load()+"/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("readyz %d without a database", got)
	}
	l.end(t) // the others go on
	line.thaw()
	eventually(t, "readiness", func() bool { return status(t, c.web, *cut.url.Load()+"/readyz") == http.StatusOK })
	for _, d := range documents[500:] {
		a, err := endpointOf(c.web, *cut.url.Load(), d.region).Submit(t.Context(), co.UNILAV, d.bytes)
		if err != nil || !a.Accepted {
			t.Fatalf("afterwards: accepted %v, %v", a.Accepted, err)
		}
		d.receipt, d.accepted = a.Receipt, true
	}
	c.settle(t, documents)
}

// clusterLate: one intake and one relay whose clocks are an hour behind.
// Recorded instants grow all the same, and somebody is told.
func clusterLate(t *testing.T, c *cluster) {
	c.six(t)
	first := c.documentsOf(t, 0, 60)
	c.send(first).end(t)
	late := c.addAs(t, roleLate, "intake-3", node.RoleIntake)
	c.addAs(t, roleLate, "relay-3", node.RoleRelay)
	documents := c.documentsOf(t, 1000, 300)
	l := c.send(documents)
	l.end(t)
	if n := l.again.Load(); n > 0 {
		t.Errorf("%d were not accepted at once", n)
	}
	for _, name := range []string{"relay-1", "relay-2"} { // the late one is alone
		c.members[name].process.terminate(t)
	}
	more := c.documentsOf(t, 2000, 60)
	c.send(more).end(t)
	c.settle(t, append(append(first, documents...), more...))
	if !late.process.logs.Says("clock is behind the ledger") {
		t.Error("no alarm in the log of the late intake")
	}
	if got := status(t, c.web, *late.url.Load()+"/readyz"); got != http.StatusOK {
		t.Errorf("readyz %d", got)
	}
	// The late relay seals the head at its end: it must be the latest all the
	// same, for the next start goes by it.
	c.members["relay-3"].process.terminate(t)
	watch := &node.HeadWatch{Verifier: c.seals(t), Log: discard()}
	if err := watch.CatchUp(t.Context(), c.kafka.addrs); err != nil {
		t.Fatal(err)
	}
	if got, want := watch.Latest().Position, pageOf(t, c.web, *c.members["console-1"].url.Load()).Ledger.Position; got != want {
		t.Errorf("the latest sealed head is at %d, the ledger at %d", got, want)
	}
	c.members["relay-1"].start(t)
}

// clusterKafkaAway: while the broker is away nothing is refused and intakes
// stay ready; when it is back all is registered.
func clusterKafkaAway(t *testing.T, c *cluster) {
	away, pace := 20*time.Second, 20*time.Millisecond
	if long() {
		away = 10 * time.Minute
	}
	c.six(t)
	documents := c.documentsOf(t, 0, int(away/pace)/10*10)
	c.kafka.do(t, "kill", "1")
	// One after the other, at a pace, to the end of the outage.
	began := time.Now()
	tick := time.NewTicker(pace)
	defer tick.Stop()
	urls := c.intakes()
	for i, d := range documents {
		<-tick.C
		a, err := endpointOf(c.web, urls[i%2], d.region).Submit(t.Context(), co.UNILAV, d.bytes)
		if err != nil || !a.Accepted {
			t.Fatalf("after %s: accepted %v, %v", time.Since(began), a.Accepted, err)
		}
		d.receipt, d.accepted = a.Receipt, true
	}
	for name, m := range c.members {
		want := http.StatusServiceUnavailable
		if strings.HasPrefix(name, node.RoleIntake) {
			want = http.StatusOK
		}
		if got := status(t, c.web, *m.url.Load()+"/readyz"); got != want {
			t.Errorf("%s: readyz %d without Kafka, want %d", name, got, want)
		}
	}
	page := pageOf(t, c.web, *c.members["console-1"].url.Load())
	if page.Broker || page.Relay.Waiting != int64(len(documents)) {
		t.Errorf("/stato without Kafka: %+v", page)
	}
	t.Logf("%d accepted in %.0f s without Kafka", len(documents), time.Since(began).Seconds())
	c.kafka.do(t, "up", "1")
	back := time.Now()
	console := *c.members["console-1"].url.Load()
	eventually(t, "an empty outbox", func() bool { return pageOf(t, c.web, console).Relay.Waiting == 0 })
	relayed := time.Since(back)
	c.settle(t, documents)
	t.Logf("relayed %.1f s after Kafka's return, settled after %.1f s", relayed.Seconds(), time.Since(back).Seconds())
}
