package node

import "github.com/snodo-co/snodo/cmd/snodo/snodotest"

// What the tests of all rooms share, under the names that it has here.
type logTail = snodotest.Log

var (
	hirings    = snodotest.Hirings
	signAll    = snodotest.SignAll
	signerFor  = snodotest.SignerFor
	shipped    = snodotest.Shipped
	block      = snodotest.Block
	configFile = snodotest.ConfigFile
)

// testConfig is the node of the tests: loopback, Piemonte open to SPICOM.
func testConfig(data string) Config {
	return Config{Listen: "127.0.0.1:0", Data: data, Policy: map[string]string{"piemonte": PolicyChannel}}
}
