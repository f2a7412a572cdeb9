package xmlsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestWrapping moves the signed content and the Signature about (XSW1 to XSW8
// of Somorovsky et al., "On Breaking SAML", 2012, as far as URI="" leaves room
// for them), each time with sums that are right for somebody.
func TestWrapping(t *testing.T) {
	t.Parallel()
	signed := forge(t, letter, shape, everyone().rsa)
	cut := strings.Index(signed, "<ds:Signature")
	signature := signed[cut:strings.Index(signed, "</r>")]
	bare := strings.Replace(letter, "{SIG}", "", 1)
	evil := strings.Replace(letter, "<n>1<", "<n>9<", 1)
	for name, c := range map[string]struct {
		doc  string
		want fault.Code
	}{
		"XSW1 signed root inside another":        {`<r xmlns="urn:r"><n>9</n>` + signed + `</r>`, MisplacedSignature},
		"XSW2 content beside its Signature":      {`<e>` + bare + signature + `</e>`, DigestMismatch},
		"XSW3 Signature first":                   {forge(t, strings.Replace(strings.Replace(letter, "{SIG}", "", 1), "<cf>", "{SIG}<cf>", 1), shape, everyone().rsa), MisplacedSignature},
		"XSW4 element after the Signature":       {strings.Replace(signed, "</ds:Signature>", "</ds:Signature><n>9</n>", 1), MisplacedSignature},
		"XSW4 empty element after the Signature": {forge(t, strings.Replace(letter, "{SIG}", "{SIG}<n/>", 1), shape, everyone().rsa), MisplacedSignature},
		"XSW4 text after the Signature":          {strings.Replace(signed, "</ds:Signature>", "</ds:Signature>9", 1), MisplacedSignature},
		"XSW4 CDATA after the Signature":         {strings.Replace(signed, "</ds:Signature>", "</ds:Signature><![CDATA[]]>", 1), MisplacedSignature},
		"XSW5 original in an Object":             {strings.Replace(evil, "{SIG}", strings.Replace(signature, "</ds:Signature>", "<ds:Object>"+bare+"</ds:Object></ds:Signature>", 1), 1), HasObject},
		"XSW6 original in KeyInfo":               {strings.Replace(evil, "{SIG}", strings.Replace(signature, "<ds:X509Data>", bare+"<ds:X509Data>", 1), 1), KeyInfoShape},
		"XSW7 original in a wrapper":             {strings.Replace(evil, "{SIG}", "<x>"+bare+"</x>"+signature, 1), DigestMismatch},
		"XSW8 Signature inside the Signature":    {strings.Replace(signed, "<ds:SignedInfo>", signature+"<ds:SignedInfo>", 1), SignatureShape},
		"Signature as root":                      {signature, MisplacedSignature},
		"Signature at depth 3":                   {strings.Replace(letter, "{SIG}", "<x>"+signature+"</x>", 1), MisplacedSignature},
		"second Signature beside":                {strings.Replace(signed, signature, signature+signature, 1), SecondSignature},
		"second Signature deeper, first":         {strings.Replace(signed, "<n>", "<x>"+signature+"</x><n>", 1), MisplacedSignature},
		"Signature in no namespace":              {strings.Replace(letter, "{SIG}", `<Signature xmlns=""/>`, 1), NoSignature},
		"Signature in a foreign namespace":       {strings.Replace(letter, "{SIG}", `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig"/>`, 1), NoSignature},
		"no Signature":                           {bare, NoSignature},
		"altered content":                        {strings.Replace(signed, "<n>1<", "<n>2<", 1), DigestMismatch},
		"altered namespace":                      {strings.Replace(signed, `xmlns="urn:r"`, `xmlns="urn:s"`, 1), DigestMismatch},
		"altered SignedInfo, digest made to fit": {forgeWith(t, evil, shape, everyone().rsa, func([]byte) []byte { return make([]byte, 256) }), SignatureMismatch},
		"empty Signature":                        {strings.Replace(letter, "{SIG}", `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`, 1), SignatureShape},
		"blank Signature":                        {strings.Replace(letter, "{SIG}", `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"> </ds:Signature>`, 1), SignatureShape},
		"Signature stripped of its KeyInfo":      {forge(t, letter, shape[:strings.Index(shape, "<ds:KeyInfo>")]+"</ds:Signature>", everyone().rsa), KeyInfoShape},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantCode(t, c.doc, c.want)
		})
	}
}

