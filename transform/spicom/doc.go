// Package spicom converts the regional communications of Piemonte to the national
// UNILAV, UNISOMM, UNIURG and VARDATORI, and those back, and its return of disabled
// workers to UNIPI.
//
// Such a communication is the XML text that the ObjectSerializer of
// spicom-client 2.13.3 makes of a tree of Java beans. The package owns the
// grammar of that text, the list of the types it may hold, which movement its
// sections make, and which national field each property becomes. Converting
// never invents a value; what the national form cannot hold is dropped, with a
// warning where the sender should know.
//
// It must not know SOAP or HTTP, judge what the national schema and rules
// judge, or read a clock.
package spicom
