package storetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Write is the life of the child of Survive: it commits rows and configuration
// for ever and reports each on out once it is promised to be kept. The store of
// its own process is to be killed, never closed.
func Write(s core.Store, out io.Writer) error {
	ctx := context.Background()
	for i := 0; ; i++ {
		now := day.Add(time.Duration(i) * time.Second)
		a, b := record(now), record(now)
		u := user(fmt.Sprintf("u%d", i))
		if err := s.CommitRecords(ctx, []*core.Record{begun(a), begun(b)}, nil); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "open %s\n", b.ID); err != nil {
			return err
		}
		if err := s.CommitRecords(ctx, nil, []*core.Record{a}); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "row %s\n", a.ID); err != nil {
			return err
		}
		if err := s.Update(ctx, core.PutUser{User: u}); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "user %s\n", u.ID); err != nil {
			return err
		}
	}
}

// Survive starts the child, which is to open the place and call Write with its
// standard output, kills it in the middle of its work, several times over the
// same place, and then wants to find everything that was reported.
func Survive(t *testing.T, open Open, child func() *exec.Cmd) {
	reported := map[string][]string{}
	for round := range 3 {
		readUntilKilled(t, child(), 200*(round+1), reported)
		s := open(t)
		checkReported(t, s, reported)
		shut(t, s)
	}
}

func readUntilKilled(t *testing.T, cmd *exec.Cmd, lines int, reported map[string][]string) {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for scanner := bufio.NewScanner(out); scanner.Scan(); n++ {
		if n == lines {
			_ = cmd.Process.Kill() // on Unix this is SIGKILL; what is in the pipe still counts
		}
		if kind, id, ok := strings.Cut(scanner.Text(), " "); ok {
			reported[kind] = append(reported[kind], id)
		}
	}
	if err := cmd.Wait(); err == nil || n < lines {
		t.Fatalf("the child ended by itself after %d lines (%v): %s", n, err, stderr.String())
	}
}

func checkReported(t *testing.T, s core.Store, reported map[string][]string) {
	t.Helper()
	open := map[string]bool{}
	for _, id := range openIDs(t, s) {
		open[id] = true
	}
	for _, id := range reported["open"] {
		if !open[id] {
			t.Errorf("the begun row %s is not open after the kill", id)
		}
	}
	for _, id := range reported["row"] {
		if _, err := s.FindRecord(context.Background(), id); err != nil || open[id] {
			t.Errorf("the ended row %s: %v, open: %v", id, err, open[id])
		}
	}
	for _, id := range reported["user"] {
		if s.Snapshot().User(id) == nil {
			t.Errorf("the user %s is lost", id)
		}
	}
	rows := readAll(t, s, core.RecordFilter{Limit: 1000})
	var sum core.Counts
	for _, c := range sumsOf(t, s, core.RollupFilter{}) {
		sum.Add(c)
	}
	if sum.Requests != int64(len(rows)) {
		t.Errorf("the sums say %d requests, there are %d rows", sum.Requests, len(rows))
	}
}
