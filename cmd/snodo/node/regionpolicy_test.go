package node

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/snodo-co/snodo/adapters/xmlsig"
)

// TestRegionPolicies: all that a policy can say is read.
func TestRegionPolicies(t *testing.T) {
	t.Parallel()
	path := configFile(t, `{
  "listen": "127.0.0.1:0", "log-level": "warn", "publicUrl": "http://x.example", "tls_cert": "a", "tls_key": "b",
  "regions": {
    "piemonte": {
      "revocation": "hard", "crl": ["/etc/snodo/ca.crl", "http://crl.example/ca.crl"], "ocsp": ["http://ocsp.example"],
      "clock_tolerance": "5s", "algorithms": ["ecdsa-sha256"], "organizations": ["CF:IT-01234567890"],
      "max_bytes": 2097152, "rate": "600/m"
    },
    "lazio": {"rate": "10/1s"}
  }
}`)
	got, err := ReadRegions(path)
	want := map[string]RegionPolicy{
		"piemonte": {
			Revocation: "hard", CRL: []string{"/etc/snodo/ca.crl", "http://crl.example/ca.crl"}, OCSP: []string{"http://ocsp.example"},
			Tolerance: new(5 * time.Second), Algorithms: []xmlsig.Algorithm{xmlsig.ECDSASHA256}, Organizations: []string{"CF:IT-01234567890"},
			MaxBytes: 2 << 20, Rate: Rate{600, time.Minute},
		},
		"lazio": {Rate: Rate{10, time.Second}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v", got, err)
	}
	if none, err := ReadRegions(""); none != nil || err != nil {
		t.Errorf("without a file: %v, %v", none, err)
	}
}

// TestPolicyForms are the single values that are refused.
func TestPolicyForms(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{
		`{"revocation": "on"}`:                                     `revocation: "on": want off, soft, hard`,
		`{"revocation": true}`:                                     "revocation: want a text",
		`{"crl": ["a.crl"]}`:                                       "crl: revocation is off",
		`{"revocation": "off", "ocsp": ["http://o.example"]}`:      "ocsp: revocation is off",
		`{"revocation": "soft", "crl": "a.crl"}`:                   "crl: want a list",
		`{"revocation": "soft", "crl": [""]}`:                      "want a file",
		`{"revocation": "soft", "crl": ["ldap://x/cn=a"]}`:         "want an http or https address",
		`{"revocation": "soft", "ocsp": ["file:///etc/passwd"]}`:   "want an http or https address",
		`{"revocation": "soft", "ocsp": ["http://u:p@o.example"]}`: "without password",
		`{"max_bytes": 1}`:                                         "want a whole number",
		`{"max_bytes": "1000000"}`:                                 "want a whole number",
		`{"rate": "0/m"}`:                                          "COUNT/PERIOD",
		`{"rate": "-1/m"}`:                                         "COUNT/PERIOD",
		`{"rate": "10/1ms"}`:                                       "COUNT/PERIOD",
		`{"rate": "10"}`:                                           "COUNT/PERIOD",
		`{"organizations": [" CF:IT-01234567890"]}`:                "organizationIdentifier",
		`{"clock_tolerance": "-1s"}`:                               "want a duration",
		`7`:                                                        "want an object",
	} {
		_, err := ReadRegions(configFile(t, `{"regions": {"lazio": `+policy+`}}`))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", policy, err, want)
		}
	}
	for text, want := range map[string]string{
		"{\n\"regions\": {\n": "line 2: the file ends too soon", "[]": "line 1: configuration: want an object", "{}\n{}": "line 2: something after",
		"{\"regions\": []}": "regions: want an object", "{\n  \"listen\": x}": "line 2: ",
	} {
		if _, err := ReadRegions(configFile(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if r, ok := parseRate("90/m"); !ok || r.String() != "90/60s" {
		t.Errorf("rate %v", r)
	}
}

// TestOperatingRegions: the policies shown are read as they stand, and the
// table explains exactly the keys there are.
func TestOperatingRegions(t *testing.T) {
	t.Parallel()
	text := block(t, "json regions")
	policies, err := ReadRegions(configFile(t, text))
	if err != nil || policies["piemonte"].Rate.Count != 600 || policies["lazio"].Revocation != RevocationSoft {
		t.Fatalf("%+v, %v", policies, err)
	}
	v, other := reflect.ValueOf(policies["piemonte"]), reflect.ValueOf(policies["lazio"])
	for i := range v.NumField() {
		if v.Field(i).IsZero() && other.Field(i).IsZero() {
			t.Errorf("%s is not shown", v.Type().Field(i).Name)
		}
	}
	root, err := locate([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(shipped(t, "OPERATING.md"), "### Policy of a region")
	for _, region := range root.members[1].members {
		for _, m := range region.members {
			if !strings.Contains(table, "| `"+m.key+"` |") {
				t.Errorf("the table lacks %s", m.key)
			}
			for _, inner := range m.members { // of identity
				if !strings.Contains(table, "| `"+inner.key+"` |") {
					t.Errorf("the table lacks %s of %s", inner.key, m.key)
				}
			}
		}
	}
}
