// Package verb is what the verbs of snodo have in common: where they read and write,
// how they end, how they read what flags name, and how one runs another as a process
// of its own. It imports nothing of its siblings; all of them may import it.
package verb

import (
	"errors"
	"io"
)

// Exit codes: a contract with the scripts that call snodo (design.md section 6).
const (
	ExitDone    = 0
	ExitFailed  = 1 // could not run
	ExitUsage   = 2 // wrong use
	ExitFinding = 3 // ran and found something wrong
)

// ErrFinding ends a verb that ran and has already printed what it found; the program
// says no more and ends with ExitFinding.
var ErrFinding = errors.New("found something wrong")

// ErrUsage ends a verb whose flags do not fit together; it is wrapped with what is
// wrong, which the program prints, and ends it with ExitUsage.
var ErrUsage = errors.New("wrong use")

// Console is where a verb writes: to Out what it was asked for, to Err what it has
// to say besides.
type Console struct {
	Out, Err io.Writer
}

// Release is the version of the program that runs a verb, as `version` prints it.
type Release string
