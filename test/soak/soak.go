package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"

	"github.com/aihub/aihub/test/program"
)

// soak is one run.
type soak struct {
	options
	log   func(format string, args ...any)
	http  *http.Client // of the clients
	sim   *program.Process
	hub   *hub
	kills map[int]bool
	users []user
	// accounts tells by what id the simulator knows an account.
	accounts map[string]string
}

// run does everything and returns what was found. Its error says that the proof
// could not be carried out; differences are in the report.
func run(ctx context.Context, o options, log func(string, ...any)) (r *report, err error) {
	log("soak: %d requests, seed %d", o.requests, o.seed)
	folder, err := os.MkdirTemp("", "aihub-soak-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s := &soak{
		options: o, log: log, kills: killsOf(o), accounts: map[string]string{}, hub: newHub(o.aihub, folder),
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}},
	}
	if s.sim, err = program.Start(ctx, nil, o.aihub, "simulate", "--fast", "--port", "0", "--ready-json", "--keep", "20000"); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.sim.Stop()) }()
	if err := s.hub.start(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.hub.down().Stop()) }()
	if err := s.configure(ctx); err != nil {
		return nil, err
	}
	return s.prove(ctx)
}

// prove sends the requests while the gateway dies, and compares.
func (s *soak) prove(ctx context.Context) (*report, error) {
	working, cancel := context.WithCancelCause(ctx) // the programs outlive the work
	defer cancel(nil)
	j := newJournal(s.sim.URL)
	quit := make(chan struct{})
	var wg sync.WaitGroup
	for _, run := range []func() error{
		func() error { return s.hub.dieAgain(ctx, quit) },
		func() error { return j.follow(working, quit) },
	} {
		wg.Go(func() {
			if err := run(); err != nil {
				cancel(err)
			}
		})
	}
	got := s.send(working)
	close(quit)
	wg.Wait()
	if err := context.Cause(working); err != nil {
		return nil, err
	}
	// What hangs at the simulator comes free, so that its journal comes to an end.
	if err := s.simulator(ctx, http.MethodDelete, "/sim/faults", nil, nil); err != nil {
		return nil, err
	}
	if err := s.settled(ctx); err != nil {
		return nil, err
	}
	if err := j.complete(ctx); err != nil {
		return nil, err
	}
	return s.compare(ctx, got, j)
}
