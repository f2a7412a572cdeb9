// Package spicomtest is a strict reader of SPICOM answers, for tests.
//
// It owns what the region's own Java client demands of an HTTP answer (wire
// page, sections 1.2 and 4), written from that page alone and with the standard
// library's reader, so that it shares nothing with the code it judges. It must
// not be imported by anything but tests.
package spicomtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

const (
	soapSpace     = "http://schemas.xmlsoap.org/soap/envelope/"
	encodingSpace = "http://schemas.xmlsoap.org/soap/encoding/"
	schemaSpace   = "http://www.w3.org/2001/XMLSchema"
	hubSpace      = "urn:snodo:hub:v1"
)

// Answer is what the client makes of an answer. Exactly one of Outcome, Boolean,
// Conversions, Mass and Exception is set.
type Answer struct {
	Status      int // the client does not look at it
	Outcome     *Outcome
	Boolean     *bool
	Conversions []Conversion
	Mass        *Mass // of inviaComunicazioniMassive, whose answer is a string
	Exception   *Exception
	Receipt     []byte // the block Ricevuta of Header, byte for byte; nil without one
}

// Conversion is a RisultatoConversioneTracciato.
type Conversion struct {
	Done    bool     // conversioneEseguitaConSuccesso
	Errors  []string // erroriConversione, nil if null
	In, Out string   // tracciatoInIngresso, tracciatoInUscita
}

// Outcome is an EsitoInvioComunicazione.
type Outcome struct {
	Regional string // identificativoRegionale
	Spicom   int64  // identificativoSpicom
}

// Exception is what the client throws.
type Exception struct {
	FaultCode string // local part
	Class     string // Java class
	Message   string
}

// ReadAnswer reads a whole HTTP answer: every byte up to the end of the
// connection, which the client waits for. The error names the rule broken.
func ReadAnswer(raw []byte) (Answer, error) {
	status, body, err := readHTTP(raw)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Status: status}
	envelope, err := parse(body)
	if err != nil {
		return a, err
	}
	if envelope.space != soapSpace || envelope.local != "Envelope" {
		return a, errors.New("no SOAP 1.1 envelope")
	}
	var content *node
	for _, part := range envelope.children {
		switch {
		case part.space != soapSpace:
			return a, fmt.Errorf("%s inside Envelope", part.name)
		case part.local == "Header":
			a.Receipt = receiptIn(body, part)
		case part.local == "Body" && len(part.children) > 0 && content == nil:
			content = part.children[0]
		default:
			return a, fmt.Errorf("%s out of place", part.name)
		}
	}
	switch {
	case content == nil:
		return a, errors.New("empty Body")
	case content.space == soapSpace && content.local == "Fault":
		a.Exception, err = readFault(content)
	default:
		err = a.readReturn(content)
	}
	return a, err
}

// readHTTP judges the HTTP part of section 1.2.
func readHTTP(raw []byte) (status int, body []byte, err error) {
	r := bufio.NewReader(bytes.NewReader(raw))
	tp := textproto.NewReader(r)
	line, err := tp.ReadLine()
	if err != nil {
		return 0, nil, fmt.Errorf("status line: %w", err)
	}
	version, rest, _ := strings.Cut(line, " ")
	number, _, _ := strings.Cut(rest, " ")
	if status, err = strconv.Atoi(number); err != nil || !strings.HasPrefix(version, "HTTP/1.") {
		return 0, nil, fmt.Errorf("status line %q", line)
	}
	head, err := tp.ReadMIMEHeader()
	if err != nil {
		return 0, nil, fmt.Errorf("header: %w", err)
	}
	if body, err = io.ReadAll(r); err != nil {
		return 0, nil, err
	}
	media, params, err := mime.ParseMediaType(head.Get("Content-Type"))
	switch {
	case err != nil || media != "text/xml":
		return 0, nil, fmt.Errorf("content type %q is not text/xml", head.Get("Content-Type"))
	case !strings.EqualFold(params["charset"], "utf-8"):
		return 0, nil, fmt.Errorf("charset %q would be read as ISO-8859-1 or fail", params["charset"])
	case head.Get("Transfer-Encoding") != "":
		return 0, nil, errors.New("chunks are not decoded")
	case head.Get("Content-Encoding") != "":
		return 0, nil, errors.New("content encodings are not decoded")
	case strings.EqualFold(head.Get("Connection"), "keep-alive"):
		return 0, nil, errors.New("keep-alive makes the client wait for its time-out")
	}
	if length := head.Get("Content-Length"); length != "" && length != strconv.Itoa(len(body)) {
		return 0, nil, fmt.Errorf("length %s announced for a body of %d bytes", length, len(body))
	}
	return status, body, nil
}

// receiptIn finds the receipt; the client ignores headers altogether.
func receiptIn(body []byte, header *node) []byte {
	for _, block := range header.children {
		if block.space == hubSpace && block.local == "Ricevuta" {
			return body[block.from:block.to]
		}
	}
	return nil
}

