package xsd

import "testing"

func TestKind(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`<UniLav xmlns="http://servizi.lavoro.gov.it/unilav"/>`:                                                 "UNILAV",
		`<?xml version="1.0"?><!-- x --><u:UniLav xmlns:u="http://servizi.lavoro.gov.it/unilav" versione="no">`: "UNILAV",
		`<UniSomm xmlns="http://servizi.lavoro.gov.it/unisomm"/>`:                                               "UNISOMM",
		`<VarDatori xmlns="http://servizi.lavoro.gov.it/vardat"/>`:                                              "VARDATORI",
		`<prospetto xmlns="http://servizi.lavoro.gov.it/UNIPI"/>`:                                               "UNIPI",
		`<Lao xmlns="urn:snodo:lao:v1"/>`:                                                                       "LAO",
		`<UniLav xmlns="urn:snodo:lao:v1"/>`:                                                                    "",
		`<unilav xmlns="http://servizi.lavoro.gov.it/unilav"/>`:                                                 "",
		`<UniLav/>`:             "",
		`<object type="x"/>`:    "",
		`x`:                     "",
		``:                      "",
		`<!DOCTYPE x><UniLav/>`: "",
	} {
		if got := Kind([]byte(in)); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
	for _, s := range allSamples(t) {
		if got := Kind(s.content); got != s.id.Kind {
			t.Errorf("%s: got %q", s.name, got)
		}
	}
}
