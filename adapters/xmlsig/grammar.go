package xmlsig

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"errors"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// The identifiers of the grammar: XML Signature 1.1 (W3C), RFC 9231 for the
// algorithms, ETSI EN 319 132-1 for the prefix of every XAdES namespace.
const (
	spaceDSig  = "http://www.w3.org/2000/09/xmldsig#"
	spaceXAdES = "http://uri.etsi.org/01903"

	algExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#" // also the namespace of InclusiveNamespaces
	algEnveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	algRSA       = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	algECDSA     = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	algSHA256    = "http://www.w3.org/2001/04/xmlenc#sha256"
)

func isSignature(r *xmltoken.Reader) bool {
	return string(r.Local()) == "Signature" && string(r.Space()) == spaceDSig
}

// readSignature reads the Signature whose Start is current, to its End. When
// it breaks the grammar, the rest of it is searched for XAdES, so that who
// sends an advanced signature is told so and not about the first thing in it
// that the grammar lacks.
func (p *pass) readSignature() error {
	err := p.signature()
	var refused *refusal
	if !errors.As(err, &refused) {
		return err
	}
	p.capturing = false
	for p.tok.Depth() >= 2 {
		if p.showsXAdES() {
			refused.code = XAdES
			break
		}
		kind, err := p.tok.Next()
		if err != nil || kind == xmltoken.End && p.tok.Depth() == 2 {
			break // the first fault stands
		}
	}
	return refused
}

// showsXAdES reports whether the current tag belongs to XAdES or refers to its
// signed properties.
func (p *pass) showsXAdES() bool {
	if bytes.HasPrefix(p.tok.Space(), []byte(spaceXAdES)) {
		return true
	}
	for _, a := range p.tok.Attrs() {
		if string(a.Local) == "Type" && bytes.HasPrefix(a.Value, []byte(spaceXAdES)) {
			return true
		}
	}
	return false
}

// signature: SignedInfo, SignatureValue, KeyInfo.
func (p *pass) signature() error {
	if err := p.only("Id"); err != nil {
		return err
	}
	if err := p.signedInfo(); err != nil {
		return err
	}
	if err := p.open("SignatureValue", SignatureShape, "Id"); err != nil {
		return err
	}
	var err error
	if p.sig.value, err = p.base64(p.sig.value[:0], BadBase64); err != nil {
		return err
	}
	if err := p.keyInfo(); err != nil {
		return err
	}
	kind, err := p.sibling()
	switch {
	case err != nil:
		return err
	case kind == xmltoken.End:
		return nil
	case kind == xmltoken.Start && p.is("Object"):
		return p.refuse(HasObject)
	}
	return p.refuse(SignatureShape)
}

// signedInfo: CanonicalizationMethod, SignatureMethod, one Reference. Its
// canonical form is written meanwhile.
func (p *pass) signedInfo() error {
	p.capturing = true
	if err := p.open("SignedInfo", SignatureShape, "Id"); err != nil {
		return err
	}
	if err := p.methods(); err != nil {
		return err
	}
	if err := p.reference(); err != nil {
		return err
	}
	if err := p.close(References); err != nil {
		return err
	}
	p.capturing = false
	return nil
}

// methods: CanonicalizationMethod, SignatureMethod.
func (p *pass) methods() error {
	if err := p.open("CanonicalizationMethod", SignatureShape, "Algorithm"); err != nil {
		return err
	}
	if string(p.attr("Algorithm")) != algExclusive {
		return p.refuse(Canonicalization)
	}
	var err error
	if p.sig.infoSet, err = p.prefixList(p.sig.infoSet, Canonicalization); err != nil {
		return err
	}
	if err := p.open("SignatureMethod", SignatureShape, "Algorithm"); err != nil {
		return err
	}
	method, ok := signatureMethodOf(p.attr("Algorithm"))
	if !ok || !p.allowed(method.function) {
		return p.refuse(SignatureAlgorithm)
	}
	p.sig.method = method
	return p.close(SignatureAlgorithm)
}

// reference: Transforms, DigestMethod, DigestValue, of the whole document or of
// the element that encloses the Signature, by its id.
func (p *pass) reference() error {
	if err := p.open("Reference", References, "Id", "URI"); err != nil {
		return err
	}
	if uri := p.attr("URI"); uri == nil || !bytes.Equal(uri, p.target) {
		return p.refuse(References)
	}
	if err := p.transforms(); err != nil {
		return err
	}
	return p.referenceDigest()
}

