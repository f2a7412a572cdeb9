// Package hub is the path of one submission, in order: Submit is the one
// function to read first.
//
// It owns the order of the steps and what each answer promises. It must not
// know SOAP, SQL or Kafka: what it needs of them comes as small interfaces.
package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/codes"
	"github.com/snodo-co/snodo/xsd/fault"
)

// Verified is what a signature covers: the only bytes that go on.
type Verified struct {
	Content []byte      // canonical, signature removed
	Digest  ledger.Hash // SHA-256 of Content
	Signer  string      // codice fiscale in the certificate's subject
	Leaf    any         // the verifier's own memory of the certificates
}

// Verifier judges signed documents. Safe for concurrent use.
type Verifier interface {
	// Verify checks the signature grammar, the signature, the chain to an
	// anchor of the region, key usage and identity. A document that is sound
	// but carries no signature gets the one fault fault.Unsigned.
	Verify(ctx context.Context, document []byte, region string) (Verified, fault.List, error)
	// Validity checks expiry and revocation at an instant; contracts.md puts
	// it after the duplicate lookup. A *TryLater tells that revocation, which
	// the region's policy asks for, cannot be told now.
	Validity(ctx context.Context, v Verified, region string, at time.Time) (fault.List, error)
}

// Conversion vouches for documents that arrived unsigned over a channel.
type Conversion interface {
	// Seal puts the hub's conversion seal on a national document and returns
	// it with its verified content. Faults: the document is not sound.
	Seal(ctx context.Context, national []byte) (document []byte, v Verified, faults fault.List, err error)
}

// Hub submits communications. Its fields are set once, before use; a Hub is
// safe for concurrent use.
type Hub struct {
	Verifier   Verifier
	Conversion Conversion
	Journal    ledger.Journal
	Archive    ledger.Archive
	// Channel lists the regions (slugs) whose policy admits unsigned
	// documents over an authenticated channel.
	Channel map[string]bool
	// Refusals bounds the entries that refused signatures leave.
	Refusals *Limiter
	// Rates bounds what a sender may send; nil bounds nobody.
	Rates *Rates
	// Basis gives what decisions read now. It is asked once for a submission,
	// which sees the same from start to end, and may answer otherwise for the
	// next one.
	Basis func() Basis
	Rome  *time.Location
}

// Basis is what every decision reads besides the document and the chain.
type Basis struct {
	Standards *xsd.Standards
	Tables    *codes.Tables
	// Gone are, of editions from a pack, the fields that the program's own
	// edition has and they do not have, or not in that form: paths without
	// numbers. Rules say nothing of them.
	Gone map[xsd.ID][]string
	// Name tells bases apart, the program's rules included. A change of it has
	// rejections judged anew.
	Name string
}

// attempts is how often a decision is taken again when its reading went stale
// (contracts.md, Group commit).
const attempts = 3

// Submit takes one communication along the path and returns once the outcome
// is durable. Faults of the document are in the Answer. An error means our own
// trouble, or (*TryLater) a sender that must wait: nothing was promised and the
// caller may send again.
func (h *Hub) Submit(ctx context.Context, s Submission) (Answer, error) {
	document, v, origin, faults, err := h.admit(ctx, s)
	if err != nil {
		return Answer{}, err
	}
	if len(faults) > 0 {
		return h.refuse(ctx, s, faults)
	}
	quota, err := h.take(s, v)
	if err != nil {
		return Answer{}, err
	}
	d, err := h.draft(s, document, v, origin)
	if err != nil {
		return Answer{}, err
	}
	a, err := h.judge(ctx, s, d, v)
	a.Quota = quota
	return a, err
}

