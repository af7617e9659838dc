package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
)

// trio is a world in which each channel has three accounts, of which the bad one
// is always asked first.
type trio struct {
	*world
	bad  map[core.Provider]string // ids
	keys map[core.Provider]string // by which the simulator knows the bad ones
}

func newTrio(t *testing.T, change func(*app.Config)) *trio {
	t.Helper()
	w := &trio{newWorldWith(t, change), map[core.Provider]string{}, map[core.Provider]string{}}
	w.restrict()
	for p, channel := range w.channels {
		w.keys[p] = accountKey(p, "bad")
		w.bad[p] = w.add(channel, "bad", 9, core.Credential{APIKey: w.keys[p]})
	}
	w.addKiro()
	return w
}

func (w *trio) add(channel, name string, priority int, cred core.Credential) (id string) {
	w.t.Helper()
	a, err := w.hub.Service().CreateAccount(w.t.Context(), channel, admin.AccountInput{Name: &name, Priority: &priority, Credential: &cred})
	w.must(err)
	return a.ID
}

// kiroModel is served by Kiro alone.
const kiroModel = "claude-opus-5"

func (w *trio) addKiro() {
	w.t.Helper()
	w.update(core.ProviderAnthropic, `{"models":["claude-sonnet-*"]}`)
	name, p, base := "Kiro", core.ProviderKiro, w.upstream.URL+"/kiro"
	ch, err := w.hub.Service().CreateChannel(w.t.Context(), admin.ChannelInput{Name: &name, Provider: &p, BaseURL: &base, Models: []string{kiroModel}})
	w.must(err)
	w.channels[p] = ch.ID
	for i, name := range []string{"bad", "a", "b"} {
		_, cred, err := w.sim.AddKiroAccount(simulator.KiroAccount{Kind: simulator.KiroGoogle, Plan: simulator.KiroPower})
		w.must(err)
		id := w.add(ch.ID, name, 9-9*min(i, 1), cred)
		if i == 0 {
			w.bad[p], w.keys[p] = id, cred.RefreshToken
		}
	}
}

// everywhere are the upstreams of toward, and Kiro.
func everywhere() map[string]string {
	all := toward()
	all["kiro"] = kiroModel
	return all
}

// spoil lets the bad account of a provider fail once, as if it had never failed
// before.
func (w *trio) spoil(p core.Provider, f simulator.Fault) {
	w.t.Helper()
	w.sim.ClearFaults()
	_, err := w.hub.Service().ResetAccount(w.t.Context(), w.bad[p])
	w.must(err)
	f.Key, f.Times = w.keys[p], 1
	w.fault(f)
}

// refusals are the ways to fail before the head of an answer.
func refusals() []simulator.Fault {
	faults := []simulator.Fault{
		{Kind: simulator.FaultDrop},
		{Kind: simulator.FaultQuota},
		{Kind: simulator.FaultStatus, Status: 429, Reason: "tokens"},
		{Kind: simulator.FaultStatus, Status: 429, Reason: "insufficient_quota"},
		{Kind: simulator.FaultStatus, Status: 502, Reason: "html"},
		{Kind: simulator.FaultStatus, Status: 403, Reason: "html"},
	}
	for _, status := range []int{401, 402, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504, 529} {
		faults = append(faults, simulator.Fault{Kind: simulator.FaultStatus, Status: status})
	}
	return faults
}

// breaks are the ways to fail inside an answer behind so many pieces of content;
// -1 is before the opening events.
func breaks(chunks int) []simulator.Fault {
	return []simulator.Fault{
		{Kind: simulator.FaultCut, Chunks: chunks},
		{Kind: simulator.FaultNoEnd, Chunks: chunks},
		{Kind: simulator.FaultStreamError, Chunks: chunks},
		{Kind: simulator.FaultStreamError, Chunks: chunks, Status: 500},
		{Kind: simulator.FaultStreamError, Chunks: chunks, Status: 429},
	}
}

func label(tr traffic, upstream string, f simulator.Fault) string {
	return fmt.Sprintf("%s to %s, %s %d%s at %d", tr.name, upstream, f.Kind, f.Status, f.Reason, f.Chunks)
}

