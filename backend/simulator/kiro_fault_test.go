package simulator_test

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/simulator"
)

// TestKiroErrorTable orders every row of the service's errors, over HTTP and
// inside a stream.
func TestKiroErrorTable(t *testing.T) {
	cases := []struct {
		status               int
		reason               string // of the fault
		exception, code, say string
		retry                string // Retry-After, or milliseconds in the body
	}{
		{400, "", "ValidationException", "REQUEST_BODY_INVALID", "Improperly formed request.", ""},
		{400, "null", "ValidationException", "", "Improperly formed request.", ""},
		{400, "context_length", "ValidationException", "CONTENT_LENGTH_EXCEEDS_THRESHOLD", "Input is too long.", ""},
		{400, "prompt_too_long", "ValidationException", "", "Prompt is too long.", ""},
		{400, "context_full", "ValidationException", "", "Context window is full", ""},
		{400, "INVALID_MODEL_ID", "ValidationException", "INVALID_MODEL_ID", "Invalid model", ""},
		{400, "profile_arn", "ValidationException", "", "profileArn is required for this request.", ""},
		{400, "tool_format", "ValidationException", "", "Invalid tool use format.", ""},
		{400, "thinking_signature", "ValidationException", "THINKING_SIGNATURE_INVALID", "signature", ""},
		{400, "INVALID_CONVERSATION_ID", "ValidationException", "INVALID_CONVERSATION_ID", "", ""},
		{400, "INVALID_KMS_GRANT", "ValidationException", "INVALID_KMS_GRANT", "", ""},
		{400, "invalid_token", "AccessDeniedException", "", "Invalid token", ""},
		{401, "", "UnauthorizedException", "", "", ""},
		{402, "", "ServiceQuotaExceededException", "MONTHLY_REQUEST_COUNT", "limit", ""},
		{402, "overage", "ServiceQuotaExceededException", "OVERAGE_REQUEST_LIMIT_EXCEEDED", "", ""},
		{402, "conversation", "ServiceQuotaExceededException", "CONVERSATION_LIMIT_EXCEEDED", "", ""},
		{403, "", "AccessDeniedException", "", "The bearer token included in the request is invalid.", ""},
		{403, "expired", "AccessDeniedException", "", "is expired", ""},
		{403, "suspended", "AccessDeniedException", "TEMPORARILY_SUSPENDED", "Your User ID (kiro-1) temporarily is suspended. We've locked your account", ""},
		{403, "not_authorized", "AccessDeniedException", "", "User is not authorized to make this call.", ""},
		{403, "FEATURE_NOT_SUPPORTED", "AccessDeniedException", "FEATURE_NOT_SUPPORTED", "does not support this application", ""},
		{403, "customization", "AccessDeniedException", "UNAUTHORIZED_CUSTOMIZATION_RESOURCE_ACCESS", "", ""},
		{403, "workspace", "AccessDeniedException", "UNAUTHORIZED_WORKSPACE_CONTEXT_FEATURE_ACCESS", "", ""},
		{409, "", "ConflictException", "KMS", "", ""},
		{423, "", "LockedException", "", "locked", ""},
		{429, "", "ThrottlingException", "", "Too many requests, please wait before trying again.", "10"},
		{429, "MONTHLY_REQUEST_COUNT", "ThrottlingException", "MONTHLY_REQUEST_COUNT", "", ""},
		{429, "daily", "ThrottlingException", "DAILY_REQUEST_COUNT", "", ""},
		{429, "requests", "ThrottlingException", "USER_REQUEST_RATE_EXCEEDED", "", "10"},
		{429, "tokens", "ThrottlingException", "CREDIT_CONSUMPTION_RATE_EXCEEDED", "", "300000"},
		{429, "service", "ThrottlingException", "SERVICE_REQUEST_RATE_EXCEEDED", "", ""},
		{429, "capacity", "ThrottlingException", "INSUFFICIENT_MODEL_CAPACITY", "", ""},
		{429, "suspicious", "ThrottlingException", "", "Due to suspicious activity, we are imposing temporary limits", ""},
		{500, "", "InternalServerException", "MODEL_TEMPORARILY_UNAVAILABLE", "Encountered unexpectedly high load", ""},
		{500, "null", "InternalServerException", "", "unexpected error", ""},
		{502, "null", "ServiceUnavailableException", "", "", ""},
		{503, "", "ServiceUnavailableException", "", "", ""},
		{504, "", "ServiceUnavailableException", "", "", ""},
		{418, "", "InternalServerException", "", "", ""},
	}
	p := startPro(t)
	for _, c := range cases {
		t.Run(strconv.Itoa(c.status)+" "+c.reason, func(t *testing.T) {
			want := map[string]string{"message": c.say, "reason": c.code, "__type": "com.amazon.kiro.runtimeservice#" + c.exception}
			p.strike(simulator.Fault{Kind: simulator.FaultStatus, Status: c.status, Reason: c.reason})
			a := p.do(p.ask(sonnet, "hi", "", ""))
			checkBody(t, "answer", a.body, want)
			if a.status != c.status || a.header.Get("X-Amzn-ErrorType") != c.exception || c.retry != "" && c.retry != a.header.Get("Retry-After") && !strings.Contains(a.body, `"retryAfterMilliseconds":`+c.retry) {
				t.Errorf("%d %v %s", a.status, a.header, a.body)
			}
			p.strike(simulator.Fault{Kind: simulator.FaultStreamError, Status: c.status, Reason: c.reason, Chunks: 1})
			list := p.good(p.ask(sonnet, "[sim:tokens=3]", "", ""))
			last := list[len(list)-1]
			if !last.failed || last.kind != c.exception || kinds(list) != "initial-response assistantResponseEvent "+c.exception {
				t.Errorf("in the stream: %s", kinds(list))
			}
			checkBody(t, "stream", last.payload.Raw, want)
		})
	}
}

