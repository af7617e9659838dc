// Soak proves that the ledger has no holes. It runs the provider simulator and
// the gateway in processes of their own, sends requests of all four protocols
// with clients that leave at random moments, lets the providers fail, and kills
// the gateway again and again. At the end every request that the simulator has
// accepted must have exactly one row, with the tokens that the simulator told,
// and statistics and quotas must be the sums of the rows.
//
//	go run ./test/soak -aihub bin/aihub [-requests 50000] [-seed 1]
//
// The seed decides what is sent and when the gateway is killed, not how the
// machine orders it.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"time"
)

// options say how much is to be done.
type options struct {
	aihub    string // the program
	requests int
	clients  int    // at the same time
	every    int    // requests between two kills, about
	seed     uint64 // decides what is sent and when the gateway is killed
}

func main() {
	var o options
	flag.StringVar(&o.aihub, "aihub", "bin/aihub", "the program to prove")
	flag.IntVar(&o.requests, "requests", 50_000, "how many requests are sent")
	flag.IntVar(&o.clients, "clients", 24, "how many of them at the same time")
	flag.IntVar(&o.every, "kill-every", 500, "about how many requests lie between two kills")
	flag.Uint64Var(&o.seed, "seed", 0, "decides what is sent; 0 = another one every time")
	flag.Parse()
	if o.seed == 0 {
		o.seed = rand.Uint64N(1_000_000) + 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	began := time.Now()
	r, err := run(ctx, o, func(format string, args ...any) { fmt.Printf(format+"\n", args...) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
	fmt.Printf("%s\ntook %s\n", r, time.Since(began).Round(time.Second))
	if len(r.differences) > 0 {
		os.Exit(1)
	}
}
