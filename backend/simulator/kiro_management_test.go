package simulator_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

// models collects the pages of the model list.
func (p *person) models() (list []gjson.Result, pages int) {
	p.Helper()
	next := "null"
	for pages == 0 || next != "null" {
		body := p.ok(p.manage("ListAvailableModels", `{"origin":"AI_EDITOR","maxResults":50,"profileArn":`+orNull(p.arn())+`,"nextToken":`+next+`}`))
		if body.Get("defaultModel.modelId").Str != "auto" {
			p.Errorf("default model: %s", body.Get("defaultModel").Raw)
		}
		list = append(list, body.Get("models").Array()...)
		next = body.Get("nextToken").Raw
		pages++
	}
	return list, pages
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return `"` + s + `"`
}

// TestKiroModels lists the models of each kind of account, page by page, and
// takes exactly those.
func TestKiroModels(t *testing.T) {
	s := startService(t, simulator.Options{})
	cases := []struct {
		name          string
		account       simulator.KiroAccount
		models, pages int
		lacks         string
	}{
		{"free", simulator.KiroAccount{Kind: simulator.KiroGoogle}, 9, 1, "claude-opus-5"},
		{"paid", simulator.KiroAccount{Kind: simulator.KiroBuilderID, Plan: simulator.KiroPro}, 22, 3, ""},
		{"key", simulator.KiroAccount{Kind: simulator.KiroAPIKey, Plan: simulator.KiroPower}, 22, 3, ""},
		{"Europe", simulator.KiroAccount{Kind: simulator.KiroIdentityCenter, Plan: simulator.KiroPro, Region: "eu-central-1"}, 21, 3, "glm-5"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := s.person(c.account)
			list, pages := p.models()
			if len(list) != c.models || pages != c.pages {
				t.Errorf("%d models on %d pages", len(list), pages)
			}
			schemas := 0
			for _, m := range list {
				if m.Get("additionalModelRequestFieldsSchema").IsObject() {
					schemas++
				}
				p.good(p.ask(m.Get("modelId").Str, "hi", "", ""))
			}
			if (schemas > 0) != (c.account.Plan != "") {
				t.Errorf("%d models have a schema", schemas)
			}
			if c.lacks == "" {
				return
			}
			checkBody(t, "lacking", p.do(p.ask(c.lacks, "hi", "", "")).body, map[string]string{"reason": "INVALID_MODEL_ID"})
		})
	}
}

// TestKiroModelFields shows what the list says of a model.
func TestKiroModelFields(t *testing.T) {
	p := startPro(t)
	list, _ := p.models()
	for _, m := range list {
		switch m.Get("modelId").Str {
		case "claude-opus-5":
			checkBody(t, "opus", m.Raw, map[string]string{
				"rateMultiplier": "2.2", "tokenLimits.maxInputTokens": "1000000", "tokenLimits.maxOutputTokens": "128000", "supportedInputTypes.1": "IMAGE",
				"additionalModelRequestFieldsSchema.properties.output_config.properties.effort.default": "high",
				"additionalModelRequestFieldsSchema.additionalProperties":                               "false",
				"additionalModelRequestFieldsSchema.properties.thinking.properties.type.enum":           "disabled",
			})
		case "glm-5":
			if m.Get("supportedInputTypes").Raw != `["TEXT"]` || m.Get("additionalModelRequestFieldsSchema").Exists() {
				t.Errorf("glm: %s", m.Raw)
			}
		}
	}
}

