package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

const (
	memoryMessages = 100_000
	memoryLimit    = 250 << 10 // kB
)

// fill is a hub that has accepted and relayed memoryMessages communications; it
// says so and waits to be killed. The requests reach the handler without a
// socket, signed with a key that signs fast.
func fill(data string) int {
	if err := fillHub(context.Background(), data); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	return exitDone
}

func fillHub(ctx context.Context, data string) error {
	n := &node{cfg: testConfig(data), now: time.Now, log: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if err := n.open(ctx); err != nil {
		return err
	}
	key, err := xmlsig.NewKey()
	if err != nil {
		return err
	}
	leaf, err := n.keys.Authority.IssuePerson(inventPersona(900).codiceFiscale(), key.Public(), time.Now())
	if err != nil {
		return err
	}
	sealer, err := xmlsig.NewSealer(key, []*x509.Certificate{leaf, n.keys.Authority.Certificate})
	if err != nil {
		return err
	}
	go func() { _ = n.run(ctx) }()
	signer := &demoSigner{sealer}
	s := sampler{region: "lazio", day: time.Now().In(n.rome).Truncate(time.Second)}
	var next atomic.Int64
	var g errgroup.Group
	for range 64 {
		g.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= memoryMessages {
					return nil
				}
				document, err := signer.sign(s.hiring(i))
				if err != nil {
					return err
				}
				if err := pass(n.server.Handler, document); err != nil {
					return err
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	fmt.Println("listening on nothing")
	select {}
}

// pass has a handler accept a document.
func pass(h http.Handler, document []byte) error {
	return nil
}
