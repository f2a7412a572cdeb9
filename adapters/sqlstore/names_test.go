package sqlstore

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/contract"
	"github.com/snodo-co/snodo/adapters/postgrestest"
	"github.com/snodo-co/snodo/routing/ledger"
)

// TestNamesBesideAGroup: names of messages go with a group's commit, and each is
// kept or refused for its own sake: neither do they fall with an entry nor does an
// entry with them.
func TestNamesBesideAGroup(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		namesBesideAGroup(t, "sqlite:"+filepath.Join(t.TempDir(), "snodo.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		namesBesideAGroup(t, postgrestest.Database(t))
	})
}

func namesBesideAGroup(t *testing.T, url string) {
	for n, c := range []struct {
		operation    string
		times        int
		named, taken bool
	}{
		{"", 0, true, true},
		{"INSERT INTO entries", 1, true, true},  // the group fails, its parts do not
		{"INSERT INTO entries", 2, true, false}, // nor does the name with the entry
		{"INSERT INTO messages", 1, true, true},
		{"INSERT INTO messages", 2, false, true}, // nor the entry with the name
		{"COMMIT", 1, true, false},               // of unknown outcome: whoever sends again finds it
	} {
		breaker := new(contract.Breaker)
		s, err := Open(t.Context(), url, Options{Issuer: &contract.Sealer{}, Wrap: breaker.Wrap})
		if err != nil {
			t.Fatal(err)
		}
		s.sifting.Wait()
		d := contract.Submission(fmt.Sprint("content ", n))
		if err := d.Normalize(); err != nil {
			t.Fatal(err)
		}
		p := &pending{ctx: t.Context(), draft: d, answer: make(chan answer, 1)}
		key := ledger.MessageKey{Region: "lazio", Sender: "CF:IT-1", ID: fmt.Sprint("urn:", n)}
		var names []*naming
		for _, content := range []string{"first", "second"} { // of one name
			names = append(names, &naming{
				name: messageName(key), digest: ledger.Sum([]byte(content)), at: time.Now(), answer: make(chan error, 1),
			})
		}
		breaker.Break(c.operation, false, c.times)
		s.run([]*pending{p}, beside{names: names})
		if fired := breaker.Unbreak(); fired != c.times {
			t.Errorf("%s %d: broke %d", c.operation, c.times, fired)
		}
		if a := <-p.answer; (a.err == nil) != c.taken {
			t.Errorf("%s %d: the entry: %v", c.operation, c.times, a.err)
		}
		for _, n := range names {
			if err := <-n.answer; (err == nil) != c.named || err == nil && n.digest != ledger.Sum([]byte("first")) {
				t.Errorf("%s %d: the name: %v, %s", c.operation, c.times, err, n.digest)
			}
		}
		kept, found, err := s.Recall(context.Background(), key)
		if err != nil || found != c.named || found && kept != ledger.Sum([]byte("first")) {
			t.Errorf("%s %d: recalled %s, %t, %v", c.operation, c.times, kept, found, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