// referenceDigest: DigestMethod, DigestValue, to the End of the Reference.
func (p *pass) referenceDigest() error {
	if err := p.open("DigestMethod", SignatureShape, "Algorithm"); err != nil {
		return err
	}
	function, ok := digestFunction(p.attr("Algorithm"))
	if !ok || !p.allowed(function) {
		return p.refuse(DigestAlgorithm)
	}
	if err := p.close(DigestAlgorithm); err != nil {
		return err
	}
	if err := p.open("DigestValue", SignatureShape); err != nil {
		return err
	}
	digest, err := p.base64(p.sig.value[:0], BadBase64)
	if err != nil {
		return err
	}
	p.sig.value = digest
	if !p.sig.digest.set(function, digest) {
		return p.refuse(BadBase64)
	}
	return p.close(SignatureShape)
}

// allowed: documents and receipts are of SHA-256 alone (contracts.md).
func (p *pass) allowed(function crypto.Hash) bool { return function == crypto.SHA256 || p.family }

// transforms: enveloped-signature, then exclusive C14N with its PrefixList.
func (p *pass) transforms() error {
	if err := p.open("Transforms", Transforms); err != nil {
		return err
	}
	if err := p.open("Transform", Transforms, "Algorithm"); err != nil {
		return err
	}
	if string(p.attr("Algorithm")) != algEnveloped {
		return p.refuse(Transforms)
	}
	if err := p.close(Transforms); err != nil {
		return err
	}
	if err := p.open("Transform", Transforms, "Algorithm"); err != nil {
		return err
	}
	if string(p.attr("Algorithm")) != algExclusive {
		return p.refuse(Transforms)
	}
	var err error
	if p.sig.refSet, err = p.prefixList(p.sig.refSet, Transforms); err != nil {
		return err
	}
	return p.close(Transforms)
}

// prefixList reads what an exclusive C14N element may hold, one
// InclusiveNamespaces, up to that element's End.
func (p *pass) prefixList(list [][]byte, code fault.Code) ([][]byte, error) {
	kind, err := p.sibling()
	if err != nil || kind == xmltoken.End {
		return list, err
	}
	if kind != xmltoken.Start || string(p.tok.Local()) != "InclusiveNamespaces" || string(p.tok.Space()) != algExclusive {
		return list, p.refuse(code)
	}
	if err := p.only("PrefixList"); err != nil {
		return list, err
	}
	value := p.attr("PrefixList")
	if len(value) > maxPrefixes*maxPrefix || bytes.IndexByte(value, '&') >= 0 {
		return list, p.refuse(code) // no prefix needs a reference
	}
	from := len(p.sig.prefixBuf)
	p.sig.prefixBuf = append(p.sig.prefixBuf, value...)
	for _, name := range bytes.FieldsFunc(p.sig.prefixBuf[from:], func(c rune) bool { return c == ' ' }) {
		if string(name) == "#default" {
			name = name[:0]
		}
		list = append(list, name)
	}
	if len(list) > maxPrefixes {
		return list, p.refuse(code)
	}
	if err := p.close(code); err != nil {
		return list, err
	}
	return list, p.close(code)
}

// keyInfo: one X509Data; in an assertion also other names of its key, which nobody
// believes.
func (p *pass) keyInfo() error {
	if err := p.open("KeyInfo", KeyInfoShape, "Id"); err != nil {
		return err
	}
	for {
		kind, err := p.sibling()
		switch {
		case err != nil:
			return err
		case kind == xmltoken.End && len(p.sig.ends) > 0:
			return nil
		case kind == xmltoken.Start && p.is("X509Data") && len(p.sig.ends) == 0:
			err = p.x509Data()
		case kind == xmltoken.Start && p.hints && (p.is("KeyName") || p.is("KeyValue")):
			err = p.passOver()
		default:
			return p.refuse(KeyInfoShape)
		}
		if err != nil {
			return err
		}
	}
}

// passOver reads the element whose Start is current to its End.
func (p *pass) passOver() error {
	depth := p.tok.Depth()
	for {
		kind, err := p.next()
		if err != nil || kind == xmltoken.End && p.tok.Depth() == depth {
			return err
		}
	}
}

