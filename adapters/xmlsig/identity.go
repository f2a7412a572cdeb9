package xmlsig

import (
	"crypto/x509"
	"encoding/asn1"
	"strings"
)

// signerOf returns the codice fiscale that a certificate's subject names, or ""
// if it names none or more than one. It is looked for in serialNumber (OID
// 2.5.4.5) as TINIT-CF (ETSI EN 319 412-1, natural persons), as IT:CF (the
// form of Italian qualified certificates before it, CNIPA 45/2009) or bare;
// only if there is none, in a commonName (OID 2.5.4.3) of the form CF/... of
// the Carta nazionale dei servizi. Other attributes, dnQualifier among them,
// name nobody. Only the form is checked.
func signerOf(c *x509.Certificate) string {
	serial := asn1.ObjectIdentifier{2, 5, 4, 5}
	common := asn1.ObjectIdentifier{2, 5, 4, 3}
	var bySerial, byName []string
	for _, name := range c.Subject.Names {
		value, ok := name.Value.(string)
		if !ok {
			continue
		}
		switch {
		case name.Type.Equal(serial):
			if cf, found := strings.CutPrefix(value, "TINIT-"); found {
				value = cf
			} else {
				value = strings.TrimPrefix(value, "IT:")
			}
			bySerial = append(bySerial, value)
		case name.Type.Equal(common):
			if before, _, found := strings.Cut(value, "/"); found {
				byName = append(byName, before)
			}
		}
	}
	if cf := sole(bySerial); cf != "" || len(bySerial) > 1 {
		return cf
	}
	return sole(byName)
}

// sole returns the codice fiscale in values, if exactly one is there.
func sole(values []string) string {
	found := ""
	for _, v := range values {
		v = strings.Map(upper, v)
		if !isCodiceFiscale(v) {
			continue
		}
		if found != "" && found != v {
			return ""
		}
		found = v
	}
	return found
}

// upper is of ASCII alone: strings.ToUpper would make letters of a codice
// fiscale out of others, as S out of the long s.
func upper(c rune) rune {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// isCodiceFiscale checks the form alone: eleven digits, or the sixteen
// characters of DM 23 December 1976, letters in place of digits (omocodia)
// included.
func isCodiceFiscale(s string) bool {
	switch len(s) {
	case 11:
		return strings.Trim(s, "0123456789") == ""
	case 16:
		for i, kind := range "LLLLLLDDLDDLDDDL" {
			letter := s[i] >= 'A' && s[i] <= 'Z'
			digit := s[i] >= '0' && s[i] <= '9' || strings.IndexByte("LMNPQRSTUV", s[i]) >= 0
			if kind == 'L' && !letter || kind == 'D' && !digit {
				return false
			}
		}
		return true
	}
	return false
}
