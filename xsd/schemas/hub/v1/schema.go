// Package hubv1 holds the schema of urn:snodo:hub:v1, the namespace of what is
// the hub's own: receipts, their retrieval, echo and the detail of faults.
//
// It owns the schema's text and must own nothing else: receipts are written by
// routing/receipt, messages by transform/envelope, and the edge serves the
// schema beside its WSDL.
package hubv1

import _ "embed"

//go:embed snodo-hub.xsd
var schema string

// Schema is the XML Schema 1.0 document.
func Schema() string { return schema }
