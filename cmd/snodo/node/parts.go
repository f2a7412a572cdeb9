package node

import (
	"context"
	"path/filepath"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/adapters/national"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/receipt"
	"github.com/snodo-co/snodo/transform/co"
)

// openKeys opens the private keys where a role seals with them, making those
// that are missing; other processes read the certificates alone, and wait for
// whoever makes them.
func (n *Node) openKeys(ctx context.Context) (err error) {
	dir := KeysIn(n.Config.Keys, n.Config.Data)
	var public xmlsig.Certificates
	if n.roles.writes() {
		if n.Keys, err = xmlsig.OpenKeys(dir, n.Now()); err != nil {
			return err
		}
		public = n.Keys.Certificates()
	} else {
		err := n.await(ctx, "keys", func(context.Context) (err error) {
			public, err = xmlsig.OpenCertificates(dir)
			return err
		})
		if err != nil {
			return err
		}
	}
	n.watch = &HeadWatch{Verifier: HeadVerifier(public.Seal), Log: n.Log}
	if n.anchors, err = n.Config.anchors(public); err != nil {
		return err
	}
	n.verifier = xmlsig.NewVerifier(xmlsig.NewTrust(n.anchors))
	n.strict = n.verifier.Requiring(n.Config.requirements())
	return nil
}

// replicated is how many replicas topics have where there are as many brokers.
const replicated = 3

// openBroker starts the embedded broker, or finds the brokers and makes the
// topics that are missing.
func (n *Node) openBroker(ctx context.Context) (err error) {
	topics := kafka.Topics(co.Kinds()...)
	if n.Config.embedded() {
		n.Broker, err = embedded.Start(ctx, n.Config.Data, embedded.Options{Topics: topics})
		return err
	}
	var opts kafka.CreateOptions
	if len(n.Config.Kafka) >= replicated {
		opts.Replication = replicated // not fewer because not all are up yet
	}
	return n.await(ctx, "Kafka", func(ctx context.Context) error {
		return kafka.CreateTopics(ctx, n.Config.Kafka, topics, opts)
	})
}

func (n *Node) openStore(ctx context.Context) error {
	if !n.roles.ledger() {
		return nil
	}
	options := sqlstore.Options{Clock: n.Now, First: n.Config.firstCodes(), Log: n.Log, ReadOnly: !n.roles.writes()}
	if n.Keys != nil {
		options.Issuer = n.issuer()
	}
	return n.opening(ctx, "ledger database", n.Config.ledgerURL(), func(ctx context.Context) (err error) {
		n.Store, err = sqlstore.Open(ctx, n.Config.ledgerURL(), options)
		return err
	})
}

// issuer seals receipts with the seal whose turn it is.
func (n *Node) issuer() receipt.Issuer {
	now := n.Now()
	i := receipt.Issuer{Sealer: n.Keys.Seals().At(now), Now: n.Now}
	for _, t := range n.Keys.Seals() {
		if t.From.After(now) {
			i.Next = append(i.Next, receipt.Turn{From: t.From, Sealer: t.Sealer})
		}
	}
	return i
}

// opening opens a database: a file at once or not at all, a server when it is
// there.
func (n *Node) opening(ctx context.Context, part, url string, open func(context.Context) error) error {
	if isSQLite(url) {
		return open(ctx)
	}
	return n.await(ctx, part, open)
}

// writers gives fresh Kafka writers over one transport.
func (n *Node) writers() func() kafka.Writer {
	addrs, transport := n.Brokers(), kafka.NewTransport()
	return func() kafka.Writer { return kafka.NewWriter(addrs, transport) }
}

// Brokers are where the topics are: those of the configuration, or the one inside.
func (n *Node) Brokers() []string {
	if n.Broker != nil {
		return []string{n.Broker.Addr()}
	}
	return n.Config.Kafka
}

func (n *Node) reader(group string, topics ...string) *kafka.Reader {
	r := kafka.NewReader(kafka.ReaderConfig{Addrs: n.Brokers(), Group: group, Topics: topics, Log: n.Log})
	n.readers = append(n.readers, r)
	return r
}

func (n *Node) openNational(ctx context.Context) error {
	if !n.roles.national {
		return nil
	}
	var topics []string
	for _, kind := range co.Kinds() {
		topics = append(topics, routing.TopicFor(kind))
	}
	writers := n.writers()
	cfg := national.Config{
		Database:       n.Config.nationalURL(),
		Holder:         holderOn(n.Config.nationalURL()),
		Communications: n.reader(national.Group, topics...),
		Requests:       n.reader(national.GroupRequests, routing.TopicTotals),
		Writers:        func() national.Sink { return writers() },
		Verifier:       messages{n.verifier},
		Now:            n.Now,
		Log:            n.Log.With("role", RoleNational),
	}
	return n.opening(ctx, "national database", n.Config.nationalURL(), func(ctx context.Context) (err error) {
		n.national, err = national.Open(ctx, cfg)
		return err
	})
}

func (n *Node) openRelay(context.Context) error {
	if !n.roles.writes() {
		return nil
	}
	writers := n.writers()
	n.letters = kafka.NewPublisher(writers)
	n.heads = &heads{
		path: filepath.Join(n.Config.Data, HeadsFile), store: n.Store, seals: n.Keys.Seals(),
		publisher: n.letters, now: n.Now, log: n.Log,
	}
	if !n.roles.relay {
		return nil
	}
	n.Relay = kafka.NewRelay(kafka.RelayConfig{
		Lanes:   n.lanes(),
		Outbox:  n.Store,
		Dead:    n.sinks(),
		Letters: n.letters,
		Writers: writers,
		Holder:  n.holder,
		Now:     n.Now,
		Log:     n.Log.With("role", RoleRelay),
	})
	n.heads.holder = func() bool { return n.Relay.Holds(0) }
	return nil
}

// lanes is one on the embedded broker, where a call costs six flushes whatever
// it carries, and the relay's own number elsewhere.
func (n *Node) lanes() int {
	if n.Config.embedded() {
		return 1
	}
	return 0
}

func (n *Node) sinks() Sinks { return Sinks{Journal: n.Store, Now: n.Now} }
