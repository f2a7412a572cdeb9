package soap_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/snodo-co/snodo/routing"
)

// Namespaces of WSDL 1.1.
const (
	wsdlNS   = "http://schemas.xmlsoap.org/wsdl/"
	soap11NS = "http://schemas.xmlsoap.org/wsdl/soap/"
	soap12NS = "http://schemas.xmlsoap.org/wsdl/soap12/"
	schemaNS = "http://www.w3.org/2001/XMLSchema"
	httpNS   = "http://schemas.xmlsoap.org/soap/http"
)

// profiled is a WSDL with the schemas that it imports, by their location.
type profiled struct {
	root    *etree.Element
	text    string
	schemas map[string]*etree.Element
}

// all lists the elements of a name below an element, in document order.
func all(e *etree.Element, space, local string) (found []*etree.Element) {
	for _, c := range e.ChildElements() {
		if c.Tag == local && c.NamespaceURI() == space {
			found = append(found, c)
		}
		found = append(found, all(c, space, local)...)
	}
	return found
}

// bound lists the elements of a name in either binding namespace of SOAP.
func (p profiled) bound(local string) []*etree.Element {
	return append(all(p.root, soap11NS, local), all(p.root, soap12NS, local)...)
}

// resolve gives namespace and local name of a QName that an element holds.
func resolve(e *etree.Element, qname string) (space, local string) {
	prefix, local, found := strings.Cut(qname, ":")
	if !found {
		prefix, local = "", qname
	}
	for ; e != nil; e = e.Parent() {
		for _, a := range e.Attr {
			if a.Space == "xmlns" && a.Key == prefix || prefix == "" && a.Space == "" && a.Key == "xmlns" {
				return a.Value, local
			}
		}
	}
	return "", local
}

// message gives the message that an attribute of an element names.
func (p profiled) message(e *etree.Element) *etree.Element {
	return p.named("message", e, "message")
}

// named gives the top element of a kind that an attribute refers to.
func (p profiled) named(kind string, e *etree.Element, attr string) *etree.Element {
	space, local := resolve(e, e.SelectAttrValue(attr, ""))
	if space != p.root.SelectAttrValue("targetNamespace", "") {
		return nil
	}
	for _, m := range p.root.ChildElements() {
		if m.Tag == kind && m.NamespaceURI() == wsdlNS && m.SelectAttrValue("name", "") == local {
			return m
		}
	}
	return nil
}

// global reports whether a QName is that of a global element of the schemas.
func (p profiled) global(e *etree.Element, qname string) bool {
	space, local := resolve(e, qname)
	for _, s := range p.schemas {
		if s.SelectAttrValue("targetNamespace", "") != space {
			continue
		}
		for _, c := range s.ChildElements() {
			if c.Tag == "element" && c.SelectAttrValue("name", "") == local {
				return true
			}
		}
	}
	return false
}

// operationNames of a portType or binding, in order.
func operationNames(e *etree.Element) (names []string) {
	for _, o := range e.SelectElements("operation") {
		names = append(names, o.SelectAttrValue("name", ""))
	}
	return names
}

// each applies a check to elements and gives those that fail it.
func each(list []*etree.Element, holds func(*etree.Element) bool) (wrong []string) {
	for _, e := range list {
		if !holds(e) {
			wrong = append(wrong, e.GetPath()+" "+e.SelectAttrValue("name", ""))
		}
	}
	return wrong
}

// absent reports whether an element lacks an attribute.
func absent(name string) func(*etree.Element) bool {
	return func(e *etree.Element) bool { return e.SelectAttr(name) == nil }
}

func present(name string) func(*etree.Element) bool {
	return func(e *etree.Element) bool { return e.SelectAttrValue(name, "") != "" }
}

func valued(name, value string) func(*etree.Element) bool {
	return func(e *etree.Element) bool { return e.SelectAttrValue(name, "") == value }
}

// profileRule is a requirement of WS-I's Basic Profile on descriptions, by its
// number there (1.1, section 4; 2.0 has the same numbers over SOAP 1.2).
type profileRule struct {
	number, what string
	wrong        func(profiled) []string
}

func profileRules() []profileRule {
	return slices.Concat(documentRules(), abstractRules(), bindingRules())
}

