package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// composeFile is as much of a Compose file as ours uses. Decoding is strict:
// a key that is not here is a mistake, or a new one to check.
type composeFile struct {
	Name     string                    `yaml:"name"`
	Services map[string]composeService `yaml:"services"`
	Networks map[string]struct {
		Internal bool `yaml:"internal"`
	} `yaml:"networks"`
	Volumes map[string]struct{} `yaml:"volumes"`
	Secrets map[string]struct {
		File string `yaml:"file"`
	} `yaml:"secrets"`
	Configs map[string]struct {
		Content string `yaml:"content"`
	} `yaml:"configs"`
}

type composeService struct {
	Image string `yaml:"image"`
	Build struct {
		Context string            `yaml:"context"`
		Args    map[string]string `yaml:"args"`
	} `yaml:"build"`
	Hostname    string            `yaml:"hostname"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	DependsOn   map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
	Healthcheck struct {
		Disable       bool     `yaml:"disable"`
		Test          []string `yaml:"test"`
		Interval      string   `yaml:"interval"`
		Timeout       string   `yaml:"timeout"`
		Retries       int      `yaml:"retries"`
		StartPeriod   string   `yaml:"start_period"`
		StartInterval string   `yaml:"start_interval"`
	} `yaml:"healthcheck"`
	Networks    []string `yaml:"networks"`
	NetworkMode string   `yaml:"network_mode"`
	Ports       []string `yaml:"ports"`
	Volumes     []string `yaml:"volumes"`
	Tmpfs       []string `yaml:"tmpfs"`
	Secrets     []string `yaml:"secrets"`
	Configs     []struct {
		Source string `yaml:"source"`
		Target string `yaml:"target"`
		Mode   int    `yaml:"mode"`
	} `yaml:"configs"`
	Restart         string   `yaml:"restart"`
	ReadOnly        bool     `yaml:"read_only"`
	SecurityOpt     []string `yaml:"security_opt"`
	CapDrop         []string `yaml:"cap_drop"`
	StopGracePeriod string   `yaml:"stop_grace_period"`
	MemLimit        string   `yaml:"mem_limit"`
	CPUs            float64  `yaml:"cpus"`
	ShmSize         string   `yaml:"shm_size"`
	Logging         struct {
		Driver  string            `yaml:"driver"`
		Options map[string]string `yaml:"options"`
	} `yaml:"logging"`
}

// snodo reports whether the service runs this program.
func (s composeService) snodo() bool { return strings.HasPrefix(s.Image, "snodo:") }

// mounts are the paths inside at which the service has a volume, with the
// volume's name.
func (s composeService) mounts() map[string]string {
	m := make(map[string]string)
	for _, v := range s.Volumes {
		fields := strings.Split(v, ":")
		m[fields[1]] = fields[0]
	}
	return m
}

// composed reads docker-compose.yml, each ${NAME:-default} as its default.
func composed(t *testing.T) composeFile {
	t.Helper()
	text := regexp.MustCompile(`\$\{[A-Z_]+:-([^}]*)\}`).ReplaceAllString(shipped(t, "docker-compose.yml"), "$1")
	var parts map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &parts); err != nil {
		t.Fatal(err)
	}
	for name, part := range parts { // extensions are seen where they are used
		if !strings.HasPrefix(name, "x-") {
			continue
		}
		if part.Anchor == "" {
			t.Errorf("%s is used nowhere", name)
		}
		text = regexp.MustCompile(`(?m)^`+name+`: (&\S+)$`).ReplaceAllString(text, "extension-"+name+": $1")
	}
	var f struct {
		composeFile `yaml:",inline"`
		Extensions  map[string]any `yaml:",inline"`
	}
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	for name := range f.Extensions {
		if !strings.HasPrefix(name, "extension-x-") {
			t.Errorf("%s: no such part of a Compose file", name)
		}
	}
	if len(f.Services) == 0 {
		t.Fatal("no services")
	}
	return f.composeFile
}

// parsedArgs reads arguments as the program would, without running them.
func parsedArgs(t *testing.T, args []string) (cli, *kong.Context) {
	t.Helper()
	var grammar cli
	parser, err := kong.New(&grammar, kong.Name("snodo"), kong.Writers(io.Discard, io.Discard),
		kong.Exit(func(int) { t.Errorf("%v: prints help", args) }),
		kong.BindTo(t.Context(), (*context.Context)(nil)), kong.Bind(verb.Console{}), kong.Configuration(kong.JSON))
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		t.Fatalf("snodo %s: %v", strings.Join(args, " "), err)
	}
	return grammar, chosen
}

// probeOf reads a health check that runs this program.
func probeOf(t *testing.T, test []string) *url.URL {
	t.Helper()
	if len(test) < 2 || test[0] != "CMD" || test[1] != "/snodo" {
		t.Fatalf("health check %q does not run /snodo", test)
	}
	grammar, chosen := parsedArgs(t, test[2:])
	if chosen.Command() != "health" {
		t.Fatalf("health check %q", test)
	}
	u, err := url.Parse(grammar.Health.URL)
	if err != nil || u.Hostname() != "127.0.0.1" {
		t.Fatalf("health check %q: %v", test, err)
	}
	return u
}

// TestComposeCommands: what each process of ours is told is what the program
// takes, and what it is told to use is there.
func TestComposeCommands(t *testing.T) {
	t.Parallel()
	f := composed(t)
	has := map[string]int{}
	for name, s := range f.Services {
		if !s.snodo() {
			continue
		}
		grammar, chosen := parsedArgs(t, s.Command)
		switch chosen.Command() {
		case "certificate init":
			for _, dir := range []string{grammar.Certificate.Init.Keys, grammar.Certificate.Init.Public} {
				if s.mounts()[dir] == "" {
					t.Errorf("%s: nothing is mounted at %s", name, dir)
				}
			}
			continue
		case "serve":
		default:
			t.Errorf("%s runs %s", name, chosen.Command())
			continue
		}
		cfg := grammar.Serve.Config()
		if err := cfg.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, role := range cfg.Roles {
			has[role]++
		}
		_, port, err := net.SplitHostPort(cfg.Listen)
		if err != nil || probeOf(t, s.Healthcheck.Test).Port() != port {
			t.Errorf("%s listens on %s, its health check asks %v", name, cfg.Listen, s.Healthcheck.Test)
		}
		for _, p := range s.Ports {
			if fields := strings.Split(p, ":"); len(fields) != 3 || fields[2] != port || fields[0] != "127.0.0.1" {
				t.Errorf("%s: port %s, want 127.0.0.1:PORT:%s", name, p, port)
			}
		}
		paths := []string{cfg.Keys, cfg.Data}
		for _, file := range cfg.Trust {
			paths = append(paths, path.Dir(file))
		}
		for _, dir := range paths {
			if s.mounts()[dir] == "" {
				t.Errorf("%s: nothing is mounted at %s", name, dir)
			}
		}
		if want := map[bool]string{true: "keys", false: "certificates"}[slices.Contains(cfg.Roles, "intake") || slices.Contains(cfg.Roles, "relay")]; s.mounts()[cfg.Keys] != want {
			t.Errorf("%s has the volume %s, want %s", name, s.mounts()[cfg.Keys], want)
		}
		checkBrokersOf(t, f, name, cfg.Kafka)
		checkDatabaseOf(t, f, name, s, cfg.Database)
		checkDatabaseOf(t, f, name, s, cfg.NationalDatabase)
	}
	if has["intake"] < 2 || has["relay"] == 0 || has["national"] == 0 || has["console"] == 0 || len(has) != 4 {
		t.Errorf("processes by role: %v", has)
	}
}

func checkBrokersOf(t *testing.T, f composeFile, name string, addrs []string) {
	t.Helper()
	if len(addrs) < 3 {
		t.Errorf("%s knows %d brokers", name, len(addrs))
	}
	for _, a := range addrs {
		host, _, err := net.SplitHostPort(a)
		if err != nil || f.Services[host].Environment["KAFKA_ADVERTISED_LISTENERS"] != "PLAINTEXT://"+a {
			t.Errorf("%s: no broker is at %s (%v)", name, a, err)
		}
	}
}

// checkDatabaseOf: the server is a service, the database is made by its start
// script, and the password comes from a secret.
func checkDatabaseOf(t *testing.T, f composeFile, name string, s composeService, database string) {
	t.Helper()
	if database == "" {
		return
	}
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	if _, secret := u.User.Password(); secret {
		t.Errorf("%s: a password in clear", name)
	}
	server, ok := f.Services[u.Hostname()]
	if !ok || !strings.HasPrefix(server.Image, "postgres:") {
		t.Errorf("%s: no server is at %s", name, u.Host)
	}
	made := regexp.MustCompile(`(?m)^for name in (.*); do$`).FindStringSubmatch(f.Configs["databases"].Content)
	if made == nil || !slices.Contains(strings.Fields(made[1]), strings.Trim(u.Path, "/")) || u.User.Username() != strings.Trim(u.Path, "/") {
		t.Errorf("%s: the start script makes %v, not %s", name, made, database)
	}
	file := s.Environment["PGPASSFILE"]
	if path.Dir(file) != "/run/secrets" || !slices.Contains(s.Secrets, path.Base(file)) || !slices.Contains(server.Secrets, path.Base(file)) {
		t.Errorf("%s: PGPASSFILE %s is no secret that it and the server have", name, file)
	}
}

// TestComposeReferences: every service, volume, network, secret and file that
// is named is there, and every one that is there is named.
func TestComposeReferences(t *testing.T) {
	t.Parallel()
	f := composed(t)
	used := map[string]bool{}
	use := func(from, kind, name string, there bool) {
		if !there {
			t.Errorf("%s: no %s %s", from, kind, name)
		}
		used[kind+" "+name] = true
	}
	published := map[string]string{}
	for name, s := range f.Services {
		for on, d := range s.DependsOn {
			other, ok := f.Services[on]
			use(name, "service", on, ok)
			switch d.Condition {
			case "service_healthy":
				if other.Healthcheck.Disable || len(other.Healthcheck.Test) == 0 {
					t.Errorf("%s waits for the health of %s, which has no check", name, on)
				}
			case "service_completed_successfully":
				if other.Restart != "on-failure" {
					t.Errorf("%s waits for the end of %s, which is started again", name, on)
				}
			default:
				t.Errorf("%s: condition %q", name, d.Condition)
			}
		}
		for _, v := range s.mounts() {
			_, ok := f.Volumes[v]
			use(name, "volume", v, ok)
		}
		for _, n := range s.Networks {
			_, ok := f.Networks[n]
			use(name, "network", n, ok)
		}
		for _, n := range s.Secrets {
			_, ok := f.Secrets[n]
			use(name, "secret", n, ok)
		}
		for _, c := range s.Configs {
			_, ok := f.Configs[c.Source]
			use(name, "config", c.Source, ok)
		}
		for _, p := range s.Ports {
			host := p[:strings.LastIndex(p, ":")]
			if other := published[host]; other != "" {
				t.Errorf("%s and %s publish %s", name, other, host)
			}
			published[host] = name
		}
	}
	for v := range f.Volumes {
		use("volumes", "volume", v, used["volume "+v])
	}
	for n := range f.Networks {
		use("networks", "network", n, used["network "+n])
	}
	for n, s := range f.Secrets {
		use("secrets", "secret", n, used["secret "+n])
		if want := "./secrets/" + n; s.File != want {
			t.Errorf("secret %s is in %s, want %s", n, s.File, want)
		}
		if !strings.Contains(shipped(t, "OPERATING.md"), "secrets/"+n) {
			t.Errorf("OPERATING.md does not say how secrets/%s is made", n)
		}
	}
	for n := range f.Configs {
		use("configs", "config", n, used["config "+n])
	}
	for _, name := range []string{".gitignore", ".dockerignore"} {
		if !regexp.MustCompile(`(?m)^/?secrets/?$`).MatchString(shipped(t, name)) {
			t.Errorf("%s lets secrets through", name)
		}
	}
}

// TestComposeHardened: every container is bounded, restarted and kept from new
// privileges; ours cannot write to its own root.
func TestComposeHardened(t *testing.T) {
	t.Parallel()
	for name, s := range composed(t).Services {
		if !regexp.MustCompile(`^(apache/kafka:\d+\.\d+\.\d+|postgres:\d+\.\d+-[a-z]+|snodo:dev)$`).MatchString(s.Image) {
			t.Errorf("%s: image %s has no exact tag", name, s.Image)
		}
		if s.MemLimit == "" || s.CPUs == 0 || s.Restart == "" || s.Logging.Options["max-size"] == "" || s.StopGracePeriod == "" {
			t.Errorf("%s: no limit of memory, processors, log or stop, or no restart: %+v", name, s)
		}
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s may gain privileges", name)
		}
		if s.snodo() && (!s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || s.Build.Args["VERSION"] == "") {
			t.Errorf("%s: root is writable, has capabilities or is built without a version", name)
		}
		for variable, value := range s.Environment {
			if regexp.MustCompile(`(?i)passw|secret|token`).MatchString(variable) && !strings.HasPrefix(value, "/run/secrets/") {
				t.Errorf("%s: %s is in clear", name, variable)
			}
		}
	}
}

// knownVariables are the variables of the environment that may be set, each
// with who reads it. KAFKA_ ones are in knownProperties.
var knownVariables = map[string]string{
	"PGPASSFILE":             "jackc/pgx, pgconn.ParseConfig",
	"GOMEMLIMIT":             "the Go runtime, package runtime",
	"CLUSTER_ID":             "apache/kafka, docker/examples/README.md",
	"KAFKA_HEAP_OPTS":        "Kafka, bin/kafka-run-class.sh",
	"POSTGRES_USER":          "docker-library/postgres, docker-entrypoint.sh",
	"POSTGRES_PASSWORD_FILE": "docker-library/postgres, docker-entrypoint.sh, file_env",
	"POSTGRES_INITDB_ARGS":   "docker-library/postgres, docker-entrypoint.sh",
}

// knownProperties are the properties of a broker that may be set, as
// KAFKA_ and the name in capitals with underscores for dots (apache/kafka,
// docker/examples/README.md). All are in the configuration definition of Kafka
// 4.4 (org.apache.kafka.server.config, .network, .raft, .coordinator).
var knownProperties = []string{
	"advertised.listeners", "auto.create.topics.enable", "controller.listener.names", "controller.quorum.voters",
	"default.replication.factor", "inter.broker.listener.name", "listener.security.protocol.map", "listeners",
	"log.dirs", "message.max.bytes", "min.insync.replicas", "node.id", "offsets.retention.minutes",
	"offsets.topic.replication.factor", "process.roles", "replica.fetch.max.bytes",
	"share.coordinator.state.topic.min.isr", "share.coordinator.state.topic.replication.factor",
	"transaction.state.log.min.isr", "transaction.state.log.replication.factor", "unclean.leader.election.enable",
}

// TestComposeVariables: every variable is one that somebody reads.
func TestComposeVariables(t *testing.T) {
	t.Parallel()
	for name, s := range composed(t).Services {
		for variable := range s.Environment {
			property := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, "KAFKA_"), "_", "."))
			switch {
			case knownVariables[variable] != "":
			case strings.HasPrefix(variable, "KAFKA_") && slices.Contains(knownProperties, property):
			default:
				t.Errorf("%s: nobody reads %s", name, variable)
			}
		}
	}
}

// TestComposeKafka: the brokers are one cluster that keeps what contracts.md
// asks for (Kafka): replication 3, min.insync 2, messages of 8 MiB.
func TestComposeKafka(t *testing.T) {
	t.Parallel()
	var voters []string
	ids := map[string]bool{}
	clusters := map[string]bool{}
	for name, s := range composed(t).Services {
		if !strings.HasPrefix(s.Image, "apache/kafka:") {
			continue
		}
		e := s.Environment
		ids[e["KAFKA_NODE_ID"]] = true
		clusters[e["CLUSTER_ID"]] = true
		voters = append(voters, fmt.Sprintf("%s@%s:9093", e["KAFKA_NODE_ID"], name))
		if s.Hostname != name || e["KAFKA_ADVERTISED_LISTENERS"] != "PLAINTEXT://"+name+":9092" ||
			e["KAFKA_LISTENERS"] != "PLAINTEXT://:9092,CONTROLLER://:9093" || s.mounts()[e["KAFKA_LOG_DIRS"]] != name {
			t.Errorf("%s: name, listeners or volume do not agree: %+v", name, s)
		}
		for variable, want := range map[string]int{
			"KAFKA_DEFAULT_REPLICATION_FACTOR": 3, "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": 3, "KAFKA_MIN_INSYNC_REPLICAS": 2,
			"KAFKA_MESSAGE_MAX_BYTES": kafka.MaxMessage, "KAFKA_REPLICA_FETCH_MAX_BYTES": kafka.MaxMessage,
		} {
			if e[variable] != strconv.Itoa(want) {
				t.Errorf("%s: %s=%s, want %d", name, variable, e[variable], want)
			}
		}
	}
	slices.Sort(voters)
	if len(voters) != 3 || len(ids) != 3 || len(clusters) != 1 {
		t.Errorf("%d brokers, %d ids, %d clusters", len(voters), len(ids), len(clusters))
	}
	for _, s := range composed(t).Services {
		if v, ok := s.Environment["KAFKA_CONTROLLER_QUORUM_VOTERS"]; ok && v != strings.Join(voters, ",") {
			t.Errorf("voters %s, want %s", v, strings.Join(voters, ","))
		}
	}
	for id := range clusters {
		if b, err := base64.RawURLEncoding.DecodeString(id); err != nil || len(b) != 16 {
			t.Errorf("CLUSTER_ID %s is no identifier of 16 bytes: %v", id, err)
		}
	}
}
