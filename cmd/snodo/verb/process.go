package verb

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

// Program runs verbs of this program as separate processes, each of which ends with
// the context that it was started with.
type Program struct {
	Path   string    // of the executable
	Errors io.Writer // standard error of the processes
}

// ThisProgram runs the verbs of the running executable.
func ThisProgram(errw io.Writer) (Program, error) {
	path, err := os.Executable()
	if err != nil {
		return Program{}, fmt.Errorf("find own program: %w", err)
	}
	return Program{Path: path, Errors: errw}, nil
}

// Run runs a verb to its end and gives its standard output and exit code. The
// error is that of starting it.
func (v Program) Run(ctx context.Context, args ...string) ([]byte, int, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, v.Path, args...)
	cmd.Stdout, cmd.Stderr = &out, v.Errors
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, 0, fmt.Errorf("run %s: %w", args[0], err)
	}
	return out.Bytes(), cmd.ProcessState.ExitCode(), nil
}

// Server is a running `snodo serve`; who starts one stops it.
type Server struct {
	Cmd *exec.Cmd // its process, for who measures it
	URL string    // as its first line says it
}

// Serve starts `snodo serve` and waits for its first line.
func (v Program) Serve(ctx context.Context, args ...string) (*Server, error) {
	cmd := exec.CommandContext(ctx, v.Path, append([]string{"serve"}, args...)...)
	cmd.Stderr = v.Errors
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = ShutdownGrace
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
	return &Server{Cmd: cmd, URL: strings.TrimPrefix(strings.TrimSpace(line), "listening on ")}, nil
}

// Stop asks the server to end and waits for it.
func (s *Server) Stop() error {
	if err := s.Cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop server: %w", err)
	}
	timer := time.AfterFunc(2*ShutdownGrace, func() { _ = s.Cmd.Process.Kill() })
	defer timer.Stop()
	if err := s.Cmd.Wait(); err != nil {
		return fmt.Errorf("server ended badly: %w", err)
	}
	return nil
}

// ShutdownGrace is how long a stopping node waits for the requests it took.
const ShutdownGrace = 25 * time.Second
