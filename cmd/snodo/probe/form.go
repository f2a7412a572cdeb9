package probe

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"net/http"
	"regexp"
	"unicode/utf16"

	"github.com/snodo-co/snodo/adapters/soap"
	"github.com/snodo-co/snodo/cmd/snodo/sender"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/transform/co"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd"
	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// fileForm is what a file holds, as a request to a region's endpoint.
type fileForm struct {
	what      string // Italian
	http      bool   // an HTTP request as it went over the wire
	enveloped bool   // the sender's own envelope, not one made here
	security  bool   // with a WS-Security header
	region    routing.Region
	guessed   bool // the region is nobody's word
	method    string
	path      string
	header    http.Header
	body      []byte
	announced int64 // Content-Length of the request; 0 is that of the body
	soap12    bool
	typed     bool // its Content-Type was mended
}

// requestLine opens an HTTP request.
func requestLine() *regexp.Regexp { return regexp.MustCompile(`^[A-Z]+ [^ ]+ HTTP/1\.[01]\r?\n`) }

// recognise tells what a file holds; region, if not "", is where it goes.
func recognise(raw []byte, region string) (fileForm, error) {
	f := fileForm{method: http.MethodPost, header: http.Header{}, body: bytes.TrimSpace(raw)}
	if requestLine().Match(raw) {
		if err := f.readHTTP(raw); err != nil {
			return f, err
		}
	}
	plain := asUTF8(f.body)
	root, known := rootOf(plain)
	switch {
	case f.http || root.Local == "Envelope" || !known && bytes.Contains(plain, []byte("Envelope")):
		f.enveloped, f.soap12 = true, root.Space == envelope.SOAP12
		if !f.http {
			f.what = "busta SOAP 1.1"
			if f.soap12 {
				f.what = "busta SOAP 1.2"
			}
			f.header.Set("Content-Type", f.contentType())
		}
		f.security = hasBlock(plain, envelope.Name{Space: envelope.SecurityNS, Local: "Security"})
	case root == envelope.Name{Local: "object"}:
		f.what = "documento regionale (SPICOM)"
		f.header.Set("Content-Type", f.contentType())
		var err error
		if f.body, err = sender.SPICOMEnvelope(string(f.body)); err != nil {
			return f, err
		}
	default:
		f.what = "documento nazionale"
		f.header.Set("Content-Type", f.contentType())
		kind := xsd.Kind(f.body)
		if kind == "" {
			kind = co.UNILAV // whose operation says best what is wrong with it
		}
		b, ok := envelope.BindingOfKind(kind)
		if !ok {
			return f, errors.New("judge file: no operation takes its kind")
		}
		f.body = b.AppendRequest(nil, nil, f.body)
	}
	f.place(region)
	if f.path == "" {
		f.path = pathOf(f.region)
	}
	return f, nil
}

// readHTTP reads a request, with the body that its file holds.
func (f *fileForm) readHTTP(raw []byte) error {
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		return &unopened{
			got: "la riga iniziale o le intestazioni HTTP non si leggono", source: "RFC 9112, sezioni 3 e 5",
			remedy: "Registrare la richiesta come passa in rete: riga iniziale, intestazioni, una riga vuota, corpo. Oppure dare il solo corpo.",
		}
	}
	defer req.Body.Close()
	f.http, f.what = true, "richiesta "+req.Proto
	f.method, f.path, f.header = req.Method, req.URL.RequestURI(), req.Header
	if body, err := bodyOf(req); err == nil {
		f.body = body
		return nil
	}
	_, rest, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		_, rest, _ = bytes.Cut(raw, []byte("\n\n"))
	}
	f.body, f.announced = rest, max(req.ContentLength, 0)
	return nil
}

// contentType is that of the body's SOAP.
func (f *fileForm) contentType() string {
	if f.soap12 {
		return "application/soap+xml"
	}
	return "text/xml"
}

// place finds the region: what the request's path says, else what was given, else
// whose protocol it is.
func (f *fileForm) place(region string) {
	if slug, ok := regionInPath(f.path); ok {
		region = slug
	}
	if region == "" {
		region, f.guessed = f.protocol()
	}
	f.region, _ = routing.RegionBySlug(region)
}

// protocol is the region whose own protocol a message speaks; guessed if it speaks
// what all of them do.
func (f *fileForm) protocol() (slug string, guessed bool) {
	plain := asUTF8(f.body)
	if f.soap12 {
		plain, _ = envelope.FromSOAP12(plain)
	}
	env, wrong := envelope.Open(plain, envelope.EGovHeader())
	switch {
	case wrong == nil && env.HasEGov():
		return "marche", false
	case wrong == nil && envelope.IsInvoke(env.Operation):
		return "piemonte", false
	}
	return "lazio", true
}

func pathOf(r routing.Region) string { return soap.EndpointPath + r.Slug }

// asUTF8 is a body as UTF-8 without mark and declaration, enough to tell what it
// is; the edge reads it for itself.
func asUTF8(raw []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		order = binary.BigEndian
	}
	if order != nil {
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = order.Uint16(raw[2*i:])
		}
		raw = []byte(string(utf16.Decode(units[1:])))
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if end := bytes.Index(raw, []byte("?>")); end >= 0 && bytes.HasPrefix(raw, []byte("<?xml ")) {
		raw = raw[end+2:]
	}
	return raw
}

// rootOf is the name of a document's root.
func rootOf(src []byte) (envelope.Name, bool) {
	var r xmltoken.Reader
	for r.Reset(src, xmltoken.Limits{}); ; {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return envelope.Name{}, false
		}
		if kind == xmltoken.Start {
			return envelope.Name{Space: string(r.Space()), Local: string(r.Local())}, true
		}
	}
}

// hasBlock tells whether a message's Header has a block.
func hasBlock(src []byte, name envelope.Name) bool {
	var r xmltoken.Reader
	for r.Reset(src, xmltoken.Limits{}); ; {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF || kind == xmltoken.Start && r.Depth() == 2 && string(r.Local()) == "Body" {
			return false
		}
		if kind == xmltoken.Start && r.Depth() == 3 && string(r.Space()) == name.Space && string(r.Local()) == name.Local {
			return true
		}
	}
}
