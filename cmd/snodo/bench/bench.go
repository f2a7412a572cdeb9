// Package bench measures a server of this program under load: it makes the load
// beforehand, starts the server as a process, sends, watches for receipts, and asks
// ledger, register and audit whether the accounts agree. Of its siblings it imports
// sample and sender, to make and read what it sends, node, to look at what a server
// left, and verb; none but the program imports it.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/snodo-co/snodo/cmd/snodo/node"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// Cmd is the verb `bench`, by its flags.
type Cmd struct {
	Rate        float64       `help:"Submissions a second, sent whatever becomes of those before (open loop); 0 is saturation, each connection sending as soon as it has its answer." default:"0"`
	Overload    bool          `help:"The rate is more than the server can take, as 10 times the saturation: submissions are sent again until accepted, over more connections than the server lets in work (above 384). Valid if what is not accepted gets 503 with Retry-After, 99 of 100 accepted answers come within a second, memory stays under 300 MB and nothing accepted is lost."`
	Duration    time.Duration `help:"Measured time of a run." default:"60s"`
	Warmup      time.Duration `help:"Time under the same load before it." default:"10s"`
	Runs        int           `help:"Runs, each with a server and a data folder of its own." default:"1"`
	Database    string        `help:"PostgreSQL server, as a user who may create databases: each run has two of its own there, dropped after it. SQLite in the data folder if not given." placeholder:"postgres://..."`
	Kafka       []string      `help:"Brokers; the one inside the server if not given." placeholder:"HOST:PORT"`
	ResetTopics bool          `help:"Delete the hub's topics on those brokers before each run, with all they hold; without it a run refuses brokers that have them."`
	Dialect     string        `help:"marche, piemonte or lazio: the national binding, signed; spicom: Piemonte's, over a channel; egov: Marche's, signed; saml: Lazio's, signed, each under an assertion of SPID; modi: the national binding in messages signed by ModI." enum:"marche,piemonte,lazio,spicom,egov,saml,modi" default:"marche"`
	Connections int           `help:"Connections of the load." default:"256"`
	Documents   int           `help:"Documents of the corpus; 0 takes what the rate needs, or 5,000 a second at saturation." default:"0"`
	Signers     int           `help:"People who sign, in turn." default:"16"`
	Corpus      string        `help:"File that keeps the corpus from one benchmark to the next; made if missing or too short." type:"path" placeholder:"FILE"`
	Dir         string        `help:"Where the data folders of the runs are made; the system's temporary folder if not given." type:"path" placeholder:"DIR"`
	Profile     string        `help:"Keep a processor and a heap profile of the server over each measured window here." type:"path" placeholder:"DIR"`
	Drain       time.Duration `help:"Longest wait for the registration of all that was accepted." default:"60s"`
	Keep        bool          `help:"Keep the data folders and say where they are."`
	JSON        bool          `help:"Print one JSON object."`
}

// session is a benchmark under way.
type session struct {
	Cmd
	con    verb.Console
	dir    string // its own folder, given back in the end
	corpus *corpus
	trust  string // PEM file of the signers' authority, "" if unsigned
	rome   *time.Location
}

// saturation is how many submissions a second the corpus is made for when no
// rate is given: some more than this program has ever reached on two cores.
const saturation = 5000

// Run measures and prints the figures. It ends with verb.ErrFinding if any run is not
// valid: something was refused or lost, the backlog did not drain, accounts or audit do
// not hold.
func (c Cmd) Run(ctx context.Context, con verb.Console) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	b := &session{Cmd: c, con: con}
	if b.rome, err = time.LoadLocation("Europe/Rome"); err != nil {
		return fmt.Errorf("load time zone: %w", err)
	}
	if b.dir, err = os.MkdirTemp(c.Dir, "snodo-bench-"); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() {
		if err == nil && !c.Keep {
			err = os.RemoveAll(b.dir)
		} else {
			fmt.Fprintln(con.Err, "cartella delle prove:", b.dir)
		}
	}()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.corpus.close()) }()
	result := Result{
		Machine: fmt.Sprintf("%d processori %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()),
		Parts:   b.parts(), FileSystem: fileSystem(b.dir), Dialect: b.Dialect, Rate: b.Rate, Connections: b.Connections,
		WarmupS: b.Warmup.Seconds(), DurationS: b.Duration.Seconds(),
		Documents: corpusSize{Smallest: b.corpus.Smallest, Mean: b.corpus.Mean, Largest: b.corpus.Largest},
	}
	for n := 1; n <= b.Runs; n++ {
		fmt.Fprintf(con.Err, "prova %d di %d\n", n, b.Runs)
		run, err := b.run(ctx, n)
		if err != nil {
			return fmt.Errorf("run %d: %w", n, err)
		}
		result.Runs = append(result.Runs, run)
	}
	result.summarise()
	if c.JSON {
		err = verb.PrintJSON(con.Out, result)
	} else {
		err = result.print(con)
	}
	if err == nil && !result.Valid {
		err = verb.ErrFinding
	}
	return err
}

