package kiro

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

const (
	targetHost = "runtime.us-east-1.kiro.dev/"
	restPath   = "runtime.us-east-1.kiro.dev/generateAssistantResponse"
	legacyPath = "q.us-east-1.amazonaws.com/generateAssistantResponse"
)

// Every kind of account is served, at the host and with the profile that are
// its own, and the first time is the last time that a way is looked for.
func TestWays(t *testing.T) {
	none := []string(nil)
	tests := []struct {
		name    string
		seed    simulator.KiroAccount
		unknown []string // targets
		closed  string   // host
		first   []string // what the first request asks
		later   []string // what the next one asks
	}{
		{"Builder ID", simulator.KiroAccount{Kind: simulator.KiroBuilderID}, none, "", []string{targetHost}, []string{targetHost}},
		{
			"Builder ID that must name no profile",
			simulator.KiroAccount{Kind: simulator.KiroBuilderID, ARN: simulator.KiroARNNone},
			none,
			"",
			[]string{targetHost, targetHost},
			[]string{targetHost},
		},
		{"Google", simulator.KiroAccount{Kind: simulator.KiroGoogle}, none, "", []string{targetHost}, []string{targetHost}},
		{"API key", simulator.KiroAccount{Kind: simulator.KiroAPIKey}, none, "", []string{targetHost}, []string{targetHost}},
		{
			"organisation in Europe",
			simulator.KiroAccount{Kind: simulator.KiroIdentityCenter, Region: "eu-central-1", SSORegion: "eu-west-1"},
			none,
			"",
			[]string{"runtime.eu-central-1.kiro.dev/"},
			[]string{"runtime.eu-central-1.kiro.dev/"},
		},
		{"external sign-in", simulator.KiroAccount{Kind: simulator.KiroExternal}, none, "", []string{targetHost}, []string{targetHost}},
		{
			"the host is gone",
			simulator.KiroAccount{Kind: simulator.KiroBuilderID},
			none,
			"runtime.us-east-1.kiro.dev",
			[]string{legacyPath},
			[]string{legacyPath},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.seed)
			w.unknown, w.closed[tt.closed] = tt.unknown, true
			for i, want := range [][]string{tt.first, tt.later, tt.later} {
				if status, body := w.ask(); status != http.StatusOK {
					t.Fatalf("request %d: %d %s after %q", i, status, body, w.paths())
				}
				if got := w.paths(); !slices.Equal(got, want) {
					t.Errorf("request %d asked %q, want %q", i, got, want)
				}
				if i == 1 {
					w.restart()
				}
			}
		})
	}
}

// An organisation's account that was imported without its profile is asked for
// it, in the region that is likely first.
func TestProfileIsFound(t *testing.T) {
	w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroIdentityCenter, Region: "us-east-1", SSORegion: "eu-west-1"})
	w.account.Credential.ProfileARN = ""
	want := []string{"management.eu-central-1.kiro.dev/", "management.us-east-1.kiro.dev/", targetHost}
	if status, body := w.ask(); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if got := w.paths(); !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
	w.restart()
	if status, _ := w.ask(); status != http.StatusOK || len(w.paths()) != 1 {
		t.Errorf("the profile was forgotten: %d", status)
	}
	w.account.Credential.StartURL = "" // as other programs export it, named like Builder ID
	w.account.Credential.AuthMethod = core.AuthIDC
	if status, body := w.ask(); status != http.StatusOK {
		t.Errorf("taken for Builder ID: %d %s after %q", status, body, w.paths())
	}
}

// A key of an organisation in Europe says nothing about where it belongs.
func TestKeyOfAnotherRegion(t *testing.T) {
	w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroAPIKey})
	list := ways(planeRuntime, w.channel, w.account.Credential, "")
	trail := newTrail(planeRuntime, w.channel, w.account.Credential, "")
	first := trail.begin(way{})
	next, more := trail.next(first, noProfile)
	if first != list[0] || !more || next.Region != regionEU || next.Form != formTarget || next.Profile != "" {
		t.Errorf("after %+v came %+v", first, next)
	}
}

// A way that worked only because of some trouble is not kept for ever.
func TestOldLessonsEnd(t *testing.T) {
	w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroGoogle})
	w.closed["runtime.us-east-1.kiro.dev"] = true
	w.ask()
	w.closed["runtime.us-east-1.kiro.dev"] = false
	w.paths()
	w.clock = w.clock.Add(lessonTime + time.Minute)
	for range 2 {
		if status, _ := w.ask(); status != http.StatusOK || !slices.Equal(w.paths(), []string{targetHost}) {
			t.Errorf("not back at the first way: %d", status)
		}
	}
	if l := w.lessonOf(w.channel, w.account); len(l.Ways) != 0 {
		t.Errorf("remembered %+v", l.Ways)
	}
}

