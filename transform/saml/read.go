package saml

import (
	"bytes"
	"encoding/base64"
	"strings"
	"time"

	"github.com/snodo-co/snodo/xsd/datetime"
	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Limits on an assertion: far above what identity providers write, SPID's whole
// list of attributes included.
const (
	maxItems = 64   // of confirmations, audiences, authorities, attributes, values, each
	maxText  = 2048 // bytes of one text
)

const spaceDSig = "http://www.w3.org/2000/09/xmldsig#"

// Read reads an assertion from the canonical bytes that its signature covers, the
// Signature removed. What is not as the standard has it, or must be understood and
// is not, is AssertionShape with the element's name; encrypted parts are
// AssertionEncrypted, an unknown condition AssertionCondition.
func Read(canonical []byte) (Assertion, *fault.Fault) {
	var r reader
	r.tok.Reset(canonical, xmltoken.Limits{})
	if !r.next() || r.kind != xmltoken.Start || !r.is("Assertion") || r.attr("Version") != "2.0" {
		return Assertion{}, r.wrong("Assertion")
	}
	r.assertion()
	if r.fault != nil {
		return Assertion{}, r.fault
	}
	if r.next(); r.fault != nil || r.kind != xmltoken.EOF {
		return Assertion{}, r.wrong("Assertion")
	}
	return r.out, nil
}

// reader stops at the first fault: every method is a no-op behind it.
type reader struct {
	tok   xmltoken.Reader
	kind  xmltoken.Kind
	out   Assertion
	fault *fault.Fault
}

// wrong is the fault of an element, the first of all.
func (r *reader) wrong(element string) *fault.Fault {
	return r.told(fault.AssertionShape, element)
}

func (r *reader) told(c fault.Code, element string) *fault.Fault {
	if r.fault == nil {
		r.fault = &fault.Fault{Code: c, Expected: "saml:" + element}
	}
	return r.fault
}

// next moves to the next Start, End or EOF, over blanks; other text is a fault.
func (r *reader) next() bool {
	for r.fault == nil {
		var err error
		if r.kind, err = r.tok.Next(); err != nil {
			r.wrong("Assertion")
			break
		}
		switch r.kind {
		case xmltoken.Start, xmltoken.End, xmltoken.EOF:
			return true
		case xmltoken.Text:
			if len(bytes.Trim(r.tok.Raw(), " \t\r\n")) > 0 {
				r.wrong("Assertion")
			}
		default:
			r.wrong("Assertion")
		}
	}
	return false
}

// child moves to the next child of the element open at depth, false at its End.
func (r *reader) child(depth int) bool {
	return r.next() && r.kind == xmltoken.Start && r.tok.Depth() == depth+1
}

func (r *reader) is(local string) bool {
	return string(r.tok.Local()) == local && string(r.tok.Space()) == NS
}

// name is the local name of the current element of SAML, "" of any other.
func (r *reader) name() string {
	if string(r.tok.Space()) != NS {
		return ""
	}
	return string(r.tok.Local())
}

// attr is the value of an attribute without namespace, "" without it.
func (r *reader) attr(name string) string {
	for _, a := range r.tok.Attrs() {
		if len(a.Prefix) == 0 && string(a.Local) == name {
			value, err := xmltoken.AppendAttr(nil, a.Value)
			if err != nil || len(value) > maxText {
				r.wrong(string(r.tok.Local()) + "/" + name)
				return ""
			}
			return string(value)
		}
	}
	return ""
}

// instant is an attribute that is an instant: in UTC (saml-core, section 1.3.3).
func (r *reader) instant(name string) time.Time {
	text := r.attr(name)
	if text == "" {
		return time.Time{}
	}
	at, ok := Instant(text)
	if !ok {
		r.wrong(string(r.tok.Local()) + "/" + name)
	}
	return at
}

// text reads the current element's character data to its End, without outer
// blanks.
func (r *reader) text() string {
	name := string(r.tok.Local())
	value, err := r.tok.Text()
	value = bytes.Trim(value, " \t\r\n")
	if err != nil || len(value) > maxText {
		r.wrong(name)
		return ""
	}
	return string(value)
}

// skip passes over the current element.
func (r *reader) skip() {
	depth := r.tok.Depth()
	for r.fault == nil {
		kind, err := r.tok.Next()
		if err != nil {
			r.wrong("Assertion")
		}
		if kind == xmltoken.End && r.tok.Depth() == depth {
			return
		}
	}
}

// order is that of the children of Assertion (saml-core, section 2.3.3). Advice
// may be passed over by its definition (section 2.6).
func order(name string) int {
	switch name {
	case "Issuer":
		return 1
	case "Subject":
		return 2
	case "Conditions":
		return 3
	case "Advice":
		return 4
	case "AuthnStatement", "AttributeStatement":
		return 5
	}
	return 0
}

func (r *reader) assertion() {
	r.out.ID, r.out.Issued = r.attr("ID"), r.instant("IssueInstant")
	if r.out.ID == "" || r.out.Issued.IsZero() {
		r.wrong("Assertion")
	}
	depth, place, statements := r.tok.Depth(), 0, 0
	for r.child(depth) {
		name := r.name()
		at := order(name)
		if at == 0 || at < place || at == place && at < 5 {
			r.wrong("Assertion")
			return
		}
		place = at
		switch name {
		case "Issuer":
			r.out.Issuer = r.text()
		case "Subject":
			r.subject()
		case "Conditions":
			r.conditions()
		case "Advice":
			r.skip()
		case "AuthnStatement":
			if statements++; statements > 1 {
				r.wrong("AuthnStatement")
			}
			r.authentication()
		case "AttributeStatement":
			r.attributes()
		}
	}
	if r.out.Issuer == "" {
		r.wrong("Issuer")
	}
	if statements == 0 {
		r.wrong("AuthnStatement")
	}
}

func (r *reader) subject() {
	depth, named := r.tok.Depth(), false
	for r.child(depth) {
		switch r.name() {
		case "NameID":
			if named || len(r.out.Confirmations) > 0 {
				r.wrong("NameID")
			}
			named, r.out.Subject = true, r.text()
		case "EncryptedID":
			r.told(fault.AssertionEncrypted, "EncryptedID")
		case "SubjectConfirmation":
			if len(r.out.Confirmations) == maxItems {
				r.wrong("SubjectConfirmation")
			}
			r.confirmation()
		default:
			r.wrong("Subject")
		}
	}
	if len(r.out.Confirmations) == 0 {
		r.wrong("SubjectConfirmation")
	}
}

func (r *reader) confirmation() {
	c := Confirmation{Method: r.attr("Method")}
	depth, data := r.tok.Depth(), false
	for r.child(depth) {
		switch r.name() {
		case "NameID":
			r.skip() // who confirms, by name: the methods here know it by key
		case "EncryptedID":
			r.told(fault.AssertionEncrypted, "EncryptedID")
		case "SubjectConfirmationData":
			if data {
				r.wrong("SubjectConfirmationData")
			}
			data = true
			c.NotBefore, c.NotOnOrAfter = r.instant("NotBefore"), r.instant("NotOnOrAfter")
			c.Recipient = r.attr("Recipient")
			r.keys(&c)
		default:
			r.wrong("SubjectConfirmation")
		}
	}
	r.out.Confirmations = append(r.out.Confirmations, c)
}

// keys reads the certificates inside SubjectConfirmationData, wherever KeyInfo
// holds them.
func (r *reader) keys(c *Confirmation) {
	depth := r.tok.Depth()
	for r.next() && r.tok.Depth() > depth {
		if r.kind != xmltoken.Start {
			continue
		}
		if string(r.tok.Space()) != spaceDSig {
			r.wrong("SubjectConfirmationData")
			return
		}
		if string(r.tok.Local()) != "X509Certificate" {
			continue
		}
		text, err := r.tok.Text()
		if err != nil || len(c.Certificates) == maxItems {
			r.wrong("SubjectConfirmationData")
			return
		}
		der, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(text), nil)))
		if err != nil {
			r.wrong("SubjectConfirmationData")
			return
		}
		c.Certificates = append(c.Certificates, der)
	}
}

