package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/kafka/embedded"
	"github.com/snodo-co/snodo/adapters/national"
	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/adapters/xmlsig"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/hub"
	"github.com/snodo-co/snodo/routing/identity"
	"github.com/snodo-co/snodo/routing/ledger"
)

// node is one process of the hub with the roles it has, by default all. open
// makes it, run serves until the context ends, close gives everything back;
// the end-to-end tests use the same. Fields that no role of the process needs
// stay nil.
type node struct {
	cfg      config
	now      func() time.Time
	log      *slog.Logger
	roles    roles
	began    time.Time     // of open
	patience time.Duration // with parts that are not up at start; default startPatience
	holder   string        // this process among those that share the ledger
	rome     *time.Location
	unlock   []func() error
	keys     *xmlsig.Keys
	verifier *xmlsig.Verifier               // of chains alone: what is in the topics was judged before
	strict   *xmlsig.Verifier               // of what arrives: by each region's policy
	anchors  map[string][]*x509.Certificate // who is trusted for what
	clients  map[string][]*x509.Certificate // authorities of client certificates, by region slug
	regimes  map[string]regime              // of each region, by slug; nil without intake
	broker   *embedded.Broker
	store    *sqlstore.Store
	national *national.Node
	readers  []*kafka.Reader
	letters  *kafka.Publisher
	relay    *kafka.Relay
	watch    *headWatch
	heads    *heads
	refusals *hub.Limiter
	messages soap.Messages // verifies and signs those of ModI; nil without
	// assertions judges those of persons; nil without intake.
	assertions identity.Verifier
	shelf      *shelf           // what decisions read; nil without intake
	alone      bool             // nothing else is in the process
	hangups    <-chan os.Signal // each has the shelf read its pack again; nil: never
	server     *http.Server
	listener   net.Listener
	// journal, if set, stands between the hub and the store. The test binary
	// alone sets it, to stop the process at chosen instants.
	journal func(ledger.Journal) ledger.Journal
}

