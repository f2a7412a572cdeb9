package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/adapters/soap/client"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
)

// kafkaEnv names the variable that says that Apache Kafka can be had here.
const kafkaEnv = "SNODO_TEST_KAFKA"

// privateKafka is a broker of Apache Kafka for the tests of this package
// alone: names of topics are fixed, and these tests stop the broker.
type privateKafka struct {
	dir   string
	addrs []string
}

// startKafka starts the broker by the script that developers use.
func startKafka(t *testing.T) *privateKafka {
	t.Helper()
	k := &privateKafka{dir: t.TempDir()}
	out := k.do(t, "start")
	list, ok := strings.CutPrefix(strings.TrimSpace(out), kafkaEnv+"=")
	if !ok {
		t.Fatalf("the script printed %q", out)
	}
	k.addrs = strings.Split(list, ",")
	t.Cleanup(func() { k.do(t, "stop") })
	return k
}

// do runs a verb of the script, which a test's end does not cancel.
func (k *privateKafka) do(t *testing.T, verb string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "../../.ci/kafka", append([]string{verb, k.dir}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("kafka %s: %v\n%s", verb, err, &errs)
	}
	return string(out)
}

// empty deletes all topics, with what groups have read of them.
func (k *privateKafka) empty(t *testing.T) {
	t.Helper()
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	c := &kafkago.Client{Addr: kafkago.TCP(k.addrs...), Transport: transport, Timeout: time.Minute}
	var names []string
	for _, topic := range kafka.Topics(co.Kinds()...) {
		names = append(names, topic.Name)
	}
	eventually(t, "the topics' end", func() bool {
		if _, err := c.DeleteTopics(t.Context(), &kafkago.DeleteTopicsRequest{Topics: names}); err != nil {
			return false
		}
		meta, err := c.Metadata(t.Context(), &kafkago.MetadataRequest{})
		return err == nil && !slices.ContainsFunc(meta.Topics, func(t kafkago.Topic) bool { return slices.Contains(names, t.Name) })
	})
}

// cluster is a hub of several processes on PostgreSQL and Apache Kafka.
type cluster struct {
	kafka    *privateKafka
	database string
	national string
	dir      string
	keys     string
	signer   *sender.Signer
	web      *http.Client
	began    time.Time
	members  map[string]*member
}

// member is one process of a cluster, and its successors of the same name.
type member struct {
	name, role string // of the test binary
	args       []string
	url        atomic.Pointer[string]
	process    *hubProcess
}

// newCluster has no process yet.
func newCluster(t *testing.T, k *privateKafka) *cluster {
	t.Helper()
	k.empty(t)
	c := &cluster{
		kafka: k, database: postgrestest.Database(t), national: postgrestest.Database(t), dir: t.TempDir(),
		web: webClient(t, 2*clusterCallers), began: time.Now(), members: make(map[string]*member),
	}
	c.keys = filepath.Join(c.dir, "keys")
	c.signer = c.oldSigner(t)
	return c
}

