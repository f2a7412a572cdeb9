package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// profiling serves Go's profiles on a Unix socket, for `snodo bench --profile`
// and for whoever may enter the data folder. It is never reachable from a
// network.
type profiling struct{ server *http.Server }

// startProfiling serves at a path; "" gives a profiling that does nothing.
func startProfiling(ctx context.Context, path string) (*profiling, error) {
	if path == "" {
		return new(profiling), nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("serve profiles: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	p := &profiling{&http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

// close stops serving and removes the socket.
func (p *profiling) close() error {
	if p.server == nil {
		return nil
	}
	if err := p.server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("stop profiles: %w", err)
	}
	return nil
}
