// Package embedded is the broker inside the process: a durable Kafka-protocol
// broker (franz-go's kfake over a data folder, every batch synced) for the
// default that needs no configuration, for tests and for the tools that read a
// stopped installation.
//
// It owns the broker's folder: its lock, its address file, its settings and
// its recovery, and bounds the requests that the broker reads. It must not know what the topics carry; clients reach it over
// a loopback socket like any other broker. One process holds a folder at a
// time: kfake itself takes no lock.
//
// Known limit: kfake ignores an error of fsync; on a full disk the broker stops
// taking messages before one can come (ErrFull). The ledger is the truth, and
// a lost topic is filled again by replay.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/snodo-co/snodo/adapters/kafka"
)

// ErrLocked: another process holds the data folder.
var ErrLocked = errors.New("embedded broker: data folder in use by another process")

// Names inside the data folder.
const (
	addrFile = "broker.addr" // address while the broker runs, HOST:PORT and a newline
	lockFile = "broker.lock"
	dataDir  = "broker" // kfake's own files
)

// segment is the size at which a segment file is closed: kfake reads whole
// segments into memory at start (contracts.md, Kafka).
const segment = 4 << 20

// Options of a broker. The zero value listens on a free port and has no topics.
type Options struct {
	Port   int           // on 127.0.0.1; zero takes a free one
	Topics []kafka.Topic // made if they do not exist
	// Reserve is how many bytes must stay free on the disk for messages to be
	// taken (see ErrFull); default 64 MiB.
	Reserve int64
}

// Broker is a running broker.
type Broker struct {
	dir     string
	addr    string
	lock    *lock
	cluster *kfake.Cluster
	reserve int64
	close   func() error
}

// Start opens or makes the broker's data under dir, which is made too, and
// returns once the topics exist and DIR/broker.addr names the address. Errors:
// ErrLocked, those of the file system, of the socket and the context's.
func Start(ctx context.Context, dir string, opts Options) (*Broker, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("start embedded broker: %w", err)
	}
	lock, err := takeLock(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, fmt.Errorf("start embedded broker: %w", err)
	}
	b := &Broker{dir: dir, lock: lock, reserve: opts.Reserve}
	if b.reserve <= 0 {
		b.reserve = defaultReserve
	}
	b.close = sync.OnceValue(b.shut)
	if err := b.start(ctx, opts); err != nil {
		return nil, fmt.Errorf("start embedded broker: %w", errors.Join(err, b.Close()))
	}
	return b, nil
}

func (b *Broker) start(ctx context.Context, opts Options) error {
	data := filepath.Join(b.dir, dataDir)
	if err := heal(data); err != nil {
		return err
	}
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1),
		kfake.Ports(opts.Port),
		kfake.ListenFn(listen),
		kfake.DataDir(data),
		kfake.SyncWrites(),
		kfake.BrokerConfigs(map[string]string{
			// A consumer that was away keeps its place: the offsets of a
			// group live as long as the folder.
			"offsets.retention.minutes": "52560000",
			"fetch.max.bytes":           "1048576",
		}),
	)
	if err != nil {
		return err
	}
	b.cluster = cluster
	b.guard()
	b.addr = cluster.ListenAddrs()[0]
	if len(opts.Topics) > 0 {
		err := kafka.CreateTopics(ctx, []string{b.addr}, opts.Topics, kafka.CreateOptions{Segment: segment})
		if err != nil {
			return err
		}
	}
	return writeAddr(b.dir, b.addr)
}

// Addr is the address clients dial, HOST:PORT.
func (b *Broker) Addr() string { return b.addr }

// Close stops the broker, removes the address file and gives the folder back.
// Safe to call more than once.
func (b *Broker) Close() error { return b.close() }

func (b *Broker) shut() error {
	var err error
	if b.cluster != nil {
		b.cluster.Close()
		if e := os.Remove(filepath.Join(b.dir, addrFile)); !errors.Is(e, os.ErrNotExist) {
			err = e
		}
	}
	return errors.Join(err, b.lock.release())
}

// writeAddr makes the address visible at once and whole.
func writeAddr(dir, addr string) error {
	path := filepath.Join(dir, addrFile)
	if err := os.WriteFile(path+".tmp", []byte(addr+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// Addr reads the address of the broker that serves dir. It fails with
// os.ErrNotExist when none is running; after a crash the file may still name
// an address where nobody listens.
func Addr(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, addrFile))
	if err != nil {
		return "", fmt.Errorf("read broker address: %w", err)
	}
	addr := strings.TrimSpace(string(b))
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return "", fmt.Errorf("read broker address: %w", err)
	}
	return addr, nil
}

// Attach reaches the broker of a folder whoever runs it: the running one at
// its address file, else one that this process opens until release is called.
// It fails with os.ErrNotExist if the folder never had a broker.
func Attach(ctx context.Context, dir string) (addr string, release func() error, err error) {
	if _, err := os.Stat(filepath.Join(dir, dataDir)); err != nil {
		return "", nil, fmt.Errorf("attach to embedded broker: %w", err)
	}
	b, err := Start(ctx, dir, Options{})
	if err == nil {
		return b.Addr(), b.Close, nil
	}
	if !errors.Is(err, ErrLocked) {
		return "", nil, err
	}
	addr, err = Addr(dir)
	if err != nil {
		return "", nil, err
	}
	return addr, func() error { return nil }, nil
}
