package node

import (
	"context"
	"fmt"
	"time"
)

// How long a starting process waits for parts of other machines: compose and
// systemd start everything at once, and a database may need half a minute.
const (
	startPatience = 60 * time.Second
	firstPause    = 100 * time.Millisecond
	longestPause  = 5 * time.Second
)

// await tries step until it succeeds, with growing pauses, at most until the
// start's patience is over; the last trouble of the part then says why.
func (n *Node) await(ctx context.Context, part string, step func(context.Context) error) error {
	limit, cancel := context.WithDeadline(ctx, n.began.Add(n.Patience))
	defer cancel()
	var cause error
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := step(limit)
		if err == nil {
			return nil
		}
		if cause == nil || limit.Err() == nil { // not that time was over
			cause = err
		}
		n.Log.Warn("waiting at start", "part", part, "error", err)
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
			continue
		case <-limit.Done():
			timer.Stop()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s: not there within %s of the start: %w", part, n.Patience, cause)
	}
}