// TestKiroProfileList lists the profiles of organisations, each in its region.
func TestKiroProfileList(t *testing.T) {
	s := startService(t, simulator.Options{})
	list := func(p *person, path string) answer {
		return s.do(p.manage("ListAvailableProfiles", `{"maxResults":10}`).on(path))
	}
	org := s.person(simulator.KiroAccount{Kind: simulator.KiroIdentityCenter, Region: "eu-central-1", SSORegion: "eu-west-1"})
	for path, n := range map[string]int{"/kiro/management/": 1, "/kiro/eu-central-1/management/": 1, "/kiro/us-east-1/management/": 0} {
		a := list(org, path)
		if got := gjson.Get(a.body, "profiles").Array(); a.status != 200 || len(got) != n || n > 0 && got[0].Get("arn").Str != org.account.ProfileARN {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := list(s.person(simulator.KiroAccount{Kind: simulator.KiroGitHub}), "/kiro/management/"); a.body != "{\"profiles\":[],\"nextToken\":null}" {
		t.Errorf("social: %s", a.body)
	}
	s.doors(t, []door{
		{"builder", s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID}).manage("ListAvailableProfiles", `{}`), 403, "AWS Builder ID is not supported for this operation."},
		{"key", s.person(simulator.KiroAccount{Kind: simulator.KiroAPIKey}).manage("ListAvailableProfiles", ``), 403, "API key authentication is not supported for this operation."},
	})
}

// TestKiroUsage shows every part of the usage, and that answers count up.
func TestKiroUsage(t *testing.T) {
	c := newClock()
	s := startService(t, simulator.Options{Now: c.now})
	day := 24 * time.Hour
	p := s.person(simulator.KiroAccount{
		Kind: simulator.KiroGoogle, Plan: simulator.KiroPro, TokenSeconds: 30 * 86_400, Used: 412.37, Email: "me@example.org", Overage: true, Overused: 1.5,
		Trial:   &simulator.KiroPart{Used: 20.5, Limit: 500, Expires: c.now().Add(5 * day)},
		Bonuses: []simulator.KiroPart{{Name: "Welcome back", Limit: 100, Expires: c.now().Add(day)}, {Used: 5, Limit: 5}, {Used: 1, Limit: 5, Expires: c.now().Add(-day)}},
		Packs:   []simulator.KiroPart{{Used: 2, Limit: 1000}},
	})
	usage := func() gjson.Result {
		return s.ok(p.manage("GetUsageLimits", `{"origin":"AI_EDITOR","isEmailRequired":true,"profileArn":"`+socialARN+`"}`))
	}
	u := usage()
	reset := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	if got := u.Get("nextDateReset"); int64(got.Num) != reset.Unix() || !strings.Contains(got.Raw, "E9") {
		t.Errorf("reset: %s", got.Raw)
	}
	checkBody(t, "usage", u.Raw, map[string]string{
		"daysUntilReset": "7", "subscriptionInfo.type": "Q_DEVELOPER_STANDALONE_PRO", "subscriptionInfo.subscriptionTitle": "KIRO PRO", "subscriptionInfo.subscriptionManagementTarget": "MANAGE",
		"overageConfiguration.overageStatus": "ENABLED", "userInfo.email": "me@example.org", "userInfo.userId": p.account.ID,
	})
	checkBody(t, "credits", u.Get("usageBreakdownList.0").Raw, map[string]string{
		"resourceType": "CREDIT", "currentUsage": "412", "currentUsageWithPrecision": "412.37", "usageLimitWithPrecision": "1000", "currentOveragesWithPrecision": "1.5",
		"overageRate": "0.04", "overageCapWithPrecision": "10000", "overageCharges": "0.06", "overageCredits.0.usageLimitWithPrecision": "1000", "overageCredits.0.currentUsage": "2",
		"freeTrialInfo.freeTrialStatus": "ACTIVE", "freeTrialInfo.currentUsageWithPrecision": "20.5", "bonuses.0.bonusCode": "WELCOME_BACK", "bonuses.0.status": "ACTIVE",
		"bonuses.1.status": "EXHAUSTED", "bonuses.2.status": "EXPIRED",
	})
	list := p.good(p.ask("claude-opus-5", "hi", "", ""))
	cost := list[len(list)-1].payload.Get("usage").Num
	if got := usage().Get("usageBreakdownList.0.freeTrialInfo.currentUsageWithPrecision").Num; got < 20.5+cost-1e-6 || got > 20.5+cost+1e-6 {
		t.Errorf("the trial pays first: %v after %v", got, cost)
	}
	c.move(6 * day)
	checkBody(t, "later", usage().Get("usageBreakdownList.0").Raw, map[string]string{"freeTrialInfo.freeTrialStatus": "EXPIRED", "bonuses.0.status": "EXPIRED"})
}

