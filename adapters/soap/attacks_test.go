package soap_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestAttacks sends the attacks on SOAP and XML, each under its name in the
// project's list of attacks. None may reach the backend.
func TestAttacks(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(bytes.Repeat([]byte(" "), 10<<20))
	z.Close()
	security := func(actor string) string {
		return `<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" s:actor="` + actor + `"/>`
	}
	good := submitMessage("<a/>")
	in := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	mime := "multipart/related; boundary=b; start=\"<a>\"; type=\"text/xml\""
	parts := "--b\r\nContent-ID: <a>\r\n\r\n" + good + "\r\n--b\r\nContent-ID: <a>\r\n\r\n" + good + "\r\n--b--"
	for name, c := range map[string]struct {
		body    string
		headers []string
		code    fault.Code
	}{
		"X-XXE external entity":        {body: `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>` + in("<a/>", "&e;"), code: fault.EnvelopeDTD},
		"X-XXE parameter entity":       {body: `<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>` + good, code: fault.EnvelopeDTD},
		"X-XXE billion laughs":         {body: `<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>` + in("<![CDATA[<a/>]]>", "&c;"), code: fault.EnvelopeDTD},
		"X-XXE DTD behind a comment":   {body: `<!-- --><!DOCTYPE a>` + good, code: fault.EnvelopeDTD},
		"X-XXE DTD in UTF-16":          {body: utf16BOM("<!DOCTYPE a>" + good), headers: []string{"Content-Type", "text/xml"}, code: fault.EnvelopeDTD},
		"X-ENC UTF-7":                  {body: `<?xml version="1.0" encoding="UTF-7"?>` + good, headers: []string{"Content-Type", "text/xml"}, code: fault.EnvelopeCharset},
		"X-ENC overlong":               {body: in("<a/>", "\xe0\x80\xbc"), code: fault.EnvelopeCharset},
		"X-ENC surrogate in UTF-8":     {body: in("<a/>", "\xed\xa0\x80"), code: fault.EnvelopeCharset},
		"X-ENC NUL":                    {body: in("<a/>", "\x00"), code: fault.MalformedEnvelope},
		"X-ENC NUL by reference":       {body: in("<![CDATA[<a/>]]>", "&#0;"), code: fault.MalformedEnvelope},
		"X-ENC BOM in the document":    {body: in("<a/>", "\ufeff<a/>"), code: fault.DocumentCharset},
		"X-BOMB gzip":                  {body: zipped.String(), headers: []string{"Content-Encoding", "gzip"}, code: fault.CompressedBody},
		"X-BOMB deep":                  {body: message(strings.Repeat("<a>", 1<<20)), code: fault.EnvelopeLimits},
		"X-BOMB wide":                  {body: message("<a " + attributes(1<<15) + "/>"), code: fault.EnvelopeLimits},
		"X-MIME two root parts":        {body: parts, headers: []string{"Content-Type", mime}, code: fault.MediaType},
		"H-SMUG action and body":       {body: good, headers: []string{"SOAPAction", `"urn:snodo:hub:v1:Echo"`}, code: fault.ActionMismatch},
		"H-SMUG 1.1 type, 1.2 body":    {body: in("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"), code: fault.EnvelopeVersion},
		"H-SMUG mustUnderstand":        {body: in("<s:Body>", `<s:Header><x s:mustUnderstand="1"/></s:Header><s:Body>`), code: fault.MustUnderstand},
		"H-SMUG two Bodies":            {body: in("</s:Body>", "</s:Body><s:Body><a/></s:Body>"), code: fault.NotAnEnvelope},
		"H-SMUG two operations":        {body: in("</s:Body>", "<a/></s:Body>"), code: fault.BodyNotSingle},
		"H-SMUG two Security headers":  {body: in("<s:Body>", "<s:Header>"+security("urn:a")+security("urn:b")+"</s:Header><s:Body>"), code: fault.SecurityTwice},
		"H-SMUG two documents":         {body: in("</r:UniLavXML>", "</r:UniLavXML><r:UniLavXML>x</r:UniLavXML>"), code: fault.RequestShape},
		"H-SMUG Body in a foreign one": {body: in("<s:Body>", `<Body xmlns="urn:x"><a/></Body><s:Body>`), code: fault.NotAnEnvelope},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, nil)
			got := e.post(t, "/soap/marche", c.body, c.headers...).fault(t)
			if got.Errors[0].Code != string(c.code) {
				t.Errorf("fault %s, want %s", got.Errors[0].Code, c.code)
			}
			if n := len(e.backend.seen); n != 0 {
				t.Errorf("%d submissions reached the backend", n)
			}
		})
	}
}

// TestAttackFetch is X-XXE's last part: nothing that a message points to is
// fetched.
func TestAttackFetch(t *testing.T) {
	t.Parallel()
	var fetched atomic.Bool
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Store(true) }))
	defer trap.Close()
	e := serve(t, nil)
	for _, body := range []string{
		strings.Replace(echoMessage, "<Echo ", `<Echo xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:snodo:hub:v1 `+trap.URL+`" i:noNamespaceSchemaLocation="`+trap.URL+`" `, 1),
		strings.Replace(echoMessage, "<s:Body>", `<s:Header><x:include xmlns:x="http://www.w3.org/2001/XInclude" href="`+trap.URL+`"/></s:Header><s:Body>`, 1),
		strings.Replace(echoMessage, "<Echo ", `<Echo xml:base="`+trap.URL+`" `, 1),
		strings.Replace(echoMessage, "ciao", `<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="`+trap.URL+`"/>`, 1),
	} {
		e.post(t, "/soap/marche", body)
	}
	if fetched.Load() {
		t.Error("something was fetched")
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("a" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + "='' ")
	}
	return b.String()
}