// judge is the path from the lookup of duplicates on: of a sender who is known
// and may send.
func (h *Hub) judge(ctx context.Context, s Submission, d ledger.Draft, v Verified) (Answer, error) {
	stored, found, err := h.Journal.Accepted(ctx, v.Digest, d.Entry.Sender, d.Entry.RequestDigest)
	if err != nil {
		return Answer{}, fmt.Errorf("look up duplicate: %w", err)
	}
	if found && stored.Entry.Sender == d.Entry.Sender {
		if s.renames(stored.Entry, v.Digest) {
			return h.refuse(ctx, s, fault.List{s.Message.Taken})
		}
		return answer(stored, true)
	}
	if f := s.late(); f != nil {
		return h.refuse(ctx, s, fault.List{*f})
	}
	if d.Entry.Origin == ledger.Signed {
		faults, err := h.Verifier.Validity(ctx, v, s.Region.Slug, s.Received)
		if err != nil {
			return Answer{}, fmt.Errorf("check validity: %w", err)
		}
		if len(faults) > 0 {
			return h.refuse(ctx, s, faults)
		}
	}
	if s.Witness {
		d.Evidence = s.Evidence
	}
	if found {
		return h.duplicate(ctx, d)
	}
	if s.Regional != nil && s.Regional.Faults.Refuses() {
		return h.reject(ctx, d, s.Regional.Faults)
	}
	basis := h.Basis()
	for range attempts {
		a, err := h.decide(ctx, s, d, v.Content, basis)
		if err == nil && s.renames(a.Entry, v.Digest) {
			// Another message of this name won between lookup and commit.
			return h.refuse(ctx, s, fault.List{s.Message.Taken})
		}
		if !errors.Is(err, ledger.ErrStale) {
			return a, err
		}
	}
	return Answer{}, fmt.Errorf("decision stale %d times: %w", attempts, ledger.ErrUnavailable)
}

// channelAlone tells who sends a regional text, which nobody can sign, what to do
// where the policy wants signatures.
const channelAlone = "il testo regionale non si firma, va inviato su un canale autenticato"

// admit verifies a signed document, or seals an unsigned one that a channel
// vouches for. A document with a signature is always judged as signed. A
// regional document that has no national form is known by its own digest.
func (h *Hub) admit(ctx context.Context, s Submission) ([]byte, Verified, ledger.Origin, fault.List, error) {
	channel := h.Channel[s.Region.Slug] && s.System != ""
	national := s.Document
	if s.Regional == nil {
		v, faults, err := h.Verifier.Verify(ctx, s.Document, s.Region.Slug)
		unsigned := len(faults) == 1 && faults[0].Code == fault.Unsigned
		if err != nil || !unsigned || !channel {
			return s.Document, v, ledger.Signed, faults, wrap("verify", err)
		}
	} else {
		national = s.Regional.National
	}
	if !channel { // a regional text, which has no form with a signature
		return nil, Verified{}, ledger.Channel, fault.List{{Code: fault.Unsigned, Expected: channelAlone}}, nil
	}
	if s.Regional != nil && s.Regional.Faults.Refuses() {
		return nil, Verified{Digest: s.Regional.RequestDigest}, ledger.Channel, nil, nil
	}
	document, v, faults, err := h.Conversion.Seal(ctx, national)
	return document, v, ledger.Channel, faults, wrap("seal conversion", err)
}

// draft gathers the facts known before any judgement.
func (h *Hub) draft(s Submission, document []byte, v Verified, origin ledger.Origin) (d ledger.Draft, err error) {
	e := ledger.Entry{
		Type:     ledger.Submission,
		Received: s.Received.UTC().Truncate(time.Microsecond),
		Region:   s.Region.Slug,
		Kind:     s.Kind, // as announced, until the content tells
		Origin:   origin,
		Sender:   v.Signer,
		Digest:   v.Digest,
	}
	d = ledger.Draft{Entry: e, Document: document}
	if origin == ledger.Channel {
		// The document is ours; what the sender sent is kept as evidence.
		d.Evidence = s.Evidence
		d.Entry.Sender = s.Region.Slug + "/" + s.System
		if r := s.Regional; r != nil {
			d.Entry.Sender += "/" + r.External
			d.Entry.RequestDigest = r.RequestDigest
			d.Entry.Previous = r.Previous
		}
	}
	if m := s.Message; m != nil {
		d.Evidence = s.Evidence
		d.Entry.RequestDigest = m.Name
	}
	if o := s.Operator; o != (Operator{}) {
		d.Entry.Payload, err = ledger.Payload(ledger.OperatorNote{Operator: o.CodiceFiscale, Means: o.Means, Level: o.Level, Issuer: o.Issuer})
	}
	return d, err
}

// renames reports whether the message's name is already that of an entry of
// other content.
func (s Submission) renames(e ledger.Entry, content ledger.Hash) bool {
	return s.Message != nil && e.RequestDigest == s.Message.Name && e.Digest != content
}

