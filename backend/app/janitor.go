package app

import (
	"context"
	"time"
)

// houseTime is how often old rows are looked for. Days are dropped whole, so
// more often would find nothing.
const houseTime = time.Hour

// keepHouse drops ledger rows that are older than the settings say, now and
// every hour, until Close.
func (a *App) keepHouse() {
	a.janitor.Go(func() {
		tick := time.NewTicker(houseTime)
		defer tick.Stop()
		for {
			days := a.store.Snapshot().Settings.LogDays
			if err := a.store.DropRecords(context.Background(), time.Now().AddDate(0, 0, -days)); err != nil {
				a.log.Error("store: old rows could not be dropped", "err", err)
			}
			select {
			case <-tick.C:
			case <-a.quit:
				return
			}
		}
	})
}
