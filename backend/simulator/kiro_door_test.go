package simulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/simulator"
)

const bearerInvalid = "The bearer token included in the request is invalid."

// door is a request that must be refused at the door, or let in with 200.
type door struct {
	name    string
	call    call
	status  int
	message string
}

func (s *service) doors(t *testing.T, cases []door) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := s.do(c.call)
			if a.status != c.status {
				t.Errorf("status %d, want %d; %s\n%s", a.status, c.status, a.header.Get("X-Sim-Why"), a.body)
			}
			if c.status == 200 {
				return
			}
			checkBody(t, c.name, a.body, map[string]string{"message": c.message})
			want := "AccessDeniedException"
			if c.message == noARN {
				want = "ValidationException"
			}
			if got := a.header.Get("X-Amzn-ErrorType"); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

const noARN = "profileArn is required for this request."

// with changes a header of a call.
func (c call) with(name, value string) call {
	h := map[string]string{}
	for n, v := range c.header {
		h[n] = v
	}
	h[name] = value
	c.header = h
	return c
}

// on sends a call to another plane or region.
func (c call) on(path string) call { c.path = path; return c }

// as replaces the token.
func (c call) as(key string) call { c.key = key; return c }

// TestKiroTokens shows whose token is taken, with which TokenType.
func TestKiroTokens(t *testing.T) {
	s := startService(t, simulator.Options{})
	people := map[simulator.KiroKind]*person{}
	for _, k := range []simulator.KiroKind{
		simulator.KiroBuilderID, simulator.KiroIdentityCenter, simulator.KiroGoogle, simulator.KiroGitHub, simulator.KiroExternal, simulator.KiroAPIKey,
	} {
		people[k] = s.person(simulator.KiroAccount{Kind: k})
	}
	takes := map[simulator.KiroKind][]string{
		simulator.KiroBuilderID: {"", "SSO_OIDC"}, simulator.KiroIdentityCenter: {"", "SSO_OIDC"}, simulator.KiroGoogle: {""}, simulator.KiroGitHub: {""},
		simulator.KiroExternal: {"EXTERNAL_IDP"}, simulator.KiroAPIKey: {"API_KEY"},
	}
	for kind, p := range people {
		for _, token := range []string{"", "SSO_OIDC", "EXTERNAL_IDP", "API_KEY", "KIRO_MACHINE_TOKEN"} {
			status := 403
			if strings.Contains(" "+strings.Join(takes[kind], " ")+" ", " "+token+" ") {
				status = 200
			}
			s.doors(t, []door{{string(kind) + " as " + token, p.ask(sonnet, "hi", "", "").with("TokenType", token), status, bearerInvalid}})
		}
	}
	b := people[simulator.KiroBuilderID].ask(sonnet, "hi", "", "")
	s.doors(t, []door{
		{"no token", b.as("-"), 403, bearerInvalid},
		{"unknown token", b.as("aoaAAAAAGnonsense"), 403, bearerInvalid},
		{"unknown key", people[simulator.KiroAPIKey].ask(sonnet, "hi", "", "").as("ksk_nonsense"), 403, bearerInvalid},
		{"refresh token", b.as(people[simulator.KiroBuilderID].cred.RefreshToken), 403, bearerInvalid},
	})
	if key := people[simulator.KiroAPIKey].cred.APIKey; !strings.HasPrefix(key, "ksk_") || len(key) != 36 {
		t.Errorf("key of %d characters", len(key))
	}
}

// TestKiroLives lets tokens expire and locks an account.
func TestKiroLives(t *testing.T) {
	c := newClock()
	s := startService(t, simulator.Options{Now: c.now})
	p := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle, TokenSeconds: 60})
	hi, models := p.ask(sonnet, "hi", "", ""), p.manage("ListAvailableModels", `{"origin":"AI_EDITOR","profileArn":"`+socialARN+`"}`)
	s.doors(t, []door{{"fresh", hi, 200, ""}, {"fresh, management", models, 200, ""}})
	c.move(time.Minute)
	s.doors(t, []door{{"old", hi, 403, "is expired"}, {"old, management", models, 400, "Invalid token"}})
	q := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle})
	if err := s.sim.ExpireKiro(q.account.ID, "access"); err != nil {
		t.Fatal(err)
	}
	s.doors(t, []door{{"expired by hand", q.ask(sonnet, "hi", "", ""), 403, "is expired"}})

	locked := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID, Suspended: true})
	s.doors(t, []door{{"suspended", locked.ask(sonnet, "hi", "", ""), 403, "Your User ID (" + locked.account.ID + ") temporarily is suspended. We've locked"}})
	checkBody(t, "suspended", s.do(locked.ask(sonnet, "hi", "", "")).body, map[string]string{"reason": "TEMPORARILY_SUSPENDED"})
	if err := s.sim.ChangeKiroAccount(locked.account.ID, func(a *simulator.KiroAccount) { a.Suspended = false }); err != nil {
		t.Fatal(err)
	}
	s.doors(t, []door{{"free again", locked.ask(sonnet, "hi", "", ""), 200, ""}})
}

