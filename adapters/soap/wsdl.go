package soap

import (
	_ "embed"
	"strings"

	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/transform/envelope"
	"github.com/snodo-co/snodo/xsd"
)

// The schemas that a WSDL imports, by the name that ?xsd= asks for.
const (
	hubSchemaName      = "snodo-hub.xsd"
	nationalSchemaName = "comobbl-types.xsd"
)

//go:embed wsdl/snodo.wsdl
var wsdlTemplate string

//go:embed wsdl/comobbl-types.xsd
var nationalSchema string

// WSDL gives the WSDL 1.1 of a region's endpoint at address, an absolute URL.
// It declares the operations that work.
func WSDL(region routing.Region, address string) []byte {
	return []byte(strings.NewReplacer(
		"@INDIRIZZO@", string(envelope.AppendEscaped(nil, address)),
		"@REGIONE@", string(envelope.AppendEscaped(nil, region.Name)),
	).Replace(wsdlTemplate))
}

// Schema gives a schema that the WSDL imports; nil if there is none of this
// name.
func Schema(name string) []byte {
	switch name {
	case hubSchemaName:
		b, err := xsd.File("hub/v1/" + hubSchemaName)
		if err != nil {
			return nil // embedded: cannot be missing
		}
		return b
	case nationalSchemaName:
		return []byte(nationalSchema)
	}
	return nil
}
