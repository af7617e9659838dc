package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/test/program"
)

// process is a server under measurement.
type process struct{ *program.Process }

func start(ctx context.Context, env []string, name string, args ...string) (*process, error) {
	p, err := program.Start(ctx, env, name, args...)
	return &process{p}, err
}

// stop stops it; how it ends is of no interest behind the measurement.
func (p *process) stop() { _ = p.Stop() }

// ticksPerSecond is the unit of /proc/PID/stat on every Linux of today.
const ticksPerSecond = 100

// cpu is the time that the process has spent in user and system mode.
func (p *process) cpu() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID()))
	if err != nil {
		return 0, err
	}
	// The name in parentheses may hold spaces; utime and stime are the 12th and
	// 13th fields behind it.
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond, nil
}

// memory is the resident memory in megabytes.
func (p *process) memory() (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.PID()))
	if err != nil {
		return 0, err
	}
	pages, err := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
	return pages * int64(os.Getpagesize()) >> 20, err
}
