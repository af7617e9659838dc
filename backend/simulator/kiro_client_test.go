package simulator_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

const (
	kiroAgent    = "aws-sdk-js/1.0.0 ua/2.1 lang/js api/kiroruntime#1.0.0 m/N KiroIDE-1.0.437-test AiHub/1"
	kiroTarget   = "KiroRuntimeService.GenerateAssistantResponse"
	managePrefix = "KiroControlPlaneBearerService."
	builderARN   = "arn:aws:codewhisperer:us-east-1:638616132270:profile/AAAACCCCXXXX"
	socialARN    = "arn:aws:codewhisperer:us-east-1:699475941385:profile/EHGA3GRVQMUK"
)

// kiroTime is when the simulated Kiro's clock starts in tests.
func kiroTime() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// clock is a clock that a test moves on.
type clock struct{ ns atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ns.Store(kiroTime().UnixNano())
	return c
}

func (c *clock) now() time.Time        { return time.Unix(0, c.ns.Load()).UTC() }
func (c *clock) move(by time.Duration) { c.ns.Add(int64(by)) }

// person is an account of the simulated Kiro and what a client holds of it.
type person struct {
	*service
	account simulator.KiroAccount
	cred    core.Credential
}

func (s *service) person(a simulator.KiroAccount) *person {
	s.Helper()
	kept, cred, err := s.sim.AddKiroAccount(a)
	if err != nil {
		s.Fatal(err)
	}
	return &person{s, kept, cred}
}

// header is what every call of the person carries.
func (p *person) header() map[string]string {
	h := map[string]string{"User-Agent": kiroAgent, "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": kiroTarget}
	switch p.account.Kind {
	case simulator.KiroAPIKey:
		h["TokenType"] = "API_KEY"
	case simulator.KiroExternal:
		h["TokenType"] = "EXTERNAL_IDP"
	}
	return h
}

// token is the bearer of the person's calls.
func (p *person) token() string {
	if p.cred.APIKey != "" {
		return p.cred.APIKey
	}
	return p.cred.AccessToken
}

// arn is the profile that the person must name.
func (p *person) arn() string {
	switch p.account.Kind {
	case simulator.KiroBuilderID:
		return builderARN
	case simulator.KiroAPIKey:
		return ""
	}
	return p.cred.ProfileARN
}

// call is a request to the runtime; more are fields of the body.
func (p *person) call(body string) call {
	return call{path: "/kiro/runtime/", body: body, key: p.token(), header: p.header()}
}

// ask is a whole conversation of one text.
func (p *person) ask(model, text, context, more string) call {
	return p.call(p.body(`{"userInputMessage":`+userMessage(model, text, context)+`}`, "[]", more))
}

func (p *person) body(current, history, more string) string {
	profile := ""
	if arn := p.arn(); arn != "" {
		profile = `"profileArn":"` + arn + `",`
	}
	return `{` + profile + `"conversationState":{"conversationId":"c-1","chatTriggerType":"MANUAL","currentMessage":` + current + `,"history":` + history + `}` + more + `}`
}

func userMessage(model, text, context string) string {
	if context != "" {
		context = `,"userInputMessageContext":` + context
	}
	return `{"content":"` + text + `","modelId":"` + model + `","origin":"AI_EDITOR"` + context + `}`
}

// manage calls an operation of the management plane.
func (p *person) manage(operation, body string) call {
	h := p.header()
	h["X-Amz-Target"] = managePrefix + operation
	return call{path: "/kiro/management/", body: body, key: p.token(), header: h}
}

// frame is one message of an event stream.
type frame struct {
	kind    string // of the event or the exception
	failed  bool
	payload gjson.Result
}

// frames decodes a stream that must be whole.
func frames(t *testing.T, body string) []frame {
	t.Helper()
	list, rest := someFrames(t, body)
	if rest != 0 {
		t.Fatalf("%d bytes are left over", rest)
	}
	return list
}

// someFrames decodes the whole messages of a stream and tells how many bytes
// are behind them.
func someFrames(t *testing.T, body string) (list []frame, rest int) {
	t.Helper()
	r := bytes.NewReader([]byte(body))
	for r.Len() > 0 {
		left := r.Len()
		m, err := eventstream.NewDecoder().Decode(r, nil)
		if err != nil {
			return list, left
		}
		f := frame{payload: gjson.ParseBytes(m.Payload)}
		name := ":event-type"
		if f.failed = m.Headers.Get(":message-type").String() == "exception"; f.failed {
			name = ":exception-type"
		}
		f.kind = m.Headers.Get(name).String()
		list = append(list, f)
	}
	return list, 0
}

// said joins the text of an answer.
func said(list []frame) string {
	var out strings.Builder
	for _, f := range list {
		if f.kind == "assistantResponseEvent" {
			out.WriteString(f.payload.Get("content").Str)
		}
	}
	return out.String()
}

// kinds lists the kinds of frames, repetitions left out.
func kinds(list []frame) string {
	var out []string
	for _, f := range list {
		if n := len(out); n == 0 || out[n-1] != f.kind {
			out = append(out, f.kind)
		}
	}
	return strings.Join(out, " ")
}

// good is do for an answer that must be a stream.
func (s *service) good(c call) []frame {
	s.Helper()
	a := s.do(c)
	if a.err != nil || a.status != http.StatusOK || a.header.Get("Content-Type") != "application/vnd.amazon.eventstream" {
		s.Fatalf("status %d, type %s, error %v, why %q\n%s", a.status, a.header.Get("Content-Type"), a.err, a.header.Get("X-Sim-Why"), a.body)
	}
	return frames(s.T, a.body)
}

// post sends JSON to a plane without a key.
func (s *service) sign(path, body string) answer {
	s.Helper()
	return s.do(call{path: "/kiro" + path, body: body, key: "-"})
}

// visit opens an address as a browser does.
func (s *service) visit(url string) (int, string) { //nolint:unparam // the status belongs to the answer
	s.Helper()
	res, err := http.Get(url)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return res.StatusCode, string(page)
}
