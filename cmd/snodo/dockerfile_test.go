package main

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestDockerfile: the image starts what the program understands, as nobody,
// from a compiler that go.mod allows.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(shipped(t, "Dockerfile"), "\\\n", " ")
	last := map[string]string{}
	for line := range strings.Lines(text) {
		if word, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok && word != "#" {
			last[word] = strings.TrimSpace(rest)
		}
	}
	list := func(word string) []string {
		var args []string
		_, array, _ := strings.Cut(last[word], "[")
		if err := yaml.Unmarshal([]byte("["+array), &args); err != nil {
			t.Fatalf("%s: %v", word, err)
		}
		return args
	}
	if got := list("ENTRYPOINT"); !slices.Equal(got, []string{"/snodo"}) {
		t.Errorf("ENTRYPOINT %q", got)
	}
	grammar, chosen := parsedArgs(t, list("CMD"))
	cfg := grammar.Serve.Config()
	if err := cfg.Check(); err != nil || chosen.Command() != "serve" {
		t.Errorf("CMD %q: %v", list("CMD"), err)
	}
	_, port, err := net.SplitHostPort(cfg.Listen)
	if err != nil || last["EXPOSE"] != port || probeOf(t, append([]string{"CMD"}, list("HEALTHCHECK")...)).Port() != port {
		t.Errorf("listens on %s, EXPOSE %s, HEALTHCHECK %s", cfg.Listen, last["EXPOSE"], last["HEALTHCHECK"])
	}
	if !slices.Contains(list("VOLUME"), cfg.Data) || !regexp.MustCompile(`^[1-9][0-9]*:[1-9][0-9]*$`).MatchString(last["USER"]) {
		t.Errorf("VOLUME %s, USER %s", last["VOLUME"], last["USER"])
	}
	if last["FROM"] != "scratch" {
		t.Errorf("the image is made from %s", last["FROM"])
	}
	from := regexp.MustCompile(`(?m)^FROM golang:(1\.\d+\.\d+)-[a-z]+ AS build$`).FindStringSubmatch(text)
	needs := regexp.MustCompile(`(?m)^go (1\.\d+\.\d+)$`).FindStringSubmatch(shipped(t, "go.mod"))
	if from == nil || needs == nil || versionLess(from[1], needs[1]) {
		t.Errorf("built with %v, go.mod needs %v", from, needs)
	}
	for _, want := range []string{"CGO_ENABLED=0", "-trimpath", "-X main.version=${VERSION}", " ./cmd/snodo"} {
		if !strings.Contains(text, want) {
			t.Errorf("is not built with %s", want)
		}
	}
}

// versionLess compares versions of three numbers.
func versionLess(a, b string) bool {
	var x, y [3]int
	_, errA := fmt.Sscanf(a, "%d.%d.%d", &x[0], &x[1], &x[2])
	_, errB := fmt.Sscanf(b, "%d.%d.%d", &y[0], &y[1], &y[2])
	return errA != nil || errB != nil || slices.Compare(x[:], y[:]) < 0
}
