package xmlsig

import (
	"bytes"
	"errors"
	"slices"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Limits on a document, far above any real communication and low enough that
// the worst document of MaxDocument bytes costs well under a second.
const (
	MaxDocument = 4 << 20 // bytes (contracts.md, Bytes)
	maxDepth    = 64
	maxAttrs    = 64
	maxDecls    = 16  // of one element, 64 in scope
	maxPrefixes = 16  // of one PrefixList
	maxPrefix   = 256 // bytes of one, with the blank behind it
	maxCerts    = 4
	maxCertSize = 16 << 10 // bytes of DER
	// Bytes of the canonical form of SignedInfo, of an assertion and of every part of a
	// message but its Body: all attributes of SPID with a chain of certificates are a
	// tenth of it.
	maxPart = 256 << 10
)

// pass reads one document once: it guards, canonicalises the content, and
// takes the Signature apart. Its buffers are reused; nothing in it outlives the
// next run.
type pass struct {
	tok     xmltoken.Reader
	content canon // the document without its Signature
	info    canon // SignedInfo

	place     place // where the cursor is
	capturing bool  // tokens go to info
	values    []state
	ids       [][]byte
	idBytes   []byte
	sig       signature
	target    []byte // what the Reference's URI must be
	hints     bool   // KeyInfo may name the key in other ways beside the certificate
	family    bool   // SHA-384 and SHA-512 are allowed beside SHA-256
}

// place is where in the document the cursor is, as far as Signatures matter.
type place uint8

const (
	before place = iota // no Signature yet
	inside
	after // the Signature has ended
)

// state is what an open element of the content has shown so far.
type state struct {
	text, child, comment bool
}

// signature is what a Signature says, decoded. The slices live in the pass.
type signature struct {
	method    signatureMethod
	digest    Digest
	value     []byte
	certs     []byte // DER, one after the other
	ends      []int  // where each certificate ends in certs
	infoSet   [][]byte
	refSet    [][]byte
	text      []byte // scratch: character data
	prefixBuf []byte // what infoSet and refSet point into
}

// refusal is a fault on its way out of the pass; it never leaves the package
// as an error.
type refusal struct {
	code fault.Code
	line int
}

func (r *refusal) Error() string { return "refuse document: " + string(r.code) }

// refuse is the fault code at the current token.
func (p *pass) refuse(code fault.Code) error {
	return &refusal{code: code, line: p.tok.Line()}
}

// run reads doc. Without a fault, p.content.out is the content, and if
// p.place is after, p.info.out and p.sig are the Signature. A PrefixList is
// known only once the content has been written: the document is then read a
// second time with it.
func (p *pass) run(doc []byte) *fault.Fault {
	err := p.once(doc, nil, nil)
	if err == nil && len(p.sig.refSet)+len(p.sig.infoSet) > 0 {
		refs, infos := slices.Clone(p.sig.refSet), slices.Clone(p.sig.infoSet)
		p.sig.prefixBuf = nil // the lists still point into it
		err = p.once(doc, refs, infos)
	}
	if err == nil {
		return nil
	}
	return faultOf(err)
}

// faultOf is the fault that an error of a pass carries.
func faultOf(err error) *fault.Fault {
	var refused *refusal
	if errors.As(err, &refused) {
		return &fault.Fault{Code: refused.code, Line: refused.line}
	}
	return syntaxFault(err)
}

func (p *pass) once(doc []byte, refs, infos [][]byte) error {
	p.reset()
	p.content.reset(refs)
	p.info.reset(infos)
	p.content.most, p.info.most = longestForm(len(doc), MaxDocument), maxPart
	if len(doc) > MaxDocument {
		return &refusal{code: TooLarge}
	}
	p.content.expect(len(doc))
	p.tok.Reset(doc, xmltoken.Limits{Depth: maxDepth, Attrs: maxAttrs, Decls: maxDecls})
	for {
		kind, err := p.next()
		if err != nil {
			return err
		}
		if kind == xmltoken.EOF {
			return p.repeatedID()
		}
		if err := p.take(kind); err != nil {
			return err
		}
	}
}

// reset forgets what was read, and keeps the buffers.
func (p *pass) reset() {
	s := &p.sig
	*s = signature{
		value: s.value[:0], certs: s.certs[:0], ends: s.ends[:0],
		infoSet: s.infoSet[:0], refSet: s.refSet[:0],
		text: s.text[:0], prefixBuf: s.prefixBuf[:0],
	}
	p.place, p.capturing, p.target = before, false, nil
	p.values, p.ids, p.idBytes = p.values[:0], p.ids[:0], p.idBytes[:0]
}

// take handles one token outside the Signature.
func (p *pass) take(kind xmltoken.Kind) error {
	top := len(p.values) - 1
	switch kind {
	case xmltoken.Start:
		if isSignature(&p.tok) {
			return p.found()
		}
		if p.place == after && p.tok.Depth() == 2 {
			return p.refuse(MisplacedSignature)
		}
		if top >= 0 {
			p.values[top].child = true
		}
		p.values = append(p.values, state{})
		return p.content.start(&p.tok)
	case xmltoken.End:
		if v := p.values[top]; v.comment && (v.text || !v.child) {
			return p.refuse(CommentInside)
		}
		p.values = p.values[:top]
		p.content.end(&p.tok)
	case xmltoken.Text, xmltoken.CData:
		blank := kind == xmltoken.Text && isBlank(p.tok.Raw())
		if !blank && p.place == after {
			return p.refuse(MisplacedSignature)
		}
		p.values[top].text = p.values[top].text || !blank
		if kind == xmltoken.CData {
			return p.content.cdata(&p.tok)
		}
		return p.content.text(&p.tok)
	case xmltoken.Comment:
		if top >= 0 {
			p.values[top].comment = true
		}
	}
	return nil
}

// found reads a Signature element: the one there may be, or a fault.
func (p *pass) found() error {
	switch {
	case p.place == after:
		return p.refuse(SecondSignature)
	case p.tok.Depth() != 2:
		return p.refuse(MisplacedSignature)
	}
	p.values[0].child = true
	p.place = inside
	err := p.readSignature()
	p.place = after
	return err
}

// next moves to the next token and applies the rules that hold everywhere.
func (p *pass) next() (xmltoken.Kind, error) {
	kind, err := p.tok.Next()
	if err != nil {
		return kind, err
	}
	switch kind {
	case xmltoken.Inst:
		return kind, p.refuse(HasInstruction)
	case xmltoken.Comment:
		if p.place == inside {
			return kind, p.refuse(CommentInside)
		}
	case xmltoken.Start:
		if err := p.guardAttributes(); err != nil {
			return kind, err
		}
	}
	if p.capturing && (kind == xmltoken.Start || len(p.info.marks) > 0) { // not what precedes SignedInfo
		switch kind {
		case xmltoken.Start:
			err = p.info.start(&p.tok)
		case xmltoken.End:
			p.info.end(&p.tok)
		case xmltoken.Text:
			err = p.info.text(&p.tok)
		}
	}
	return kind, err
}

// guardAttributes refuses literal blanks other than the space in the values of
// the current Start, declarations included, and keeps its ids.
func (p *pass) guardAttributes() error {
	attrs := p.tok.Attrs()
	if len(attrs) == 0 && len(p.tok.Decls()) == 0 {
		return nil
	}
	for i := range attrs {
		a := &attrs[i]
		if holds(a.Value, tabsAndLines) {
			return p.refuse(BlankInAttribute)
		}
		if len(a.Local) == 2 && bytes.EqualFold(a.Local, []byte("id")) {
			from := len(p.idBytes)
			buf, err := xmltoken.AppendAttr(p.idBytes, a.Value)
			if err != nil {
				return err
			}
			p.idBytes = buf
			p.ids = append(p.ids, bytes.Trim(buf[from:], " "))
		}
	}
	for _, d := range p.tok.Decls() {
		// A character reference to a blank is refused too: no namespace of
		// ours, of XML-DSig or of any region holds one.
		if holds(d.URI, blanks) {
			return p.refuse(BlankInAttribute)
		}
	}
	return nil
}

// repeatedID refuses two attributes named id, in any case and namespace, with
// one value. No reference of the grammar goes by id; other readers' may.
func (p *pass) repeatedID() error {
	slices.SortFunc(p.ids, bytes.Compare)
	for i := 1; i < len(p.ids); i++ {
		if bytes.Equal(p.ids[i-1], p.ids[i]) {
			return &refusal{code: RepeatedID}
		}
	}
	return nil
}

// syntaxFault is the fault of a document the tokenizer refused.
func syntaxFault(err error) *fault.Fault {
	f := fault.Fault{Code: MalformedXML}
	var syntax *xmltoken.SyntaxError
	if !errors.As(err, &syntax) {
		return &f
	}
	f.Line = syntax.Line
	switch syntax.Reason {
	case xmltoken.DTD:
		f.Code = HasDTD
	case xmltoken.Limit:
		f.Code = TooLarge
	case xmltoken.Encoding:
		f.Code = NotUTF8
	case xmltoken.Namespace:
		f.Code = UndeclaredPrefix
	case xmltoken.Duplicate:
		f.Code = DuplicateAttribute
	}
	return &f
}

func isBlank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