func (c Cmd) check() error {
	switch {
	case c.Rate < 0 || math.IsNaN(c.Rate) || c.Rate > 1e6:
		return fmt.Errorf("--rate: want 0 to 1000000: %w", verb.ErrUsage)
	case c.Overload && (c.Rate == 0 || c.Connections <= 384):
		return fmt.Errorf("--overload: needs --rate, and --connections above 384: %w", verb.ErrUsage)
	case c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://"):
		return fmt.Errorf("--database: want postgres://...: %w", verb.ErrUsage)
	case c.ResetTopics && len(c.Kafka) == 0:
		return fmt.Errorf("--reset-topics needs --kafka: %w", verb.ErrUsage)
	case len(c.Kafka) > 0 && c.Runs > 1 && !c.ResetTopics:
		return fmt.Errorf("--runs above 1 with --kafka needs --reset-topics: %w", verb.ErrUsage)
	case c.Duration < time.Second || c.Warmup < 0:
		return fmt.Errorf("--duration: want a second or more; --warmup: not below zero: %w", verb.ErrUsage)
	case c.Runs < 1 || c.Signers < 1 || c.Connections < 1 || c.Documents < 0:
		return fmt.Errorf("--runs, --signers and --connections: want 1 or more; --documents: not below zero: %w", verb.ErrUsage)
	}
	return errors.Join(node.CheckBrokers(c.Kafka), c.checkModI())
}

// parts names what a server stands on.
func (b *session) parts() string {
	database, broker := "SQLite", "broker interno"
	if b.Database != "" {
		database = "PostgreSQL"
	}
	if len(b.Kafka) > 0 {
		broker = "Apache Kafka"
	}
	return database + " e " + broker
}

// needed is how many documents the longest run may send.
func (b *session) needed() int {
	if b.Documents > 0 {
		return b.Documents
	}
	rate := b.Rate
	if rate == 0 {
		rate = saturation
	}
	return int(math.Ceil(rate*(b.Warmup+b.Duration).Seconds())) + 1
}

// prepare opens the corpus, making it first where there is none that will do.
func (b *session) prepare(ctx context.Context) (err error) {
	path := b.Corpus
	if path == "" {
		path = filepath.Join(b.dir, "corpus")
	}
	b.corpus, err = openCorpus(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // it may be somebody's
	}
	if b.corpus != nil && (b.corpus.Dialect != b.Dialect || b.corpus.Count < b.needed() || b.Dialect == dialectModI || b.corpus.stale(time.Now())) {
		if err := b.corpus.close(); err != nil {
			return err
		}
		b.corpus = nil
	}
	if b.corpus == nil {
		maker := corpusMaker{
			dialect: b.Dialect, count: b.needed(), signers: b.Signers, now: time.Now(), rome: b.rome, progress: b.progress(),
		}
		if err := maker.write(ctx, path); err != nil {
			return err
		}
		if b.corpus, err = openCorpus(path); err != nil {
			return err
		}
	}
	if b.corpus.Authority != "" {
		b.trust = filepath.Join(b.dir, "authority.pem")
		if err := os.WriteFile(b.trust, []byte(b.corpus.Authority), 0o600); err != nil {
			return fmt.Errorf("write authority: %w", err)
		}
	}
	return nil
}

// progress tells every tenth of the corpus's making.
func (b *session) progress() func(done, of int) {
	told := 0
	return func(done, of int) {
		if tenth := 10 * done / max(of, 1); tenth > told {
			told = tenth
			fmt.Fprintf(b.con.Err, "documenti preparati: %d di %d\n", done, of)
		}
	}
}