// x509Data: one to four X509Certificate, the signer's first.
func (p *pass) x509Data() error {
	if err := p.only(); err != nil {
		return err
	}
	for {
		kind, err := p.sibling()
		if err != nil {
			return err
		}
		if kind == xmltoken.End && len(p.sig.ends) > 0 {
			return nil
		}
		if kind != xmltoken.Start || !p.is("X509Certificate") {
			return p.refuse(KeyInfoShape)
		}
		if len(p.sig.ends) == maxCerts {
			return p.refuse(TooManyCerts)
		}
		if err := p.only(); err != nil {
			return err
		}
		from := len(p.sig.certs)
		if p.sig.certs, err = p.base64(p.sig.certs, BadCertificate); err != nil {
			return err
		}
		if n := len(p.sig.certs) - from; n == 0 || n > maxCertSize {
			return p.refuse(BadCertificate)
		}
		p.sig.ends = append(p.sig.ends, len(p.sig.certs))
	}
}

// sibling moves to the next Start or End, over blanks.
func (p *pass) sibling() (xmltoken.Kind, error) {
	for {
		kind, err := p.next()
		if err != nil {
			return kind, err
		}
		if kind == xmltoken.Text && isBlank(p.tok.Raw()) {
			continue
		}
		if kind != xmltoken.Start && kind != xmltoken.End {
			return kind, p.refuse(SignatureShape)
		}
		return kind, nil
	}
}

// open moves to the Start of the XML-DSig element local, with no attribute
// beyond attrs; anything else in its place is the fault code.
func (p *pass) open(local string, code fault.Code, attrs ...string) error {
	kind, err := p.sibling()
	if err != nil {
		return err
	}
	if kind != xmltoken.Start || !p.is(local) {
		return p.refuse(code)
	}
	return p.only(attrs...)
}

// close moves to the End of the open element; a child is the fault code.
func (p *pass) close(code fault.Code) error {
	kind, err := p.sibling()
	if err != nil {
		return err
	}
	if kind != xmltoken.End {
		return p.refuse(code)
	}
	return nil
}

func (p *pass) is(local string) bool {
	return string(p.tok.Local()) == local && string(p.tok.Space()) == spaceDSig
}

// only refuses attributes other than names, which have no namespace.
func (p *pass) only(names ...string) error {
next:
	for _, a := range p.tok.Attrs() {
		for _, name := range names {
			if len(a.Prefix) == 0 && string(a.Local) == name {
				continue next
			}
		}
		return p.refuse(SignatureShape)
	}
	return nil
}

// attr returns the raw value of an attribute, nil without it: the identifiers
// of the grammar are written plainly or not at all.
func (p *pass) attr(name string) []byte {
	for _, a := range p.tok.Attrs() {
		if string(a.Local) == name {
			return a.Value
		}
	}
	return nil
}

// base64 reads the simple content of the current Start to its End and appends
// to dst what it encodes: RFC 4648 section 4 with padding and zero trailing
// bits, blanks anywhere.
func (p *pass) base64(dst []byte, code fault.Code) ([]byte, error) {
	text, err := p.simple()
	if err != nil {
		return dst, err
	}
	if dst, err = appendBase64(dst, text); err != nil {
		return dst, p.refuse(code)
	}
	return dst, nil
}

// appendBase64 decodes text, which it overwrites.
func appendBase64(dst, text []byte) ([]byte, error) {
	if !holds(text, blanks) {
		return base64.StdEncoding.Strict().AppendDecode(dst, text)
	}
	packed := text[:0]
	for _, c := range text {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			packed = append(packed, c)
		}
	}
	return base64.StdEncoding.Strict().AppendDecode(dst, packed)
}

// simple reads the simple content of the current Start to its End. The slice
// ends with the next call.
func (p *pass) simple() ([]byte, error) {
	text := p.sig.text[:0]
	for {
		kind, err := p.next()
		if err != nil {
			return nil, err
		}
		if kind == xmltoken.End {
			break
		}
		if kind != xmltoken.Text {
			return nil, p.refuse(SignatureShape)
		}
		if text, err = xmltoken.AppendText(text, p.tok.Raw()); err != nil {
			return nil, err
		}
	}
	p.sig.text = text
	return text, nil
}
