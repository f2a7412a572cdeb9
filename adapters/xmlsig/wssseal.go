package xmlsig

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Stamp is what SealMessage adds to a message and signs beside its Body.
type Stamp struct {
	To        string // wsa:To
	ID        string // wsa:MessageID
	RelatesTo string // wsa:RelatesTo, of answers; none if empty
	Action    string // wsa:Action; none if empty
	Created   time.Time
	Expires   time.Time
	// Answers are the references of the request that an answer answers, put
	// into X-RequestDigest of the namespace Service; none if empty.
	Answers []Reference
	Service string
	// QNames: values in the Body have prefixes, as xsi:type of RPC/encoded has.
	// Exclusive C14N sees no use of them, so all that Envelope and what is in the
	// Body declare are put into the Body's PrefixList: else what they mean is not in
	// what the signature covers.
	QNames bool
	// Assertion is a SAML assertion as its issuer signed it, put into the Security
	// header and signed with the message; none if empty.
	Assertion []byte
}

// SealMessage signs a SOAP message, 1.1 or 1.2, that has no Security header:
// the Timestamp, the addressing headers of the Stamp, X-RequestDigest and the
// Body, by the grammar that MessageVerifier reads. What the message holds stays
// byte for byte, but for wsu:Id on its Body; other header blocks are not signed.
// The token is the certificate, or the PKIPath if the Sealer has several.
func (s *Sealer) SealMessage(plain []byte, stamp Stamp) ([]byte, error) {
	frame, err := frameOf(plain)
	if err != nil {
		return nil, err
	}
	b := messageBuilder{out: make([]byte, 0, len(plain)+8<<10)}
	if err := b.build(plain, frame, stamp, s); err != nil {
		return nil, err
	}
	m := new(messagePass)
	if stamp.QNames {
		m.body = declared(plain)
	}
	if f := m.run(b.out, nil); f != nil {
		return nil, fmt.Errorf("seal message: %w", &DocumentError{Fault: *f})
	}
	signature, err := s.messageSignature(m)
	if err != nil {
		return nil, fmt.Errorf("seal message: %w", err)
	}
	sealed := append(b.out[:len(b.out):len(b.out)], signature...) // grows once
	copy(sealed[b.signature+len(signature):], b.out[b.signature:])
	copy(sealed[b.signature:], signature)
	return sealed, nil
}

// frame is where a message's parts lie in its source.
type frame struct {
	prefix        string // of Envelope, with its colon
	version       string
	header        int // where the blocks of Header begin; 0 if they have no place yet
	before, after int // the empty or missing Header is [before:after)
	bodyName      int // just behind the name in Body's start tag
}

// declared are the prefixes that Envelope, the Body and what is in it declare.
func declared(src []byte) (prefixes [][]byte) {
	var r xmltoken.Reader
	body := false
	for r.Reset(src, xmltoken.Limits{}); ; {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return prefixes
		}
		if kind != xmltoken.Start {
			continue
		}
		if body = body || r.Depth() == 2 && string(r.Local()) == "Body"; !body && r.Depth() > 1 {
			continue
		}
		for _, d := range r.Decls() {
			if len(d.Prefix) > 0 && !slices.ContainsFunc(prefixes, func(p []byte) bool { return bytes.Equal(p, d.Prefix) }) {
				prefixes = append(prefixes, bytes.Clone(d.Prefix))
			}
		}
	}
}

// frameOf finds the frame of a message.
func frameOf(src []byte) (frame, error) {
	var r xmltoken.Reader
	var f frame
	r.Reset(src, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		if err != nil {
			return f, fmt.Errorf("seal message: %w", &DocumentError{Fault: fault.Fault{Code: messageCode(syntaxFault(err).Code)}})
		}
		if kind == xmltoken.EOF {
			return f, fmt.Errorf("seal message: %w", &DocumentError{Fault: fault.Fault{Code: fault.NotAnEnvelope}})
		}
		if kind != xmltoken.Start {
			continue
		}
		switch space, local := string(r.Space()), string(r.Local()); {
		case r.Depth() == 1:
			f.version = space
			if len(r.Prefix()) > 0 {
				f.prefix = string(r.Prefix()) + ":"
			}
		case r.Depth() == 2 && space == f.version && local == "Header":
			if src[r.End()-2] == '/' {
				f.before, f.after = r.Offset(), r.End()
			} else {
				f.header = r.End()
			}
		case r.Depth() == 2 && space == f.version && local == "Body":
			if f.header == 0 && f.before == 0 {
				f.before, f.after = r.Offset(), r.Offset()
			}
			f.bodyName = r.Offset() + 1 + len("Body")
			if n := len(r.Prefix()); n > 0 {
				f.bodyName += n + 1
			}
			return f, nil
		}
	}
}

