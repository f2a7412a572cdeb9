// Package envelope turns SOAP messages into structure and back: bytes in,
// bytes out.
//
// It owns the SOAP 1.1 envelope and its faults and what SOAP 1.2 has otherwise,
// the national binding of the Comunicazioni Obbligatorie (domain namespace
// comobbl/types), the operations of the hub's own namespace urn:snodo:hub:v1 with
// the outcome of many submissions, RPC/encoded calls, and the form of SPCoop's
// e-Gov header. Reading goes through xsd/xmltoken only; writing goes through
// Writer, which escapes every value.
//
// It must not know HTTP, look into the documents it carries, verify
// signatures, or build receipts: a document and a receipt are opaque bytes here.
package envelope
