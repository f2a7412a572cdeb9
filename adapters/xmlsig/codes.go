package xmlsig

import "github.com/snodo-co/snodo/xsd/fault"

// The faults of a signed document, in the order in which a document meets
// them. xsd/fault has their texts. NoSignature is told only of a document that
// is otherwise in order, so a policy that admits unsigned documents may go on
// from it.
const (
	NoSignature fault.Code = "SIG-01" // no Signature at all

	MalformedXML       fault.Code = "SIG-02" // not well-formed XML 1.0
	HasDTD             fault.Code = "SIG-03" // document type declaration or entity
	NotUTF8            fault.Code = "SIG-04" // bytes, mark or declaration of another encoding
	TooLarge           fault.Code = "SIG-05" // beyond a limit of size, depth or number
	HasInstruction     fault.Code = "SIG-06" // processing instruction
	CommentInside      fault.Code = "SIG-07" // comment in a value or in the Signature
	UndeclaredPrefix   fault.Code = "SIG-08" // or another breach of Namespaces in XML
	DuplicateAttribute fault.Code = "SIG-09" // two attributes with one name
	BlankInAttribute   fault.Code = "SIG-10" // literal TAB, LF or CR in an attribute value
	RepeatedID         fault.Code = "SIG-11" // two id attributes with one value

	SecondSignature    fault.Code = "SIG-12" // more than one Signature
	MisplacedSignature fault.Code = "SIG-13" // not the last child of the root
	XAdES              fault.Code = "SIG-14" // an advanced signature, not in the grammar
	HasObject          fault.Code = "SIG-15" // ds:Object
	SignatureShape     fault.Code = "SIG-16" // anything else that the grammar lacks
	Canonicalization   fault.Code = "SIG-17" // CanonicalizationMethod other than exclusive
	SignatureAlgorithm fault.Code = "SIG-18" // SignatureMethod not allowed
	References         fault.Code = "SIG-19" // not one Reference with URI=""
	Transforms         fault.Code = "SIG-20" // not enveloped, then exclusive C14N
	DigestAlgorithm    fault.Code = "SIG-21" // DigestMethod other than SHA-256
	BadBase64          fault.Code = "SIG-22" // DigestValue or SignatureValue unreadable
	KeyInfoShape       fault.Code = "SIG-23" // not one X509Data with X509Certificate only
	TooManyCerts       fault.Code = "SIG-24" // more than four certificates
	BadCertificate     fault.Code = "SIG-25" // certificate unreadable
	WeakKey            fault.Code = "SIG-26" // RSA outside 2048-4096 bits, or a curve other than P-256
	KeyMismatch        fault.Code = "SIG-27" // algorithm and certificate's key of different kinds
	DERValue           fault.Code = "SIG-28" // ECDSA value not r||s

	DigestMismatch    fault.Code = "SIG-29" // the document is not the one signed
	SignatureMismatch fault.Code = "SIG-30" // the value is not of this key over this SignedInfo

	Untrusted   fault.Code = "SIG-31" // no chain to an anchor of the region
	WrongUsage  fault.Code = "SIG-32" // no nonRepudiation, or an authority's certificate
	NoIdentity  fault.Code = "SIG-33" // no codice fiscale in the subject
	NotYetValid fault.Code = "SIG-34" // a certificate of the chain begins later
	Expired     fault.Code = "SIG-35" // a certificate of the chain has ended
	RevokedCert fault.Code = "SIG-36" // a certificate of the chain was withdrawn

	UnknownStanding     fault.Code = "SIG-37" // whether it was withdrawn cannot be told now, and policy asks for it
	ForbiddenAlgorithm  fault.Code = "SIG-38" // of the grammar, but not of the region's policy
	ForeignOrganization fault.Code = "SIG-39" // organizationIdentifier other than those that policy pins
)
