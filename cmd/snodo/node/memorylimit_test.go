package node

import (
	"runtime"
	"testing"
)

// TestMemoryLimit: the limit is above what the process held at rest, whatever it
// held when it was busy, and never below the least.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for _, c := range []struct {
		name  string
		looks []uint64
		want  int64
	}{
		{"at the start", nil, memoryLeast},
		{"small", []uint64{5 * mb}, memoryLeast},
		{"busy once", []uint64{45 * mb, 160 * mb, 50 * mb}, 45*mb + memoryRoom},
		{"large tables", []uint64{500 * mb, 510 * mb}, 500*mb + memoryRoom},
	} {
		if got := memoryLimitFor(c.looks); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	runtime.GC()
	if liveHeap() == 0 {
		t.Error("what is in use cannot be read")
	}
}
