package envelope

import (
	"strings"

	"github.com/snodo-co/snodo/xsd/xmltoken"
)

// Credentials reports whether the Header of a SOAP message, 1.1 or 1.2, holds a
// user name or a password: an element of one of the names under which WS-Security
// and home-made headers bring them, in any namespace and case, at any depth but
// inside an assertion. A message that is no SOAP holds none.
func Credentials(src []byte) bool {
	var r xmltoken.Reader
	r.Reset(src, xmltoken.Limits{})
	for {
		kind, err := r.Next()
		if err != nil || kind == xmltoken.EOF {
			return false
		}
		if kind != xmltoken.Start {
			continue
		}
		local := string(r.Local())
		if r.Depth() == 2 && local != "Header" {
			return false // Body: the Header is behind, or missing
		}
		if r.Depth() < 3 {
			continue
		}
		switch strings.ToLower(local) {
		case "usernametoken", "username", "password", "nomeutente":
			return true
		case "assertion":
			if r.Skip() != nil {
				return false
			}
		}
	}
}

// SecurityHeader is the name of WS-Security's block of Header.
func SecurityHeader() Name { return Name{SecurityNS, "Security"} }