// TestKiroAgents is the gate on the client's program.
func TestKiroAgents(t *testing.T) {
	s := startService(t, simulator.Options{})
	hi := s.person(simulator.KiroAccount{Kind: simulator.KiroGoogle}).ask(sonnet, "hi", "", "")
	const old, none = "User is not authorized to make this call.", "Your subscription does not support this application"
	s.doors(t, []door{
		{"no Kiro", hi.with("User-Agent", "curl/8"), 403, none},
		{"no version", hi.with("User-Agent", "KiroIDE"), 403, none},
		{"very old", hi.with("User-Agent", "KiroIDE-0.6.1"), 403, old},
		{"old", hi.with("User-Agent", "KiroIDE-0.11.999-abc"), 403, old},
		{"a little old", hi.with("User-Agent", "KiroIDE-0.12.154-abc"), 403, old},
		{"oldest", hi.with("User-Agent", "KiroIDE-0.12.155-abc"), 200, ""},
		{"new", hi.with("User-Agent", "AiHub/1 KiroIDE-1.1.70"), 200, ""},
		{"command line", hi.with("User-Agent", "m/N KiroCLI/2.23.0 md/appVersion-2.23.0 app/AmazonQ-For-CLI"), 200, ""},
		{"by the other header", hi.with("User-Agent", "curl/8").with("X-Amz-User-Agent", "aws-sdk-js/1.0.0 KiroIDE-1.0.437-abc"), 200, ""},
	})
	checkBody(t, "no Kiro", s.do(hi.with("User-Agent", "curl/8")).body, map[string]string{"reason": "FEATURE_NOT_SUPPORTED"})
}

// TestKiroProfiles shows which profile each kind must name. It is looked at
// before the body.
func TestKiroProfiles(t *testing.T) {
	s := startService(t, simulator.Options{})
	named := func(p *person, arn string) call {
		c := p.call(`{"conversationState":{}}`)
		if arn != "" {
			c.body = `{"profileArn":"` + arn + `"}`
		}
		return c
	}
	org := s.person(simulator.KiroAccount{Kind: simulator.KiroIdentityCenter, Region: "eu-central-1"})
	ext, key := s.person(simulator.KiroAccount{Kind: simulator.KiroExternal}), s.person(simulator.KiroAccount{Kind: simulator.KiroAPIKey})
	social := s.person(simulator.KiroAccount{Kind: simulator.KiroGitHub})
	fixed := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID})
	none := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID, ARN: simulator.KiroARNNone})
	either := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID, ARN: simulator.KiroARNEither})
	// Who passes the check of the profile is refused for the body.
	refusedForBody := map[string]call{
		"organisation": named(org, org.account.ProfileARN), "external": named(ext, ext.account.ProfileARN),
		"key without": named(key, ""), "key with its own": named(key, key.account.ProfileARN), "social": named(social, socialARN),
		"builder, fixed": named(fixed, builderARN), "builder without": named(none, ""), "builder, either, with": named(either, builderARN),
		"builder, either, without": named(either, ""), "builder without, old host": named(fixed, "").on("/kiro/q/").with("X-Amz-Target", "AmazonQDeveloperStreamingService.SendMessage"),
		"own region": named(org, org.account.ProfileARN).on("/kiro/eu-central-1/runtime/"),
	}
	for name, c := range refusedForBody {
		if a := s.do(c); a.status != 400 || !strings.Contains(a.header.Get("X-Sim-Why"), "conversationState") {
			t.Errorf("%s: %d %s %s", name, a.status, a.header.Get("X-Sim-Why"), a.body)
		}
	}
	s.doors(t, []door{
		{"organisation without", named(org, ""), 400, noARN},
		{"organisation, social's", named(org, socialARN), 403, bearerInvalid},
		{"organisation, builder's", named(org, builderARN), 403, bearerInvalid},
		{"organisation, another region's host", named(org, org.account.ProfileARN).on("/kiro/us-east-1/runtime/"), 403, bearerInvalid},
		{"external, another's", named(ext, org.account.ProfileARN), 403, bearerInvalid},
		{"key, another's", named(key, org.account.ProfileARN), 403, bearerInvalid},
		{"social without", named(social, ""), 400, noARN},
		{"builder, fixed, without", named(fixed, ""), 400, noARN},
		{"builder, social's", named(fixed, socialARN), 403, bearerInvalid},
		{"builder, none, with", named(none, builderARN), 403, bearerInvalid},
		{"management, wrong", org.manage("ListAvailableModels", `{"origin":"AI_EDITOR","profileArn":"`+socialARN+`"}`), 400, "Invalid token"},
	})
	if a := s.do(named(social, "arn:aws:iam::1:role/x")); a.status != 400 || !strings.Contains(a.header.Get("X-Sim-Why"), "no ARN") {
		t.Errorf("no ARN of a profile: %d", a.status)
	}
}
