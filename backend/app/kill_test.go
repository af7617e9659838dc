package app_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
)

// childDir tells the test binary to be an AiHub on a data folder, to be killed.
const childDir = "AIHUB_APPTEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, runChild(dir))
		os.Exit(1)
	}
	os.Exit(trusting(m))
}

func runChild(dir string) error {
	hub, err := app.New(context.Background(), config(dir))
	if err != nil {
		return err
	}
	if err := hub.StartGateway(context.Background()); err != nil {
		return err
	}
	fmt.Println(hub.Gateway().URL)
	select {}
}

// killed lets an AiHub in a process of its own serve requests, kills it as soon
// as its ledger has stored tokens of them all, and opens the world on what it
// left behind.
func (w *world) killed(requests []traffic) (ids []string) {
	w.t.Helper()
	w.close()
	cmd := exec.CommandContext(w.t.Context(), os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), childDir+"="+w.dir), os.Stderr
	out, err := cmd.StdoutPipe()
	w.must(err)
	w.must(cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	w.must(err)
	w.url = strings.TrimSpace(line)
	for _, tr := range requests {
		req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+tr.path, strings.NewReader(tr.body))
		w.must(err)
		req.Header.Set("Authorization", "Bearer "+w.key)
		res, err := http.DefaultClient.Do(req)
		w.must(err)
		defer res.Body.Close()
		ids = append(ids, res.Header.Get("X-Aihub-Request-Id"))
		go func() { _, _ = io.Copy(io.Discard, res.Body) }() // until it is killed
	}
	for _, id := range ids {
		w.waitForCheckpoint(id)
	}
	w.must(cmd.Process.Kill()) // SIGKILL
	if err := cmd.Wait(); err == nil {
		w.t.Fatal("it ended by itself")
	}
	w.open()
	return ids
}

// waitForCheckpoint waits until some of an answer is stored of a row in flight.
func (w *world) waitForCheckpoint(id string) {
	w.t.Helper()
	for {
		row := decode(w.t, w.admin(http.MethodGet, "/api/logs/"+id, "").body)
		usage, _ := row["usage"].(map[string]any)
		if output, _ := usage["output_tokens"].(float64); output > 0 {
			return
		}
		if row["outcome"] != string(core.OutcomeInFlight) {
			w.t.Fatalf("the row has ended: %v", row)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// A kill in the middle of long streams leaves rows that say what was used.
func TestKilledStreamsHaveTheTokensSeen(t *testing.T) {
	w := newWorld(t)
	w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: 12})
	requests := append(streams(), converted("true"))
	ids := w.killed(requests)
	var tokens int64
	for i, id := range ids {
		row := w.record(id)
		if row.Outcome != core.OutcomeInterrupted || row.Error == "" || row.AccountName == "" || row.DurationMS < 2000 {
			t.Errorf("%s: row %+v", requests[i].name, row)
		}
		if row.Usage.Source != llm.Estimated || row.Usage.Input == 0 || row.Usage.Output == 0 {
			t.Errorf("%s: usage %+v", requests[i].name, row.Usage)
		}
		if row.CostUSD == nil || *row.CostUSD <= 0 || row.Price == nil {
			t.Errorf("%s: cost %v by %v", requests[i].name, row.CostUSD, row.Price)
		}
		tokens += row.Usage.Total()
	}
	user, err := w.hub.Service().FindUser(t.Context(), w.userID)
	w.must(err)
	if user.Used.Tokens != tokens || user.Used.Requests != 0 {
		t.Errorf("the quota counts %d tokens of %d requests, want %d of those that failed", user.Used.Tokens, user.Used.Requests, tokens)
	}
	stats := decode(t, w.admin(http.MethodGet, "/api/stats?days=1", "").body)["totals"].(map[string]any)
	if stats["input_tokens"].(float64)+stats["output_tokens"].(float64) != float64(tokens) {
		t.Errorf("the statistics say %v, want %d tokens", stats, tokens)
	}
}