// Limits and refusals of the request itself are answers, not reasons to go on.
func TestNoOtherWayForAnAnswer(t *testing.T) {
	tests := []struct {
		name  string
		fault simulator.Fault
	}{
		{"out of credit", simulator.Fault{Kind: simulator.FaultStatus, Status: 402}},
		{"too many requests", simulator.Fault{Kind: simulator.FaultStatus, Status: 429}},
		{"wrong request", simulator.Fault{Kind: simulator.FaultStatus, Status: 400}},
		{"suspended", simulator.Fault{Kind: simulator.FaultStatus, Status: 403, Reason: "TEMPORARILY_SUSPENDED"}},
		{"out of order", simulator.Fault{Kind: simulator.FaultStatus, Status: 503}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroBuilderID})
			tt.fault.Provider = core.ProviderKiro
			if _, err := w.sim.AddFault(tt.fault); err != nil {
				t.Fatal(err)
			}
			status, body := w.ask()
			if got := w.paths(); status != tt.fault.Status || len(got) != 1 || body == "" {
				t.Errorf("%d after %q", status, got)
			}
		})
	}
}

func TestTokenHasEnded(t *testing.T) {
	for _, kind := range []simulator.KiroKind{simulator.KiroBuilderID, simulator.KiroGoogle, simulator.KiroIdentityCenter} {
		w := newWorld(t, simulator.KiroAccount{Kind: kind})
		if err := w.sim.ExpireKiro(w.account.ID, "access"); err != nil {
			t.Fatal(err)
		}
		status, body := w.ask()
		if !w.IsExpired(status, []byte(body)) {
			t.Errorf("%s: %d %s is no ended token", kind, status, body)
		}
		if n := len(w.paths()); n != 1 {
			t.Errorf("%s: %d requests", kind, n)
		}
		cred, err := w.Refresh(t.Context(), w.via, w.channel, w.account)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		w.account.Credential = cred
		if status, body := w.ask(); status != http.StatusOK {
			t.Errorf("%s: renewed, and %d %s", kind, status, body)
		}
	}
}

// What is sent says who sends it, names the account's profile in the body and
// tells the tries of one call.
func TestWhatIsSent(t *testing.T) {
	w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroBuilderID, ARN: simulator.KiroARNNone})
	w.channel.Headers = map[string]string{"X-Extra": "1"}
	if status, body := w.ask(); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	sent := w.sim.Requests()
	if len(sent) != 2 {
		t.Fatalf("%d requests", len(sent))
	}
	h := sent[0].Header
	want := map[string]string{
		"User-Agent":                     "api/kiroruntime#1.0.0 KiroIDE-1.1.70-" + installation + " AiHub/0.9",
		"X-Amz-User-Agent":               "KiroIDE-1.1.70-" + installation + " AiHub/0.9",
		"Content-Type":                   "application/x-amz-json-1.0",
		"X-Amz-Target":                   targetGenerate,
		"X-Amzn-Codewhisperer-Optout":    "true",
		"Amz-Sdk-Request":                "attempt=1; max=6",
		"X-Extra":                        "1",
		"X-Amzn-Kiro-Agent-Mode":         "",
		"Tokentype":                      "",
		"X-Amzn-Kiro-Client-Attribution": "",
	}
	for name, value := range want {
		if got := h.Get(name); !strings.HasSuffix(got, value) || value == "" && got != "" {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if got := sent[1].Header.Get("Amz-Sdk-Request"); got != "attempt=2; max=6" {
		t.Errorf("second try: %q", got)
	}
	if id := h.Get("Amz-Sdk-Invocation-Id"); len(id) != 36 || id != sent[1].Header.Get("Amz-Sdk-Invocation-Id") {
		t.Errorf("the tries have the ids %q and %q", id, sent[1].Header.Get("Amz-Sdk-Invocation-Id"))
	}
	first, second := gjson.ParseBytes(sent[0].Body), gjson.ParseBytes(sent[1].Body)
	if first.Get("profileArn").Str != profileBuilderID || second.Get("profileArn").Exists() ||
		first.Get("conversationState").Raw != second.Get("conversationState").Raw {
		t.Errorf("bodies %s and %s", sent[0].Body, sent[1].Body)
	}
}

func TestProfileGoesIn(t *testing.T) {
	const body = `{"conversationState":{"a":"{"}}`
	for _, chunk := range []int{1, 2, 7, 4096} {
		r := withProfile(io.NopCloser(strings.NewReader(body)), "arn:x")
		var got []byte
		buf := make([]byte, chunk)
		for {
			n, err := r.Read(buf)
			got = append(got, buf[:n]...)
			if err != nil {
				break
			}
		}
		want := `{"profileArn":"arn:x","conversationState":{"a":"{"}}`
		if string(got) != want || len(want) != len(body)+len(profileMember("arn:x")) {
			t.Errorf("in steps of %d: %s", chunk, got)
		}
	}
}

// One host with all planes, and the forms that it does not know.
func TestOneHost(t *testing.T) {
	w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroIdentityCenter, Region: "eu-central-1"})
	w.channel.BaseURL = w.server.URL + "/kiro/"
	w.account.Credential.ProfileARN = ""
	w.channel.ProxyURL = ""
	if status, body := w.ask(); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	host := strings.TrimPrefix(w.server.URL, "http://")
	if got, want := w.paths(), []string{host + "/kiro/management/", host + "/kiro/runtime/"}; !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
	w.channel.BaseURL = "::"
	if _, err := w.Send(t.Context(), w.via, w.request("{}")); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("no URL: %v", err)
	}
}

func TestOtherOperations(t *testing.T) {
	w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroGoogle})
	r := w.request("{}")
	r.Path = "/v1/models"
	if _, err := w.Send(t.Context(), w.via, r); core.CodeOf(err) != core.CodeUnsupported {
		t.Errorf("got %v", err)
	}
}
