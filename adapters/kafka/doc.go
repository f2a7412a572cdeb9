// Package kafka carries the ledger's messages to the broker and the national
// store's answers back: the relay (outbox to topics), the consumers of
// outcomes and control totals, and the tools that read a whole topic.
//
// It owns the topic contract (asyncapi.yaml): names, headers, keys, limits,
// and the settings that make github.com/segmentio/kafka-go safe. It must not
// own what a message means: facts come from the ledger, and what arrives is
// checked for form and handed to a callback. It knows no SQL and no XML.
//
// Delivery is at least once, in the order of positions within a chain's root:
// the client has neither an idempotent producer nor transactions (kafka-go
// issue 233), so whoever consumes drops the ce_id it knows.
package kafka
