package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// report is what a run has found.
type report struct {
	requests, rows, accepted int
	kills                    int64
	outcomes                 map[core.Outcome]int
	sources                  map[llm.Source]int
	retried                  int // rows of more than one attempt
	// told are the tokens of all answers of the simulator: those of finished rows,
	// and those of answers that the gateway, or its client, has not come to see.
	told, recorded, unfinished llm.Usage
	interrupted                llm.Usage      // tokens in the rows that a kill has closed
	errors                     map[string]int // what the rows of failures say
	differences                map[string][]string
}

func newReport(s *soak, rows []*core.Record) *report {
	return &report{
		requests: s.requests, rows: len(rows), kills: s.hub.killed.Load(),
		outcomes: map[core.Outcome]int{}, sources: map[llm.Source]int{}, errors: map[string]int{}, differences: map[string][]string{},
	}
}

// count notes what became of a request.
func (r *report) count(row *core.Record) {
	r.outcomes[row.Outcome]++
	if row.Usage.Source != "" {
		r.sources[row.Usage.Source]++
	}
	if row.Outcome == core.OutcomeUpstreamError {
		r.errors[row.Error]++
	}
	if len(row.Attempts) > 1 {
		r.retried++
	}
	if row.Outcome == core.OutcomeInterrupted {
		addUsage(&r.interrupted, row.Usage)
	}
}

// differ notes a difference of some kind.
func (r *report) differ(kind, format string, args ...any) {
	r.differences[kind] = append(r.differences[kind], fmt.Sprintf(format, args...))
}

// maxShown is how many differences of a kind are shown.
const maxShown = 5

// String words the report for people.
func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "requests sent          %d\ngateway killed         %d times\n", r.requests, r.kills)
	fmt.Fprintf(&b, "simulator accepted     %d\nrows                   %d, %d of them of several attempts\n", r.accepted, r.rows, r.retried)
	for _, o := range slices.Sorted(maps.Keys(r.outcomes)) {
		fmt.Fprintf(&b, "  %-20s %d\n", o, r.outcomes[o])
	}
	for _, e := range slices.Sorted(maps.Keys(r.errors)) {
		fmt.Fprintf(&b, "    %5d %.120s\n", r.errors[e], e)
	}
	for _, s := range slices.Sorted(maps.Keys(r.sources)) {
		fmt.Fprintf(&b, "tokens %-15s in %d rows\n", s, r.sources[s])
	}
	for _, u := range []struct {
		name string
		llm.Usage
	}{{"the simulator told", r.told}, {"  in finished rows", r.recorded}, {"  nobody came to see", r.unfinished}, {"in interrupted rows", r.interrupted}} {
		fmt.Fprintf(&b, "%-22s %d in (%d cached), %d out\n", u.name, u.Input, u.CacheRead, u.Output)
	}
	if len(r.differences) == 0 {
		b.WriteString("differences            none")
		return b.String()
	}
	for _, kind := range slices.Sorted(maps.Keys(r.differences)) {
		list := r.differences[kind]
		fmt.Fprintf(&b, "DIFFERENCE %s: %d\n", kind, len(list))
		for _, d := range list[:min(len(list), maxShown)] {
			fmt.Fprintf(&b, "    %s\n", d)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
