package main

import (
	"errors"
	"io"
	_ "time/tzdata" // Europe/Rome on machines without a zone database
)

// Exit codes: a contract with the scripts that call snodo (design.md section 6).
const (
	exitDone    = 0
	exitFailed  = 1 // could not run
	exitUsage   = 2 // wrong use
	exitFinding = 3 // ran and found something wrong
)

// errFinding ends a verb that ran and has already printed what it found.
var errFinding = errors.New("found something wrong")

// errUsage ends a verb whose flags do not fit together.
var errUsage = errors.New("wrong use")

// console is where a verb reads its world from and writes to.
type console struct {
	out, err io.Writer
}

// release is the version of the program that runs a verb, as `version` prints it.
type release string
