package main

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
func (n *node) openKeys(ctx context.Context) (err error) {
	dir := keysIn(n.cfg.Keys, n.cfg.Data)
	var public xmlsig.Certificates
	if n.roles.writes() {
		if n.keys, err = xmlsig.OpenKeys(dir, n.now()); err != nil {
			return err
		}
		public = n.keys.Certificates()
	} else {
		err := n.await(ctx, "keys", func(context.Context) (err error) {
			public, err = xmlsig.OpenCertificates(dir)
			return err
		})
		if err != nil {
			return err
		}
	}
	n.watch = &headWatch{verifier: headVerifier(public.Seal), log: n.log}
	if n.anchors, err = n.cfg.anchors(public); err != nil {
		return err
	}
	n.verifier = xmlsig.NewVerifier(xmlsig.NewTrust(n.anchors))
	n.strict = n.verifier.Requiring(n.cfg.requirements())
	return nil
}

// replicated is how many replicas topics have where there are as many brokers.
const replicated = 3

// openBroker starts the embedded broker, or finds the brokers and makes the
// topics that are missing.
func (n *node) openBroker(ctx context.Context) (err error) {
	topics := kafka.Topics(co.Kinds()...)
	if n.cfg.embedded() {
		n.broker, err = embedded.Start(ctx, n.cfg.Data, embedded.Options{Topics: topics})
		return err
	}
	var opts kafka.CreateOptions
	if len(n.cfg.Kafka) >= replicated {
		opts.Replication = replicated // not fewer because not all are up yet
	}
	return n.await(ctx, "Kafka", func(ctx context.Context) error {
		return kafka.CreateTopics(ctx, n.cfg.Kafka, topics, opts)
	})
}

func (n *node) openStore(ctx context.Context) error {
	if !n.roles.ledger() {
		return nil
	}
	options := sqlstore.Options{Clock: n.now, First: n.cfg.firstCodes(), Log: n.log, ReadOnly: !n.roles.writes()}
	if n.keys != nil {
		options.Issuer = n.issuer()
	}
	return n.opening(ctx, "ledger database", n.cfg.ledgerURL(), func(ctx context.Context) (err error) {
		n.store, err = sqlstore.Open(ctx, n.cfg.ledgerURL(), options)
		return err
	})
}

// issuer seals receipts with the seal whose turn it is.
func (n *node) issuer() receipt.Issuer {
	now := n.now()
	i := receipt.Issuer{Sealer: n.keys.Seals().At(now), Now: n.now}
	for _, t := range n.keys.Seals() {
		if t.From.After(now) {
			i.Next = append(i.Next, receipt.Turn{From: t.From, Sealer: t.Sealer})
		}
	}
	return i
}

// opening opens a database: a file at once or not at all, a server when it is
// there.
func (n *node) opening(ctx context.Context, part, url string, open func(context.Context) error) error {
	if isSQLite(url) {
		return open(ctx)
	}
	return n.await(ctx, part, open)
}

// writers gives fresh Kafka writers over one transport.
func (n *node) writers() func() kafka.Writer {
	addrs, transport := n.brokers(), kafka.NewTransport()
	return func() kafka.Writer { return kafka.NewWriter(addrs, transport) }
}

func (n *node) brokers() []string {
	if n.broker != nil {
		return []string{n.broker.Addr()}
	}
	return n.cfg.Kafka
}

func (n *node) reader(group string, topics ...string) *kafka.Reader {
	r := kafka.NewReader(kafka.ReaderConfig{Addrs: n.brokers(), Group: group, Topics: topics, Log: n.log})
	n.readers = append(n.readers, r)
	return r
}

func (n *node) openNational(ctx context.Context) error {
	if !n.roles.national {
		return nil
	}
	var topics []string
	for _, kind := range co.Kinds() {
		topics = append(topics, routing.TopicFor(kind))
	}
	writers := n.writers()
	cfg := national.Config{
		Database:       n.cfg.nationalURL(),
		Holder:         holderOn(n.cfg.nationalURL()),
		Communications: n.reader(national.Group, topics...),
		Requests:       n.reader(national.GroupRequests, routing.TopicTotals),
		Writers:        func() national.Sink { return writers() },
		Verifier:       messages{n.verifier},
		Now:            n.now,
		Log:            n.log.With("role", roleNational),
	}
	return n.opening(ctx, "national database", n.cfg.nationalURL(), func(ctx context.Context) (err error) {
		n.national, err = national.Open(ctx, cfg)
		return err
	})
}

func (n *node) openRelay(context.Context) error {
	if !n.roles.writes() {
		return nil
	}
	writers := n.writers()
	n.letters = kafka.NewPublisher(writers)
	n.heads = &heads{
		path: filepath.Join(n.cfg.Data, headsFile), store: n.store, seals: n.keys.Seals(),
		publisher: n.letters, now: n.now, log: n.log,
	}
	if !n.roles.relay {
		return nil
	}
	n.relay = kafka.NewRelay(kafka.RelayConfig{
		Lanes:   n.lanes(),
		Outbox:  n.store,
		Dead:    n.sinks(),
		Letters: n.letters,
		Writers: writers,
		Holder:  n.holder,
		Now:     n.now,
		Log:     n.log.With("role", roleRelay),
	})
	n.heads.holder = func() bool { return n.relay.Holds(0) }
	return nil
}

// lanes is one on the embedded broker, where a call costs six flushes whatever
// it carries, and the relay's own number elsewhere.
func (n *node) lanes() int {
	if n.cfg.embedded() {
		return 1
	}
	return 0
}

func (n *node) sinks() sinks { return sinks{journal: n.store, now: n.now} }
