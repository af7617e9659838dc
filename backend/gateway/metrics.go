package gateway

import (
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/aihub/aihub/backend/core"
)

// maxModels bounds the values of the label model; what comes after them counts
// as "other". Names of models come from clients, and a label must not grow with
// what somebody invents.
const maxModels = 300

// Metrics counts what ends in the ledger, for Prometheus. Its labels are ids of
// channels and names of models that a channel has served: no user, no key, no
// address.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	attempts *prometheus.CounterVec
	tokens   *prometheus.CounterVec
	cost     *prometheus.CounterVec
	queue    prometheus.Histogram
	first    *prometheus.HistogramVec
	duration *prometheus.HistogramVec

	mu     sync.Mutex
	models map[string]bool
}

// NewMetrics returns metrics without counts. version is the program's; inFlight
// and accounts are asked at each scrape, accounts for the number of accounts by
// channel and state.
func NewMetrics(version string, inFlight func() int, accounts func() map[AccountCount]int) *Metrics {
	seconds := []float64{.05, .1, .25, .5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: seconds}, []string{"channel"})
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(), models: map[string]bool{},
		requests: counter("aihub_requests_total", "Requests that ended.", "channel", "model", "client_protocol", "outcome"),
		attempts: counter("aihub_attempts_total", "Tries at accounts, by whether their answer was delivered.", "channel", "result"),
		tokens:   counter("aihub_tokens_total", "Tokens; cache parts are parts of input, reasoning is part of output.", "channel", "model", "kind"),
		cost:     counter("aihub_cost_usd_total", "Cost of the requests whose model has a price, in US dollars.", "channel", "model"),
		queue: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "aihub_queue_seconds", Help: "Wait for an account before the first try.", Buckets: []float64{.001, .01, .1, .5, 1, 5, 10, 30, 60},
		}),
		first:    histogram("aihub_first_byte_seconds", "Time to the first byte of answers."),
		duration: histogram("aihub_request_seconds", "Time to the end of answers."),
	}
	m.registry.MustRegister(m.requests, m.attempts, m.tokens, m.cost, m.queue, m.first, m.duration,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "aihub_in_flight_requests", Help: "Requests under way.",
		}, func() float64 { return float64(inFlight()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "aihub_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version},
		}, func() float64 { return 1 }),
		&accountGauge{count: accounts, desc: prometheus.NewDesc("aihub_accounts", "Accounts by channel and state.", []string{"channel", "state"}, nil)})
	return m
}

// Observe counts an ended row.
func (m *Metrics) Observe(r *core.Record) {
	model := m.model(r)
	m.requests.WithLabelValues(r.ChannelID, model, string(r.ClientProtocol), string(r.Outcome)).Inc()
	for i := range r.Attempts {
		result := "failed"
		if r.Attempts[i].Reason == "" {
			result = "delivered"
		}
		m.attempts.WithLabelValues(r.Attempts[i].ChannelID, result).Inc()
	}
	if r.ChannelID == "" {
		return
	}
	u := r.Usage
	for _, part := range [...]struct {
		kind string
		n    int64
	}{
		{"input", u.Input},
		{"cache_read", u.CacheRead},
		{"cache_write", u.CacheWrite},
		{"output", u.Output},
		{"reasoning", u.Reasoning},
	} {
		if part.n > 0 {
			m.tokens.WithLabelValues(r.ChannelID, model, part.kind).Add(float64(part.n))
		}
	}
	if r.CostUSD != nil {
		m.cost.WithLabelValues(r.ChannelID, model).Add(max(*r.CostUSD, 0))
	}
	m.time(r)
}

func (m *Metrics) time(r *core.Record) {
	m.queue.Observe(float64(r.QueueMS) / 1000)
	if r.FirstByteMS > 0 {
		m.first.WithLabelValues(r.ChannelID).Observe(float64(r.FirstByteMS) / 1000)
	}
	if r.Outcome == core.OutcomeOK {
		m.duration.WithLabelValues(r.ChannelID).Observe(float64(r.DurationMS) / 1000)
	}
}

func (m *Metrics) model(r *core.Record) string {
	if r.ChannelID == "" {
		return ""
	}
	name := strings.ToValidUTF8(r.UpstreamModel, "?")
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.models[name] {
		if len(m.models) >= maxModels {
			return "other"
		}
		m.models[name] = true
	}
	return name
}

// AccountCount is what accounts are counted by.
type AccountCount struct {
	ChannelID string
	State     core.State
}

// accountGauge asks for the states of the accounts at each scrape.
type accountGauge struct {
	count func() map[AccountCount]int
	desc  *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (g *accountGauge) Describe(ch chan<- *prometheus.Desc) { ch <- g.desc }

// Collect implements prometheus.Collector.
func (g *accountGauge) Collect(ch chan<- prometheus.Metric) {
	for by, n := range g.count() {
		ch <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(n), by.ChannelID, string(by.State))
	}
}

// mountMetrics serves the metrics to this machine, and to others with the admin
// key.
func (s *Server) mountMetrics(e *gin.Engine) {
	handler := promhttp.HandlerFor(s.Metrics.registry, promhttp.HandlerOpts{})
	e.GET("/metrics", func(c *gin.Context) {
		if !isLocal(c.Request) {
			if wait, err := s.auth.check(withAdminKey(c.Request)); err != nil {
				if wait > 0 {
					c.Header("Retry-After", retryAfter(wait))
				}
				sendProblem(c, problemOf(c.Request.Context(), s.Log, "authenticate", err))
				return
			}
		}
		handler.ServeHTTP(c.Writer, c.Request)
	})
}

// isLocal reports whether a request comes from this machine and not through a
// proxy on it.
func isLocal(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}

// withAdminKey takes the admin key also as a bearer token, which is how
// Prometheus sends a key.
func withAdminKey(r *http.Request) *http.Request {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || r.Header.Get(adminKeyHeader) != "" {
		return r
	}
	r = r.Clone(r.Context())
	r.Header.Set(adminKeyHeader, token)
	return r
}