// TestGrammar bends each part of the Signature; all are signed in earnest.
func TestGrammar(t *testing.T) {
	t.Parallel()
	const exc = `"http://www.w3.org/2001/10/xml-exc-c14n#"`
	const enveloped = `<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>`
	const second = `<ds:Transform Algorithm=` + exc + `/>`
	const list = `<x:InclusiveNamespaces xmlns:x=` + exc + ` PrefixList="%s"/>`
	reference := shape[strings.Index(shape, "<ds:Reference"):strings.Index(shape, "</ds:SignedInfo>")]
	certificate := `<ds:X509Certificate>{CERT}</ds:X509Certificate>`
	type row struct {
		old, new string
		want     fault.Code
	}
	for name, c := range map[string]row{
		"C14N inclusive":              {`<ds:CanonicalizationMethod Algorithm=` + exc, `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"`, Canonicalization},
		"C14N with comments":          {`<ds:CanonicalizationMethod Algorithm=` + exc, `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"`, Canonicalization},
		"C14N with a foreign child":   {exc + `/><ds:SignatureMethod`, exc + `><x xmlns="u"/></ds:CanonicalizationMethod><ds:SignatureMethod`, Canonicalization},
		"C14N of another algorithm":   {`CanonicalizationMethod Algorithm=` + exc, `CanonicalizationMethod Algorithm="&#104;ttp://www.w3.org/2001/10/xml-exc-c14n#"`, Canonicalization},
		"PrefixList of 17":            {second, strings.Replace(second, "/>", ">"+fmt.Sprintf(list, strings.Repeat("a ", 17))+"</ds:Transform>", 1), Transforms},
		"PrefixList with a reference": {second, strings.Replace(second, "/>", ">"+fmt.Sprintf(list, "&#97;")+"</ds:Transform>", 1), Transforms},
		"two PrefixLists":             {second, strings.Replace(second, "/>", ">"+fmt.Sprintf(list, "")+fmt.Sprintf(list, "")+"</ds:Transform>", 1), Transforms},
		"HMAC":                        {"xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256", SignatureAlgorithm},
		"RSA with SHA-1":              {"2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1", SignatureAlgorithm},
		"RSA with MD5":                {"#rsa-sha256", "#rsa-md5", SignatureAlgorithm},
		"RSA-PSS":                     {"2001/04/xmldsig-more#rsa-sha256", "2007/05/xmldsig-more#sha256-rsa-MGF1", SignatureAlgorithm},
		"DSA":                         {"2001/04/xmldsig-more#rsa-sha256", "2009/xmldsig11#dsa-sha256", SignatureAlgorithm},
		"HMACOutputLength":            {`#rsa-sha256"/>`, `#rsa-sha256"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>`, SignatureAlgorithm},
		"RSA with SHA-512":            {"xmldsig-more#rsa-sha256", "xmldsig-more#rsa-sha512", SignatureAlgorithm},
		"ECDSA with SHA-384":          {"xmldsig-more#rsa-sha256", "xmldsig-more#ecdsa-sha384", SignatureAlgorithm},
		"digest SHA-512":              {"2001/04/xmlenc#sha256", "2001/04/xmlenc#sha512", DigestAlgorithm},
		"digest SHA-384":              {"2001/04/xmlenc#sha256", "2001/04/xmldsig-more#sha384", DigestAlgorithm},
		"digest SHA-1":                {"2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1", DigestAlgorithm},
		"digest MD5":                  {"2001/04/xmlenc#sha256", "2001/04/xmldsig-more#md5", DigestAlgorithm},
		"no Reference":                {reference, "", References},
		"two References":              {reference, reference + reference, References},
		"foreign Reference":           {reference, `<x:Reference xmlns:x="u" URI=""/>` + reference, References},
		"reference by id":             {`URI=""`, `URI="#r"`, References},
		"reference without URI":       {` URI=""`, ``, References},
		"reference to a file":         {`URI=""`, `URI="file:///etc/passwd"`, References},
		"reference over HTTP":         {`URI=""`, `URI="http://127.0.0.1/"`, References},
		"reference to an attachment":  {`URI=""`, `URI="cid:1"`, References},
		"XPointer":                    {`URI=""`, `URI="#xpointer(/)"`, References},
		"typed reference":             {`URI=""`, `URI="" Type="http://www.w3.org/2000/09/xmldsig#Object"`, SignatureShape},
		"no transforms":               {`<ds:Transforms>` + enveloped + second + `</ds:Transforms>`, ``, Transforms},
		"one transform":               {second, ``, Transforms},
		"transforms in disorder":      {enveloped + second, second + enveloped, Transforms},
		"three transforms":            {second, second + second, Transforms},
		"exclusive C14N twice":        {enveloped, second, Transforms},
		"XPath for enveloped":         {"2000/09/xmldsig#enveloped-signature", "TR/1999/REC-xpath-19991116", Transforms},
		"XSLT":                        {second, `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><x xmlns="u"/></ds:Transform>`, Transforms},
		"XPath":                       {second, `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>1</ds:XPath></ds:Transform>`, Transforms},
		"XPath inside enveloped":      {enveloped, strings.Replace(enveloped, "/>", "><ds:XPath>1</ds:XPath></ds:Transform>", 1), Transforms},
		"XPath filter 2":              {second, `<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"/>`, Transforms},
		"base64 transform":            {second, `<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"/>`, Transforms},
		"inclusive C14N transform":    {second, `<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>`, Transforms},
		"foreign SignedInfo":          {`<ds:SignedInfo>`, `<x:SignedInfo xmlns:x="u"/><ds:SignedInfo>`, SignatureShape},
		"two SignedInfo":              {`<ds:SignatureValue>`, `<ds:SignedInfo/><ds:SignatureValue>`, SignatureShape},
		"two SignatureValue":          {`<ds:KeyInfo>`, `<ds:SignatureValue>AA==</ds:SignatureValue><ds:KeyInfo>`, KeyInfoShape},
		"two DigestValue":             {`</ds:DigestValue>`, `</ds:DigestValue><ds:DigestValue>{DIGEST}</ds:DigestValue>`, SignatureShape},
		"foreign attribute":           {`<ds:SignedInfo>`, `<ds:SignedInfo xmlns:x="u" x:Id="1">`, SignatureShape},
		"text in SignedInfo":          {`<ds:SignedInfo>`, `<ds:SignedInfo>x`, SignatureShape},
		"CDATA in DigestValue":        {`{DIGEST}`, `<![CDATA[{DIGEST}]]>`, SignatureShape},
		"element in DigestValue":      {`{DIGEST}`, `{DIGEST}<x xmlns="u"/>`, SignatureShape},
		"comment in DigestValue":      {`{DIGEST}`, `<!--AAAA-->{DIGEST}`, CommentInside},
		"comment in SignatureValue":   {`{VALUE}`, `{VALUE}<!-- -->`, CommentInside},
		"comment in SignedInfo":       {`<ds:SignedInfo>`, `<ds:SignedInfo><!-- -->`, CommentInside},
		"comment in KeyInfo":          {`<ds:KeyInfo>`, `<ds:KeyInfo><!-- -->`, CommentInside},
		"instruction in SignedInfo":   {`<ds:SignedInfo>`, `<ds:SignedInfo><?x y?>`, HasInstruction},
		"short digest":                {`{DIGEST}`, `AAAA`, BadBase64},
		"digest not base64":           {`{DIGEST}`, `*{DIGEST}`, BadBase64},
		"digest without padding":      {`{DIGEST}</`, `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</`, BadBase64},
		"digest with loose bits":      {`{DIGEST}</`, `AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=</`, BadBase64},
		"value not base64":            {`{VALUE}`, `-`, BadBase64},
		"empty value":                 {`{VALUE}`, ``, SignatureMismatch},
		"Object":                      {`</ds:Signature>`, `<ds:Object/></ds:Signature>`, HasObject},
		"foreign last child":          {`</ds:Signature>`, `<x xmlns="u"/></ds:Signature>`, SignatureShape},
		"KeyValue":                    {`<ds:X509Data>`, `<ds:KeyValue/><ds:X509Data>`, KeyInfoShape},
		"KeyName":                     {`</ds:X509Data>`, `</ds:X509Data><ds:KeyName>k</ds:KeyName>`, KeyInfoShape},
		"RetrievalMethod":             {`<ds:X509Data>`, `<ds:RetrievalMethod URI="http://127.0.0.1/"/><ds:X509Data>`, KeyInfoShape},
		"two X509Data":                {`</ds:X509Data>`, `</ds:X509Data><ds:X509Data>` + certificate + `</ds:X509Data>`, KeyInfoShape},
		"X509IssuerSerial":            {`<ds:X509Data>`, `<ds:X509Data><ds:X509IssuerSerial/>`, KeyInfoShape},
		"no certificate":              {certificate, ``, KeyInfoShape},
		"five certificates":           {certificate, strings.Repeat(certificate, 5), TooManyCerts},
		"certificate not base64":      {`{CERT}`, `?`, BadCertificate},
		"certificate not DER":         {`{CERT}`, `AAAA`, BadCertificate},
		"empty certificate":           {`{CERT}`, ``, BadCertificate},
		"certificate with a tail":     {certificate, certificate + `<ds:X509Certificate>AAAA</ds:X509Certificate>`, BadCertificate},
		"XAdES object":                {`</ds:Signature>`, `<ds:Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#"/></ds:Object></ds:Signature>`, XAdES},
		"XAdES reference":             {`</ds:Reference>`, `</ds:Reference><ds:Reference URI="#p" Type="http://uri.etsi.org/01903#SignedProperties"/>`, XAdES},
		"XAdES after another breach":  {`xmldsig-more#rsa-sha256"/>`, `xmldsig-more#rsa-sha512"><x:y xmlns:x="http://uri.etsi.org/01903/v1.4.1#"/></ds:SignatureMethod>`, XAdES},
		"ids of one value":            {`<ds:SignatureValue>{VALUE}</ds:SignatureValue><ds:KeyInfo>`, `<ds:SignatureValue Id="x">{VALUE}</ds:SignatureValue><ds:KeyInfo Id="x">`, RepeatedID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantCode(t, forge(t, letter, bend(t, c.old, c.new), everyone().rsa), c.want)
		})
	}
}

