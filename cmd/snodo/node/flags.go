package node

import (
	"log/slog"
	"strings"

	"github.com/alecthomas/kong"
)

// Flags are what `serve` is told: the configuration of a node, and what its process
// logs and shows. A configuration file may give them too (--config).
type Flags struct {
	Listen    string            `help:"Address to listen on; port 0 takes a free one." default:"127.0.0.1:8080"`
	Data      string            `help:"Data folder; made at the first start." default:"data" type:"path"`
	Database  string            `help:"Ledger: sqlite:PATH or postgres://...; DIR/ledger.db if not given." placeholder:"URL"`
	National  string            `name:"national-database" help:"National store: sqlite:PATH or postgres://...; DIR/national.db if not given." placeholder:"URL"`
	Kafka     []string          `help:"Brokers; the one inside this process if not given." placeholder:"HOST:PORT"`
	Role      []string          `help:"What this process does: intake, relay, national, console; all if not given." placeholder:"ROLE"`
	Keys      string            `help:"Folder of ca.pem, seal.pem and conversion.pem; the data folder if not given." type:"path" placeholder:"DIR"`
	Standards string            `help:"Folder of a pack of official schemas and code tables; read again at SIGHUP." type:"path" placeholder:"DIR"`
	File      kong.ConfigFlag   `name:"config" help:"JSON file with values of these flags." type:"path" placeholder:"FILE"`
	Policy    map[string]string `help:"Policy of a region: signed (default), or channel to admit unsigned documents too." placeholder:"REGION=signed|channel"`
	Trust     map[string]string `help:"Authorities of a region's signers." placeholder:"REGION=PEM"`
	ModI      map[string]string `name:"modi" help:"Require of a region's senders messages signed by ModI (ID_AUTH_SOAP_02, INTEGRITY_SOAP_01); their authorities, or their own certificates." placeholder:"REGION=PEM"`
	ClientCA  string            `name:"client-ca" help:"Authorities of the client certificates that open channels." type:"path" placeholder:"PEM"`
	TLSCert   string            `name:"tls-cert" help:"Certificate of the listener." type:"path" placeholder:"PEM"`
	TLSKey    string            `name:"tls-key" help:"Key of the listener." type:"path" placeholder:"PEM"`
	PublicURL string            `name:"public-url" help:"URL under which callers reach this node; WSDLs name it."`
	FirstCode map[string]int64  `name:"first-code" help:"First progressive of a region's codes; with --after-restore also where lower ones were given." placeholder:"REGION=N"`
	AfterRest bool              `name:"after-restore" help:"Start on a restored copy: lifts the counters above every code in the topics first, and sends again what has no outcome."`
	LogLevel  slog.Level        `name:"log-level" help:"debug, info, warn or error." default:"info"`
	Profiles  string            `name:"profile-socket" help:"Serve Go's profiles on this Unix socket." type:"path" hidden:""`
}

// Config is what the flags say.
func (c Flags) Config() Config {
	return Config{
		Listen: c.Listen, Data: c.Data, Policy: c.Policy, Trust: c.Trust, ModI: c.ModI, ClientCA: c.ClientCA,
		Database: c.Database, NationalDatabase: c.National, Kafka: c.Kafka, Roles: c.Role, Keys: c.Keys,
		TLSCert: c.TLSCert, TLSKey: c.TLSKey, PublicURL: c.PublicURL, First: c.FirstCode, Restore: c.AfterRest,
		Standards: c.Standards, File: string(c.File),
	}
}

// flagKeys are the flags as a configuration file writes them, in every way that
// kong takes.
func flagKeys() []string {
	var keys []string
	parser, err := kong.New(new(Flags), kong.Name("serve"), kong.NoDefaultHelp())
	if err != nil {
		return nil // the grammar of the command line was made of the same before
	}
	for _, flag := range parser.Model.Flags {
		words := strings.Split(flag.Name, "-")
		camel := words[0]
		for _, w := range words[1:] {
			camel += strings.ToUpper(w[:1]) + w[1:]
		}
		keys = append(keys, strings.Join(words, "_"), camel, flag.Name)
	}
	return keys
}