// readReturn reads a normal answer: the first element of the first element of
// Body is a Param, whose value is what the operation returns.
func (a *Answer) readReturn(response *node) error {
	if len(response.children) == 0 {
		return errors.New("no return value")
	}
	param := response.children[0]
	if err := param.isBean("it.csi.csi.util.Param"); err != nil {
		return fmt.Errorf("return value: %w", err)
	}
	value, err := param.property("value")
	if err != nil {
		return err
	}
	if value == nil {
		return errors.New("return value without property value")
	}
	if value.typed(schemaSpace, "boolean") == nil {
		v := strings.HasPrefix(value.text, "1") || strings.HasPrefix(strings.ToLower(value.text), "t")
		a.Boolean = &v
		return nil
	}
	if value.typed(encodingSpace, "Array") == nil {
		a.Conversions, err = readConversions(value)
		return err
	}
	if value.typed(schemaSpace, "string") == nil {
		a.Mass, err = readMass(value.text)
		return err
	}
	if err := value.isBean("it.csi.spicom.interf.EsitoInvioComunicazione"); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	a.Outcome = &Outcome{}
	regional, err := value.property("identificativoRegionale")
	if err != nil {
		return err
	}
	if regional == nil || regional.text == "" {
		return errors.New("null regional code is a failure")
	}
	if err := regional.typed(schemaSpace, "string"); err != nil {
		return err
	}
	a.Outcome.Regional = regional.text
	spicom, err := value.property("identificativoSpicom")
	if err != nil {
		return err
	}
	if spicom == nil {
		return errors.New("no identificativoSpicom")
	}
	if err := spicom.typed(schemaSpace, "long"); err != nil {
		return fmt.Errorf("a Long is fed with xsd:long alone: %w", err)
	}
	a.Outcome.Spicom, err = strconv.ParseInt(spicom.text, 10, 64)
	return err
}

// property returns a property of a bean, nil if absent. Properties are
// unqualified and carry a type, every one of them.
func (n *node) property(name string) (*node, error) {
	var found *node
	for _, p := range n.children {
		if p.space != "" {
			return nil, fmt.Errorf("property %s is qualified, so it would be skipped", p.name)
		}
		if _, ok := p.attr(schemaSpace+"-instance", "type"); !ok {
			return nil, fmt.Errorf("no mapping found for ':%s'", p.name)
		}
		if p.local == name && found == nil {
			found = p
		}
	}
	return found, nil
}

// isBean demands the type of a bean of a Java class.
func (n *node) isBean(class string) error { return n.typed(encodingSpace, "Bean_"+class) }

// typed demands a type.
func (n *node) typed(space, local string) error {
	value, _ := n.attr(schemaSpace+"-instance", "type")
	prefix, name, _ := strings.Cut(value, ":")
	if n.scope[prefix] != space || name != local {
		return fmt.Errorf("%s is of type %q, not {%s}%s", n.name, value, space, local)
	}
	return nil
}

// exceptions are the classes that the client can load.
func exceptions() []string {
	return []string{
		"it.csi.csi.wrapper.CSIException", "it.csi.csi.wrapper.UserException",
		"it.csi.csi.wrapper.SystemException", "it.csi.csi.wrapper.CommunicationException",
		"it.csi.csi.wrapper.UnrecoverableException", "it.csi.csi.wrapper.ConfigException",
		"it.csi.spicom.interf.InvioComunicazioneException",
	}
}

// readFault reads a fault as section 4 says the client does: names compared as
// text, no namespaces.
func readFault(f *node) (*Exception, error) {
	e := &Exception{}
	var code, text, detail *node
	for _, child := range f.children {
		switch child.name {
		case "faultcode":
			code = child
		case "faultstring":
			text = child
		case "detail":
			detail = child
		}
	}
	if code == nil || text == nil {
		return nil, errors.New("faultcode and faultstring are mandatory")
	}
	prefix, local, _ := strings.Cut(code.text, ":")
	if e.FaultCode = local; code.scope[prefix] != soapSpace {
		return nil, fmt.Errorf("faultcode %q is none of SOAP 1.1", code.text)
	}
	if detail == nil || len(detail.children) == 0 {
		return nil, errors.New("no detail: unexpected error for the client")
	}
	thrown := detail.children[0]
	literal, ok := thrown.literal("xsi:type")
	_, name, qualified := strings.Cut(literal, ":")
	if !ok || !qualified {
		return nil, errors.New("no literal xsi:type")
	}
	if e.Class, ok = strings.CutPrefix(name, "Bean_"); !ok {
		return nil, fmt.Errorf("%s decodes as a value: ClassCastException", name)
	}
	if !slices.Contains(exceptions(), e.Class) {
		return nil, fmt.Errorf("class %s cannot be rebuilt", e.Class)
	}
	seen := map[string]bool{}
	for _, child := range thrown.children {
		if seen[child.name] {
			return nil, fmt.Errorf("%s twice", child.name)
		}
		seen[child.name] = true
		if child.name == "message" {
			e.Message = child.first
		}
	}
	if e.Message == "" {
		return nil, errors.New("no message")
	}
	return e, nil
}
