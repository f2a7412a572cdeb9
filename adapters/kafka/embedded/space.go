package embedded

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// ErrFull: the disk has less free than the broker's reserve. Nothing more is
// taken until it has; reading goes on.
var ErrFull = errors.New("embedded broker: disk full")

// defaultReserve is what must stay free. kfake refuses what it cannot write, but
// ignores an error of fsync, which is where some file systems find out that
// the disk is full; and a reserve leaves room for offsets and snapshots.
const defaultReserve = 64 << 20

// Ready reports whether the broker takes messages: nil, or ErrFull. It recovers
// by itself once there is space. Safe for concurrent use.
func (b *Broker) Ready() error {
	free, err := freeSpace(filepath.Join(b.dir, dataDir))
	if err != nil {
		return nil // unknown is not full: writing will tell
	}
	if free < uint64(b.reserve) {
		return fmt.Errorf("%w: %d bytes free, %d wanted", ErrFull, free, b.reserve)
	}
	return nil
}

// guard refuses messages while the disk is full, with the answer of a broker
// whose log directory failed: producers wait and try again.
func (b *Broker) guard() {
	b.cluster.Fault(kfake.Fault{
		Keys:  []kmsg.Key{kmsg.Produce},
		Err:   kerr.KafkaStorageError,
		Count: -1,
		When:  func(kmsg.Request) bool { return b.Ready() != nil },
	})
}
