package main

import (
	"context"
	"time"

	"github.com/snodo-co/snodo/adapters/probe"
)

func (c probeCmd) judged(ctx context.Context, con console, rome *time.Location) (probe.Report, error) {
	return probe.Report{}, nil
}
