package gateway

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

func metricsServer(m *Metrics) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	s := New(Config{Metrics: m, AdminKey: func() string { return testAdminKey }, Now: time.Now})
	s.mountMetrics(e)
	return e
}

// noMetrics have nothing to ask at a scrape.
func noMetrics() *Metrics {
	return NewMetrics("", func() int { return 0 }, func() map[AccountCount]int { return nil })
}

// scrape asks from an address with headers in pairs.
func scrape(h http.Handler, from string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = from
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestMetrics(t *testing.T) {
	m := NewMetrics("1.2.3", func() int { return 4 }, func() map[AccountCount]int {
		return map[AccountCount]int{{"chn_1", core.StateReady}: 2}
	})
	cost := 0.25
	m.Observe(&core.Record{
		ChannelID: "chn_1", UpstreamModel: "gpt-5", ClientProtocol: llm.OpenAI, Outcome: core.OutcomeOK, CostUSD: &cost,
		Usage: llm.Usage{Input: 100, CacheRead: 40, Output: 7}, FirstByteMS: 120, DurationMS: 900,
		UserName: "Ana", UserID: "usr_1", ClientIP: "10.1.2.3", Error: "secret",
		Attempts: []core.Attempt{{ChannelID: "chn_1", Reason: "429"}, {ChannelID: "chn_1"}},
	})
	m.Observe(&core.Record{RequestedModel: "invented", ClientProtocol: llm.OpenAI, Outcome: core.OutcomeRejected})
	got := scrape(metricsServer(m), "127.0.0.1:5").Body.String()
	for _, want := range []string{
		`aihub_requests_total{channel="chn_1",client_protocol="openai",model="gpt-5",outcome="ok"} 1`,
		`aihub_requests_total{channel="",client_protocol="openai",model="",outcome="rejected"} 1`,
		`aihub_attempts_total{channel="chn_1",result="failed"} 1`,
		`aihub_tokens_total{channel="chn_1",kind="cache_read",model="gpt-5"} 40`,
		`aihub_cost_usd_total{channel="chn_1",model="gpt-5"} 0.25`,
		`aihub_first_byte_seconds_bucket{channel="chn_1",le="0.25"} 1`,
		`aihub_in_flight_requests 4`,
		`aihub_accounts{channel="chn_1",state="ready"} 2`,
		`aihub_build_info{version="1.2.3"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%s is missing", want)
		}
	}
	for _, private := range []string{"Ana", "usr_1", "10.1.2.3", "secret", "invented"} {
		if strings.Contains(got, private) {
			t.Errorf("the metrics hold %q", private)
		}
	}
}

func TestModelLabelsAreBounded(t *testing.T) {
	m := noMetrics()
	for i := range maxModels + 50 {
		m.Observe(&core.Record{ChannelID: "c", UpstreamModel: "m" + strconv.Itoa(i), Outcome: core.OutcomeOK})
	}
	got := scrape(metricsServer(m), "127.0.0.1:5").Body.String()
	if n := strings.Count(got, "aihub_requests_total{"); n != maxModels+1 {
		t.Errorf("%d series, want %d", n, maxModels+1)
	}
}

func TestWhoMayReadMetrics(t *testing.T) {
	h := metricsServer(noMetrics())
	for _, tt := range []struct {
		name, from string
		headers    []string
		want       int
	}{
		{"this machine", "127.0.0.1:9", nil, http.StatusOK},
		{"this machine by IPv6", "[::1]:9", nil, http.StatusOK},
		{"through a proxy on this machine", "127.0.0.1:9", []string{"X-Forwarded-For", "8.8.8.8"}, http.StatusUnauthorized},
		{"another machine", "192.0.2.1:9", nil, http.StatusUnauthorized},
		{"another machine with the key", "192.0.2.1:9", []string{adminKeyHeader, testAdminKey}, http.StatusOK},
		{"another machine with a bearer", "192.0.2.1:9", []string{"Authorization", "Bearer " + testAdminKey}, http.StatusOK},
		{"another machine with a wrong key", "192.0.2.1:9", []string{adminKeyHeader, "x"}, http.StatusUnauthorized},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := scrape(h, tt.from, tt.headers...).Code; got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}
