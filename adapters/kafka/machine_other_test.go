//go:build !linux

package kafka_test

import (
	"testing"
	"time"
)

func smallDisk(t *testing.T, _ string, _ string) (fill func(leave int64), free func()) {
	t.Skip("a small disk is made on Linux only")
	return nil, nil
}

// cpu is measured on Linux only.
func cpu() time.Duration { return 0 }