// documentRules are those on the document and its schemas.
func documentRules() []profileRule {
	return []profileRule{
		{"R4003", "UTF-8 or UTF-16", func(p profiled) []string {
			if strings.HasPrefix(p.text, `<?xml version="1.0" encoding="UTF-8"?>`) {
				return nil
			}
			return []string{p.text[:min(60, len(p.text))]}
		}},
		{"R1034", "no declaration of the prefix xml", func(p profiled) (wrong []string) {
			if strings.Contains(p.text, "xmlns:xml=") {
				wrong = append(wrong, "xmlns:xml")
			}
			return wrong
		}},
		{"R2001", "wsdl:import, if any, of WSDL alone", func(p profiled) []string {
			return each(all(p.root, wsdlNS, "import"), func(*etree.Element) bool { return false })
		}},
		{"R2003", "xsd:import only within xsd:schema", func(p profiled) []string {
			return each(all(p.root, schemaNS, "import"), func(e *etree.Element) bool { return e.Parent().Tag == "schema" })
		}},
		{"R2004", "what xsd:import names is a schema of its namespace", func(p profiled) []string {
			return each(all(p.root, schemaNS, "import"), func(e *etree.Element) bool {
				s := p.schemas[e.SelectAttrValue("schemaLocation", "")]
				return s != nil && s.Tag == "schema" && s.NamespaceURI() == schemaNS &&
					s.SelectAttrValue("targetNamespace", "") == e.SelectAttrValue("namespace", "-")
			})
		}},
		{"R2023", "wsdl:types before all but documentation and imports", func(p profiled) []string {
			first := ""
			for _, c := range p.root.ChildElements() {
				if c.Tag != "documentation" && c.Tag != "import" {
					first = c.Tag
					break
				}
			}
			if first != "types" {
				return []string{first}
			}
			return nil
		}},
		{"R2026", "no extension that wsdl:required makes a duty", func(p profiled) []string {
			if strings.Contains(p.text, "required=\"true\"") {
				return []string{"wsdl:required"}
			}
			return nil
		}},
		{"R2105", "an inline schema has a targetNamespace unless it only imports", func(p profiled) []string {
			return each(all(p.root, schemaNS, "schema"), func(e *etree.Element) bool {
				return e.SelectAttrValue("targetNamespace", "") != "" || !slices.ContainsFunc(e.ChildElements(), func(c *etree.Element) bool {
					return c.Tag != "import" && c.Tag != "annotation"
				})
			})
		}},
		{"R2110", "no soapenc:Array, nor wsdl:arrayType (R2111), nor names ArrayOf (R2112)", func(p profiled) (wrong []string) {
			for location, s := range p.schemas {
				d := etree.NewDocument()
				d.SetRoot(s.Copy())
				text, _ := d.WriteToString()
				if strings.Contains(text, "/soap/encoding/") || strings.Contains(text, "arrayType") || strings.Contains(text, `"ArrayOf`) {
					wrong = append(wrong, location)
				}
			}
			return wrong
		}},
	}
}

// abstractRules are those on messages and portTypes.
func abstractRules() []profileRule {
	return []profileRule{
		{"R2101", "every QName is of a namespace that is defined or imported", func(p profiled) []string {
			return each(append(all(p.root, wsdlNS, "input"), all(p.root, wsdlNS, "output")...), func(e *etree.Element) bool {
				return e.SelectAttr("message") == nil || p.message(e) != nil
			})
		}},
		{"R2204", "parts are declared by element, as document-literal asks, and not by type too (R2306)", func(p profiled) []string {
			return each(all(p.root, wsdlNS, "part"), func(e *etree.Element) bool { return present("element")(e) && absent("type")(e) })
		}},
		{"R2206", "a part's element is a global one", func(p profiled) []string {
			return each(all(p.root, wsdlNS, "part"), func(e *etree.Element) bool { return p.global(e, e.SelectAttrValue("element", "")) })
		}},
		{"R1014", "children of the Body are qualified", func(p profiled) []string {
			return each(all(p.root, wsdlNS, "part"), func(e *etree.Element) bool {
				space, _ := resolve(e, e.SelectAttrValue("element", ""))
				return space != ""
			})
		}},
		{"R2303", "requests have answers: no notification, no solicit-response", func(p profiled) []string {
			return each(all(all(p.root, wsdlNS, "portType")[0], wsdlNS, "operation"), func(e *etree.Element) bool {
				var order []string
				for _, c := range e.ChildElements() {
					if c.Tag == "input" || c.Tag == "output" {
						order = append(order, c.Tag)
					}
				}
				return slices.Equal(order, []string{"input", "output"})
			})
		}},
		{"R2304", "operations of distinct names", func(p profiled) []string {
			return each(all(p.root, wsdlNS, "portType"), func(e *etree.Element) bool {
				names := operationNames(e)
				slices.Sort(names)
				return len(slices.Compact(slices.Clone(names))) == len(names)
			})
		}},
	}
}

