package piemonte

import "testing"

// TestOperationsOnce: no method of a service is listed twice.
func TestOperationsOnce(t *testing.T) {
	t.Parallel()
	seen := map[[2]string]bool{}
	for _, op := range operations() {
		key := [2]string{op.service, op.method}
		if seen[key] || (op.hub == "") == (op.instead == "") {
			t.Errorf("%v: twice, or neither served nor explained", key)
		}
		seen[key] = true
	}
}
