package soap_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/snodo-co/snodo/xsd/fault"
)

// TestSmuggling is H-SMUG below SOAP: requests that a proxy before the hub and the hub
// itself might cut in two ways, with another request behind them. What is answered
// tells where the hub cuts; what it does not understand ends the connection.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	const host = "POST /soap/marche HTTP/1.1\r\nHost: x\r\n"
	const post = host + "Content-Type: text/xml\r\n"
	length := fmt.Sprintf("Content-Length: %d\r\n", len(echoMessage))
	chunked := fmt.Sprintf("%x\r\n%s\r\n0\r\n", len(echoMessage), echoMessage)
	behind := head("/soap/marche", "HTTP/1.1", len(echoMessage)) + echoMessage
	whole := "\r\n" + echoMessage + behind
	for name, c := range map[string]struct {
		raw  string
		want []int
		code fault.Code // of the first answer, "" for none of ours
	}{
		"nothing is wrong":            {post + length + whole, []int{200, 200}, ""},
		"two lengths":                 {post + length + "Content-Length: 1\r\n" + whole, []int{400}, ""},
		"a list of lengths":           {post + fmt.Sprintf("Content-Length: %d, 1\r\n", len(echoMessage)) + whole, []int{400}, ""},
		"a length with a sign":        {post + fmt.Sprintf("Content-Length: +%d\r\n", len(echoMessage)) + whole, []int{400}, ""},
		"a blank before the colon":    {post + strings.Replace(length, ":", " :", 1) + whole, []int{400}, ""},
		"a length of 64 bits":         {post + "Content-Length: 18446744073709551617\r\n" + whole, []int{400}, ""},
		"chunks, and another length":  {post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked + "\r\n", []int{200}, ""},
		"chunks twice":                {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked + "\r\n", []int{501}, ""},
		"another coding":              {post + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked + "\r\n", []int{501}, ""},
		"a coding misspelt":           {post + "Transfer-Encoding: xchunked\r\n" + length + whole, []int{501}, ""},
		"a chunk that lies":           {post + "Transfer-Encoding: chunked\r\n\r\n1\r\n" + echoMessage + "\r\n0\r\n\r\n", []int{408}, fault.BodyIncomplete},
		"a chunk past all bounds":     {post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx", []int{408}, fault.BodyIncomplete},
		"an action in the trailer":    {post + "Trailer: SOAPAction\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked + "SOAPAction: \"urn:x\"\r\n\r\n", []int{200}, ""},
		"no host":                     {"POST /soap/marche HTTP/1.1\r\nContent-Type: text/xml\r\n" + length + whole, []int{400}, ""},
		"two hosts":                   {post + "Host: y\r\n" + length + whole, []int{400}, ""},
		"NUL in a header":             {post + "SOAPAction: \x00\r\n" + length + whole, []int{400}, ""},
		"two types":                   {post + "Content-Type: application/soap+xml\r\n" + length + whole, []int{415, 200}, fault.MediaType},
		"two types in one":            {host + "Content-Type: text/xml, application/soap+xml\r\n" + length + whole, []int{415, 200}, fault.MediaType},
		"two actions":                 {post + "SOAPAction: Echo\r\nsoapaction: Echo\r\n" + length + whole, []int{500, 200}, fault.ActionMismatch},
		"two codings of the content":  {post + "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n" + length + whole, []int{415, 200}, fault.CompressedBody},
		"an unknown expectation":      {post + "Expect: 200-maybe\r\n" + length + whole, []int{417}, ""},
		"a body that nobody asks for": {"GET /soap/marche?wsdl HTTP/1.1\r\nHost: x\r\n" + length + whole, []int{200, 200}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := serve(t, nil)
			conn := e.dial(t)
			// What the server does not want to read it may close before it is written.
			_, _ = io.WriteString(conn, c.raw)
			_ = conn.CloseWrite()
			var got []int
			for r := bufio.NewReader(conn); ; {
				resp, err := http.ReadResponse(r, nil)
				if err != nil {
					break
				}
				a := read(t, resp)
				if len(got) == 0 && c.code != "" {
					a.wants(t, c.want[0], "Client", c.code)
				}
				if a.status != http.StatusContinue {
					got = append(got, a.status)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("answered %v, want %v", got, c.want)
			}
		})
	}
}
