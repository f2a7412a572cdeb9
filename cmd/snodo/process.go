package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// verbs runs verbs of this program as separate processes.
type verbs struct {
	program string
	errors  io.Writer // standard error of the processes
}

// thisProgram runs the verbs of the running executable.
func thisProgram(errw io.Writer) (verbs, error) {
	path, err := os.Executable()
	if err != nil {
		return verbs{}, fmt.Errorf("find own program: %w", err)
	}
	return verbs{program: path, errors: errw}, nil
}

// run runs a verb to its end and gives its standard output and exit code. The
// error is that of starting it.
func (v verbs) run(ctx context.Context, args ...string) ([]byte, int, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, v.program, args...)
	cmd.Stdout, cmd.Stderr = &out, v.errors
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, 0, fmt.Errorf("run %s: %w", args[0], err)
	}
	return out.Bytes(), cmd.ProcessState.ExitCode(), nil
}

// served is a running `snodo serve`.
type served struct {
	cmd *exec.Cmd
	url string
}

// serve starts `snodo serve` and waits for its first line.
func (v verbs) serve(ctx context.Context, args ...string) (*served, error) {
	cmd := exec.CommandContext(ctx, v.program, append([]string{"serve"}, args...)...)
	cmd.Stderr = v.errors
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = shutdownGrace
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(errors.New("start server: it ended before it listened"), cmd.Wait())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return &served{cmd: cmd, url: strings.TrimPrefix(strings.TrimSpace(line), "listening on ")}, nil
}

// stop asks the server to end and waits for it.
func (s *served) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop server: %w", err)
	}
	timer := time.AfterFunc(2*shutdownGrace, func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("server ended badly: %w", err)
	}
	return nil
}

// shutdownGrace is how long a stopping node waits for the requests it took.
const shutdownGrace = 25 * time.Second
