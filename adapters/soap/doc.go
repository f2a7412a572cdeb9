// Package soap is the HTTP edge of the hub.
//
// It owns everything between a socket and a dialect: methods, paths, sizes,
// time, character sets, the bytes in flight, WSDL and schemas, the one mapping
// from our own errors to faults, and the access log. It states Dialect and
// Backend, and is itself the dialect of the national binding (National).
//
// It must not verify signatures, read documents, decide anything about a
// submission, or know other dialects: cmd joins them.
package soap

import (
	"context"

	"github.com/snodo-co/snodo/routing/hub"
)

// Dialect speaks one region's SOAP. Implementations are safe for concurrent
// use and do no I/O.
type Dialect interface {
	// Open reads a request. A Problem ends it, and is handed to Fault.
	// Of a Call that it opened the edge counts what it Holds among the bytes in
	// flight; a Batch it takes one by one, in its order.
	Open(hub.Request) (hub.Call, *hub.Problem)
	// Reply writes the answer to an opened call.
	Reply(hub.Call, hub.Reply) hub.Response
	// Fault writes a SOAP fault. The call is what Open gave, with its Problem
	// too; the zero Call when the request never came to it.
	Fault(hub.Call, hub.Problem) hub.Response
}

// Backend is the hub behind the edge. Its errors never reach the caller: see
// problemOf. Safe for concurrent use.
type Backend interface {
	// Submit takes one communication along its path. When it returns an error
	// nothing was promised.
	Submit(context.Context, hub.Submission) (hub.Answer, error)
	// Receipts gives the stored receipts of a submission, oldest first;
	// ledger.ErrNotFound when the keys match none.
	Receipts(context.Context, hub.ReceiptQuery) ([][]byte, error)
	// Ready tells whether store and broker answer.
	Ready(context.Context) error
}
