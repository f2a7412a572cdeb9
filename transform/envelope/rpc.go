package envelope

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/snodo-co/snodo/xsd/fault"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// The namespaces of RPC/encoded messages (SOAP 1.1, section 5). Senders are
// known to use three generations of XML Schema.
const (
	encodingNS = "http://schemas.xmlsoap.org/soap/encoding/"
	schemaNS   = "http://www.w3.org/2001/XMLSchema"
	instanceNS = schemaNS + "-instance"
)

// beanPrefix opens the local name of the type of a JavaBean; its class follows.
const beanPrefix = "Bean_"

// paramBean is the type of every argument and every return value of a SPICOM
// call (wire page, section 1).
const paramBean = beanPrefix + "it.csi.csi.util.Param"

// The bounds of a call. A Param has five properties; a call has one argument, and a
// translation sends some hundreds of documents at most (adapters/piemonte).
const (
	maxProperties = 64
	maxArguments  = 64
	maxStrings    = 4096
)

// Invoke is one SPICOM call: the generic RPC method, the business method that
// it names, and the business arguments in order.
type Invoke struct {
	Service string // namespace of the generic method: urn:PA_AccettazioneComunicazioni
	Method  string // value of methodName; empty if the generic method is not invokeSynch
	Args    []Argument
}

// ArgumentKind is what an argument's value is.
type ArgumentKind uint8

// The kinds of argument. Structures and other arrays have their form checked
// and are otherwise passed over: no operation served takes one.
const (
	NullArgument    ArgumentKind = iota // xsi:nil, or no value
	StringArgument                      // xsd:string
	StringsArgument                     // array of xsd:string
	BytesArgument                       // base64, as a Java byte[] is written
	OtherArgument                       // bean, another array or another simple type
)

// Argument is the value of one Param.
type Argument struct {
	Kind  ArgumentKind
	Text  []byte   // of a StringArgument a copy, of a BytesArgument what it encodes
	Texts [][]byte // of a StringsArgument, copies; nil for a null item
}

// IsInvoke reports whether the Body's element is a SPICOM call, of whatever
// service and method: the generic methods by any namespace, and anything in the
// namespace of a service of the regional hub.
func IsInvoke(operation Name) bool {
	switch operation.Local {
	case "invokeSynch", "invokeAsynch", "sendEvent", "putCall", "putEvent":
		return true
	}
	return strings.HasPrefix(operation.Space, "urn:PA_")
}

// ReadInvoke reads a call of which IsInvoke is true. Senders may vary: prefixes,
// the generation of XML Schema, the order of parameters and properties, blanks,
// comments, names of array items, properties of Param that nobody needs. Types
// and counts may not. The fault has a line of the message.
func ReadInvoke(e *Envelope) (Invoke, *fault.Fault) {
	r := e.Body()
	in := Invoke{Service: e.Operation.Space}
	if e.Operation.Local != "invokeSynch" {
		return in, nil
	}
	var method, param bool
	for {
		kind, f := next(r, fault.CallMalformed)
		if f != nil || kind == xmltoken.End {
			if f == nil && !method {
				f = at(r, fault.CallMalformed)
			}
			return in, f
		}
		switch name := string(r.Local()); {
		case len(r.Space()) == 0 && name == "methodName" && !method:
			method = true
			in.Method, f = readMethod(r)
		case len(r.Space()) == 0 && name == "param" && !param:
			param = true
			f = in.readParam(r)
		default:
			f = at(r, fault.CallMalformed)
		}
		if f != nil {
			return in, f
		}
	}
}

func readMethod(r *xmltoken.Reader) (string, *fault.Fault) {
	t, f := typeOf(r)
	if f != nil {
		return "", f
	}
	if t.null || !t.isString() {
		return "", at(r, fault.CallMalformed)
	}
	value, f := text(r, fault.CallMalformed)
	return string(trim(value)), f
}

