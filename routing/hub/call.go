package hub

import (
	"time"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Request is one exchange as the edge hands it to a dialect: the HTTP part is
// already judged (method, type, size, charset), the body is UTF-8 without BOM.
type Request struct {
	Region   routing.Region
	Action   string    // SOAPAction, quotes removed
	Body     []byte    // UTF-8; the dialect may keep slices of it
	Received time.Time // instant of the last byte, UTC
	Address  string    // remote address without port, for limits only; never stored
	System   string    // name of the system the channel authenticated, "" if none
}

// Operation is what a caller asks of the hub, in whatever dialect.
type Operation string

// The operations of this hub.
const (
	OpSubmit    Operation = "submit"    // submit one communication
	OpReceipts  Operation = "receipts"  // RichiediRicevuta
	OpEcho      Operation = "echo"      // Echo
	OpAlive     Operation = "alive"     // SPICOM isAlive
	OpResources Operation = "resources" // SPICOM testResources: database and broker answer
	OpConvert   Operation = "convert"   // SPICOM convertiInFormatoUnico2: the dialect has the answer in State
)

// Call is a request once its dialect has opened it.
type Call struct {
	Operation  Operation
	Submission Submission   // OpSubmit
	Query      ReceiptQuery // OpReceipts
	Text       string       // OpEcho
	// State is the dialect's own memory of the request, handed back to it
	// with the reply; nobody else reads it.
	State any
}

// ReceiptQuery asks for the receipts of one submission: by codice, or for a
// rejection by entry (64 hexadecimal digits), always with the document's digest.
type ReceiptQuery struct {
	Codice string
	Entry  string
	Digest string
}

// Reply is the hub's answer to a call.
type Reply struct {
	Answer   Answer   // OpSubmit
	Receipts [][]byte // OpReceipts, oldest first
	Text     string   // OpEcho
	Healthy  bool     // OpAlive, OpResources
}

// Problem is why a call gets a SOAP fault instead of a reply. Sender tells
// whose trouble it is (Client) from ours (Server); a Problem of ours carries no
// detail beyond its catalogue text.
type Problem struct {
	Sender     bool
	Fault      fault.Fault
	Faults     fault.List    // further faults for the detail, if any
	RetryAfter time.Duration // above zero: 503 with Retry-After
}

// Response is the bytes a dialect answers with.
type Response struct {
	Status      int
	ContentType string
	Body        []byte
}

// Submission is one communication as it arrived.
type Submission struct {
	Region   routing.Region
	Received time.Time
	Address  string
	System   string // system proven by the channel, "" if none
	// Kind is what the operation announced ("UNILAV"); "" if it did not.
	Kind string
	// Document is the national document, exact bytes as received (UTF-8, outer
	// blanks trimmed). Nil when Regional is given.
	Document []byte
	// Regional is a document in the region's own format, to be converted.
	Regional *Regional
	// Witness keeps the evidence of a signed document too: its envelope is
	// signed, and opposable to third parties (PROFILE_NON_REPUDIATION_01).
	Witness bool
	// Evidence is the whole envelope as received.
	Evidence []byte
}

// Regional is a regional document and what its conversion made of it.
type Regional struct {
	National      []byte      // the national document, unsigned; nil if Faults refuse
	Kind          string      // kind converted to
	External      string      // chiaveEsterna
	RequestDigest ledger.Hash // SHA-256 of the regional document with dataInvio blanked
	Previous      string      // previous code kept only as reference
	Faults        fault.List  // why it has no national form, or warnings of what was dropped
}

// Answer is what became of a submission.
type Answer struct {
	Entry    ledger.Entry
	Receipt  []byte     // sealed bytes; nil only when Refused
	Faults   fault.List // warnings included
	Accepted bool
	Refused  bool // signature refused: a SOAP fault Client, no receipt
	Repeated bool // an earlier receipt given again
}
