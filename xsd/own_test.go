package xsd

import (
	"strings"
	"testing"
)

// TestOwnIsMarked: whoever lists the standards can tell what is the ministry's
// from what this project made up.
func TestOwnIsMarked(t *testing.T) {
	t.Parallel()
	own := 0
	for _, k := range build(t).Kinds() {
		if ours := strings.HasPrefix(k.Space, "urn:snodo:"); k.Own != ours {
			t.Errorf("%s: marked as our own %v, of the namespace %s", k.Kind, k.Own, k.Space)
		}
		if k.Own {
			own++
		}
	}
	if own != 2 {
		t.Errorf("%d standards of our own", own)
	}
}
