package main

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/simulator"
)

// journal is what the simulator has accepted, by the requests of the clients.
type journal struct {
	url     string
	tags    *regexp.Regexp
	entries map[uint64]*simulator.Recorded // by number, without their bodies
	byTag   map[int][]*simulator.Recorded
	after   uint64 // all entries up to this one have ended
}

func newJournal(url string) *journal {
	return &journal{
		url: url, tags: regexp.MustCompile(`soak-(\d{7}): `),
		entries: map[uint64]*simulator.Recorded{}, byTag: map[int][]*simulator.Recorded{},
	}
}

// follow reads the journal while it is written, until quit: it keeps only the
// last requests.
func (j *journal) follow(ctx context.Context, quit <-chan struct{}) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		if _, err := j.read(ctx); err != nil {
			return err
		}
		select {
		case <-quit:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// complete reads the rest and waits until every request has ended.
func (j *journal) complete(ctx context.Context) error {
	for {
		open, err := j.read(ctx)
		if err != nil || open == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// read brings the journal up to date and returns how many requests have not
// ended.
func (j *journal) read(ctx context.Context) (open int, err error) {
	var list []simulator.Recorded
	if err := ask(ctx, http.MethodGet, j.url+"/sim/requests?after="+strconv.FormatUint(j.after, 10), nil, &list); err != nil {
		return 0, err
	}
	for i := range list {
		j.put(&list[i])
		switch {
		case list[i].End == "":
			open++
		case open == 0:
			j.after = list[i].Seq
		}
	}
	return open, nil
}

func (j *journal) put(e *simulator.Recorded) {
	found := j.tags.FindSubmatch(e.Body)
	if found == nil {
		return // the gateway's own, such as a look at the models
	}
	e.Body = nil
	if known := j.entries[e.Seq]; known != nil {
		*known = *e
		return
	}
	n, _ := strconv.Atoi(string(found[1]))
	j.entries[e.Seq] = e
	j.byTag[n] = append(j.byTag[n], e)
}
