// Load measures what the gateway costs: its CPU time per request, side by side
// with a bare httputil.ReverseProxy in the same run and toward the same
// upstream. Wall-clock times of a shared machine say little; ratios of CPU time
// hold.
//
//	go run ./test/load -aihub bin/aihub [-rounds 5] [-write docs/benchmarks.md]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	role := flag.String("role", "", "internal: upstream or proxy")
	target := flag.String("target", "", "internal: the upstream's address")
	aihub := flag.String("aihub", "bin/aihub", "the program to measure")
	rounds := flag.Int("rounds", 5, "how often each measurement is repeated")
	scale := flag.Int("scale", 100, "requests per measurement, in percent of the usual number")
	write := flag.String("write", "", "a Markdown file whose table is to be replaced")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch *role {
	case "upstream":
		err = serveUpstream(ctx)
	case "proxy":
		err = serveProxy(ctx, *target)
	default:
		err = measure(ctx, *aihub, *rounds, *scale, *write)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}
