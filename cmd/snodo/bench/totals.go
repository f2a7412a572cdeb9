package bench

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/routing"
)

// nationalTotals are the control totals that the national store published, of
// each day, region and kind in the order of their instants.
type nationalTotals [][]nationalCount

// nationalCount is how many communications were registered at an instant.
type nationalCount struct {
	instant time.Time
	count   int64
}

// readTotals reads all control totals on the topic.
func readTotals(ctx context.Context, addrs []string) (nationalTotals, error) {
	type key struct{ day, region, kind string }
	lines := make(map[key][]nationalCount)
	err := kafka.Scan(ctx, addrs, routing.TopicTotals, func(m kafka.Message) error {
		if m.Type() != kafka.TypeTotal {
			return nil
		}
		t, err := kafka.DecodeTotal(m)
		if err != nil {
			return err
		}
		k := key{t.Day, t.Region, t.Kind}
		lines[k] = append(lines[k], nationalCount{t.Instant, t.Count})
		return nil
	})
	if err != nil {
		return nil, err
	}
	var totals nationalTotals
	for _, line := range lines {
		slices.SortStableFunc(line, func(a, b nationalCount) int { return a.instant.Compare(b.instant) })
		totals = append(totals, line)
	}
	return totals, nil
}

// last is the count of all lines in the end.
func (t nationalTotals) last() int64 {
	var n int64
	for _, line := range t {
		n += line[len(line)-1].count
	}
	return n
}

// at is the count at an instant. The store publishes every two seconds; between
// two totals it counts evenly, and from zero at start to the first.
func (t nationalTotals) at(start, instant time.Time) float64 {
	var n float64
	for _, line := range t {
		n += countAt(line, start, instant)
	}
	return n
}

func countAt(line []nationalCount, start, instant time.Time) float64 {
	i, _ := slices.BinarySearchFunc(line, instant, func(c nationalCount, t time.Time) int {
		return cmp.Compare(c.instant.UnixNano(), t.UnixNano())
	})
	if i == len(line) {
		return float64(line[i-1].count)
	}
	before := nationalCount{instant: start}
	if i > 0 {
		before = line[i-1]
	}
	span := line[i].instant.Sub(before.instant)
	if span <= 0 || instant.Before(before.instant) {
		return float64(before.count)
	}
	share := float64(instant.Sub(before.instant)) / float64(span)
	return float64(before.count) + share*float64(line[i].count-before.count)
}
