//go:build unix

package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/snodo-co/snodo/adapters/kafka"
)

// cluster is a real Kafka of the test's own, which it may kill and fill.
type cluster struct {
	dir    string
	addrs  []string
	client *kafkago.Client
}

// startCluster starts brokers in dir with .ci/kafka and makes the topics.
func startCluster(t *testing.T, dir string, brokers int) *cluster {
	t.Helper()
	c := &cluster{dir: dir}
	t.Cleanup(func() { c.script(t, "stop") })
	out := c.script(t, "start", "--brokers", strconv.Itoa(brokers))
	list, ok := strings.CutPrefix(strings.TrimSpace(out), "SNODO_TEST_KAFKA=")
	if !ok {
		t.Fatalf("kafka start printed %q", out)
	}
	c.addrs = strings.Split(list, ",")
	transport := kafka.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	c.client = &kafkago.Client{Addr: kafkago.TCP(c.addrs...), Transport: transport, Timeout: 10 * time.Second}
	if err := kafka.CreateTopics(t.Context(), c.addrs, kafka.Topics("UNILAV"), kafka.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

// wantReal skips where no real Kafka is wanted.
func wantReal(t *testing.T) {
	t.Helper()
	if os.Getenv("SNODO_TEST_KAFKA") == "" {
		t.Skip("no real Kafka wanted: set SNODO_TEST_KAFKA; the test starts one of its own with .ci/kafka")
	}
	if testing.Short() {
		t.Skip("starts a Kafka")
	}
}

func (c *cluster) script(t *testing.T, verb string, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join("..", "..", ".ci", "kafka"), append([]string{verb, c.dir}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf(".ci/kafka %s: %v", verb, err)
	}
	return string(out)
}

// leader is the broker that leads a partition of co.unilav.v1 and the number of
// its replicas in sync. The broker that answers may not have heard yet of a topic
// that the controller has made: it is asked until it has.
func (c *cluster) leader(t *testing.T, partition int) (broker string, insync int) {
	t.Helper()
	for ctx := deadline(t); ; {
		meta, err := c.metadata(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range meta.Topics[0].Partitions {
			if p.ID == partition && p.Error == nil {
				return strconv.Itoa(p.Leader.ID), len(p.Isr)
			}
		}
	}
}

// metadata asks a broker: a transport of its own has nothing in its cache.
func (c *cluster) metadata(ctx context.Context) (*kafkago.MetadataResponse, error) {
	transport := kafka.NewTransport()
	defer transport.CloseIdleConnections()
	client := kafkago.Client{Addr: c.client.Addr, Transport: transport, Timeout: c.client.Timeout}
	return client.Metadata(ctx, &kafkago.MetadataRequest{Topics: []string{"co.unilav.v1"}})
}

// traffic is a relay under load and a reader behind it.
type traffic struct {
	id     string
	addrs  []string
	outbox *kafka.MemoryOutbox
	reader *kafka.Reader
	stop   func() int // the load, not the relay; gives how many rows were added
}

func startTraffic(t *testing.T, addrs []string, id string) *traffic {
	t.Helper()
	tr := &traffic{id: id, addrs: addrs, outbox: kafka.NewMemoryOutbox()}
	relay, _ := running(t, addrs, tr.outbox)
	tr.reader = kafka.NewReader(kafka.ReaderConfig{Addrs: addrs, Group: "traffic-" + id, Topics: []string{"co.unilav.v1"}})
	t.Cleanup(func() { _ = tr.reader.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	end, n := make(chan struct{}), 0
	go func() {
		defer close(end)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for ; ctx.Err() == nil; <-tick.C {
			tr.outbox.Add(prefixed(id, n+1, 20, 1000)...)
			tr.outbox.Compact()
			n += 20
			relay.Nudge()
		}
	}()
	stop := sync.OnceFunc(func() { cancel(); <-end })
	t.Cleanup(stop)
	tr.stop = func() int { stop(); return n }
	return tr
}

// more waits until n rows more are delivered than now.
func (tr *traffic) more(t *testing.T, n int) {
	t.Helper()
	from := -1
	if err := tr.outbox.Wait(deadline(t), func(done map[int64]int, _ map[int64]string) bool {
		if from < 0 {
			from = len(done)
		}
		return len(done) >= from+n
	}); err != nil {
		t.Fatal(err)
	}
}

// finish stops the load and checks that everything is delivered, in order, and
// was read by the group, in order.
func (tr *traffic) finish(t *testing.T) {
	t.Helper()
	n := tr.stop()
	if err := tr.outbox.Wait(deadline(t), all(n)); err != nil {
		t.Fatal(err)
	}
	inOrder(t, tr.addrs, tr.id, n)
	readUntil(deadline(t), t, tr.reader, tr.id, n, make(map[string]int), make(map[string]string))
}

// TestRealRestart: a broker that stops in good order, one that is killed and one
// that is frozen for longer than a call lasts, under load.
func TestRealRestart(t *testing.T) {
	wantReal(t)
	c := startCluster(t, t.TempDir(), 1)
	tr := startTraffic(t, c.addrs, "restart")
	tr.more(t, 200)
	for _, how := range []string{"down", "kill"} {
		c.script(t, how, "1")
		c.script(t, "up", "1")
		tr.more(t, 200)
	}
	pid, err := os.ReadFile(filepath.Join(c.dir, "1", "pid"))
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(strings.TrimSpace(string(pid)))
	if err != nil {
		t.Fatal(err)
	}
	for _, sig := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
		if err := syscall.Kill(number, sig); err != nil {
			t.Fatal(err)
		}
		if sig == syscall.SIGSTOP {
			for range 3 { // each until it gives up: longer than a call of the relay
				if err := try(deadline(t), c.addrs, 10); err == nil {
					t.Fatal("a frozen broker acknowledged")
				}
			}
		}
	}
	tr.more(t, 200)
	tr.finish(t)
}

// TestRealFullDisk: Kafka on a full disk gives up; the relay waits, and drains
// once there is space and the broker is up again.
func TestRealFullDisk(t *testing.T) {
	wantReal(t)
	dir := t.TempDir()
	fill, free := smallDisk(t, filepath.Join(dir, "1", "log"), "128m")
	c := startCluster(t, dir, 1)
	tr := startTraffic(t, c.addrs, "disk")
	tr.more(t, 200)
	fill(0)
	for failed := false; !failed; {
		failed = try(deadline(t), c.addrs, 1<<20) != nil
	}
	n := tr.stop()
	free()
	c.script(t, "kill", "1") // whether or not it ended by itself
	c.script(t, "up", "1")
	if err := tr.outbox.Wait(deadline(t), all(n)); err != nil {
		t.Fatal(err)
	}
	tr.finish(t)
}

// TestRealCluster: three brokers, topics with three replicas of which two must
// be in sync.
func TestRealCluster(t *testing.T) {
	wantReal(t)
	c := startCluster(t, t.TempDir(), 3)
	if _, insync := c.leader(t, 0); insync != 3 {
		t.Fatalf("%d replicas in sync: topics are made with three where there are three brokers", insync)
	}
	t.Run("leader change", c.leaderChange)
	t.Run("not enough replicas", c.notEnough)
	t.Run("all away", c.allAway)
}

// leaderChange: the leader of a partition is killed under load; nothing that was
// acknowledged is lost, the order within a root is kept.
func (c *cluster) leaderChange(t *testing.T) {
	tr := startTraffic(t, c.addrs, "leader")
	tr.more(t, 200)
	leader, _ := c.leader(t, 1)
	c.script(t, "kill", leader)
	tr.more(t, 1000) // every partition has a leader again
	c.script(t, "up", leader)
	tr.more(t, 200)
	tr.finish(t)
}

// notEnough: a broker too few for min.insync.replicas; the relay waits for it.
func (c *cluster) notEnough(t *testing.T) {
	c.minInsync(t, 3)
	defer c.minInsync(t, 2)
	tr := startTraffic(t, c.addrs, "insync")
	tr.more(t, 200)
	c.script(t, "kill", "2")
	for !errors.Is(c.write(t), kafkago.NotEnoughReplicas) { // until the cluster has noticed
	}
	n := tr.stop()
	c.script(t, "up", "2")
	if err := tr.outbox.Wait(deadline(t), all(n)); err != nil {
		t.Fatal(err)
	}
	tr.finish(t)
}

// write puts one message on co.unilav.v1, of nobody's traffic.
func (c *cluster) write(t *testing.T) error {
	t.Helper()
	w := &kafkago.Writer{
		Addr: c.client.Addr, Transport: c.client.Transport, RequiredAcks: kafkago.RequireAll,
		MaxAttempts: 1, BatchTimeout: time.Millisecond,
	}
	defer func() { _ = w.Close() }()
	err := w.WriteMessages(deadline(t), kafkago.Message{Topic: "co.unilav.v1", Key: []byte("x"), Value: []byte("x")})
	var each kafkago.WriteErrors
	if errors.As(err, &each) {
		return each[0]
	}
	return err
}

func (c *cluster) minInsync(t *testing.T, n int) {
	t.Helper()
	res, err := c.client.IncrementalAlterConfigs(context.Background(), &kafkago.IncrementalAlterConfigsRequest{
		Resources: []kafkago.IncrementalAlterConfigsRequestResource{{
			ResourceType: kafkago.ResourceTypeTopic, ResourceName: "co.unilav.v1",
			Configs: []kafkago.IncrementalAlterConfigsRequestConfig{{
				Name: "min.insync.replicas", Value: fmt.Sprint(n), ConfigOperation: kafkago.ConfigOperationSet,
			}},
		}},
	})
	if err == nil {
		err = res.Resources[0].Error
	}
	if err != nil {
		t.Fatal(err)
	}
}

// allAway: no broker at all for a while, and Ping says so.
func (c *cluster) allAway(t *testing.T) {
	tr := startTraffic(t, c.addrs, "away")
	tr.more(t, 200)
	c.script(t, "stop")
	if err := kafka.Ping(deadline(t), c.addrs); err == nil {
		t.Error("no broker, and ready")
	}
	n := tr.stop()
	c.script(t, "start")
	if err := tr.outbox.Wait(deadline(t), all(n)); err != nil {
		t.Fatal(err)
	}
	tr.finish(t)
}