// strike puts a fault in force for one request of the person.
func (p *person) strike(f simulator.Fault) {
	p.Helper()
	f.Key, f.Times = p.token(), 1
	if _, err := p.sim.AddFault(f); err != nil {
		p.Fatal(err)
	}
}

// broken is do for an answer whose connection may break: what came of it.
func (p *person) broken(c call) (list []frame, rest int, err error) {
	p.Helper()
	a := p.do(c)
	list, rest = someFrames(p.T, a.body)
	return list, rest, a.err
}

// TestKiroBrokenStreams breaks answers in every way.
func TestKiroBrokenStreams(t *testing.T) {
	const text, end = "[sim:tokens=8]", " metadataEvent contextUsageEvent meteringEvent"
	const calls = "[sim:tool=get_weather args={\\\"city\\\":\\\"Bonn\\\"}]"
	const opening, content = "initial-response", "initial-response assistantResponseEvent"
	cases := []struct {
		name  string
		fault simulator.Fault
		ask   string
		kinds string
		rest  bool // bytes of a frame are left over
		cut   bool // the connection broke
		check func(*testing.T, []frame)
	}{
		{"cut at a border", simulator.Fault{Kind: simulator.FaultCut, Chunks: 3}, text, content, false, true, nil},
		{"cut before content", simulator.Fault{Kind: simulator.FaultCut}, text, opening, false, true, nil},
		{"ended at a border", simulator.Fault{Kind: simulator.FaultNoEnd, Chunks: 3}, text, content, false, false, nil},
		{"ended without a tail", simulator.Fault{Kind: simulator.FaultNoEnd, Chunks: 1000}, text, content, false, false, nil},
		{"torn inside a frame", simulator.Fault{Kind: simulator.FaultTorn, Chunks: 3}, text, content, true, false, nil},
		{"torn in the first frame", simulator.Fault{Kind: simulator.FaultTorn}, text, opening, true, false, nil},
		{"nothing at all", simulator.Fault{Kind: simulator.FaultNoEnd, Chunks: -1}, text, "", false, false, nil},
		{"no content, cut short", simulator.Fault{Kind: simulator.FaultNoEnd}, text, opening, false, false, nil},
		{"no content, proper end", simulator.Fault{Kind: simulator.FaultEmpty}, text, opening + end, false, false, nil},
		{"exception before content", simulator.Fault{Kind: simulator.FaultStreamError}, text, opening + " ThrottlingException", false, false, nil},
		{"exception behind content", simulator.Fault{Kind: simulator.FaultStreamError, Chunks: 4}, text, content + " ThrottlingException", false, false, nil},
		{"cut inside a call", simulator.Fault{Kind: simulator.FaultCut, Chunks: 3}, calls, opening + " toolUseEvent", false, true, unfinished},
		{"ended inside a call", simulator.Fault{Kind: simulator.FaultNoEnd, Chunks: 3}, calls, opening + " toolUseEvent", false, false, unfinished},
		{"torn inside a call", simulator.Fault{Kind: simulator.FaultTorn, Chunks: 3}, calls, opening + " toolUseEvent", true, false, unfinished},
		{"exception inside a call", simulator.Fault{Kind: simulator.FaultStreamError, Chunks: 3}, calls, opening + " toolUseEvent ThrottlingException", false, false, unfinished},
		{"a call leaks", simulator.Fault{Kind: simulator.FaultLeak}, calls, content + end, false, false, saying(`[Called get_weather with args: {"city":"Bonn"}]`)},
		{"a call leaks as tags", simulator.Fault{Kind: simulator.FaultLeak, Reason: "invoke"}, calls, content + end, false, false, saying("<function_calls>\n<invoke name=\"get_weather\">\n<parameter name=\"city\">Bonn</parameter>\n</invoke>\n</function_calls>")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := startPro(t)
			p.strike(c.fault)
			list, rest, err := p.broken(p.ask(sonnet, c.ask, kiroTools, ""))
			if got := kinds(list); got != c.kinds || rest > 0 != c.rest || errors.Is(err, io.ErrUnexpectedEOF) != c.cut {
				t.Errorf("%s, %d bytes left over, error %v", got, rest, err)
			}
			if c.check != nil {
				c.check(t, list)
			}
			p.good(p.ask(sonnet, "hi", "", "")) // the fault is over
		})
	}
}

