// Package xmltoken reads XML: one strict tokenizer for XML 1.0 (fifth edition)
// with Namespaces in XML 1.0 (third edition) over UTF-8 bytes in memory. The
// signature guard, the SOAP envelope, the decoder and the regional formats all
// read through it, so that no two readers of one document can disagree about
// what it says.
//
// It owns well-formedness: characters, names, balance, attribute uniqueness,
// namespace scope, references, size limits. It knows no document type
// declaration (one is an error) and no entity beyond the five predefined ones.
//
// It must not own meaning: no canonical form, no schema, no element names, no
// repair of broken input. It does no I/O and keeps no state between documents
// other than buffers.
package xmltoken
