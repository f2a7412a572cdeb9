// Package xmlsig decides whether a document is what its signer signed, and
// makes the hub's own seals.
//
// It owns the one signature grammar of contracts.md: the guard that refuses
// what would let two readers disagree, the exclusive canonicaliser, the
// verifier, trust (anchors by region, chains, key usage, validity, the signer's
// codice fiscale), messages signed by WS-Security and the SAML assertions in them
// with the same guard and canonicaliser, the development authority with its key
// files, and seals.
// Verification is a single pass over the bytes: what it returns as content is
// the very bytes whose digest the signature covers, and nothing else of the
// document may be read by anyone after it. DESIGN.md has the grammar, the
// attacks and the decisions.
//
// It must not know what a communication means, which schema it follows, who
// may send it, or how it travelled.
package xmlsig