// oldSigner signs with a certificate that is valid by clocks that are behind.
func (c *cluster) oldSigner(t *testing.T) *sender.Signer {
	t.Helper()
	made := time.Now().Add(-2 * time.Hour)
	keys, err := xmlsig.OpenKeys(c.keys, made)
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(c.dir, "signer")
	if err := keys.Authority.IssueTo(base, sample.Invent(900).CodiceFiscale(), made); err != nil {
		t.Fatal(err)
	}
	s, err := sender.ReadSigner(base)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// add starts a process under a name, with roles and more flags.
func (c *cluster) add(t *testing.T, name, roles string, more ...string) *member {
	t.Helper()
	return c.addAs(t, roleProgram, name, roles, more...)
}

func (c *cluster) addAs(t *testing.T, program, name, roles string, more ...string) *member {
	t.Helper()
	m := &member{name: name, role: program, args: append([]string{"serve", "--listen", "127.0.0.1:0",
		"--data", filepath.Join(c.dir, name), "--keys", c.keys, "--database", c.database, "--national-database", c.national,
		"--kafka", strings.Join(c.kafka.addrs, ","), "--role", roles, "--log-level", "warn"}, more...)}
	c.members[name] = m
	m.start(t)
	return m
}

func (m *member) start(t *testing.T) {
	t.Helper()
	m.process = startProcess(t, os.Args[0], m.role, m.args...)
	m.url.Store(&m.process.url)
}

// restart is kill -9, and a successor.
func (m *member) restart(t *testing.T) {
	t.Helper()
	m.process.kill()
	m.start(t)
}

// six starts two intakes, two relays and a national store at once, and a
// console.
func (c *cluster) six(t *testing.T) {
	t.Helper()
	for _, name := range []string{"intake-1", "intake-2", "relay-1", "relay-2", "national-1", "console-1"} {
		role, _, _ := strings.Cut(name, "-")
		c.add(t, name, role)
	}
}

// intakes are the URLs of all processes that take submissions, now.
func (c *cluster) intakes() []string {
	var urls []string
	for _, name := range slices.Sorted(maps.Keys(c.members)) {
		if strings.HasPrefix(name, node.RoleIntake) {
			urls = append(urls, *c.members[name].url.Load())
		}
	}
	return urls
}

// place is where report and verify find this cluster: they share nothing with
// its processes but the parts.
func (c *cluster) place() place {
	flags := []string{"--data", filepath.Join(c.dir, "nothing"), "--database", c.database, "--kafka", strings.Join(c.kafka.addrs, ",")}
	return place{report: flags, verify: append(flags[:len(flags):len(flags)], "--keys", c.keys)}
}

// clusterCallers is how many senders a load has.
const clusterCallers = 16

// load is documents on their way to a cluster. A sender that gets no answer,
// or one that promises nothing, sends the same bytes to the next intake.
type load struct {
	*cluster
	documents []*sentDocument
	next      atomic.Int64
	accepted  atomic.Int64
	again     atomic.Int64 // sent again
	group     errgroup.Group
	mu        sync.Mutex
	waits     []waiter
	shunned   map[string]time.Time // intakes that failed a sender, until when
}

// waiter is told when enough is accepted.
type waiter struct {
	count int64
	done  chan struct{}
}

// documentsOf signs n hirings, of all regions in turn.
func (c *cluster) documentsOf(t *testing.T, serial, n int) []*sentDocument {
	t.Helper()
	list, regions := make([]*sentDocument, n), routing.Regions()
	samples := make([]*co.UniLav, n)
	for i := range list {
		region := regions[i%len(regions)].Slug
		list[i] = &sentDocument{region: region, good: true}
		samples[i] = samplesOf(t, region, serial).Hiring(i)
	}
	for i, signed := range signAll(t, c.signer, samples) {
		list[i].bytes = signed
	}
	return list
}

// send begins to send documents; end waits.
func (c *cluster) send(documents []*sentDocument) *load {
	l := &load{cluster: c, documents: documents, shunned: make(map[string]time.Time)}
	for caller := range clusterCallers {
		l.group.Go(func() error {
			for {
				i := int(l.next.Add(1)) - 1
				if i >= len(l.documents) {
					return nil
				}
				if err := l.insist(l.documents[i], caller+i); err != nil {
					return err
				}
			}
		})
	}
	return l
}

// insist sends a document until it is accepted.
func (l *load) insist(d *sentDocument, turn int) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for ; ; turn++ {
		url := l.choose(turn)
		a, err := l.once(ctx, url, d)
		if err == nil {
			if !a.Accepted {
				return errors.New("not accepted: " + a.Outcome)
			}
			d.receipt, d.accepted = a.Receipt, true
			l.reach(l.accepted.Add(1))
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("not accepted in time: %w", err)
		}
		l.again.Add(1)
		l.shun(url)
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond): // the sender's own pause
		}
	}
}

// choose gives the intake whose turn it is among those that are not shunned,
// as a balancer would.
func (l *load) choose(turn int) string {
	urls := l.intakes()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range urls {
		url := urls[(turn+i)%len(urls)]
		if time.Now().After(l.shunned[url]) {
			return url
		}
	}
	return urls[turn%len(urls)]
}

func (l *load) shun(url string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shunned[url] = time.Now().Add(5 * time.Second)
}

// once gives up on one intake after a while, as senders do.
func (l *load) once(ctx context.Context, url string, d *sentDocument) (client.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return endpointOf(l.web, url, d.region).Submit(ctx, co.UNILAV, d.bytes)
}

// at gives a channel that is closed once n documents are accepted.
func (l *load) at(n int64) <-chan struct{} {
	w := waiter{n, make(chan struct{})}
	l.mu.Lock()
	l.waits = append(l.waits, w)
	l.mu.Unlock()
	l.reach(l.accepted.Load())
	return w.done
}

func (l *load) reach(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waits = slices.DeleteFunc(l.waits, func(w waiter) bool {
		if w.count <= n {
			close(w.done)
		}
		return w.count <= n
	})
}

// end waits until all are accepted.
func (l *load) end(t *testing.T) {
	t.Helper()
	if err := l.group.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%.1f s: %d accepted, %d sent again", time.Since(l.began).Seconds(), l.accepted.Load(), l.again.Load())
}

// settle waits for all outcomes, and holds what the senders have against the
// ledger: every document accepted once, registered once, each receipt the same
// wherever it is asked for, report and verify clean.
func (c *cluster) settle(t *testing.T, documents []*sentDocument) {
	t.Helper()
	mustReconcileAt(t, c.place(), c.began, int64(len(documents)))
	urls := c.intakes()
	numbers := make([]int64, len(documents))
	codes := make([]string, len(documents))
	var g errgroup.Group
	g.SetLimit(clusterCallers)
	for i, d := range documents {
		g.Go(func() (err error) {
			k := &killing{web: c.web, hub: &hubProcess{url: urls[i%len(urls)]}}
			r, err := receipt.Parse(d.receipt)
			if err != nil {
				return err
			}
			codes[i] = r.Codice
			numbers[i], err = k.registration(t.Context(), d)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != int64(i+1) {
			t.Fatalf("registration %d of %d is number %d", i+1, len(numbers), n)
		}
	}
	slices.Sort(codes)
	if got := len(slices.Compact(codes)); got != len(documents) {
		t.Errorf("%d codes for %d documents", got, len(documents))
	}
	t.Logf("%.1f s: %d registered once each, report and verify clean", time.Since(c.began).Seconds(), len(documents))
}