// late is what to tell of a message that came after its end, or was brought by
// something that has ended.
func (s Submission) late() *fault.Fault {
	if m := s.Message; m != nil && !m.Expires.IsZero() && s.Received.After(m.Expires) {
		return &m.Late
	}
	return s.Late
}

// decide judges the content and commits the decision.
func (h *Hub) decide(ctx context.Context, s Submission, d ledger.Draft, content []byte, basis Basis) (Answer, error) {
	id, faults := basis.Standards.IdentifyAt(content, s.Received)
	if id.Kind != "" {
		d.Entry.Kind, d.Entry.Edition = id.Kind, id.Edition
	}
	d.Entry.Basis = basis.Name
	if f := barred(s, id, content); f != nil {
		return h.reject(ctx, d, fault.List{*f})
	}
	if !faults.Refuses() && s.Kind != "" && s.Kind != id.Kind {
		faults = append(faults, fault.Fault{Code: fault.WrongKind, Expected: s.Kind})
	}
	if faults.Refuses() {
		return h.reject(ctx, d, faults)
	}
	day := s.Received.In(h.Rome).Format(time.DateOnly)
	c, more, err := basis.Judge(id, content, day)
	if err != nil {
		return Answer{}, err
	}
	faults = append(faults, more...)
	if s.Regional != nil { // what the conversion warns of
		faults = append(faults, s.Regional.Faults...)
	}
	if faults.Refuses() {
		return h.reject(ctx, d, faults)
	}
	about := c.Particulars()
	warnings, err := h.readChain(ctx, &d, about)
	if err != nil {
		return Answer{}, err
	}
	if len(warnings) > 0 && about.Previous != "" { // else a regional document has it
		warnings[0].Path = basis.Standards.RootAttribute(id, previousAttribute)
		xsd.Locate(content, warnings)
		basis.Standards.Label(id, warnings)
	}
	d.Province = basis.Tables.ProvinceOf(string(about.Workplace), day)
	return h.accept(ctx, d, append(faults, warnings...))
}

// barred is the fault of a kind that the region does not take, or not this way,
// whatever else may be wrong with the document.
func barred(s Submission, id xsd.ID, content []byte) *fault.Fault {
	kind := id.Kind
	if kind == "" {
		kind = xsd.Kind(content)
	}
	if code, ok := s.Region.Barred(kind, s.Bulk); ok {
		return &fault.Fault{Code: code}
	}
	return nil
}

// previousAttribute is where national documents have the previous code.
const previousAttribute = "codiceComunicazionePrec"

// readChain fills what the chain knows of the communication and reads the
// chain when a previous code is given, for only then does a decision depend on it.
func (h *Hub) readChain(ctx context.Context, d *ledger.Draft, about co.Particulars) (fault.List, error) {
	e := &d.Entry
	e.Employer, e.Worker, e.Start = string(about.Employer), string(about.Worker), about.Start
	if p := string(about.Previous); p != "" {
		e.Previous = p
	}
	if ledger.NoPrevious(e.Previous) {
		e.Previous = ""
		return nil, nil
	}
	reading, err := h.Journal.Read(ctx, ledger.ChainQuery{
		Previous: e.Previous, Employer: e.Employer, Worker: e.Worker, Start: e.Start,
	})
	if err != nil {
		return nil, fmt.Errorf("read chain: %w", err)
	}
	d.Reading = &reading
	if reading.Known {
		return nil, nil
	}
	return fault.List{{Code: fault.UnknownPrevious, Warning: true}}, nil
}

// accept appends an accepted submission with the deliveries it is due.
func (h *Hub) accept(ctx context.Context, d ledger.Draft, warnings fault.List) (Answer, error) {
	d.Entry.Status = ledger.Accepted
	d.Deliveries = routing.Plan(d.Entry.Kind)
	a, foreign, err := h.append(ctx, d, warnings)
	if foreign {
		// Another sender's copy won between lookup and commit.
		return h.duplicate(ctx, d)
	}
	return a, err
}

// duplicate rejects what another sender has had accepted. The entry says the
// same whether the lookup or the commit found it: copies get one receipt.
func (h *Hub) duplicate(ctx context.Context, d ledger.Draft) (Answer, error) {
	d.Entry.Edition, d.Entry.Basis = "", ""
	return h.reject(ctx, d, fault.List{{Code: fault.Duplicate}})
}