// TestKiroUsageOfFree shows what a free account without extras sees.
func TestKiroUsageOfFree(t *testing.T) {
	p := startService(t, simulator.Options{}).person(simulator.KiroAccount{Kind: simulator.KiroBuilderID})
	u := p.ok(p.manage("GetUsageLimits", `{"origin":"KIRO_CLI"}`))
	checkBody(t, "free", u.Raw, map[string]string{
		"subscriptionInfo.subscriptionTitle": "KIRO FREE", "subscriptionInfo.subscriptionManagementTarget": "PURCHASE", "overageConfiguration.overageStatus": "DISABLED",
		"usageBreakdownList.0.usageLimit": "50", "usageBreakdownList.0.bonuses": "[]",
	})
	if u.Get("userInfo.email").Exists() || u.Get("usageBreakdownList.0.freeTrialInfo").Exists() {
		t.Errorf("too much: %s", u.Raw)
	}
}

// TestKiroManagementDoors reaches the operations by every endpoint.
func TestKiroManagementDoors(t *testing.T) {
	p := startPro(t)
	arn := url.QueryEscape(builderARN)
	get := func(path string) call {
		c := p.manage("", "")
		c.method, c.path = "GET", path
		delete(c.header, "X-Amz-Target")
		return c
	}
	old := func(operation string) call {
		return p.manage(operation, `{"origin":"AI_EDITOR","profileArn":"`+builderARN+`"}`).with("X-Amz-Target", "AmazonCodeWhispererService."+operation)
	}
	models, usage := "?origin=AI_EDITOR&maxResults=3&profileArn="+arn, "?origin=AI_EDITOR&resourceType=AGENTIC_REQUEST&isEmailRequired=true"
	for name, c := range map[string]call{
		"models": get("/kiro/management/List-Available-Models" + models), "models, old path": get("/kiro/management/ListAvailableModels" + models),
		"models, old host": get("/kiro/q/ListAvailableModels" + models), "usage": get("/kiro/management/Get-Usage-Limits" + usage),
		"usage, old path": get("/kiro/management/getUsageLimits" + usage), "usage, old host": get("/kiro/q/getUsageLimits" + usage),
		"models, old target": old("ListAvailableModels"), "usage, old target": old("GetUsageLimits"), "models, old host and target": old("ListAvailableModels").on("/kiro/q/"),
	} {
		if body := p.ok(c); !body.Get("models.0").Exists() && !body.Get("usageBreakdownList.0").Exists() {
			t.Errorf("%s: %s", name, body.Raw)
		}
	}
	for name, c := range map[string]call{
		"wrong case": get("/kiro/management/list-available-models" + models), "new path at the old host": get("/kiro/q/List-Available-Models" + models),
		"new target at the old host": p.manage("GetUsageLimits", "{}").on("/kiro/q/"), "models at the runtime": get("/kiro/runtime/ListAvailableModels" + models),
		"unknown operation": p.manage("CreateApiKey", "{}"),
	} {
		if a := p.do(c); a.status != 404 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := p.do(get("/kiro/management/List-Available-Models?profileArn=" + arn)); a.status != 400 || !strings.Contains(a.header.Get("X-Sim-Why"), "origin") {
		t.Errorf("without an origin: %d", a.status)
	}
	if a := p.do(p.manage("ListAvailableModels", `{"origin":"AI_EDITOR","profileArn":"`+builderARN+`","nextToken":"x"}`)); a.status != 400 || a.header.Get("Content-Type") != "application/x-amz-json-1.0" {
		t.Errorf("unknown page: %d", a.status)
	}
	if a := p.do(p.manage("GetUsageLimits", `[]`)); a.status != 400 {
		t.Errorf("no object: %d", a.status)
	}
}
