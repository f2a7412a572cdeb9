package national

import (
	"context"
	"fmt"
)

// lease takes or renews the publisher's lease, by the database's clock alone;
// false if another has it.
func (n *Node) lease(ctx context.Context) (held bool, err error) {
	ctx, cancel := n.dialect.within(ctx)
	defer cancel()
	now := n.dialect.now
	result, err := n.db.ExecContext(ctx, n.db.Rebind(`UPDATE publisher SET holder = ?, expires = `+now+` + ?
		WHERE id = 1 AND (holder = ? OR expires <= `+now+`)`), n.cfg.Holder, leaseTime.Microseconds(), n.cfg.Holder)
	if err != nil {
		return false, fmt.Errorf("take the publisher's lease: %w", err)
	}
	rows, err := result.RowsAffected()
	return rows == 1, err
}

// keep renews the lease until it is lost or ctx ends. It is lost too when the
// database did not answer for as long as it lasts.
func (n *Node) keep(ctx context.Context) {
	for renewed := true; renewed; {
		renewed = false
		term, cancel := context.WithTimeout(ctx, leaseTime)
		for !renewed && rest(term, leaseStep) {
			held, err := n.lease(term)
			if err == nil && !held {
				cancel()
				return
			}
			renewed = err == nil
		}
		cancel()
	}
}

// holds tells whether this process has the lease.
func (n *Node) holds(ctx context.Context) (bool, error) {
	ctx, cancel := n.dialect.within(ctx)
	defer cancel()
	var held bool
	err := n.db.GetContext(ctx, &held, n.db.Rebind(`SELECT COUNT(*) = 1 FROM publisher WHERE holder = ? AND expires > `+n.dialect.now), n.cfg.Holder)
	if err != nil {
		return false, fmt.Errorf("read the publisher's lease: %w", err)
	}
	return held, nil
}

// release lets another process publish at once.
func (n *Node) release(ctx context.Context) error {
	ctx, cancel := n.dialect.within(ctx)
	defer cancel()
	_, err := n.db.ExecContext(ctx, n.db.Rebind(`UPDATE publisher SET expires = 0 WHERE holder = ?`), n.cfg.Holder)
	if err != nil {
		return fmt.Errorf("release the publisher's lease: %w", err)
	}
	return nil
}