func (r *reader) conditions() {
	r.out.NotBefore, r.out.NotOnOrAfter = r.instant("NotBefore"), r.instant("NotOnOrAfter")
	depth := r.tok.Depth()
	for r.child(depth) {
		switch r.name() {
		case "AudienceRestriction":
			r.out.Audiences = append(r.out.Audiences, r.texts("Audience"))
			if len(r.out.Audiences) > maxItems {
				r.wrong("AudienceRestriction")
			}
		case "OneTimeUse":
			r.out.OneTime = true
			r.skip()
		case "ProxyRestriction":
			r.skip() // binds who issues assertions on the strength of this one
		default: // not understood: the assertion is not valid (section 2.5.1)
			r.told(fault.AssertionCondition, "Conditions")
		}
	}
}

// texts reads children of one name that hold text alone.
func (r *reader) texts(local string) []string {
	var list []string
	depth := r.tok.Depth()
	for r.child(depth) {
		if !r.is(local) || len(list) == maxItems {
			r.wrong(local)
			return nil
		}
		list = append(list, r.text())
	}
	if len(list) == 0 {
		r.wrong(local)
	}
	return list
}

func (r *reader) authentication() {
	r.out.Authenticated, r.out.SessionEnd = r.instant("AuthnInstant"), r.instant("SessionNotOnOrAfter")
	depth := r.tok.Depth()
	for r.child(depth) {
		switch r.name() {
		case "SubjectLocality":
			r.skip()
		case "AuthnContext":
			if r.out.Class != "" {
				r.wrong("AuthnContext")
			}
			r.context()
		default:
			r.wrong("AuthnStatement")
		}
	}
	if r.out.Authenticated.IsZero() || r.out.Class == "" {
		r.wrong("AuthnStatement")
	}
}

