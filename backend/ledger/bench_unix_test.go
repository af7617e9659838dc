//go:build unix

package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/llm"
)

// BenchmarkRequest is what the ledger costs a request: Begin and End over an
// encrypted Badger, compaction included. cpu-µs/op is the processor time of the
// whole process, which ns/op hides as Badger works on several cores.
func BenchmarkRequest(b *testing.B) {
	for _, workers := range []int{1, 8, 64} {
		b.Run(fmt.Sprint("concurrent=", workers), func(b *testing.B) {
			l, _ := openLedger(b, openStore(b, b.TempDir()))
			defer l.Close()
			b.ReportAllocs()
			before := cpuTime(b)
			runRequests(b, l, workers)
			b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

func runRequests(b *testing.B, l *ledger.Ledger, workers int) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := oneRequest(l); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func oneRequest(l *ledger.Ledger) error {
	at := time.Now()
	r := &core.Record{
		ID: core.NewID("req", at), Time: at, UserID: "usr_0123456789abcdefghij", UserName: "Ana", KeyID: "key_0123456789abcdefghij",
		ClientProtocol: llm.OpenAI, RequestedModel: "gpt-5-mini", Stream: true, RequestBytes: 4096,
		UserAgent: "claude-cli/1.2.3 (external, cli)", ClientIP: "127.0.0.1",
	}
	e, err := l.Begin(context.Background(), r)
	if err != nil {
		return err
	}
	cost := 0.0123
	r.UpstreamProtocol, r.UpstreamModel = llm.Anthropic, "claude-sonnet-4-5"
	r.ChannelID, r.ChannelName, r.AccountID, r.AccountName = "chn_0123456789abcdefghij", "Main", "acc_0123456789abcdefghij", "first"
	r.Attempts = []core.Attempt{{ChannelID: r.ChannelID, AccountID: r.AccountID, Status: 200, StartedAt: at, DurationMS: 900}}
	r.Usage = llm.Usage{Input: 1000, CacheRead: 800, Output: 200, Source: llm.Reported}
	r.Outcome, r.Status, r.CostUSD, r.FirstByteMS, r.DurationMS, r.ResponseBytes = core.OutcomeOK, 200, &cost, 450, 2000, 8192
	return e.End(r)
}

func cpuTime(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