// readParam reads the array of Param whose Start is current.
func (in *Invoke) readParam(r *xmltoken.Reader) *fault.Fault {
	t, f := typeOf(r)
	if f != nil {
		return f
	}
	if t.null && t.item == (Name{}) {
		return empty(r)
	}
	if t.item != (Name{encodingNS, paramBean}) {
		return at(r, fault.CallMalformed)
	}
	return readArray(r, t, func(item valueType) *fault.Fault {
		arg := Argument{}
		if item.null || len(in.Args) == maxArguments {
			return at(r, fault.CallMalformed)
		}
		if item.name != (Name{}) && item.name != t.item {
			return at(r, fault.CallMalformed)
		}
		f := readBean(r, arg.readProperty)
		in.Args = append(in.Args, arg)
		return f
	})
}

// readArray reads the items of the array whose Start is current and holds their
// number against the one declared.
func readArray(r *xmltoken.Reader, t valueType, read func(valueType) *fault.Fault) *fault.Fault {
	if t.item == (Name{}) || t.name != (Name{}) && t.name != (Name{encodingNS, "Array"}) {
		return at(r, fault.CallMalformed)
	}
	n := 0
	for ; ; n++ {
		kind, f := next(r, fault.CallMalformed)
		if f != nil {
			return f
		}
		if kind == xmltoken.End {
			break
		}
		if t.null || t.count >= 0 && n == t.count {
			return at(r, fault.CallMalformed)
		}
		item, f := typeOf(r)
		if f == nil {
			f = read(item)
		}
		if f != nil {
			return f
		}
	}
	if t.count >= 0 && n != t.count && !t.null {
		return at(r, fault.CallMalformed)
	}
	return nil
}

// readBean reads the properties of the bean whose Start is current, each at
// most once. A property with a namespace is no property: the Java library
// passes it over, and so does this reader.
func readBean(r *xmltoken.Reader, read func(*xmltoken.Reader, string) *fault.Fault) *fault.Fault {
	seen := make([]string, 0, 8)
	for {
		kind, f := next(r, fault.CallMalformed)
		if f != nil || kind == xmltoken.End {
			return f
		}
		if len(r.Space()) > 0 {
			f = skip(r)
		} else {
			name := string(r.Local())
			if len(seen) == maxProperties || slices.Contains(seen, name) {
				return at(r, fault.CallMalformed)
			}
			seen = append(seen, name)
			f = read(r, name)
		}
		if f != nil {
			return f
		}
	}
}

// readProperty reads one property of a Param. Only value matters; the others
// repeat what value's own type says.
func (a *Argument) readProperty(r *xmltoken.Reader, name string) *fault.Fault {
	if name != "value" {
		return skip(r)
	}
	t, f := typeOf(r)
	if f != nil {
		return f
	}
	switch {
	case valueType{name: t.item}.isString():
		a.Kind = StringsArgument
		return readArray(r, t, func(item valueType) *fault.Fault { return a.readItem(r, item) })
	case t.item != (Name{}):
		a.Kind = OtherArgument
		return readArray(r, t, func(valueType) *fault.Fault { return skip(r) })
	case t.name == (Name{}):
		return at(r, fault.CallMalformed)
	case t.null:
		a.Kind = NullArgument
		return empty(r)
	case t.isBase64():
		a.Kind = BytesArgument
		value, f := text(r, fault.CallMalformed)
		if f != nil {
			return f
		}
		decoded, ok := DecodeBase64(value)
		if !ok {
			return at(r, fault.CallMalformed)
		}
		a.Text = decoded
		return nil
	case !t.isString():
		a.Kind = OtherArgument
		return skip(r)
	}
	a.Kind = StringArgument
	value, f := text(r, fault.CallMalformed)
	a.Text = bytes.Clone(value)
	return f
}

// readItem reads an item of an array of strings. Its type may be left out: the
// array has said it.
func (a *Argument) readItem(r *xmltoken.Reader, item valueType) *fault.Fault {
	if item.name != (Name{}) && !item.isString() || len(a.Texts) == maxStrings {
		return at(r, fault.CallMalformed)
	}
	if item.null {
		a.Texts = append(a.Texts, nil)
		return empty(r)
	}
	value, f := text(r, fault.CallMalformed)
	a.Texts = append(a.Texts, append([]byte{}, value...))
	return f
}

// empty demands that the element whose Start is current holds nothing.
func empty(r *xmltoken.Reader) *fault.Fault {
	value, f := text(r, fault.CallMalformed)
	if f == nil && len(trim(value)) > 0 {
		return at(r, fault.CallMalformed)
	}
	return f
}