// Identifiers of the parts that SealMessage signs.
const (
	idTimestamp = "Istante"
	idToken     = "Certificato"
	idBody      = "Corpo"
	idAddress   = "Indirizzo-" // and the block's name
	idDigests   = "Impronte"
)

// messageBuilder writes a message up to its Signature.
type messageBuilder struct {
	out       []byte
	signature int // where the Signature goes
}

func (b *messageBuilder) build(src []byte, f frame, stamp Stamp, s *Sealer) error {
	token, value, err := s.tokenBytes()
	if err != nil {
		return fmt.Errorf("seal message: %w", err)
	}
	b.open(src, f)
	b.security(f)
	b.add(`<wsu:Timestamp wsu:Id="`, idTimestamp, `"><wsu:Created>`)
	b.instant(stamp.Created)
	b.add(`</wsu:Created><wsu:Expires>`)
	b.instant(stamp.Expires)
	b.add(`</wsu:Expires></wsu:Timestamp><wsse:BinarySecurityToken wsu:Id="`, idToken, `" EncodingType="`, encodingBase64, `" ValueType="`, value, `">`)
	b.out = base64.StdEncoding.AppendEncode(b.out, token)
	b.add(`</wsse:BinarySecurityToken>`)
	b.out = append(b.out, stamp.Assertion...)
	b.signature = len(b.out)
	b.add(`</wsse:Security>`)
	b.address("To", stamp.To)
	b.address("MessageID", stamp.ID)
	b.address("RelatesTo", stamp.RelatesTo)
	b.address("Action", stamp.Action)
	b.digests(stamp)
	b.out = append(b.out, src[b.close(f):f.bodyName]...)
	b.add(` xmlns:wsu="`, spaceWSU, `" wsu:Id="`, idBody, `"`)
	b.out = append(b.out, src[f.bodyName:]...)
	return nil
}

// open writes up to where the first block of Header stands.
func (b *messageBuilder) open(src []byte, f frame) {
	if f.header > 0 {
		b.add(string(src[:f.header]))
		return
	}
	b.add(string(src[:f.before]), "<", f.prefix, "Header>")
}

// close ends a Header of our own, and tells where the source goes on.
func (b *messageBuilder) close(f frame) int {
	if f.header > 0 {
		return f.header
	}
	b.add(`</`, f.prefix, `Header>`)
	return f.after
}

// security opens a Security header that must be understood.
func (b *messageBuilder) security(f frame) {
	must := f.prefix + "mustUnderstand"
	if f.prefix == "" { // an attribute has no default namespace
		must = `soap:mustUnderstand`
		b.add(`<wsse:Security xmlns:soap="`, f.version, `"`)
	} else {
		b.add(`<wsse:Security`)
	}
	b.add(` xmlns:wsse="`, spaceWSSE, `" xmlns:wsu="`, spaceWSU, `" `, must, `="1">`)
}

func (b *messageBuilder) add(text ...string) {
	for _, t := range text {
		b.out = append(b.out, t...)
	}
}

// instant writes milliseconds, as WSS4J does.
func (b *messageBuilder) instant(t time.Time) {
	b.out = t.UTC().AppendFormat(b.out, "2006-01-02T15:04:05.000Z")
}

func (b *messageBuilder) address(local, value string) {
	if value == "" {
		return
	}
	b.add(`<wsa:`, local, ` xmlns:wsa="`, spaceWSA, `" xmlns:wsu="`, spaceWSU, `" wsu:Id="`, idAddress, local, `">`)
	b.out = xmltoken.AppendEscapedText(b.out, value)
	b.add(`</wsa:`, local, `>`)
}

