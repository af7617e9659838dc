package cli

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// traffic makes the demo live: a few clients that ask now and then, as people
// and their tools do, over the gateway's real HTTP surface.
type traffic struct {
	url    string
	keys   []string
	client *http.Client

	mu  sync.Mutex
	rng *rand.Rand
}

func newTraffic(url string, w *demoWorld, seed int64) *traffic {
	return &traffic{
		url: url, keys: w.keys, client: &http.Client{Transport: &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 8}},
		rng: rand.New(rand.NewPCG(uint64(seed), 0)),
	}
}

func (t *traffic) roll(n int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rng.IntN(n)
}

func (t *traffic) pick(of []string) string { return of[t.roll(len(of))] }

const (
	demoClients  = 3
	demoMaxPause = 4000 // milliseconds between two requests of one client
)

// run sends requests until ctx ends.
func (t *traffic) run(ctx context.Context) {
	var wg sync.WaitGroup
	for range demoClients {
		wg.Go(func() {
			for {
				pause := time.NewTimer(time.Duration(200+t.roll(demoMaxPause)) * time.Millisecond)
				select {
				case <-ctx.Done():
					pause.Stop()
					return
				case <-pause.C:
				}
				t.ask(ctx)
			}
		})
	}
	wg.Wait()
}

var (
	demoPrompts = []string{
		"Explain this stack trace and propose a fix.", "Write a unit test for the parser.",
		"Summarise the meeting notes in five bullet points.", "Translate the README into Chinese.",
		"Which index would speed up this query?", "Name three risks of this design.",
		"Refactor the handler so that each function does one thing.", "把这段代码改写成流式处理。",
	}
	demoGPT    = []string{"gpt-4o", "gpt-4o-mini", "gpt-5", "gpt-4-turbo"}
	demoClaude = []string{"claude-sonnet-4-5", "claude-opus-4-5", "claude-haiku-4-5"}
	demoGemini = []string{"gemini-2.5-flash", "gemini-2.5-pro"}
	demoKiros  = []string{"qwen3-coder-next", "glm-5", "minimax-m2.5", "deepseek-3.2"}
)

// ask sends one request. What becomes of it is the dashboard's to show.
func (t *traffic) ask(ctx context.Context) {
	path, body := t.invent()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url+path, strings.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+t.pick(t.keys))
	req.Header.Set("User-Agent", "aihub-demo")
	res, err := t.client.Do(req)
	if err != nil {
		return
	}
	defer res.Body.Close()
	// Only reading to the end counts; the text is of no interest here.
	_, _ = io.Copy(io.Discard, res.Body)
}

func (t *traffic) invent() (path, body string) {
	prompt, stream := t.pick(demoPrompts), t.roll(3) > 0
	switch t.roll(10) {
	case 0, 1, 2:
		return "/v1/chat/completions", fmt.Sprintf(`{"model":%q,"stream":%t,"messages":[{"role":"user","content":%q}]}`, t.pick(demoGPT), stream, prompt)
	case 3, 4, 5:
		return "/v1/messages", fmt.Sprintf(`{"model":%q,"stream":%t,"max_tokens":1024,"messages":[{"role":"user","content":%q}]}`, t.pick(demoClaude), stream, prompt)
	case 6, 7:
		return "/v1/messages", fmt.Sprintf(`{"model":%q,"stream":%t,"max_tokens":1024,"messages":[{"role":"user","content":%q}]}`, t.pick(demoKiros), stream, prompt)
	case 8:
		verb := ":generateContent"
		if stream {
			verb = ":streamGenerateContent?alt=sse"
		}
		return "/v1beta/models/" + t.pick(demoGemini) + verb, fmt.Sprintf(`{"contents":[{"role":"user","parts":[{"text":%q}]}]}`, prompt)
	}
	return "/v1/responses", fmt.Sprintf(`{"model":%q,"stream":%t,"input":%q}`, t.pick(demoGPT), stream, prompt)
}
