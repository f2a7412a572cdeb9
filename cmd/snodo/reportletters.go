package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/snodo-co/snodo/adapters/kafka"
	"github.com/snodo-co/snodo/adapters/sqlstore"
	"github.com/snodo-co/snodo/cmd/snodo/verb"
	"github.com/snodo-co/snodo/routing"
	"github.com/snodo-co/snodo/routing/ledger"
)

// letter is a dead letter as the report shows it.
type letter struct {
	Instant time.Time `json:"istante"`
	Source  string    `json:"origine"`   // who gave the message up: regionale or nazionale
	Topic   string    `json:"topic"`     // where it was due, or was found
	Message string    `json:"messaggio"` // what the letter calls it: its ce_id, or topic/partition/offset
	Codice  string    `json:"codice,omitempty"`
	ID      string    `json:"voce,omitempty"`
	Cause   string    `json:"causa"`
}

// Names of who gives messages up.
const (
	byHub      = "regionale"
	byNational = "nazionale"
)

// letters are the dead letters of the days on scarti.v1, oldest first in each
// partition. One that names no code is of no region, and is shown for all.
func (c quadraturaCmd) letters(ctx context.Context, addrs []string, d days) ([]letter, error) {
	list, seen := []letter{}, make(map[string]bool)
	err := kafka.Scan(ctx, addrs, routing.TopicDeadLetters, func(m kafka.Message) error {
		l, err := letterOf(m)
		if err != nil {
			return nil // not the hub's nor the store's: no evidence of anything
		}
		day := l.Instant.In(d.rome).Format(time.DateOnly)
		region, _ := routing.RegionBySlug(c.Region)
		if day < d.from || day > d.to || l.Codice != "" && !strings.HasPrefix(l.Codice, region.Code) ||
			c.Kind != "" && l.Topic != routing.TopicFor(c.Kind) {
			return nil
		}
		if key := l.Source + " " + l.Message; !seen[key] { // a letter may be published twice
			seen[key] = true
			list = append(list, l)
		}
		return nil
	})
	if errors.Is(err, kafka.ErrNoTopic) {
		err = nil
	}
	return list, err
}

func letterOf(m kafka.Message) (letter, error) {
	d, err := kafka.DecodeDeadLetter(m)
	if err != nil {
		return letter{}, err
	}
	l := letter{Instant: d.Instant, Source: byHub, Topic: d.Topic, Message: m.ID(), Codice: d.Codice, ID: d.CeID, Cause: d.Cause}
	if m.Headers[kafka.HeaderSource] == kafka.SourceNational {
		l.Source = byNational
	}
	return l, nil
}

func (l letter) line() string {
	return fmt.Sprintf("SCARTO  %s  nodo %s  topic %s  messaggio %s  codice %s  voce %s: %s",
		l.Instant.UTC().Format(time.RFC3339), l.Source, l.Topic, l.Message, verb.OrDash(l.Codice), verb.OrDash(l.ID), l.Cause)
}

var letterColumns = []string{"istante", "origine", "topic", "messaggio", "codice", "voce", "causa"}

func (l letter) cells() []string {
	return []string{l.Instant.UTC().Format(time.RFC3339Nano), l.Source, l.Topic, l.Message, l.Codice, l.ID, l.Cause}
}

// causesOf tells why messages were given up, by the entry they are of, from the
// ledger: it keeps them when the topic does no more.
func causesOf(ctx context.Context, store *sqlstore.Store, first int64) (map[ledger.Hash]string, error) {
	causes := make(map[ledger.Hash]string)
	err := store.Of(ctx, ledger.DeadLetter, first, 0, func(s ledger.Stored) error {
		var note ledger.DeadLetterNote
		if json.Unmarshal(s.Entry.Payload, &note) == nil { // else the audit names it
			causes[s.Entry.Subject] = note.Topic + ": " + note.Cause
		}
		return nil
	})
	return causes, err
}
