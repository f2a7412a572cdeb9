package xmlsig

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
)

// TestIssuerNames: one name has as many texts as there are toolkits; another name
// has none of them.
func TestIssuerNames(t *testing.T) {
	t.Parallel()
	utf8 := func(s string) asn1.RawValue { return asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(s)} }
	attribute := func(oid asn1.ObjectIdentifier, v any) pkix.AttributeTypeAndValue {
		return pkix.AttributeTypeAndValue{Type: oid, Value: v}
	}
	der := must(asn1.Marshal(pkix.RDNSequence{ // as Italy's qualified authorities are called
		{attribute(asn1.ObjectIdentifier{2, 5, 4, 6}, "IT")},
		{attribute(asn1.ObjectIdentifier{2, 5, 4, 10}, utf8("Firme, S.p.A."))},
		{attribute(asn1.ObjectIdentifier{2, 5, 4, 97}, utf8("VATIT-01234567890"))},
		{attribute(asn1.ObjectIdentifier{2, 5, 4, 3}, utf8("CA perché no")), attribute(asn1.ObjectIdentifier{2, 5, 4, 5}, "7")},
	}))
	for text, want := range map[string]bool{
		`CN=CA perché no+SERIALNUMBER=7,2.5.4.97=VATIT-01234567890,O=Firme\, S.p.A.,C=IT`:                             true, // RFC 4514
		`2.5.4.5=#130137+CN=CA perch\C3\A9 no,2.5.4.97=#0c1156415449542d3031323334353637383930,O=Firme\, S.p.A.,C=IT`: true, // JDK, RFC 2253
		`CN=CA perché no + OID.2.5.4.5=7, OID.2.5.4.97=VATIT-01234567890, O="Firme, S.p.A.", C=IT`:                    true, // JDK, RFC 1779; .NET
		`cn=ca  perché no+serialNumber=7;organizationIdentifier=VATIT-01234567890;o=Firme\2C S.p.A. ;c=it`:            true, // case, blanks, RFC 2253's ;
		`C=IT,O=Firme\, S.p.A.,2.5.4.97=VATIT-01234567890,CN=CA perché no+SERIALNUMBER=7`:                             false,
		`CN=CA perché no+SERIALNUMBER=7,2.5.4.97=VATIT-01234567891,O=Firme\, S.p.A.,C=IT`:                             false,
		`CN=CA perché no,2.5.4.97=VATIT-01234567890,O=Firme\, S.p.A.,C=IT`:                                            false,
		`CN=CA perché no+SERIALNUMBER=7,2.5.4.97=VATIT-01234567890,O=Firme,C=IT`:                                      false,
		`CN=CA perché no,SERIALNUMBER=7,2.5.4.97=VATIT-01234567890,O=Firme\, S.p.A.,C=IT`:                             false,
		`CN=CA perché no+SERIALNUMBER=7,2.5.4.97=#0c11,O=Firme\, S.p.A.,C=IT`:                                         false,
		`CN=CA perché no+SERIALNUMBER=7,X=VATIT-01234567890,O=Firme\, S.p.A.,C=IT`:                                    false,
		`CN="CA perché no`: false, `CN="a"b`: false, `#=`: false, `=`: false, `CN=`: false, ``: false, `\`: false, `CN=\`: false, `CN=a,`: false, `2.5.4.97=#`: false,
	} {
		if got := sameName(text, der); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if sameName("CN=x", []byte{0x30, 0x01}) {
		t.Error("a name that is no DER")
	}
}