// bindingRules are those on bindings and ports.
func bindingRules() []profileRule {
	spoken := func(p profiled) []*etree.Element {
		return slices.Concat(p.bound("body"), p.bound("header"), p.bound("headerfault"), p.bound("fault"))
	}
	return []profileRule{
		{"R2401", "a binding is of SOAP", func(p profiled) []string {
			return each(all(p.root, wsdlNS, "binding"), func(e *etree.Element) bool {
				first := e.ChildElements()[0]
				return first.Tag == "binding" && (first.NamespaceURI() == soap11NS || first.NamespaceURI() == soap12NS)
			})
		}},
		{"R2701", "a binding names its transport", func(p profiled) []string { return each(p.bound("binding"), present("transport")) }},
		{"R2702", "which is HTTP", func(p profiled) []string { return each(p.bound("binding"), valued("transport", httpNS)) }},
		{"R2705", "document-literal throughout", func(p profiled) []string {
			return each(append(p.bound("binding"), p.bound("operation")...), valued("style", "document"))
		}},
		{"R2706", "use is literal", func(p profiled) []string { return each(spoken(p), valued("use", "literal")) }},
		{"R2716", "no namespace on what is bound", func(p profiled) []string { return each(spoken(p), absent("namespace")) }},
		{"R2201", "a body lists at most one part", func(p profiled) []string {
			return each(p.bound("body"), func(e *etree.Element) bool { return len(strings.Fields(e.SelectAttrValue("parts", ""))) <= 1 })
		}},
		{"R2210", "a body without parts is of a message of one", func(p profiled) []string {
			return each(all(p.root, wsdlNS, "portType")[0].FindElements(".//*[@message]"), func(e *etree.Element) bool {
				return len(p.message(e).SelectElements("part")) <= 1
			})
		}},
		{"R2720", "a header names its part, by part and not by parts (R2749)", func(p profiled) []string {
			return each(p.bound("header"), func(e *etree.Element) bool {
				m := p.message(e)
				return m != nil && m.FindElement("./part[@name='"+e.SelectAttrValue("part", "-")+"']") != nil && absent("parts")(e)
			})
		}},
		{"R2721", "a soap:fault has a name", func(p profiled) []string { return each(p.bound("fault"), present("name")) }},
		{"R2754", "the name of the wsdl:fault around it", func(p profiled) []string {
			return each(p.bound("fault"), func(e *etree.Element) bool {
				return e.SelectAttrValue("name", "") == e.Parent().SelectAttrValue("name", "-")
			})
		}},
		{"R2740", "every fault of the portType is bound", func(p profiled) []string {
			want := len(all(all(p.root, wsdlNS, "portType")[0], wsdlNS, "fault"))
			return each(all(p.root, wsdlNS, "binding"), func(e *etree.Element) bool { return len(all(e, wsdlNS, "fault")) == want })
		}},
		{"R2718", "a binding has the operations of its portType", func(p profiled) []string {
			return each(all(p.root, wsdlNS, "binding"), func(e *etree.Element) bool {
				of := p.named("portType", e, "type")
				return of != nil && slices.Equal(operationNames(e), operationNames(of))
			})
		}},
		{"R2710", "operations differ on the wire", func(p profiled) []string {
			seen := map[string]bool{}
			return each(all(all(p.root, wsdlNS, "portType")[0], wsdlNS, "input"), func(e *etree.Element) bool {
				element := p.message(e).SelectElement("part").SelectAttrValue("element", "")
				defer func() { seen[element] = true }()
				return !seen[element]
			})
		}},
		{"R2711", "ports of one version have addresses of their own", func(p profiled) []string {
			seen := map[string]bool{}
			return each(p.bound("address"), func(e *etree.Element) bool {
				at := e.NamespaceURI() + e.SelectAttrValue("location", "")
				defer func() { seen[at] = true }()
				return !seen[at] && present("location")(e)
			})
		}},
		{"R2744", "an operation names the SOAPAction to send", func(p profiled) []string {
			return each(p.bound("operation"), present("soapAction"))
		}},
	}
}

// profileOf reads the WSDL of a region and all that it imports.
func profileOf(t *testing.T, text string, get func(location string) string) profiled {
	t.Helper()
	read := func(text string) *etree.Element {
		d := etree.NewDocument()
		if err := d.ReadFromString(text); err != nil {
			t.Fatal(err)
		}
		return d.Root()
	}
	p := profiled{read(text), text, map[string]*etree.Element{}}
	for _, e := range all(p.root, schemaNS, "import") {
		location := e.SelectAttrValue("schemaLocation", "")
		p.schemas[location] = read(get(location))
	}
	return p
}

// TestBasicProfile: the WSDL of every region keeps to WS-I's Basic Profile, 1.1
// and 2.0 (RAC_SOAP_001).
func TestBasicProfile(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	get := func(location string) string {
		return e.do(t, http.MethodGet, strings.TrimPrefix(location, publicURL), "").body
	}
	for _, r := range routing.Regions() {
		p := profileOf(t, get("/soap/"+r.Slug+"?wsdl"), get)
		for _, rule := range profileRules() {
			if wrong := rule.wrong(p); len(wrong) > 0 {
				t.Errorf("%s: %s, %s: %q", r.Slug, rule.number, rule.what, wrong)
			}
		}
		for _, space := range []string{soap11NS, soap12NS} {
			if n := len(all(p.root, space, "address")); n != 1 {
				t.Errorf("%s: %d ports of %s", r.Slug, n, space)
			}
		}
	}
}

