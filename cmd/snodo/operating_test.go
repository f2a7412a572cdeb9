package main

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/jackc/pgx/v5"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/transform/co"
)

// TestOperatingFlags: the table of the configuration lists the flags of serve.
func TestOperatingFlags(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(shipped(t, "OPERATING.md"), "\n## Configuration\n")
	text, _, _ := strings.Cut(rest, "\n## ")
	var listed, flags []string
	for _, m := range regexp.MustCompile("(?m)^\\| `--([a-z-]+)` \\|").FindAllStringSubmatch(text, -1) {
		listed = append(listed, m[1])
	}
	for _, node := range kong.Must(new(cli)).Model.Children {
		if node.Name != "serve" {
			continue
		}
		for _, f := range node.Flags {
			if !f.Hidden {
				flags = append(flags, f.Name)
			}
		}
	}
	slices.Sort(listed)
	slices.Sort(flags)
	if !slices.Equal(listed, flags) || len(flags) == 0 {
		t.Errorf("OPERATING.md lists %v, serve has %v", listed, flags)
	}
}

// TestOperatingService: the unit starts what the program understands with the
// configuration shown.
func TestOperatingService(t *testing.T) {
	t.Parallel()
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/snodo (.*)$`).FindStringSubmatch(block(t, "ini unit"))
	if start == nil {
		t.Fatal("the unit starts nothing")
	}
	config := filepath.Join(t.TempDir(), "serve.json")
	if err := os.WriteFile(config, []byte(block(t, "json serve")), 0o600); err != nil {
		t.Fatal(err)
	}
	args := strings.Fields(strings.ReplaceAll(start[1], "/etc/snodo/serve.json", config))
	if !slices.Contains(args, config) {
		t.Fatalf("the unit starts %v, without the configuration shown", args)
	}
	grammar, _ := parsedArgs(t, args)
	cfg := grammar.Serve.Config()
	if err := cfg.Check(); err != nil {
		t.Error(err)
	}
	if cfg.Data != "/var/lib/snodo" || len(cfg.Trust) != 3 || cfg.TLSKey == "" || cfg.PublicURL == "" {
		t.Errorf("the configuration is not what was read: %+v", cfg)
	}
}

// TestOperatingSecrets: from the files that OPERATING.md makes, the processes
// of the Compose file have the password of their own database.
func TestOperatingSecrets(t *testing.T) {
	dir := t.TempDir()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not here: the passwords cannot be made as OPERATING.md says")
	}
	cmd := exec.Command("sh", "-eu")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(block(t, "sh secrets"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f := composed(t)
	for name := range f.Secrets {
		if text, err := os.ReadFile(filepath.Join(dir, "secrets", name)); err != nil || len(text) < 32 {
			t.Errorf("secret %s: %d bytes, %v", name, len(text), err)
		}
	}
	passwords := map[string]string{}
	for name, s := range f.Services {
		if !s.snodo() || s.Environment["PGPASSFILE"] == "" {
			continue
		}
		grammar, _ := parsedArgs(t, s.Command)
		t.Setenv("PGPASSFILE", filepath.Join(dir, "secrets", filepath.Base(s.Environment["PGPASSFILE"])))
		database := grammar.Serve.Database + grammar.Serve.National // a process has one
		c, err := pgx.ParseConfig(database)
		if err != nil || len(c.Password) < 32 {
			t.Errorf("%s: a password of %d characters for %s, %v", name, len(c.Password), database, err)
			continue
		}
		if other := passwords[c.User]; other != "" && other != c.Password {
			t.Errorf("%s has two passwords", c.User)
		}
		passwords[c.User] = c.Password
	}
	if len(passwords) != 2 || passwords["snodo"] == passwords["national"] {
		t.Errorf("%d users have passwords, or the same", len(passwords))
	}
}

// TestOlderProgram: a program goes on working on a schema to which a later one
// has added, as OPERATING.md says of upgrades.
func TestOlderProgram(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	h := startHub(t, data, nil)
	h.accepted(t, signAll(t, signerFor(t, data, 0), []*co.UniLav{samplesOf(t, "marche", 0).Hiring(1)}))
	h.stop()
	for _, file := range []string{node.LedgerFile, node.NationalFile} {
		db, err := sql.Open("sqlite", filepath.Join(data, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{
			`CREATE TABLE later (n INTEGER)`,
			`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`,
		} {
			if _, err := db.Exec(statement); err != nil {
				t.Fatalf("%s: %s: %v", file, statement, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	h = startHub(t, data, nil)
	h.accepted(t, signAll(t, signerFor(t, data, 0), []*co.UniLav{samplesOf(t, "marche", 0).Hiring(2)}))
	h.stop()
	mustRun(t, "verify", "--data", data)
}