// valueType is what an accessor's attributes say of its value.
type valueType struct {
	name  Name // of xsi:type, zero without one
	null  bool
	item  Name // of SOAP-ENC:arrayType, zero without one
	count int  // of arrayType, -1 if it gives none
}

func (t valueType) isString() bool {
	return t.name.Local == "string" && (t.name.Space == encodingNS || isSchema(t.name.Space))
}

// isBase64 knows the types by which generations of the Java library write a
// byte[]: base64Binary of XML Schema, base64 of SOAP's encoding.
func (t valueType) isBase64() bool {
	return t.name.Local == "base64Binary" && isSchema(t.name.Space) ||
		t.name.Local == "base64" && t.name.Space == encodingNS
}

// DecodeBase64 reads base64 (RFC 4648, section 4) with blanks anywhere, as XML
// Schema's base64Binary may have them.
func DecodeBase64(text []byte) (decoded []byte, ok bool) {
	bare := text
	if bytes.ContainsAny(text, " \t\r\n") {
		bare = make([]byte, 0, len(text))
		for _, c := range text {
			if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
				bare = append(bare, c)
			}
		}
	}
	decoded = make([]byte, base64.StdEncoding.DecodedLen(len(bare)))
	n, err := base64.StdEncoding.Strict().Decode(decoded, bare)
	return decoded[:n], err == nil
}

func isSchema(space string) bool {
	switch space {
	case schemaNS, "http://www.w3.org/2000/10/XMLSchema", "http://www.w3.org/1999/XMLSchema":
		return true
	}
	return false
}

// typeOf reads the attributes of the current Start. References to other
// elements are refused: no client of this wire sends them, and a value that
// lies elsewhere is one that two readers may find in two places. So is a type given
// twice, in two generations of XML Schema.
func typeOf(r *xmltoken.Reader) (valueType, *fault.Fault) {
	t, typed, nulled := valueType{count: -1}, false, false
	for _, a := range r.Attrs() {
		value, err := xmltoken.AppendAttr(nil, a.Value)
		if err != nil {
			return t, syntax(err)
		}
		value = trim(value)
		space, ok := strings.CutSuffix(string(a.Space), "-instance")
		instance := ok && isSchema(space)
		local := string(a.Local)
		known := true
		switch {
		case instance && local == "type" && !typed:
			t.name, typed = resolve(r, value)
			known = typed
		case instance && (local == "nil" || local == "null") && !nulled:
			t.null, nulled = boolean(value)
			known = nulled
		case instance && (local == "type" || local == "nil" || local == "null"):
			known = false
		case string(a.Space) == encodingNS && local == "arrayType":
			t.item, t.count, known = arrayType(r, value)
		case string(a.Space) == encodingNS && (local == "offset" || local == "position"):
			known = false
		case len(a.Space) == 0 && local == "href":
			return t, at(r, fault.ReferencesRefused)
		}
		if !known {
			return t, at(r, fault.CallMalformed)
		}
	}
	return t, nil
}

// resolve reads a qualified name.
func resolve(r *xmltoken.Reader, value []byte) (Name, bool) {
	prefix, local, ok := bytes.Cut(value, []byte(":"))
	if !ok {
		prefix, local = nil, value
	}
	uri, _ := r.Lookup(prefix)
	return Name{string(uri), string(local)}, len(uri) > 0 && len(local) > 0
}

// arrayType reads the type of an array of one dimension: name[n] or name[].
func arrayType(r *xmltoken.Reader, value []byte) (Name, int, bool) {
	name, size, ok := bytes.Cut(value, []byte("["))
	if !ok || !bytes.HasSuffix(size, []byte("]")) {
		return Name{}, -1, false
	}
	item, ok := resolve(r, trim(name))
	size = trim(size[:len(size)-1])
	if !ok || len(size) == 0 {
		return item, -1, ok
	}
	n, err := strconv.ParseUint(string(size), 10, 31)
	return item, int(n), err == nil
}

func boolean(value []byte) (v, ok bool) {
	switch string(value) {
	case "1", "true":
		return true, true
	case "0", "false":
		return false, true
	}
	return false, false
}