// ending is what stands exactly once in a whole streamed answer.
func ending(tr traffic) string {
	return map[string]string{
		"chat": "data: [DONE]", "responses": `"type":"response.completed"`, "messages": `"type":"message_stop"`,
		"gemini sse": `"finishReason"`, "gemini array": `"finishReason"`,
	}[tr.name]
}

func squeeze(body []byte) string { return strings.ReplaceAll(string(body), `": `, `":`) }

// One of three accounts fails in every way it can, at every point before the
// first content: the client sees one clean answer.
func TestOneBadAccountIsNotSeen(t *testing.T) {
	before := append(append(append(refusals(), breaks(-1)...), breaks(0)...), simulator.Fault{Kind: simulator.FaultTorn})
	for name, model := range everywhere() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, func(*app.Config) {})
			for _, tr := range streams() {
				for _, f := range before {
					w.checkClean(tr, name, model, f)
				}
			}
			for _, tr := range plain() {
				for _, f := range append(refusals(), simulator.Fault{Kind: simulator.FaultCut}) {
					w.checkClean(tr, name, model, f)
				}
			}
		})
	}
}

func (w *trio) checkClean(tr traffic, name, model string, f simulator.Fault) {
	w.t.Helper()
	path, body := onto(tr, model)
	w.spoil(core.Provider(name), f)
	got := w.post(path, body)
	text, at := squeeze(got.body), label(tr, name, f)
	if got.status != http.StatusOK || got.err != nil || strings.Contains(text, `"error":{`) {
		w.t.Errorf("%s: %d %v %s", at, got.status, got.err, got.body)
		return
	}
	if end := ending(tr); end != "" && bytes.Contains([]byte(tr.body), []byte("tokens=30")) && strings.Count(text, end) != 1 {
		w.t.Errorf("%s: %d ends in %s", at, strings.Count(text, end), got.body)
	}
	row := w.record(got.row())
	reported := row.Usage.Source == llm.Reported || name == "kiro" // which has no counts
	if row.Outcome == core.OutcomeOK && len(row.Attempts) == 1 && healsItself(name, f) {
		return
	}
	if row.Outcome != core.OutcomeOK || !reported || len(row.Attempts) != 2 || got.header.Get("X-Aihub-Attempts") != "2" {
		w.t.Errorf("%s: row %s %+v %+v", at, row.Outcome, row.Usage, row.Attempts)
		return
	}
	if first, second := row.Attempts[0], row.Attempts[1]; first.AccountID != w.bad[core.Provider(name)] || first.Reason == "" || second.Reason != "" {
		w.t.Errorf("%s: attempts %+v", at, row.Attempts)
	}
	if row.ResponseBytes != int64(len(got.body)) {
		w.t.Errorf("%s: %d of %d bytes", at, row.ResponseBytes, len(got.body))
	}
}

// healsItself reports whether a single refusal is not the account's end: Kiro's
// tokens are renewed, and another of its addresses is asked.
func healsItself(upstream string, f simulator.Fault) bool {
	return upstream == "kiro" && f.Kind == simulator.FaultStatus && (f.Status == 401 || f.Status == 403 || f.Status == 404)
}

// endsAsLimit reports whether an answer that just stops is told as one that has
// met its limit: Kiro's have no last element of which anybody could be sure.
func endsAsLimit(upstream string, f simulator.Fault) bool {
	return upstream == "kiro" && (f.Kind == simulator.FaultNoEnd || f.Kind == simulator.FaultTorn)
}

