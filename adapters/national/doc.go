// Package national is the reference national store: it applies each
// communication once, numbers registrations without gaps, publishes outcomes
// and control totals, and answers requests for lists.
//
// It owns its database (or, on PostgreSQL, its schema), which the hub never
// reads, and what becomes of a message (decide.go, pure). It must not share the
// hub's ledger, nor its code beyond the pure packages: store and hub meet on
// the topics alone, so it states their contract for itself (wire.go) and takes
// the broker's client and the verifier of signatures as interfaces.
//
// Applying a batch and writing its outcomes is one transaction; offsets are
// committed after it. A repeated delivery publishes the stored outcome again.
// Any number of processes may share one PostgreSQL database.
package national
