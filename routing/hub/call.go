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
	Address  string    // of the caller as limits count it, without port; never stored
	System   string    // name of the system the channel authenticated, "" if none
	Operator Operator  // the person whom the channel showed; the zero Operator if none
	Names    []string  // names of the certificate that the channel proved, as a policy may write them
	// Envelope is the whole message as it arrived, in UTF-8. Body is the same but
	// under ModI, where it is the signed Body alone, or in SOAP 1.2, where it is
	// turned into SOAP 1.1.
	Envelope []byte
	Message  *SignedMessage // what the message's own signature covers; nil without ModI
	Channel  ledger.Hash    // SHA-256 of the certificate that made the connection; zero if none
	Password bool           // the HTTP request brings a user name and password
}

// Operator is a person who works the sender's system, as the channel or an
// assertion proved.
type Operator struct {
	CodiceFiscale string
	Means         string // how it was proved: one of the Means
	Level         int    // of SPID and CIE, 1 to 3; 0 where the means has none
	Issuer        string // who says so, of an assertion
}

// The means by which a person is known, which are their strength.
const (
	MeansCNS  = "cns"  // Carta nazionale dei servizi: a certificate on a card, with its PIN
	MeansSPID = "spid" // Sistema pubblico di identità digitale, personal identity
	MeansCIE  = "cie"  // Carta d'identità elettronica
	MeansPIN  = "pin"  // a PIN that the region itself gave
)

// Operation is what a caller asks of the hub, in whatever dialect.
type Operation string

// The operations of this hub.
const (
	OpSubmit    Operation = "submit"     // submit one communication
	OpReceipts  Operation = "receipts"   // RichiediRicevuta
	OpEcho      Operation = "echo"       // Echo
	OpAlive     Operation = "alive"      // SPICOM isAlive
	OpResources Operation = "resources"  // SPICOM testResources: database and broker answer
	OpSubmitAll Operation = "submit-all" // submit many communications, each for itself
	OpConvert   Operation = "convert"    // SPICOM convertiInFormatoUnico2: the dialect has the answer in State
)

// Call is a request once its dialect has opened it.
type Call struct {
	Operation  Operation
	Submission Submission   // OpSubmit
	Batch      Batch        // OpSubmitAll
	Query      ReceiptQuery // OpReceipts
	Text       string       // OpEcho
	// Token, if not nil, is what the call was brought by, if that serves once.
	Token *Token
	// State is the dialect's own memory of the request, handed back to it
	// with the reply; nobody else reads it.
	State any
	// Holds is how many bytes the dialect holds for this call beside the body:
	// the edge counts them among those in flight.
	Holds int
}

// Token is something that lets one message in, such as an assertion with
// OneTimeUse: the first message that brings it has it for ever, and that same
// message is answered again however late it comes.
type Token struct {
	Key    ledger.MessageKey
	Digest ledger.Hash // of the message that brings it
	// Late is what is wrong with it at this instant: told unless it is remembered.
	Late *fault.Fault
	// Taken is told to another message.
	Taken fault.Fault
}

// Batch is many communications in one call. Each is opened when its turn comes,
// so that a process holds one of them at a time. Used by one call at a time.
type Batch interface {
	// Len is how many there are.
	Len() int
	// Open reads one of them; its Evidence is what stood in the batch. A Problem
	// ends that one alone.
	Open(i int) (Submission, *Problem)
}

// Item is what became of one communication of a Batch: an answer, or the problem
// for which there is none.
type Item struct {
	Answer  Answer
	Problem *Problem
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
	Items    []Item   // OpSubmitAll, in the order of the batch
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
	RetryAfter time.Duration // above zero: 503 with Retry-After, or 429 if it is the sender's excess
	Quota      Quota         // of the sender, if it has one
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
	Operator Operator
	// Kind is what the operation announced ("UNILAV"); "" if it did not.
	Kind string
	// Bulk tells that it came among many, in a Batch.
	Bulk bool
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
	// Late, if not nil, is what the instants of whatever brought it lack: told
	// unless the document was accepted from this sender before.
	Late *fault.Fault
	// Message is what the envelope says of itself, where the region's protocol
	// has messages with names of their own (SPCoop); nil elsewhere.
	Message *Message
}

// Message is a message with a name: its envelope is evidence and is kept,
// signed document or not, and its name holds for one content.
type Message struct {
	// Name is the SHA-256 of the identifier that the sender gave the message.
	// The entry has it as its request digest.
	Name ledger.Hash
	// Expires is the last instant at which the message may be taken; zero: never.
	// One that was taken before gets its answer again at any time.
	Expires time.Time
	// What the protocol tells of a name that is another content's, and of a message
	// that came after its end.
	Taken, Late fault.Fault
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
	// Quota is what the sender may still send.
	Quota Quota
}
