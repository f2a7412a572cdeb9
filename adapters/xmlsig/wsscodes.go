package xmlsig

import "github.com/snodo-co/snodo/xsd/fault"

// The faults of a message signed by WS-Security, in the order in which a
// message meets them. What is wrong with its XML as such, or with the envelope,
// keeps the code that every envelope gets for it (SOAP-nn).
const (
	NoSecurity      fault.Code = "WSS-01" // no Security header, or one for another actor
	SecurityShape   fault.Code = "WSS-02" // Security holds something else, or something twice
	HeaderTwice     fault.Code = "WSS-03" // a signed header block is there twice
	MessageComment  fault.Code = "WSS-04" // comment in a value or in the Signature
	MessageBlank    fault.Code = "WSS-05" // literal TAB, LF or CR in an attribute value
	MessageIdents   fault.Code = "WSS-06" // two id attributes with one value
	MessageShape    fault.Code = "WSS-07" // a Signature that the grammar lacks
	MessageC14N     fault.Code = "WSS-08" // canonicalisation or transform other than exclusive C14N
	MessageMethod   fault.Code = "WSS-09" // SignatureMethod not allowed
	MessageDigest   fault.Code = "WSS-10" // DigestMethod other than SHA-256, SHA-384, SHA-512
	MessageBase64   fault.Code = "WSS-11" // DigestValue or SignatureValue unreadable
	MessageRefs     fault.Code = "WSS-12" // a Reference that is to nothing by position, or too many
	NotSigned       fault.Code = "WSS-13" // a part that must be signed is not
	TokenShape      fault.Code = "WSS-14" // not one token of the forms allowed
	TokenUnreadable fault.Code = "WSS-15" // certificate unreadable, or too many
	TokenUnknown    fault.Code = "WSS-16" // issuer and serial of no certificate known here
	MessageWeakKey  fault.Code = "WSS-17" // RSA outside 2048-4096 bits, or a curve other than P-256
	MessageMismatch fault.Code = "WSS-18" // algorithm and key of different kinds, or a DER value
	PartChanged     fault.Code = "WSS-19" // a part is not the one signed
	MessageForged   fault.Code = "WSS-20" // the value is not of this key over this SignedInfo

	MessageUntrusted fault.Code = "WSS-21" // no chain to an anchor
	MessageUsage     fault.Code = "WSS-22" // no digitalSignature, or an authority's certificate
	MessageEarlyCert fault.Code = "WSS-23" // a certificate of the chain begins later
	MessageLateCert  fault.Code = "WSS-24" // a certificate of the chain has ended

	TimestampShape fault.Code = "WSS-25" // not one Created and one Expires, both instants
	MessageIDShape fault.Code = "WSS-26" // no absolute IRI of at most 255 characters
	AddressShape   fault.Code = "WSS-27" // an addressing header that holds no plain text

	ForeignSystem fault.Code = "WSS-28" // by a region's policy: a signer that is not pinned
)

// messageCode is the code that a fault of the shared grammar has in a message.
func messageCode(c fault.Code) fault.Code {
	switch c {
	case MalformedXML, UndeclaredPrefix, DuplicateAttribute:
		return fault.MalformedEnvelope
	case HasDTD:
		return fault.EnvelopeDTD
	case NotUTF8:
		return fault.EnvelopeCharset
	case TooLarge:
		return fault.EnvelopeLimits
	case HasInstruction:
		return fault.EnvelopeInst
	case CommentInside:
		return MessageComment
	case BlankInAttribute:
		return MessageBlank
	case RepeatedID:
		return MessageIdents
	case SecondSignature, MisplacedSignature, XAdES, HasObject, SignatureShape:
		return MessageShape
	case Canonicalization, Transforms:
		return MessageC14N
	case SignatureAlgorithm, ForbiddenAlgorithm:
		return MessageMethod
	case References:
		return MessageRefs
	case DigestAlgorithm:
		return MessageDigest
	case BadBase64:
		return MessageBase64
	case KeyInfoShape:
		return TokenShape
	case TooManyCerts, BadCertificate:
		return TokenUnreadable
	case WeakKey:
		return MessageWeakKey
	case KeyMismatch, DERValue:
		return MessageMismatch
	case SignatureMismatch:
		return MessageForged
	case Untrusted:
		return MessageUntrusted
	case ForeignOrganization:
		return ForeignSystem
	case WrongUsage:
		return MessageUsage
	case NotYetValid:
		return MessageEarlyCert
	case Expired:
		return MessageLateCert
	}
	return c
}