func (r *reader) context() {
	depth := r.tok.Depth()
	for r.child(depth) {
		switch r.name() {
		case "AuthnContextClassRef":
			if r.out.Class != "" {
				r.wrong("AuthnContextClassRef")
			}
			r.out.Class = r.text()
		case "AuthenticatingAuthority":
			if len(r.out.Authorities) == maxItems {
				r.wrong("AuthenticatingAuthority")
			}
			r.out.Authorities = append(r.out.Authorities, r.text())
		case "AuthnContextDecl", "AuthnContextDeclRef":
			r.skip()
		default:
			r.wrong("AuthnContext")
		}
	}
}

func (r *reader) attributes() {
	depth := r.tok.Depth()
	for r.child(depth) {
		switch {
		case r.is("EncryptedAttribute"):
			r.told(fault.AssertionEncrypted, "EncryptedAttribute")
		case !r.is("Attribute") || len(r.out.Attributes) == maxItems:
			r.wrong("AttributeStatement")
		}
		a := Attribute{Name: r.attr("Name")}
		inner := r.tok.Depth()
		for r.child(inner) {
			if !r.is("AttributeValue") || len(a.Values) == maxItems {
				r.wrong("AttributeValue")
				return
			}
			a.Values = append(a.Values, r.value())
		}
		r.out.Attributes = append(r.out.Attributes, a)
	}
}

// value is the text of an AttributeValue, "" of one that holds elements: no
// attribute that is used here does.
func (r *reader) value() string {
	depth, nested := r.tok.Depth(), false
	var text []byte
	for r.fault == nil {
		kind, err := r.tok.Next()
		switch {
		case err != nil:
			r.wrong("AttributeValue")
		case kind == xmltoken.Start:
			nested = true
		case kind == xmltoken.Text:
			if text, err = xmltoken.AppendText(text, r.tok.Raw()); err != nil || len(text) > maxText {
				r.wrong("AttributeValue")
			}
		case kind == xmltoken.End && r.tok.Depth() == depth:
			if nested {
				return ""
			}
			return string(bytes.Trim(text, " \t\r\n"))
		}
	}
	return ""
}

// Instant reads an instant of SAML: xs:dateTime in UTC, which ends with Z
// (saml-core, section 1.3.3).
func Instant(text string) (time.Time, bool) {
	if !strings.HasSuffix(text, "Z") {
		return time.Time{}, false
	}
	return datetime.Parse(text, nil)
}