// digests writes the request's references, each as the request had it.
func (b *messageBuilder) digests(stamp Stamp) {
	if len(stamp.Answers) == 0 {
		return
	}
	b.add(`<modipa:`, digestsLocal, ` xmlns:modipa="`)
	b.out = xmltoken.AppendEscapedAttr(b.out, stamp.Service)
	b.add(`" xmlns:ds="`, spaceDSig, `" xmlns:wsu="`, spaceWSU, `" wsu:Id="`, idDigests, `">`)
	for _, r := range stamp.Answers {
		b.out = appendReference(b.out, r)
	}
	b.add(`</modipa:`, digestsLocal, `>`)
}

// appendReference appends a ds:Reference in canonical form.
func appendReference(dst []byte, r Reference) []byte {
	dst = append(dst, `<ds:Reference URI="#`...)
	dst = xmltoken.AppendEscapedAttr(dst, r.ID)
	dst = append(dst, `"><ds:Transforms><ds:Transform Algorithm="`+algExclusive+`">`...)
	if r.Prefixes != "" {
		dst = append(dst, `<ec:InclusiveNamespaces xmlns:ec="`+algExclusive+`" PrefixList="`...)
		dst = xmltoken.AppendEscapedAttr(dst, r.Prefixes)
		dst = append(dst, `"></ec:InclusiveNamespaces>`...)
	}
	dst = append(dst, `</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="`+digestMethod(r.Digest.function)+`"></ds:DigestMethod><ds:DigestValue>`...)
	dst = base64.StdEncoding.AppendEncode(dst, r.Digest.bytes())
	return append(dst, `</ds:DigestValue></ds:Reference>`...)
}

// messageSignature makes the Signature over the parts of m that have a wsu:Id
// of ours. The written SignedInfo differs from its canonical form by the
// declaration of ds alone.
func (s *Sealer) messageSignature(m *messagePass) ([]byte, error) {
	method := algRSA
	if _, ok := s.key.Public().(*ecdsa.PublicKey); ok {
		method = algECDSA
	}
	var info []byte
	info = append(info, `<ds:CanonicalizationMethod Algorithm="`+algExclusive+`"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="`+method+`"></ds:SignatureMethod>`...)
	for _, p := range []part{partTimestamp, partToken, partTo, partMessageID, partRelatesTo, partAction, partDigests, partAssertion, partBody} {
		x := &m.pieces[p]
		if !x.present {
			continue
		}
		r := Reference{ID: string(x.id), Digest: digestOf(crypto.SHA256, x.canon.out)}
		if p == partBody {
			r.Prefixes = string(appendPrefixes(nil, m.body))
		}
		info = appendReference(info, r)
	}
	info = append(info, `</ds:SignedInfo>`...)
	hashed := sha256.Sum256(append([]byte(`<ds:SignedInfo xmlns:ds="`+spaceDSig+`">`), info...))
	value, err := s.key.Sign(nil, hashed[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	_, kind, err := s.tokenBytes()
	if err != nil {
		return nil, err
	}
	out := append([]byte(`<ds:Signature xmlns:ds="`+spaceDSig+`"><ds:SignedInfo>`), info...)
	out = append(out, `<ds:SignatureValue>`...)
	out = base64.StdEncoding.AppendEncode(out, value)
	tokenType := ""
	if kind == valuePKIPath { // Basic Security Profile 1.1, R5215
		tokenType = ` xmlns:wsse11="` + spaceWSSE11 + `" wsse11:TokenType="` + valuePKIPath + `"`
	}
	return append(out, `</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference`+tokenType+`><wsse:Reference URI="#`+idToken+`" ValueType="`+kind+
		`"></wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>`...), nil
}

// tokenBytes is what the BinarySecurityToken holds, and its ValueType.
func (s *Sealer) tokenBytes() ([]byte, string, error) {
	if len(s.chain) == 1 {
		return s.chain[0].Raw, valueX509, nil
	}
	var list []asn1.RawValue
	for i := len(s.chain) - 1; i >= 0; i-- {
		list = append(list, asn1.RawValue{FullBytes: bytes.Clone(s.chain[i].Raw)})
	}
	der, err := asn1.Marshal(list)
	return der, valuePKIPath, err
}
