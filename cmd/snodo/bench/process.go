package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of the times in /proc/PID/stat: USER_HZ is 100 on every
// Linux (proc(5)).
const clockTick = 10 * time.Millisecond

// errNoProc is returned where the system has no /proc of Linux.
var errNoProc = errors.New("no /proc of this process")

// processCPU is the processor time that a process has used, its ended threads
// included, its children not, in steps of 10 ms.
func processCPU(pid int) (time.Duration, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, errNoProc
	}
	// The name, in brackets, may hold anything; utime and stime are fields 14
	// and 15, the one after it is field 3.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0, errNoProc
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read processor time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}

// processPeak is the largest resident memory that a process has had, in bytes.
func processPeak(pid int) (int64, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, errNoProc
	}
	_, rest, found := strings.Cut(string(text), "\nVmHWM:")
	fields := strings.Fields(rest)
	if !found || len(fields) < 2 || fields[1] != "kB" {
		return 0, errNoProc
	}
	kb, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read peak memory: %w", err)
	}
	return kb << 10, nil
}

// threadCPU is the processor time of the calling thread, which must be locked
// to its goroutine; wall time where the system does not tell.
func threadCPU() time.Duration {
	text, err := os.ReadFile("/proc/thread-self/schedstat")
	if err == nil {
		if fields := strings.Fields(string(text)); len(fields) == 3 {
			if ns, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
				return time.Duration(ns)
			}
		}
	}
	return time.Duration(time.Now().UnixNano())
}

// fileSystem names the kind of file system that holds a folder, "" if unknown:
// a sync costs nothing on one in memory.
func fileSystem(dir string) string {
	text, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return ""
	}
	best, kind := "", ""
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || len(fields[1]) < len(best) {
			continue
		}
		if at := strings.TrimSuffix(fields[1], "/"); dir == at || strings.HasPrefix(dir, at+"/") {
			best, kind = fields[1], fields[2]
		}
	}
	return kind
}
