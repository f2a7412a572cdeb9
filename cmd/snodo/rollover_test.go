package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/sample"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/transform/co"
)

// TestRollover: two seals alive. Before the instant the former seals, from it on
// the next, receipts, converted documents and answers under ModI alike; whatever was sealed goes on
// verifying, and the national store takes both.
func TestRollover(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	began := time.Now()
	turn := began.Add(time.Hour).Truncate(time.Second)
	var later atomic.Bool
	now := func() time.Time {
		if later.Load() {
			return time.Now().Add(2 * time.Hour)
		}
		return time.Now()
	}
	signer := signerFor(t, data, 0)
	said := mustRun(t, "certificate", "renew", "--keys", data, "--public", filepath.Join(data, "public"), "--from", turn.Format(time.RFC3339))
	if n := strings.Count(said, "sigilla dal "+turn.UTC().Format(time.RFC3339)); n != 2 {
		t.Errorf("made: %s", said)
	}
	next := filepath.Join(data, "seal-"+turn.UTC().Format("20060102T150405Z")+".pem")
	if public, err := xmlsig.OpenCertificates(filepath.Join(data, "public")); err != nil || len(public.Seal) != 2 || len(public.Conversion) != 2 {
		t.Errorf("public: %+v, %v", public, err)
	}
	keys, err := xmlsig.OpenKeys(data, began)
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(data)
	cfg.ModI = map[string]string{"lazio": filepath.Join(data, "ca.pem")}
	h := startNodeAt(t, cfg, now, nil)
	lazio := &modiHub{hubUnderTest: h, anchor: keys.Authority.Certificate, system: systemOn(t, keys.Authority)}
	web := webClient(t, 1)
	marche := endpointOf(web, h.URL(), "marche")
	docs := signAll(t, signer, hirings(t, "marche", 0, 2))
	receipts := make([][]byte, 2)
	channel := make([][]byte, 2)
	for i := range 2 {
		later.Store(i == 1)
		a, err := marche.Submit(t.Context(), co.UNILAV, docs[i])
		if err != nil {
			t.Fatal(err)
		}
		receipts[i] = a.Receipt
		if got, _ := lazio.echo(t, xmlsig.Stamp{}); !got.Certificate.Equal(keys.Seals()[i].Certificate) {
			t.Errorf("answer %d is signed by %s", i, got.Certificate.SerialNumber)
		}
		payload, err := sample.SPICOMPayload(sample.VariedHiring(samplesOf(t, "piemonte", 0), i), int64(i+1), h.rome)
		if err != nil {
			t.Fatal(err)
		}
		converted, err := sender.SendSPICOM(t.Context(), web, h.URL()+"/soap/piemonte", payload)
		if err != nil || converted.Receipt == nil {
			t.Fatalf("%+v, %v", converted, err)
		}
		channel[i] = converted.Receipt
		for j, cert := range []string{filepath.Join(data, "seal.pem"), next} {
			file := filepath.Join(t.TempDir(), "receipt.xml")
			if err := os.WriteFile(file, a.Receipt, 0o600); err != nil {
				t.Fatal(err)
			}
			want := map[bool]int{true: verb.ExitDone, false: verb.ExitFinding}[i == j]
			var out bytes.Buffer
			if code := run(t.Context(), []string{"receipt", "verify", file, "--trust", cert}, &out, &out); code != want {
				t.Errorf("receipt %d with seal %d: exit code %d, %s", i, j, code, &out)
			}
		}
	}
	again, err := marche.Submit(t.Context(), co.UNILAV, docs[0])
	if err != nil || !bytes.Equal(again.Receipt, receipts[0]) {
		t.Errorf("sent again after the turn: %v", err)
	}
	for i := range 2 {
		h.registered(t, "marche", receipts[i])
		h.registered(t, "piemonte", channel[i])
	}
	h.stop()
	mustRun(t, "verify", "--data", data)
}
