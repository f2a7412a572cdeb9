package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/xsd/fault"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, e := range fault.Catalogue() {
		out := mustRun(t, "explain", strings.ToLower(string(e.Code)))
		for _, want := range []string{string(e.Code) + "  ", e.Text, e.Remedy, e.Source} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in %s", e.Code, want, out)
			}
		}
	}
	for _, tc := range []struct{ args, says string }{
		{"", "--all"},
		{"XSD-20 --all", "--all"},
		{"XSD20", "XSD-20"},
		{"SIG-3", "SIG-03"},
		{"zzz", `"zzz"`},
	} {
		code, out, errs := attempt(t, append([]string{"explain"}, strings.Fields(tc.args)...)...)
		if code != verb.ExitUsage || out != "" || !strings.Contains(errs, tc.says) {
			t.Errorf("explain %s: code %d, %q, %q", tc.args, code, out, errs)
		}
	}
}

func TestExplainAsJSON(t *testing.T) {
	t.Parallel()
	var one explained
	if err := json.Unmarshal([]byte(mustRun(t, "explain", "CES-01", "--json")), &one); err != nil {
		t.Fatal(err)
	}
	if one.Code != fault.Termination || one.Stage != fault.StageRegole || one.Meaning == "" || len(one.Kinds) == 0 || one.Movements[0] != "CES" {
		t.Errorf("%+v", one)
	}
	var all []explained
	if err := json.Unmarshal([]byte(mustRun(t, "explain", "--all", "--json")), &all); err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(mustRun(t, "explain", "--all"), "\n")
	if n := len(fault.Catalogue()); len(all) != n || lines != n {
		t.Errorf("%d in JSON, %d lines, want %d", len(all), lines, n)
	}
	for _, e := range all {
		if e.Title == "" || e.Anomalia == "" {
			t.Errorf("%+v", e)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"XSD20", "XSD-20", 1}, {"XSD-20", "XSD-02", 2}, {"kitten", "sitting", 3}} {
		if got := distance(tc.a, tc.b); got != tc.want {
			t.Errorf("%q to %q: %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

// TestCatalogueServed: a hub shows every code to whoever asks.
func TestCatalogueServed(t *testing.T) {
	t.Parallel()
	hub := startHub(t, t.TempDir(), nil)
	web := webClient(t, 1)
	res, err := web.Get(hub.URL() + soap.CataloguePath)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(page), `id="XSD-20"`) {
		t.Errorf("status %d, %v, %.200s", res.StatusCode, err, page)
	}
	res, err = web.Post(hub.URL()+soap.CataloguePath, "text/xml", strings.NewReader("<a/>"))
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, res, http.StatusNotFound, fault.UnknownPath)
}