// TestBasicProfileRules: each rule finds what breaks it.
func TestBasicProfileRules(t *testing.T) {
	t.Parallel()
	e := serve(t, nil)
	get := func(location string) string {
		return e.do(t, http.MethodGet, strings.TrimPrefix(location, publicURL), "").body
	}
	text := get("/soap/" + routing.Regions()[0].Slug + "?wsdl")
	for number, change := range map[string][2]string{
		"R4003": {`encoding="UTF-8"`, `encoding="ISO-8859-1"`},
		"R1034": {`xmlns:tns=`, `xmlns:xml="http://www.w3.org/XML/1998/namespace" xmlns:tns=`},
		"R2001": {`<wsdl:types>`, `<wsdl:import location="x.xsd"/><wsdl:types>`},
		"R2003": {`<wsdl:types>`, `<wsdl:types><xs:import namespace="urn:snodo:hub:v1" schemaLocation="` + publicURL + `/soap/piemonte?xsd=snodo-hub.xsd"/>`},
		"R2004": {`<xs:import namespace="urn:snodo:hub:v1"`, `<xs:import namespace="urn:snodo:hub:v2"`},
		"R2023": {`<wsdl:types>`, `<wsdl:message name="x"/><wsdl:types>`},
		"R2026": {`<soap:binding `, `<soap:binding wsdl:required="true" `},
		"R2105": {`<xs:schema>`, `<xs:schema><xs:element name="x"/>`},
		"R2101": {`<wsdl:input message="tns:Echo"/>`, `<wsdl:input message="hub:Echo"/>`},
		"R2204": {`element="hub:Echo"`, `type="xs:string"`},
		"R2206": {`element="hub:Echo"`, `element="hub:Ecco"`},
		"R1014": {`element="hub:Echo"`, `element="Echo"`},
		"R2303": {`<wsdl:output message="tns:EchoRisposta"/>`, ``},
		"R2304": {`<wsdl:operation name="RichiediRicevuta">`, `<wsdl:operation name="Echo">`},
		"R2401": {`<soap:binding `, `<tns:binding `},
		"R2701": {` transport="` + httpNS + `"`, ``},
		"R2702": {`transport="` + httpNS + `"`, `transport="http://schemas.xmlsoap.org/soap/smtp"`},
		"R2705": {`style="document"`, `style="rpc"`},
		"R2706": {`use="literal"`, `use="encoded"`},
		"R2716": {`use="literal"`, `use="literal" namespace="urn:x"`},
		"R2201": {`<soap:body `, `<soap:body parts="a b" `},
		"R2210": {`<wsdl:part name="parameters" element="hub:Echo"/>`, `<wsdl:part name="parameters" element="hub:Echo"/><wsdl:part name="b" element="hub:Echo"/>`},
		"R2720": {`part="ricevuta"`, `parts="ricevuta"`},
		"R2721": {`<soap:fault name="Errori"`, `<soap:fault`},
		"R2754": {`<soap:fault name="Errori"`, `<soap:fault name="Errore"`},
		"R2740": {`<wsdl:fault name="Errori"><soap:fault name="Errori" use="literal"/></wsdl:fault>`, ``},
		"R2718": {`type="tns:Nodo"`, `type="tns:Altro"`},
		"R2710": {`<wsdl:input message="tns:RichiediRicevuta"/>`, `<wsdl:input message="tns:Echo"/>`},
		"R2711": {`<soap:address `, `<soap:address location="` + publicURL + `/soap/piemonte"/><soap:address `},
		"R2744": {` soapAction="urn:snodo:hub:v1:Echo"`, ``},
	} {
		i := slices.IndexFunc(profileRules(), func(r profileRule) bool { return r.number == number })
		altered := strings.Replace(text, change[0], change[1], 1)
		if i < 0 || altered == text {
			t.Errorf("%s: no such rule, or nothing to change", number)
			continue
		}
		if wrong := profileRules()[i].wrong(profileOf(t, altered, get)); len(wrong) == 0 {
			t.Errorf("%s finds nothing wrong", number)
		}
	}
	arrays := func(location string) string {
		return strings.Replace(get(location), `name="ListaAnomalie"`, `name="ArrayOfAnomalie"`, 1)
	}
	i := slices.IndexFunc(profileRules(), func(r profileRule) bool { return r.number == "R2110" })
	if wrong := profileRules()[i].wrong(profileOf(t, text, arrays)); len(wrong) != 1 {
		t.Errorf("R2110 finds %q", wrong)
	}
}
