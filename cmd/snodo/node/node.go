// Package node is one process of the hub: its configuration, its life, and the one
// wiring of adapters that `serve` and the end-to-end tests run. It also reads what a
// node left behind (Place, Audit, Expiry) and lends its norms and endpoints to whoever
// judges requests without a ledger (Unopened). It imports verb of its siblings and
// nothing else: samples, senders and tools know a node, it knows none of them.
package node

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

// Node is one process of the hub with the roles it has, by default all. Config, Now
// and Log must be set before Open makes it; Run then serves until its context ends,
// and Close gives everything back. Parts that no role of the process needs stay nil.
type Node struct {
	// What it runs by, set before Open.
	Config   Config
	Now      func() time.Time
	Log      *slog.Logger
	Patience time.Duration    // with parts that are not up at start; default startPatience
	Alone    bool             // nothing else is in the process
	Hangups  <-chan os.Signal // each has the shelf read its pack again; nil: never
	// Journal, if set, stands between the hub and the store. The test binary
	// alone sets it, to stop the process at chosen instants.
	Journal func(ledger.Journal) ledger.Journal

	// Parts that who runs it may look at.
	Keys     *xmlsig.Keys
	Regimes  map[string]Regime // of each region, by slug; nil without intake
	Broker   *embedded.Broker
	Store    *sqlstore.Store
	Relay    *kafka.Relay
	Shelf    *Shelf // what decisions read; nil without intake
	Server   *http.Server
	Listener net.Listener

	roles    roles
	began    time.Time // of Open
	holder   string    // this process among those that share the ledger
	rome     *time.Location
	unlock   []func() error
	verifier *xmlsig.Verifier               // of chains alone: what is in the topics was judged before
	strict   *xmlsig.Verifier               // of what arrives: by each region's policy
	anchors  map[string][]*x509.Certificate // who is trusted for what
	clients  map[string][]*x509.Certificate // authorities of client certificates, by region slug
	national *national.Node
	readers  []*kafka.Reader
	letters  *kafka.Publisher
	watch    *HeadWatch
	heads    *heads
	refusals *hub.Limiter
	messages soap.Messages // verifies and signs those of ModI; nil without
	// assertions judges those of persons; nil without intake.
	assertions identity.Verifier
}

// Open takes the data folder and makes every part ready that the roles need;
// nothing is served or relayed before Run. Parts of other machines may come up
// within Patience. On error everything taken is given back.
func (n *Node) Open(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
		}
	}()
	n.began, n.Patience = time.Now(), cmp.Or(n.Patience, startPatience)
	if err := n.Config.Check(); err != nil {
		return err
	}
	if n.roles, err = parseRoles(n.Config.Roles); err != nil {
		return err
	}
	if n.rome, err = time.LoadLocation("Europe/Rome"); err != nil {
		return fmt.Errorf("load time zone: %w", err)
	}
	n.holder = holderOn(n.Config.ledgerURL())
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
func (n *Node) lockFolders() error {
	if err := os.MkdirAll(n.Config.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	folders := []string{n.Config.Data}
	for _, u := range []struct {
		opened bool
		url    string
	}{{n.roles.ledger(), n.Config.ledgerURL()}, {n.roles.national, n.Config.nationalURL()}} {
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

// Run serves until ctx ends: it then takes no more requests, finishes those it
// took, and seals the head.
func (n *Node) Run(ctx context.Context) error {
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
	err := n.Server.Shutdown(end)
	seals := n.roles.relay && n.heads.holder()
	stop()
	err = errors.Join(g.Wait(), err)
	if !seals {
		return err
	}
	// This process appends no more: the head covers all that it promised.
	if e := n.heads.seal(end); e != nil {
		n.Log.Warn("last head not sealed", "error", e)
	}
	return err
}

// tasks are what the process does at the same time; each ends with its context.
func (n *Node) tasks() []func(context.Context) error {
	list := []func(context.Context) error{func(context.Context) error { return n.serve() }, n.expire}
	if n.roles.intake {
		list = append(list, n.count, n.reread)
		list = append(list, n.renewals()...)
		if n.Alone {
			list = append(list, n.boundMemory)
		}
	}
	if n.roles.relay {
		outcomes := n.reader(kafka.GroupHub, routing.TopicOutcomes)
		totals := n.reader(kafka.GroupTotals, routing.TopicTotals)
		list = append(list, n.Relay.Run, n.heads.run, n.Nudge, n.erase, n.forget,
			func(ctx context.Context) error { return kafka.Outcomes(ctx, outcomes, n.sinks(), n.Log) },
			func(ctx context.Context) error { return kafka.Totals(ctx, totals, n.sinks(), n.Log) })
	}
	if n.roles.national {
		list = append(list, n.national.Run)
	}
	if n.roles.console {
		list = append(list, n.follow)
	}
	return list
}

func (n *Node) serve() error {
	var err error
	if n.Server.TLSConfig != nil {
		err = n.Server.ServeTLS(n.Listener, "", "")
	} else {
		err = n.Server.Serve(n.Listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

// reread reads the standards pack again at every hangup. A pack that is refused
// changes nothing.
func (n *Node) reread(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.Hangups:
			_ = n.Shelf.Reload(ctx) // told in the log
		}
	}
}

// Nudge wakes the relay at every commit, also of another process.
func (n *Node) Nudge(ctx context.Context) error {
	for {
		advanced := n.Store.Advanced()
		n.Relay.Nudge()
		select {
		case <-ctx.Done():
			return nil
		case <-advanced:
		}
	}
}

// Close gives back what Open took, in reverse order. It may follow an Open that failed.
func (n *Node) Close() error {
	var errs []error
	if n.Listener != nil {
		if err := n.Listener.Close(); !errors.Is(err, net.ErrClosed) {
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
	if n.Store != nil {
		errs = append(errs, n.Store.Close())
	}
	if n.Broker != nil {
		errs = append(errs, n.Broker.Close())
	}
	for _, unlock := range n.unlock {
		errs = append(errs, unlock())
	}
	return errors.Join(errs...)
}

// closeReaders closes them at once: each waits for the fetch it has under way.
func (n *Node) closeReaders() error {
	var g errgroup.Group
	for _, r := range n.readers {
		g.Go(r.Close)
	}
	return g.Wait()
}