// A silent account is left after the time that the settings give it.
func TestASilentAccountIsLeft(t *testing.T) {
	t.Parallel()
	w := newTrio(t, func(*app.Config) {})
	if got := w.admin(http.MethodPut, "/api/settings", `{"first_byte_timeout_s":1}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for _, tr := range []traffic{streams()[1], streams()[2]} {
		w.checkClean(tr, "anthropic", toward()["anthropic"], simulator.Fault{Kind: simulator.FaultHang, Chunks: -1})
	}
}

// Behind the first content no other account can be asked: the client is told in
// its own format, and nothing looks whole.
func TestAFailureBehindContentIsTold(t *testing.T) {
	t.Parallel()
	w := newTrio(t, func(*app.Config) {})
	for name, model := range everywhere() {
		for _, tr := range streams() {
			for _, f := range append(breaks(4), simulator.Fault{Kind: simulator.FaultTorn, Chunks: 4}) {
				if endsAsLimit(name, f) {
					continue
				}
				path, body := onto(tr, model)
				w.checkTold(tr, label(tr, name, f), w.slowly(func(delayMS int) reply {
					w.spoil(core.Provider(name), f)
					w.fault(simulator.Fault{Kind: simulator.FaultSlowChunks, DelayMS: delayMS})
					return w.post(path, body)
				}), true)
			}
		}
	}
}

// checkTold wants the error of the client's protocol at the end of a stream that
// has begun; content says that some of the answer went before it.
func (w *trio) checkTold(tr traffic, at string, got reply, content bool) {
	w.t.Helper()
	row := w.record(got.row())
	if got.status != http.StatusOK || row.Outcome != core.OutcomeUpstreamError || row.Status != http.StatusOK || row.Error == "" {
		w.t.Errorf("%s: %d, row %d %s %q", at, got.status, row.Status, row.Outcome, row.Error)
	}
	text := squeeze(got.body)
	if content != (row.Usage.Output > 0) {
		w.t.Errorf("%s: usage %+v", at, row.Usage)
	}
	if got.err != nil {
		if tr.name != "gemini array" {
			w.t.Errorf("%s: cut: %v", at, got.err)
		}
		return
	}
	for _, want := range told(tr) {
		if strings.Count(text, want) != 1 {
			w.t.Errorf("%s: not once %s in %s", at, want, got.body)
		}
	}
	if end := ending(tr); tr.name != "chat" && strings.Contains(text, end) {
		w.t.Errorf("%s: it looks whole: %s", at, got.body)
	}
	if row.ResponseBytes != int64(len(got.body)) {
		w.t.Errorf("%s: %d of %d bytes", at, row.ResponseBytes, len(got.body))
	}
}

// told is what an error inside a stream is known by, in each protocol.
func told(tr traffic) []string {
	return map[string][]string{
		"chat":         {`data: {"error":{`, "data: [DONE]"},
		"responses":    {"event: error\n", `"type":"response.failed"`},
		"messages":     {"event: error\n", `"type":"error"`},
		"gemini sse":   {`data: {"error":{`},
		"gemini array": {`"error":{`},
	}[tr.name]
}

// What a test finds out of an account, good or bad, is believed at once.
func TestATestTellsTheBalancer(t *testing.T) {
	w := newTrio(t, func(*app.Config) {})
	s, id := w.hub.Service(), w.bad[core.ProviderOpenAI]
	w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 401, Key: accountKey(core.ProviderOpenAI, "bad"), Path: "*chat*"})
	for _, want := range []core.State{core.StateNeedsLogin, core.StateReady} {
		res, err := s.TestAccount(t.Context(), id)
		w.must(err)
		a, err := s.FindAccount(t.Context(), id)
		w.must(err)
		if a.State != want || res.OK != (want == core.StateReady) {
			t.Errorf("state %s, want %s; %+v", a.State, want, res)
		}
		w.sim.ClearFaults()
	}
}

// The limits that an answer tells stand in the account.
func TestAnswersTellTheLimits(t *testing.T) {
	w := newTrio(t, func(*app.Config) {})
	for _, tr := range []traffic{plain()[0], plain()[2]} {
		if got := w.post(tr.path, tr.body); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		a, err := w.hub.Service().FindAccount(t.Context(), w.bad[tr.provider])
		w.must(err)
		if u := a.Usage; u == nil || len(u.Parts) < 2 || u.Limit == 0 || u.Remaining > u.Limit || u.ResetsAt == nil {
			t.Errorf("%s: %+v", tr.name, u)
		}
	}
}
