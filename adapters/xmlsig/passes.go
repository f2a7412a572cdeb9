package xmlsig

import (
	"slices"
	"sync"
)

// keptDocument is the longest document, in bytes, whose pass is kept for the next
// one with its buffers: almost every communication is shorter. A larger one has a
// pass of its own, which goes with it, for a pass kept would hold several times its
// largest document for as long as the process is busy.
const keptDocument = 256 << 10

// passes gives passes to documents. Safe for concurrent use; the zero value is
// ready.
type passes[T any] struct{ pool sync.Pool }

// get gives a pass for a document of n bytes.
func (s *passes[T]) get(n int) *T {
	if n <= keptDocument {
		if p, ok := s.pool.Get().(*T); ok {
			return p
		}
	}
	return new(T)
}

// put takes back the pass of a document of n bytes.
func (s *passes[T]) put(p *T, n int) {
	if n <= keptDocument {
		s.pool.Put(p)
	}
}

// expect makes room for the canonical form of n bytes if there are more of them
// than a pass keeps: growing there by appending would leave several times as much
// behind.
func (c *canon) expect(n int) {
	if n > keptDocument {
		c.out = make([]byte, 0, n)
	}
}

// own gives what c wrote from n bytes to the caller: a copy, unless the pass goes.
func (c *canon) own(n int) []byte {
	if n > keptDocument {
		return c.out
	}
	return slices.Clone(c.out)
}
