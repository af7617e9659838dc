package app

import (
	"context"
	"runtime/debug"
	"time"
)

// houseTime is how often old rows are looked for. Days are dropped whole, so
// more often would find nothing. idleTime is how often the house is looked over
// for memory that a burst of requests has left behind.
const (
	houseTime = time.Hour
	idleTime  = time.Minute
)

// keepHouse drops ledger rows that are older than the settings say and gives
// memory back to the system when it is quiet, until Close.
func (a *App) keepHouse() {
	a.janitor.Go(func() {
		hourly, minutely := time.NewTicker(houseTime), time.NewTicker(idleTime)
		defer hourly.Stop()
		defer minutely.Stop()
		var seen uint64
		a.dropOld()
		for {
			select {
			case <-a.quit:
				return
			case <-hourly.C:
				a.dropOld()
				a.tally.Forget(func(id string) bool { return a.store.Snapshot().Account(id) != nil })
			case <-minutely.C:
				a.keepBudget()
				seen = a.giveBack(seen)
			}
		}
	})
}

// keepBudget drops whole days of rows while they take more of the disk than the
// settings allow.
func (a *App) keepBudget() {
	set := a.store.Snapshot().Settings
	if set.LogMB == 0 {
		return
	}
	if err := a.store.LimitRecords(context.Background(), set.LogBudget(), time.Now()); err != nil {
		a.log.Error("store: the log could not be kept within its budget", "err", err)
	}
}

func (a *App) dropOld() {
	days := a.store.Snapshot().Settings.LogDays
	if err := a.store.DropRecords(context.Background(), time.Now().AddDate(0, 0, -days)); err != nil {
		a.log.Error("store: old rows could not be dropped", "err", err)
	}
}

// giveBack returns freed memory to the system if something has happened since
// the last look and nothing happens now.
func (a *App) giveBack(seen uint64) uint64 {
	last := a.events.Last()
	if last != seen && a.server.Status().InFlight == 0 {
		debug.FreeOSMemory()
	}
	return last
}
