package admin

import (
	"context"
	"sync"
)

// Jobs runs the verifications of imports in the background. Who builds the
// service owns it and closes it before the store.
type Jobs struct {
	wg sync.WaitGroup

	mu   sync.Mutex
	live map[string]*job
}

// job is a verification that goes on.
type job struct {
	cancel context.CancelFunc
	ended  chan struct{}

	mu  sync.Mutex
	rec *Import
}

// NewJobs returns a runner without jobs.
func NewJobs() *Jobs { return &Jobs{live: map[string]*job{}} }

// start runs a job on its own copy of the import; update gives it exclusive
// access to that.
func (j *Jobs) start(rec *Import, run func(ctx context.Context, update func(func(*Import)))) {
	ctx, cancel := context.WithCancel(context.Background())
	one := &job{cancel: cancel, ended: make(chan struct{}), rec: rec}
	j.mu.Lock()
	j.live[rec.ID] = one
	j.mu.Unlock()
	j.wg.Go(func() {
		defer func() {
			cancel()
			j.mu.Lock()
			delete(j.live, rec.ID)
			j.mu.Unlock()
			close(one.ended)
		}()
		run(ctx, one.update)
	})
}

func (o *job) update(change func(*Import)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(o.rec)
}

func (j *Jobs) get(id string) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.live[id]
}

// all returns copies of the imports as their jobs have them.
func (j *Jobs) all() map[string]*Import {
	j.mu.Lock()
	defer j.mu.Unlock()
	recs := make(map[string]*Import, len(j.live))
	for id, one := range j.live {
		one.mu.Lock()
		recs[id] = one.rec.clone()
		one.mu.Unlock()
	}
	return recs
}

// stop cancels a job and waits for its end.
func (j *Jobs) stop(ctx context.Context, id string) error {
	one := j.get(id)
	if one == nil {
		return nil
	}
	one.cancel()
	select {
	case <-one.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close cancels all jobs and waits for them.
func (j *Jobs) Close() {
	j.mu.Lock()
	for _, one := range j.live {
		one.cancel()
	}
	j.mu.Unlock()
	j.wg.Wait()
}
