package envelope

import (
	"strconv"

	"github.com/snodo-co/snodo/xsd/fault"
)

// Property is one property of a bean as RPC/encoded XML writes it: an
// unqualified element with its type.
type Property struct {
	name  string
	kind  string // the literal xsi:type
	text  string
	inner []Property // of a bean or an array
	bean  bool
	item  string // of an array: the type of its items, as arrayType writes it
	null  bool
}

// StringProperty is a property of type xsd:string.
func StringProperty(name, value string) Property {
	return Property{name: name, kind: "xsd:string", text: value}
}

// LongProperty is a property of type xsd:long. A Java Long is never fed with
// xsd:int (wire page, section 1.2).
func LongProperty(name string, value int64) Property {
	return Property{name: name, kind: "xsd:long", text: strconv.FormatInt(value, 10)}
}

// IntProperty is a property of type xsd:int.
func IntProperty(name string, value int) Property {
	return Property{name: name, kind: "xsd:int", text: strconv.Itoa(value)}
}

// BooleanProperty is a property of type xsd:boolean.
func BooleanProperty(name string, value bool) Property {
	return Property{name: name, kind: "xsd:boolean", text: strconv.FormatBool(value)}
}

// BeanProperty is a property that is a bean of a Java class.
func BeanProperty(name, class string, inner ...Property) Property {
	return Property{name: name, kind: "b:" + beanPrefix + class, inner: inner, bean: true}
}

// Null makes the property one without value, of the same type.
func (p Property) Null() Property {
	p.null = true
	return p
}

// StringsProperty is a property that is an array of xsd:string.
func StringsProperty(name string, values ...string) Property {
	p := Property{name: name, kind: "b:Array", item: "xsd:string"}
	for _, v := range values {
		p.inner = append(p.inner, StringProperty("item", v))
	}
	return p
}

// BeansProperty is a property that is an array of beans of one Java class, each
// by its properties.
func BeansProperty(name, class string, beans ...[]Property) Property {
	p := Property{name: name, kind: "b:Array", item: "b:" + beanPrefix + class}
	for _, inner := range beans {
		p.inner = append(p.inner, BeanProperty("item", class, inner...))
	}
	return p
}

// AppendReturn appends the whole answer to an invokeSynch of a service: a
// Param whose value is the property, which must be named value. The receipt
// (none if empty) is the one block of Header, byte for byte. The form satisfies
// the client's reader (wire page, section 1.2): unqualified properties, each
// with its type, the prefix xsi literal throughout.
func AppendReturn(dst []byte, service string, value Property, receipt []byte) []byte {
	w := openRPC(dst, receipt)
	w.Start("m:invokeSynchResponse", "xmlns:m", service, "SOAP-ENV:encodingStyle", encodingNS)
	w.property(Property{name: "return", kind: "b:" + paramBean, bean: true, inner: []Property{
		StringProperty("name", "retval"),
		value,
	}}, "xmlns:b", encodingNS)
	w.End("m:invokeSynchResponse")
	return w.closeRPC()
}

// BeanFault is a SOAP fault whose detail the client turns back into a Java
// exception (wire page, section 4).
type BeanFault struct {
	Code       FaultCode
	String     string     // faultstring; the client only logs it
	Class      string     // Java class of the exception, one the client knows
	Properties []Property // of the exception: message, ...
	Faults     fault.List // listed behind the exception, for other readers
	Receipt    []byte     // block of Header, none if empty
}

// AppendBeanFault appends the whole message of a fault. The exception is the
// first element of detail, the only one the client reads; Errori of the hub's
// namespace follows it, as in AppendFault.
func AppendBeanFault(dst []byte, f BeanFault) []byte {
	w := openRPC(dst, f.Receipt)
	w.Start("SOAP-ENV:Fault")
	w.Element("faultcode", "SOAP-ENV:"+string(f.Code))
	w.Element("faultstring", f.String)
	w.Start("detail")
	w.property(BeanProperty("e", f.Class, f.Properties...), "xmlns:b", encodingNS)
	if len(f.Faults) > 0 {
		w.Start("Errori", "xmlns", HubNS)
		for _, one := range f.Faults {
			writeError(w, one)
		}
		w.End("Errori")
	}
	w.End("detail")
	w.End("SOAP-ENV:Fault")
	return w.closeRPC()
}

// openRPC writes a message up to its Body's content. The prefix xsi must be
// literally that: the client compares attribute names as text in faults.
func openRPC(dst, header []byte) *Writer {
	w := NewWriter(append(dst, declaration...))
	w.Start("SOAP-ENV:Envelope", "xmlns:SOAP-ENV", SOAP11, "xmlns:xsi", instanceNS, "xmlns:xsd", schemaNS)
	if len(header) > 0 {
		w.Start("SOAP-ENV:Header")
		w.Raw(header)
		w.End("SOAP-ENV:Header")
	}
	w.Start("SOAP-ENV:Body")
	return w
}

func (w *Writer) closeRPC() []byte {
	w.End("SOAP-ENV:Body")
	w.End("SOAP-ENV:Envelope")
	return w.Bytes()
}

// property writes one property; attrs come before its type.
func (w *Writer) property(p Property, attrs ...string) {
	attrs = append(attrs, "xsi:type", p.kind)
	switch {
	case p.item != "" && p.null:
		attrs = append(attrs, "b:arrayType", p.item+"[]", "xsi:nil", "true")
	case p.item != "":
		attrs = append(attrs, "b:arrayType", p.item+"["+strconv.Itoa(len(p.inner))+"]")
	case p.null:
		attrs = append(attrs, "xsi:nil", "true")
	}
	if !p.bean && p.item == "" {
		w.Start(p.name, attrs...)
		w.Text(p.text)
		w.End(p.name)
		return
	}
	w.Start(p.name, attrs...)
	for _, inner := range p.inner {
		w.property(inner)
	}
	w.End(p.name)
}
