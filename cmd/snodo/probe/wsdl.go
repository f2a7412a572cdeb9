package probe

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/beevik/etree"

	"github.com/snodo-co/snodo/transform/envelope"
)

// The namespaces of a WSDL.
const (
	wsdlNS     = "http://schemas.xmlsoap.org/wsdl/"
	wsdlSOAPNS = "http://schemas.xmlsoap.org/wsdl/soap/"
	schemaNS   = "http://www.w3.org/2001/XMLSchema"
)

// wsdl fetches the WSDL and what it imports as a toolkit does, and judges what
// toolkits stumble over: the rules of the Basic Profile on form and parts, schemas
// that cannot be reached, and an address that is not the one called.
func (p *player) wsdl() (string, bool, error) {
	doc, wrong, err := p.xmlAt(p.url + "?wsdl")
	if err != nil || wrong != "" {
		return wrong, false, err
	}
	root := doc.Root()
	if root.Tag != "definitions" || root.NamespaceURI() != wsdlNS || root.SelectAttrValue("targetNamespace", "") == "" {
		return "non è un WSDL 1.1 con targetNamespace", false, nil
	}
	declared := make(map[envelope.Name]bool)
	schemas := 0
	for _, s := range below(root, schemaNS, "schema") {
		n, wrong, err := p.schema(s, declared, make(map[string]bool))
		if err != nil || wrong != "" {
			return wrong, false, err
		}
		schemas += n
	}
	for _, check := range []func() string{
		func() string { return literal(root) },
		func() string { return partsDeclared(root, declared) },
		func() string { return p.operations(root) },
		func() string { return p.address(root) },
	} {
		if wrong := check(); wrong != "" {
			return wrong, false, nil
		}
	}
	return fmt.Sprintf("WSDL con %d operazioni, %d schemi raggiunti", len(below(below(root, wsdlNS, "portType")[0], wsdlNS, "operation")), schemas), true, nil
}

// xmlAt fetches an XML document; wrong says in Italian why it is none.
func (p *player) xmlAt(address string) (doc *etree.Document, wrong string, err error) {
	req, err := http.NewRequestWithContext(p.ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "l'indirizzo di uno schema non si legge", nil
	}
	resp, err := p.web.Do(req)
	if err != nil {
		return nil, "", fmt.Errorf("fetch WSDL: %w", err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, "", fmt.Errorf("fetch WSDL: %w", err)
	}
	doc = etree.NewDocument()
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Sprintf("HTTP %d a %s", resp.StatusCode, queryOf(address)), nil
	case !strings.Contains(resp.Header.Get("Content-Type"), "xml"):
		return nil, "il Content-Type non è XML a " + queryOf(address), nil
	case doc.ReadFromBytes(raw) != nil || doc.Root() == nil:
		return nil, "XML non ben formato a " + queryOf(address), nil
	}
	return doc, "", nil
}

// queryOf names a document of an endpoint for people.
func queryOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.RawQuery != "" {
		return "?" + u.RawQuery
	}
	return address
}

// schema collects the elements that a schema and what it imports declare.
func (p *player) schema(s *etree.Element, declared map[envelope.Name]bool, seen map[string]bool) (n int, wrong string, err error) {
	for _, e := range s.ChildElements() {
		if e.NamespaceURI() != schemaNS {
			continue
		}
		switch e.Tag {
		case "element":
			declared[envelope.Name{Space: s.SelectAttrValue("targetNamespace", ""), Local: e.SelectAttrValue("name", "")}] = true
		case "import", "include":
			place := e.SelectAttrValue("schemaLocation", "")
			if place == "" || seen[place] {
				continue
			}
			seen[place] = true
			base, err := url.Parse(p.url)
			if err != nil {
				return n, "", fmt.Errorf("read address: %w", err)
			}
			at, err := base.Parse(place)
			if err != nil {
				return n, "lo schemaLocation di un import non è un indirizzo", nil
			}
			doc, wrong, err := p.xmlAt(at.String())
			if err != nil || wrong != "" {
				return n, wrong, err
			}
			more, wrong, err := p.schema(doc.Root(), declared, seen)
			if n += 1 + more; err != nil || wrong != "" {
				return n, wrong, err
			}
		}
	}
	return n, "", nil
}

// literal judges style and use: document/literal alone is what every toolkit
// takes (R2706).
func literal(root *etree.Element) string {
	bindings := below(root, wsdlSOAPNS, "binding")
	if len(bindings) == 0 {
		return "nessun binding SOAP 1.1"
	}
	for _, name := range []string{"binding", "operation"} {
		for _, e := range below(root, wsdlSOAPNS, name) {
			if style := e.SelectAttrValue("style", "document"); style != "document" {
				return "un'operazione non è di stile document"
			}
		}
	}
	for _, e := range below(root, wsdlSOAPNS, "body") {
		if e.SelectAttrValue("use", "") != "literal" {
			return "un messaggio non è literal"
		}
	}
	return ""
}

// partsDeclared judges that every part is an element that a schema declares
// (R2204).
func partsDeclared(root *etree.Element, declared map[envelope.Name]bool) string {
	for _, part := range below(root, wsdlNS, "part") {
		prefix, local, ok := strings.Cut(part.SelectAttrValue("element", ""), ":")
		if !ok {
			return "una parte di un messaggio non nomina un elemento"
		}
		if !declared[envelope.Name{Space: spaceOf(part, prefix), Local: local}] {
			return "nessuno schema raggiunto dichiara l'elemento " + local
		}
	}
	return ""
}

// spaceOf resolves a prefix where an element stands.
func spaceOf(e *etree.Element, prefix string) string {
	for ; e != nil; e = e.Parent() {
		if space := e.SelectAttrValue("xmlns:"+prefix, ""); space != "" {
			return space
		}
	}
	return ""
}

// operations judges that the service has the hub's operations.
func (p *player) operations(root *etree.Element) string {
	ports := below(root, wsdlNS, "portType")
	if len(ports) == 0 {
		return "nessun portType"
	}
	there := make(map[string]bool)
	for _, op := range below(ports[0], wsdlNS, "operation") {
		there[op.SelectAttrValue("name", "")] = true
	}
	for _, name := range []string{p.unilav.Operation, envelope.ReceiptsLocal, envelope.EchoLocal} {
		if !there[name] {
			return "manca l'operazione " + name
		}
	}
	return ""
}

// address judges that a client made of the WSDL calls what was called here.
func (p *player) address(root *etree.Element) string {
	for _, e := range below(root, wsdlSOAPNS, "address") {
		if e.SelectAttrValue("location", "") == p.url {
			return ""
		}
	}
	return "l'indirizzo nel WSDL (soap:address) non è quello chiamato"
}

// below are the descendants with a name, in document order.
func below(e *etree.Element, space, tag string) (found []*etree.Element) {
	for _, c := range e.ChildElements() {
		if c.Tag == tag && c.NamespaceURI() == space {
			found = append(found, c)
		}
		found = append(found, below(c, space, tag)...)
	}
	return found
}
