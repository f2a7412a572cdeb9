package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// version is stamped by the build of the image (-ldflags "-X main.version=...");
// elsewhere the build information of the Go command stands for it.
var version string

type versionCmd struct {
	JSON bool `help:"Print one JSON object."`
}

// build says which program this is.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from sources that no commit has
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// Run prints the version.
func (c versionCmd) Run(con verb.Console) error {
	b := thisBuild()
	if c.JSON {
		return verb.PrintJSON(con.Out, b)
	}
	_, err := fmt.Fprintln(con.Out, "snodo", b.Version, verb.OrDash(b.Commit), b.Go, b.Platform)
	return err
}
