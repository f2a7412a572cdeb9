// Command gen writes the generated half of package client: the types and calls
// that gowsdl makes of the WSDL this hub serves. A region's developer who
// points gowsdl at ?wsdl gets the same.
//
// It owns the call of the generator and must hold nothing else.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"time"

	"github.com/hooklift/gowsdl"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/routing"
)

func main() {
	out := flag.String("o", "generated.go", "file to write")
	flag.Parse()
	quieten()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// quieten silences gowsdl's progress and keeps it to one processor: version
// 0.5.0 writes one map from two goroutines without a lock.
func quieten() {
	log.SetOutput(io.Discard)
	runtime.GOMAXPROCS(1)
}

func run(out string) error {
	source, err := generate(routing.Region{Slug: "generica", Name: "generica"}, nil)
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, source, 0o644); err != nil {
		return fmt.Errorf("write generated client: %w", err)
	}
	return nil
}

// generate serves a region's WSDL and its schemas on a loopback port, as gowsdl
// follows imports over HTTP, and returns the formatted source. Neither address nor
// region nor profiles are part of it.
func generate(region routing.Region, profiles []soap.Profile) ([]byte, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the generator: %w", err)
	}
	public := "http://" + l.Addr().String()
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := soap.Schema(r.URL.Query().Get("xsd"))
			if body == nil {
				body = soap.WSDL(region, public, profiles)
			}
			w.Write(body)
		}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	go server.Serve(l)
	defer server.Close()

	generator, err := gowsdl.NewGoWSDL(public+soap.EndpointPath+region.Slug+"?wsdl", "client", false, true)
	if err != nil {
		return nil, fmt.Errorf("read WSDL: %w", err)
	}
	parts, err := generator.Start()
	if err != nil {
		return nil, fmt.Errorf("generate from WSDL: %w", err)
	}
	source := bytes.Join([][]byte{parts["header"], parts["types"], parts["operations"]}, nil)
	// gowsdl 0.5.0 writes a malformed JSON tag on simple content, the only text
	// of its output that does not pass staticcheck (SA5008).
	source = bytes.ReplaceAll(source, []byte(`json:"-,"`), []byte(`json:"-"`))
	source, err = format.Source(source)
	if err != nil {
		return nil, fmt.Errorf("format generated client: %w", err)
	}
	return source, nil
}