// open takes the data folder and makes every part ready that the roles need;
// nothing is served or relayed before run. Parts of other machines may come up
// within startPatience. On error everything taken is given back.
func (n *node) open(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	n.began, n.patience = time.Now(), cmp.Or(n.patience, startPatience)
	if err := n.cfg.check(); err != nil {
		return err
	}
	if n.roles, err = parseRoles(n.cfg.Roles); err != nil {
		return err
	}
	if n.rome, err = time.LoadLocation("Europe/Rome"); err != nil {
		return fmt.Errorf("load time zone: %w", err)
	}
	n.holder = holderOn(n.cfg.ledgerURL())
	if err := n.lockFolders(); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		n.openKeys, n.openRegimes, n.openBroker, n.openStore, n.openNational, n.openRelay, n.checkHeads, n.openServer, n.logPolicies,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// folderHolder holds the relay's shards, and the national store's turn to
// publish, for whoever has the lock of the database's folder: the leases of a
// process that was killed are its successor's at once, which by the database's
// clock alone would wait for them to expire.
const folderHolder = "folder"

// holderOn names this process among those that share a database. One in
// SQLite has one process, which its folder's lock makes sure of.
func holderOn(url string) string {
	if isSQLite(url) {
		return folderHolder
	}
	host, err := os.Hostname()
	if err != nil {
		host = "host"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}

// lockFolders takes the lock of the data folder, and of the folders of
// databases in files that this process opens.
func (n *node) lockFolders() error {
	if err := os.MkdirAll(n.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	folders := []string{n.cfg.Data}
	for _, u := range []struct {
		opened bool
		url    string
	}{{n.roles.ledger(), n.cfg.ledgerURL()}, {n.roles.national, n.cfg.nationalURL()}} {
		if u.opened && isSQLite(u.url) {
			folders = append(folders, filepath.Dir(strings.TrimPrefix(u.url, sqliteScheme)))
		}
	}
	taken := make(map[string]bool)
	for _, dir := range folders {
		whole, err := filepath.Abs(dir)
		if err != nil {
			return fmt.Errorf("find folder: %w", err)
		}
		if taken[whole] {
			continue
		}
		unlock, err := sqlstore.LockFolder(whole)
		if err != nil {
			return fmt.Errorf("data folder %s: %w", dir, err)
		}
		taken[whole] = true
		n.unlock = append(n.unlock, unlock)
	}
	return nil
}

// run serves until ctx ends: it then takes no more requests, finishes those it
// took, and seals the head.
func (n *node) run(ctx context.Context) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g, gctx := errgroup.WithContext(background)
	for _, task := range n.tasks() {
		g.Go(func() error { return task(gctx) })
	}
	select {
	case <-ctx.Done():
	case <-gctx.Done(): // a part gave up
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), verb.ShutdownGrace)
	defer cancel()
	err := n.server.Shutdown(end)
	seals := n.roles.relay && n.heads.holder()
	stop()
	err = errors.Join(g.Wait(), err)
	if !seals {
		return err
	}
	// This process appends no more: the head covers all that it promised.
	if e := n.heads.seal(end); e != nil {
		n.log.Warn("last head not sealed", "error", e)
	}
	return err
}

// tasks are what the process does at the same time; each ends with its context.
func (n *node) tasks() []func(context.Context) error {
	list := []func(context.Context) error{func(context.Context) error { return n.serve() }, n.expire}
	if n.roles.intake {
		list = append(list, n.count, n.reread)
		list = append(list, n.renewals()...)
		if n.alone {
			list = append(list, n.boundMemory)
		}
	}
	if n.roles.relay {
		outcomes := n.reader(kafka.GroupHub, routing.TopicOutcomes)
		totals := n.reader(kafka.GroupTotals, routing.TopicTotals)
		list = append(list, n.relay.Run, n.heads.run, n.nudge, n.erase, n.forget,
			func(ctx context.Context) error { return kafka.Outcomes(ctx, outcomes, n.sinks(), n.log) },
			func(ctx context.Context) error { return kafka.Totals(ctx, totals, n.sinks(), n.log) })
	}
	if n.roles.national {
		list = append(list, n.national.Run)
	}
	if n.roles.console {
		list = append(list, n.follow)
	}
	return list
}

func (n *node) serve() error {
	var err error
	if n.server.TLSConfig != nil {
		err = n.server.ServeTLS(n.listener, "", "")
	} else {
		err = n.server.Serve(n.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

// reread reads the standards pack again at every hangup. A pack that is refused
// changes nothing.
func (n *node) reread(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.hangups:
			_ = n.shelf.reload(ctx) // told in the log
		}
	}
}

// nudge wakes the relay at every commit, also of another process.
func (n *node) nudge(ctx context.Context) error {
	for {
		advanced := n.store.Advanced()
		n.relay.Nudge()
		select {
		case <-ctx.Done():
			return nil
		case <-advanced:
		}
	}
}

// close gives back what open took, in reverse order.
func (n *node) close() error {
	var errs []error
	if n.listener != nil {
		if err := n.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if n.letters != nil {
		errs = append(errs, n.letters.Close())
	}
	errs = append(errs, n.closeReaders())
	n.closeRegimes()
	if n.national != nil {
		errs = append(errs, n.national.Close())
	}
	if n.store != nil {
		errs = append(errs, n.store.Close())
	}
	if n.broker != nil {
		errs = append(errs, n.broker.Close())
	}
	for _, unlock := range n.unlock {
		errs = append(errs, unlock())
	}
	return errors.Join(errs...)
}

// closeReaders closes them at once: each waits for the fetch it has under way.
func (n *node) closeReaders() error {
	var g errgroup.Group
	for _, r := range n.readers {
		g.Go(r.Close)
	}
	return g.Wait()
}