// unfinished demands a call without its last frame.
func unfinished(t *testing.T, list []frame) {
	t.Helper()
	if names, inputs, _, stops := toolCalls(list); len(names) != 1 || stops != 0 || strings.HasSuffix(inputs[0], "}") {
		t.Errorf("%q %q, %d stops", names, inputs, stops)
	}
}

func saying(want string) func(*testing.T, []frame) {
	return func(t *testing.T, list []frame) {
		t.Helper()
		if got := said(list); got != want || list[len(list)-3].payload.Get("stopReason").Str != "END_TURN" {
			t.Errorf("%q", got)
		}
	}
}

// TestKiroBrokenAnswersCostNothing counts credits of whole answers only.
func TestKiroBrokenAnswersCostNothing(t *testing.T) {
	p := startPro(t)
	p.strike(simulator.Fault{Kind: simulator.FaultNoEnd, Chunks: 2})
	p.good(p.ask(sonnet, "[sim:tokens=20]", "", ""))
	tally := p.sim.Stats().Account(p.account.ID)
	if a := accountOf(t, p); a.Used != 0 || tally.Usage.Credits != 0 || tally.Lost.Output == 0 || tally.StreamsBroken != 1 {
		t.Errorf("used %v, tally %+v", a.Used, tally)
	}
}

// TestKiroOldHostsHaveNoMetadata leaves the end mark out.
func TestKiroOldHostsHaveNoMetadata(t *testing.T) {
	p := startPro(t)
	p.sim.SetKiro(simulator.KiroSettings{NoMetadata: true})
	if got := kinds(p.good(p.ask(sonnet, "hi", "", ""))); got != "initial-response assistantResponseEvent contextUsageEvent meteringEvent" {
		t.Error(got)
	}
}

// TestKiroFaultsOfOtherPlanes strike only where their path leads.
func TestKiroFaultsOfOtherPlanes(t *testing.T) {
	p := startPro(t)
	p.strike(simulator.Fault{Kind: simulator.FaultStatus, Status: 503})
	models := p.manage("ListAvailableModels", `{"origin":"AI_EDITOR","profileArn":"`+builderARN+`"}`)
	if a := p.do(models); a.status != http.StatusOK {
		t.Errorf("a fault without a path struck the management: %d", a.status)
	}
	if a := p.do(p.ask(sonnet, "hi", "", "")); a.status != 503 {
		t.Errorf("and not the runtime: %d", a.status)
	}
	p.strike(simulator.Fault{Kind: simulator.FaultStatus, Status: 429, Path: "/kiro/management/*"})
	if a := p.do(models); a.status != 429 {
		t.Errorf("a fault with a path: %d", a.status)
	}
	for _, f := range []simulator.Fault{{Kind: simulator.FaultLeak, Provider: "openai"}, {Kind: "melt"}} {
		if _, err := p.sim.AddFault(f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}

// TestKiroBreaksAnywhere breaks one answer at each of its borders, and inside
// each of its frames: what arrives is always a beginning of the whole.
func TestKiroBreaksAnywhere(t *testing.T) {
	const ask = "[sim:reason] [sim:tool=get_weather args={\\\"city\\\":\\\"Bonn\\\"}] [sim:tool=get_weather args={}]"
	whole := startPro(t).good(startPro(t).ask("claude-opus-5", ask, kiroTools, ""))
	for at := range len(whole) {
		for _, kind := range []simulator.FaultKind{simulator.FaultNoEnd, simulator.FaultTorn, simulator.FaultCut} {
			p := startPro(t)
			p.strike(simulator.Fault{Kind: kind, Chunks: at})
			list, rest, err := p.broken(p.ask("claude-opus-5", ask, kiroTools, ""))
			if kind == simulator.FaultCut != (err != nil) || rest > 0 && kind != simulator.FaultTorn || len(list) >= len(whole)-2 {
				t.Fatalf("%s at %d: %d frames, %d bytes left over, error %v", kind, at, len(list), rest, err)
			}
			for i, f := range list {
				if f.kind != whole[i].kind || f.payload.Raw != whole[i].payload.Raw {
					t.Fatalf("%s at %d: frame %d is %s", kind, at, i, f.payload.Raw)
				}
			}
		}
	}
}