// TestDocumentAttacks are those that need no Signature at all: each is refused
// before any sum is made, whoever signed.
func TestDocumentAttacks(t *testing.T) {
	t.Parallel()
	const head, tail = `<r xmlns="urn:r">`, `{SIG}</r>`
	laughs := `<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>`
	for name, c := range map[string]struct {
		doc  string
		want fault.Code
	}{
		"DTD":                           {`<!DOCTYPE r>` + letter, HasDTD},
		"external entity":               {`<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + head + `&x;` + tail, HasDTD},
		"parameter entity":              {`<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>` + letter, HasDTD},
		"billion laughs":                {laughs + head + `&c;` + tail, HasDTD},
		"entity without DTD":            {head + `&nbsp;` + tail, HasDTD},
		"UTF-7 declared":                {`<?xml version="1.0" encoding="UTF-7"?>` + letter, NotUTF8},
		"UTF-16 declared":               {`<?xml version="1.0" encoding="UTF-16"?>` + letter, NotUTF8},
		"ISO-8859-1 declared":           {`<?xml version="1.0" encoding="ISO-8859-1"?>` + letter, NotUTF8},
		"byte order mark":               {"\ufeff" + letter, NotUTF8},
		"overlong":                      {head + "\xc0\xbc" + tail, NotUTF8},
		"surrogates in UTF-8":           {head + "\xed\xa0\x80\xed\xb0\x80" + tail, NotUTF8},
		"UTF-16 bytes":                  {"\xff\xfe<\x00r\x00/\x00>\x00", NotUTF8},
		"NUL":                           {head + "a\x00b" + tail, MalformedXML},
		"character reference to NUL":    {head + "a&#0;b" + tail, MalformedXML},
		"XML 1.1":                       {`<?xml version="1.1"?>` + letter, MalformedXML},
		"not XML":                       {"PK\x03\x04", MalformedXML},
		"empty":                         {"", MalformedXML},
		"two roots":                     {letter + "<x/>", MalformedXML},
		"unclosed":                      {head + "<x>" + tail, MalformedXML},
		"instruction before":            {`<?xml-stylesheet href="x.xsl"?>` + letter, HasInstruction},
		"instruction in a value":        {head + `<cf>RSSMRA80A01H501U<?x?>.EVIL</cf>` + tail, HasInstruction},
		"comment in a codice fiscale":   {head + `<cf>RSSMRA80A01H501U<!-- -->EVIL</cf>` + tail, CommentInside},
		"comment as a whole value":      {head + `<cf><!-- RSSMRA80A01H501U --></cf>` + tail, CommentInside},
		"comment beside CDATA":          {head + `<cf><![CDATA[x]]><!-- --></cf>` + tail, CommentInside},
		"comment in mixed content":      {head + `text<x/><!-- -->` + tail, CommentInside},
		"undeclared prefix":             {head + `<p:x/>` + tail, UndeclaredPrefix},
		"undeclared attribute prefix":   {head + `<x p:y="1"/>` + tail, UndeclaredPrefix},
		"xml prefix redeclared":         {head + `<x xmlns:xml="urn:x"/>` + tail, UndeclaredPrefix},
		"duplicate attribute":           {head + `<x a="1" a="2"/>` + tail, DuplicateAttribute},
		"duplicate by namespace":        {head + `<x xmlns:p="u" xmlns:q="u" p:a="1" q:a="2"/>` + tail, DuplicateAttribute},
		"duplicate declaration":         {head + `<x xmlns:p="u" xmlns:p="v"/>` + tail, DuplicateAttribute},
		"TAB in an attribute":           {head + "<x a='1\t2'/>" + tail, BlankInAttribute},
		"LF in an attribute":            {head + "<x a='1\n2'/>" + tail, BlankInAttribute},
		"CR in an attribute":            {head + "<x a='1\r2'/>" + tail, BlankInAttribute},
		"LF in a namespace":             {head + "<x xmlns='urn:\nx'/>" + tail, BlankInAttribute},
		"repeated Id":                   {head + `<x Id="1"/><y Id="1"/>` + tail, RepeatedID},
		"repeated across cases":         {head + `<x ID="1"/><y id=" 1 "/>` + tail, RepeatedID},
		"repeated across namespaces":    {head + `<x xml:id="a"/><y xmlns:w="u" w:Id="&#97;"/>` + tail, RepeatedID},
		"65 levels":                     {strings.Repeat("<x>", 65) + strings.Repeat("</x>", 65), TooLarge},
		"65 attributes":                 {head + `<x` + manyAttributes(65) + `/>` + tail, TooLarge},
		"17 declarations":               {head + `<x` + strings.ReplaceAll(manyAttributes(17), " a", " xmlns:a") + `/>` + tail, TooLarge},
		"a name of 300 bytes":           {head + `<` + strings.Repeat("x", 300) + `/>` + tail, TooLarge},
		"one byte above 4 MiB":          {head + strings.Repeat(" ", MaxDocument-len(head+"</r>")+1) + "</r>", TooLarge},
		"XInclude is content, unopened": {head + `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>` + tail, ""},
		"schemaLocation is content":     {head + `<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:r http://127.0.0.1/x.xsd"/>` + tail, ""},
		"CR by reference is content":    {head + "<x a='&#13;&#10;&#9;'>&#13;</x>\r\n" + tail, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := c.doc
			if c.want == "" {
				doc = forge(t, doc, shape, everyone().rsa)
			} else {
				doc = strings.Replace(doc, "{SIG}", "", 1)
			}
			wantCode(t, doc, c.want)
		})
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d="u"`, i)
	}
	return b.String()
}

// TestValueAttacks play key, algorithm and value against each other.
func TestValueAttacks(t *testing.T) {
	t.Parallel()
	p := everyone()
	ecShape := bend(t, "#rsa-sha256", "#ecdsa-sha256")
	ecKey := p.ecdsa.key.Signer.(*ecdsa.PrivateKey)
	rsaKey := p.rsa.key.Signer.(*rsa.PrivateKey)
	hash := func(b []byte) []byte { h := sha256.Sum256(b); return h[:] }
	for name, c := range map[string]struct {
		shape string
		by    *Sealer
		sign  func([]byte) []byte
		want  fault.Code
	}{
		"ECDSA value as r||s": {ecShape, p.ecdsa, func(b []byte) []byte { return must(p.ecdsa.key.Sign(nil, hash(b), crypto.SHA256)) }, ""},
		"ECDSA value in DER":  {ecShape, p.ecdsa, func(b []byte) []byte { return must(ecKey.Sign(nil, hash(b), crypto.SHA256)) }, DERValue},
		"ECDSA value zero":    {ecShape, p.ecdsa, func([]byte) []byte { return make([]byte, 64) }, SignatureMismatch},
		"ECDSA value of ff":   {ecShape, p.ecdsa, func([]byte) []byte { return []byte(strings.Repeat("\xff", 64)) }, SignatureMismatch},
		"ECDSA value of 65 bytes": {ecShape, p.ecdsa, func(b []byte) []byte {
			return append([]byte{0}, must(p.ecdsa.key.Sign(nil, hash(b), crypto.SHA256))...)
		}, DERValue},
		"RSA named, P-256 key": {shape, p.ecdsa, func(b []byte) []byte { return must(p.ecdsa.key.Sign(nil, hash(b), crypto.SHA256)) }, KeyMismatch},
		"ECDSA named, RSA key": {ecShape, p.rsa, func(b []byte) []byte { return must(p.rsa.key.Sign(nil, hash(b), crypto.SHA256)) }, KeyMismatch},
		"RSA over SHA-1, called SHA-256": {shape, p.rsa, func(b []byte) []byte {
			h := sha1.Sum(b)
			return must(rsaKey.Sign(nil, h[:], crypto.SHA1))
		}, SignatureMismatch},
		"RSA-PSS, called PKCS #1": {shape, p.rsa, func(b []byte) []byte {
			return must(rsa.SignPSS(rand.Reader, rsaKey, crypto.SHA256, hash(b), nil))
		}, SignatureMismatch},
		"HMAC keyed with the public key": {bend(t, "#rsa-sha256", "#hmac-sha256"), p.rsa, func(b []byte) []byte {
			mac := hmac.New(sha256.New, must(x509.MarshalPKIXPublicKey(rsaKey.Public())))
			mac.Write(b)
			return mac.Sum(nil)
		}, SignatureAlgorithm},
		"another's key": {shape, p.rsa, func(b []byte) []byte { return must(must(NewPersonKey()).Sign(nil, hash(b), crypto.SHA256)) }, SignatureMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantCode(t, forgeWith(t, letter, c.shape, c.by, c.sign), c.want)
		})
	}
}
