package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// Half a document whose message ends as if it were whole is no answer: another
// account is asked, and when all are so the client hears of it.
func TestCutDocumentsFailOver(t *testing.T) {
	for _, tr := range append(plain(), converted("false")) {
		t.Run(tr.name, func(t *testing.T) {
			w := newWorld(t)
			w.fault(simulator.Fault{Kind: simulator.FaultNoEnd, Times: 1})
			got := w.post(tr.path, tr.body)
			row := w.record(got.row())
			if got.status != http.StatusOK || !gjson.ValidBytes(got.body) || len(row.Attempts) != 2 || row.Outcome != core.OutcomeOK {
				t.Fatalf("%d %s\nrow %+v", got.status, got.body, row)
			}
			if row.Attempts[0].Reason == "" || row.Usage.Output != w.sim.Stats().Total.Usage.Output {
				t.Errorf("row %+v", row)
			}
			w.fault(simulator.Fault{Kind: simulator.FaultNoEnd})
			got = w.post(tr.path, tr.body)
			if row := w.record(got.row()); got.status < 500 || !strings.Contains(string(got.body), "error") || row.Outcome != core.OutcomeUpstreamError {
				t.Errorf("%d %s\nrow %+v", got.status, got.body, row)
			}
		})
	}
}
