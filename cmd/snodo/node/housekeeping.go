package node

import (
	"context"
	"time"

	"github.com/snodo-co/snodo/routing/ledger"
)

// How often the node keeps house.
const (
	eraseEvery = 24 * time.Hour
	lookEvery  = time.Minute // for what is due
)

// uncountedNote is the payload of the statement that counts refusals which
// left no entry of their own (contracts.md, Entries: Refused).
type uncountedNote struct {
	Statement string `json:"statement"`
	Process   string `json:"processo"` // two may count the same in an hour
	Hour      string `json:"ora"`      // RFC 3339, UTC, its beginning
	Count     int64  `json:"rifiuti"`
}

// erase deletes the documents of rejected submissions in time, once it holds
// shard 0 and then every day (contracts.md, Entries). A successor that does so
// again finds nothing to erase.
func (n *Node) erase(ctx context.Context) error {
	var last time.Time
	return n.every(ctx, lookEvery, func() error {
		if !n.Relay.Holds(0) || n.Now().Sub(last) < eraseEvery {
			return nil
		}
		erased, err := n.Store.Erase(ctx, n.Now().Add(-ledger.RejectedTTL))
		if err == nil {
			last = n.Now()
		}
		if erased > 0 {
			n.Log.Info("documents of old rejections erased", "count", erased)
		}
		return err
	})
}

// count records how many refusals left no entry, hour by hour.
func (n *Node) count(ctx context.Context) error {
	return n.every(ctx, lookEvery, func() error {
		hour, dropped := n.refusals.Drain(n.Now())
		if dropped == 0 {
			return nil
		}
		payload, err := ledger.Payload(uncountedNote{
			Statement: "rifiuti-senza-voce", Process: n.holder, Hour: hour.UTC().Format(time.RFC3339), Count: dropped,
		})
		if err != nil {
			return err
		}
		return n.sinks().append(ctx, ledger.Entry{Type: ledger.Statement, Digest: ledger.Sum(payload), Payload: payload})
	})
}

// every runs step now and at each period until ctx ends; its errors are logged
// and it is tried again at the next.
func (n *Node) every(ctx context.Context, period time.Duration, step func() error) error {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		if err := step(); err != nil && ctx.Err() == nil {
			n.Log.Warn("housekeeping waits", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
