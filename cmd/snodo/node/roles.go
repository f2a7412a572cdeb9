package node

import (
	"fmt"
	"net"
	"strings"

	"github.com/snodo-co/snodo/cmd/snodo/verb"
)

// roles are what a process does of the hub's work. One process may have all of
// them; see DESIGN.md for what each opens.
type roles struct {
	intake   bool // takes submissions and gives receipts
	relay    bool // outbox to topics, outcomes to ledger, sealed heads, housekeeping
	national bool // the reference national store
	console  bool // the operators' page of state
}

// Names of the roles, as --role and /stato write them.
const (
	RoleIntake   = "intake"
	RoleRelay    = "relay"
	RoleNational = "national"
	RoleConsole  = "console"
)

// parseRoles reads --role; no name means all.
func parseRoles(names []string) (roles, error) {
	if len(names) == 0 {
		return roles{intake: true, relay: true, national: true, console: true}, nil
	}
	var r roles
	for _, name := range names {
		switch name {
		case RoleIntake:
			r.intake = true
		case RoleRelay:
			r.relay = true
		case RoleNational:
			r.national = true
		case RoleConsole:
			r.console = true
		default:
			return roles{}, fmt.Errorf("--role %s: want intake, relay, national or console: %w", name, verb.ErrUsage)
		}
	}
	return r, nil
}

// names lists the roles in the order of a submission's path.
func (r roles) names() []string {
	var list []string
	for _, role := range []struct {
		has  bool
		name string
	}{{r.intake, RoleIntake}, {r.relay, RoleRelay}, {r.national, RoleNational}, {r.console, RoleConsole}} {
		if role.has {
			list = append(list, role.name)
		}
	}
	return list
}

// ledger reports whether a role of this process opens the ledger.
func (r roles) ledger() bool { return r.intake || r.relay || r.console }

// writes reports whether a role of this process appends to the ledger: it
// needs the private keys, and must not start behind a sealed head.
func (r roles) writes() bool { return r.intake || r.relay }

// embedded reports whether the broker runs inside this process.
func (c Config) embedded() bool { return len(c.Kafka) == 0 }

// checkRoles refuses roles that cannot work with the parts they are given.
func (c Config) checkRoles() error {
	r, err := parseRoles(c.Roles)
	if err != nil {
		return err
	}
	for _, u := range []struct{ flag, url string }{{"--database", c.Database}, {"--national-database", c.NationalDatabase}} {
		if err := checkDatabase(u.flag, u.url); err != nil {
			return err
		}
	}
	if err := CheckBrokers(c.Kafka); err != nil {
		return err
	}
	if c.embedded() && !(r.intake && r.relay && r.national) {
		return fmt.Errorf("--role %s: without --kafka the broker is inside the process and no other can reach it: "+
			"intake, relay and national must be in one process: %w", strings.Join(r.names(), ","), verb.ErrUsage)
	}
	if isSQLite(c.ledgerURL()) && r.ledger() && !(r.intake && r.relay) {
		return fmt.Errorf("--role %s: a ledger in SQLite belongs to one process: give it intake and relay "+
			"(and console), or a --database of PostgreSQL: %w", strings.Join(r.names(), ","), verb.ErrUsage)
	}
	if c.Restore && !r.writes() {
		return fmt.Errorf("--after-restore is for a process with intake or relay: %w", verb.ErrUsage)
	}
	return nil
}

// checkDatabase checks the form of a database's URL; empty is the default.
func checkDatabase(flag, u string) error {
	if u == "" || strings.HasPrefix(u, "postgres://") || strings.HasPrefix(u, "postgresql://") {
		return nil
	}
	if path, ok := strings.CutPrefix(u, sqliteScheme); ok && path != "" {
		return nil
	}
	return fmt.Errorf("%s: want sqlite:PATH or postgres://USER@HOST/NAME: %w", flag, verb.ErrUsage) // the URL may hold a password
}

// CheckBrokers checks the form of broker addresses; an error is verb.ErrUsage.
func CheckBrokers(addrs []string) error {
	for _, a := range addrs {
		if _, _, err := net.SplitHostPort(a); err != nil {
			return fmt.Errorf("--kafka %s: want HOST:PORT[,HOST:PORT]: %w", a, verb.ErrUsage)
		}
	}
	return nil
}
