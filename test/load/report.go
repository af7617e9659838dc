package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

const (
	tableBegin = "<!-- table: begin -->"
	tableEnd   = "<!-- table: end -->"
)

// report prints the results, writes them into the document if one is named, and
// fails when a ratio is above what the project promises.
func report(results []result, memory int64, write string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "| traffic | bare reverse proxy | AiHub | ratio | at most |\n|---|---:|---:|---:|---:|\n")
	var above []string
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | %.0f µs | %.0f µs | %.2f | %.1f |\n", r.name,
			float64(r.proxy.Nanoseconds())/1000, float64(r.aihub.Nanoseconds())/1000, r.ratio, r.limit)
		if r.ratio > r.limit {
			above = append(above, r.name)
		}
	}
	fmt.Fprintf(&b, "\nMemory of AiHub after all of it: %d MB.\n", memory)
	fmt.Print("CPU time per request, median of the rounds\n\n" + b.String())
	if write != "" {
		if err := replaceTable(write, b.String()); err != nil {
			return err
		}
	}
	if len(above) > 0 {
		return fmt.Errorf("above the promised ratio: %s", strings.Join(above, ", "))
	}
	return nil
}

func replaceTable(path, table string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(raw, []byte(tableBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for the table", path)
	}
	out := fmt.Sprintf("%s%s\n\n%s\n%s%s", before, tableBegin, table, tableEnd, after)
	return os.WriteFile(path, []byte(out), 0o644) //nolint:gosec // a document for everybody
}
