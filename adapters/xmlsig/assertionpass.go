package xmlsig

import (
	"bytes"
	"errors"
	"slices"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// assertionPass reads a message for the one SAML assertion of its Security
// header: the guard, the tokenizer, the canonicaliser and the grammar of the
// Signature are those of pass, the layout is SOAP's as messagePass knows it. The
// assertion is known by its position, and its Signature by its own.
type assertionPass struct {
	messagePass
	modi  bool // the message's own signature was verified: Security may hold it
	found bool
	stray bool // Security holds something besides
	again bool // reading with the PrefixLists of the first reading
	body  []byte
}

// run reads src. Without a fault there is an assertion with a Signature:
// content.out is what that must cover, info.out and sig are what it says.
func (a *assertionPass) run(src []byte, modi bool) *fault.Fault {
	a.modi, a.again, a.hints, a.family = modi, false, true, true
	err := a.read(src, nil, nil)
	if errors.Is(err, errReadAgain) {
		refs, infos := slices.Clone(a.sig.refSet), slices.Clone(a.sig.infoSet)
		a.sig.prefixBuf = nil // the lists still point into it
		a.again = true
		err = a.read(src, refs, infos)
	}
	if err == nil {
		return nil
	}
	f := faultOf(err)
	f.Code = assertionCode(f.Code)
	return f
}

func (a *assertionPass) read(src []byte, refs, infos [][]byte) error {
	a.reset()
	a.content.reset(refs)
	a.info.reset(infos)
	a.content.most, a.info.most = maxPart, maxPart
	a.version, a.security, a.found, a.stray, a.body = "", false, false, false, nil
	if len(src) > MaxMessage {
		return &refusal{code: TooLarge}
	}
	a.tok.Reset(src, xmltoken.Limits{Depth: maxDepth, Attrs: maxAttrs, Decls: maxDecls})
	if err := a.envelope(src); err != nil {
		return err
	}
	switch {
	case !a.found:
		return &refusal{code: fault.AssertionMissing}
	case a.stray:
		return &refusal{code: fault.AssertionShape}
	case a.place != after:
		return &refusal{code: fault.AssertionUnsigned}
	}
	return a.repeatedID()
}

// envelope: an optional Header, Body, and nothing else.
func (a *assertionPass) envelope(src []byte) error {
	kind, err := a.element()
	if err != nil {
		return err
	}
	if kind != xmltoken.Start || string(a.tok.Local()) != "Envelope" {
		return a.refuse(fault.NotAnEnvelope)
	}
	switch string(a.tok.Space()) {
	case spaceSOAP11:
		a.version = spaceSOAP11
	case spaceSOAP12:
		a.version = spaceSOAP12
	default:
		return a.refuse(fault.EnvelopeVersion)
	}
	if kind, err = a.element(); err != nil {
		return err
	}
	if kind == xmltoken.Start && a.at(a.version, "Header") {
		if err := a.header(); err != nil {
			return err
		}
		if kind, err = a.element(); err != nil {
			return err
		}
	}
	if kind != xmltoken.Start || !a.at(a.version, "Body") {
		return a.refuse(fault.NotAnEnvelope)
	}
	from := a.tok.Offset()
	if err := a.skip(); err != nil {
		return err
	}
	a.body = src[from:a.tok.End()]
	for _, want := range []xmltoken.Kind{xmltoken.End, xmltoken.EOF} {
		if kind, err = a.element(); err != nil {
			return err
		}
		if kind != want {
			return a.refuse(fault.NotAnEnvelope)
		}
	}
	return nil
}

// header reads the blocks of the Header whose Start is current. Which of the
// others must be understood is asked elsewhere.
func (a *assertionPass) header() error {
	for {
		kind, err := a.element()
		if err != nil || kind == xmltoken.End {
			return err
		}
		if a.at(spaceWSSE, "Security") {
			err = a.securityHeader()
		} else {
			err = a.skip()
		}
		if err != nil {
			return err
		}
	}
}

// securityHeader: one Assertion, in any place. A Timestamp that nothing signs
// says nothing; a signature of the message may be there if it was verified.
func (a *assertionPass) securityHeader() error {
	if a.security {
		return a.refuse(fault.SecurityTwice)
	}
	a.security = true
	a.stray = !a.forUs()
	for {
		kind, err := a.element()
		if err != nil || kind == xmltoken.End {
			return err
		}
		switch {
		case a.at(spaceSAML, "Assertion"):
			if a.found {
				return a.refuse(fault.AssertionTwice)
			}
			a.found = true
			err = a.assertion()
		case a.at(spaceSAML, "EncryptedAssertion"):
			return a.refuse(fault.AssertionEncrypted)
		case a.at(spaceWSSE, "UsernameToken"):
			return a.refuse(fault.UserNameRefused)
		default:
			own := a.at(spaceWSSE, "BinarySecurityToken") || isSignature(&a.tok)
			a.stray = a.stray || !a.at(spaceWSU, "Timestamp") && (!own || !a.modi)
			err = a.skip()
		}
		if err != nil {
			return err
		}
	}
}

// assertion writes the canonical form of the Assertion whose Start is current,
// but for its Signature: the second child, behind Issuer (saml-core, section
// 2.3.3). A Signature anywhere else in it is refused.
func (a *assertionPass) assertion() error {
	id := a.plain("ID")
	if len(id) == 0 || len(id) > maxID || bytes.IndexByte(id, '&') >= 0 {
		return a.refuse(fault.AssertionShape)
	}
	if err := a.content.start(&a.tok); err != nil {
		return err
	}
	a.values = append(a.values[:0], state{})
	depth, children := a.tok.Depth(), 0
	for {
		kind, err := a.next()
		if err != nil {
			return err
		}
		if kind == xmltoken.Start && isSignature(&a.tok) {
			if a.place == after {
				return a.refuse(SecondSignature)
			}
			if a.tok.Depth() != depth+1 || children != 1 {
				return a.refuse(MisplacedSignature)
			}
			if err := a.ownSignature(id); err != nil {
				return err
			}
			continue
		}
		if kind == xmltoken.Start && a.tok.Depth() == depth+1 {
			children++
		}
		if err := a.write(kind, &a.content); err != nil || kind == xmltoken.End && a.tok.Depth() == depth {
			return err
		}
	}
}

// ownSignature reads the Signature whose Start is current. If it has a PrefixList,
// what stands before it must be written again.
func (a *assertionPass) ownSignature(id []byte) error {
	a.place = inside
	a.target = append([]byte{'#'}, id...)
	if err := a.readSignature(); err != nil {
		return err
	}
	a.place = after
	a.values[0].child = true
	if !a.again && len(a.sig.refSet)+len(a.sig.infoSet) > 0 {
		return errReadAgain
	}
	return nil
}

// assertionCode is the code that a fault of the shared grammar has in an
// assertion.
func assertionCode(c fault.Code) fault.Code {
	switch c {
	case CommentInside, BlankInAttribute, RepeatedID:
		return fault.AssertionGuard
	case SecondSignature, MisplacedSignature, XAdES, HasObject, SignatureShape, Canonicalization, Transforms,
		References, BadBase64, KeyInfoShape, TooManyCerts:
		return fault.AssertionSignature
	case SignatureAlgorithm, DigestAlgorithm, WeakKey, KeyMismatch, DERValue:
		return fault.AssertionAlgorithm
	case DigestMismatch, SignatureMismatch:
		return fault.AssertionForged
	case BadCertificate, Untrusted, WrongUsage:
		return fault.AssertionUntrusted
	case NotYetValid, Expired, RevokedCert, UnknownStanding:
		return fault.AssertionCertificate
	}
	return messageCode(c) // of the XML as such
}
