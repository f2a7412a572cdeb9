package node

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"time"
)

// How much memory an intake lets Go's runtime have before it collects garbage more
// often, unless GOMEMLIMIT says it. What requests hold together is bounded
// (adapters/soap: bodies, calls in work, connections); garbage would be as much
// again. Measured on two cores: nothing is slower for it at saturation, and the
// largest documents many at once stay under 300 MB.
const (
	memoryLeast = 176 << 20
	// memoryRoom is what there is above what the process holds at rest: the tables
	// of a large ledger and of the topics' days must not count as garbage to
	// search for in vain.
	memoryRoom  = 136 << 20
	memoryEvery = time.Minute
	memoryLooks = 10 // of which the least is what it holds at rest
)

// boundMemory keeps the runtime's limit until ctx ends.
func (n *Node) boundMemory(ctx context.Context) error {
	if os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	runtime.GC() // so that the first look sees what the start has left
	before := debug.SetMemoryLimit(memoryLimitFor(nil))
	defer debug.SetMemoryLimit(before)
	var looks []uint64
	return n.every(ctx, memoryEvery, func() error {
		looks = append(looks, liveHeap())
		if len(looks) > memoryLooks {
			looks = slices.Delete(looks, 0, 1)
		}
		debug.SetMemoryLimit(memoryLimitFor(looks))
		return nil
	})
}

// memoryLimitFor is the limit of a process that held so many bytes when it was
// looked at.
func memoryLimitFor(looks []uint64) int64 {
	if len(looks) == 0 {
		return memoryLeast
	}
	return max(memoryLeast, int64(slices.Min(looks))+memoryRoom)
}

// liveHeap is what the last collection found in use, in bytes.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