// reject appends a rejected submission, or finds the same rejection.
func (h *Hub) reject(ctx context.Context, d ledger.Draft, faults fault.List) (Answer, error) {
	e := &d.Entry
	e.Status = ledger.Rejected
	// A rejected entry belongs to no chain: what the document said of one
	// stays in the document, which is erased in time.
	e.Employer, e.Worker, e.Start, e.Previous = "", "", "", ""
	d.Deliveries, d.Reading, d.Province = nil, nil, ""
	a, _, err := h.append(ctx, d, faults)
	return a, err
}

// refuse answers for a missing, broken or untrusted signature: one entry
// without documents, within the limits of the address, and no receipt.
func (h *Hub) refuse(ctx context.Context, s Submission, faults fault.List) (Answer, error) {
	refused := Answer{Faults: faults, Refused: true}
	if !h.Refusals.Allow(s.Address, s.Received) {
		return refused, nil
	}
	encoded, err := faults.Encode()
	if err != nil {
		return Answer{}, err
	}
	result, err := h.Journal.Append(ctx, ledger.Draft{Entry: ledger.Entry{
		Type:     ledger.Submission,
		Status:   ledger.Refused,
		Received: s.Received.UTC().Truncate(time.Microsecond),
		Region:   s.Region.Slug,
		Kind:     s.Kind,
		Digest:   ledger.Sum(s.Evidence),
		Faults:   encoded,
	}})
	if err != nil {
		return Answer{}, fmt.Errorf("append refusal: %w", err)
	}
	refused.Entry = result.Entry
	return refused, nil
}

// append commits a draft and turns the result into an answer.
func (h *Hub) append(ctx context.Context, d ledger.Draft, faults fault.List) (a Answer, foreign bool, err error) {
	if d.Entry.Faults, err = faults.Worded().Encode(); err != nil {
		return Answer{}, false, err
	}
	result, err := h.Journal.Append(ctx, d)
	if err != nil {
		return Answer{}, false, fmt.Errorf("append: %w", err)
	}
	if result.Foreign {
		return Answer{}, true, nil
	}
	a, err = answer(result.Stored, result.Repeated)
	return a, false, err
}

// Receipts answers RichiediRicevuta: all receipts of a submission, oldest
// first. The digest is that of the content or of the document, whichever the
// caller kept. ledger.ErrNotFound if no receipt has both keys.
func (h *Hub) Receipts(ctx context.Context, q ReceiptQuery) ([][]byte, error) {
	stored, err := h.find(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("find receipts: %w", err)
	}
	if len(stored) == 0 || !matches(stored[0].Entry, q.Digest) {
		return nil, fmt.Errorf("find receipts: %w", ledger.ErrNotFound)
	}
	var receipts [][]byte
	for _, s := range stored {
		if s.Receipt != nil {
			receipts = append(receipts, s.Receipt)
		}
	}
	if len(receipts) == 0 { // a refused submission has none
		return nil, fmt.Errorf("find receipts: %w", ledger.ErrNotFound)
	}
	return receipts, nil
}

// find gives the submission asked for, then its outcomes.
func (h *Hub) find(ctx context.Context, q ReceiptQuery) ([]ledger.Stored, error) {
	if q.Codice != "" {
		return h.Archive.ByCodice(ctx, q.Codice)
	}
	id, err := ledger.ParseHash(strings.ToLower(q.Entry))
	if err != nil || id.IsZero() {
		return nil, ledger.ErrNotFound
	}
	return h.Archive.ByID(ctx, id)
}

func matches(e ledger.Entry, digest string) bool {
	return digest != "" && (strings.EqualFold(digest, e.Digest.String()) || strings.EqualFold(digest, e.Document.String()))
}

func answer(s ledger.Stored, repeated bool) (Answer, error) {
	faults, err := fault.Decode(s.Entry.Faults)
	if err != nil {
		return Answer{}, fmt.Errorf("read entry %d: %w", s.Entry.Position, err)
	}
	return Answer{
		Entry:    s.Entry,
		Receipt:  s.Receipt,
		Faults:   faults,
		Accepted: s.Entry.Status == ledger.Accepted,
		Repeated: repeated,
	}, nil
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
