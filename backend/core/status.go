package core

import (
	"encoding/json"
	"time"
)

// GatewayStatus is what the window, the tray and the dashboard show of the
// gateway.
type GatewayStatus struct {
	Running   bool       `json:"running"`
	URL       string     `json:"url"` // the address to point tools at, without a path
	Host      string     `json:"host"`
	Port      int        `json:"port"`
	Error     string     `json:"error"` // why it is not running, when it should be
	StartedAt *time.Time `json:"started_at,omitempty"`
	InFlight  int        `json:"in_flight"`
	Version   string     `json:"version"`
}

// TestResult is the answer to one tiny real request.
type TestResult struct {
	OK        bool   `json:"ok"`
	LatencyMS int64  `json:"latency_ms"`
	Model     string `json:"model"`
	Error     string `json:"error,omitempty"`
}

// ProxyStep names a step on the way through a proxy to a provider.
type ProxyStep string

// The steps, in their order.
const (
	StepProxy     ProxyStep = "proxy"      // reaching the proxy and speaking its protocol
	StepProxyTLS  ProxyStep = "proxy_tls"  // trusting an https proxy
	StepProxyAuth ProxyStep = "proxy_auth" // the proxy's user name and password
	StepHost      ProxyStep = "host"       // from the proxy, or without one, to the provider's host
	StepHostTLS   ProxyStep = "host_tls"   // trusting the provider's host
)

// ProxyTest is the answer to a connection that was opened to a provider's host
// as a request's would be, and closed again. Nothing is billed: no credential
// goes out.
type ProxyTest struct {
	OK        bool      `json:"ok"`
	LatencyMS int64     `json:"latency_ms"`
	Proxy     string    `json:"proxy"` // without its password; "" = none
	Host      string    `json:"host"`
	Step      ProxyStep `json:"step,omitempty" enum:"proxy,proxy_tls,proxy_auth,host,host_tls" doc:"the step that failed"`
	Error     string    `json:"error,omitempty"`
}

// EventType names what an event is about.
type EventType string

// The types of events and what Data holds.
const (
	EventRequest EventType = "request" // a Record that began or ended
	EventConfig  EventType = "config"  // {"kind": "channel|account|user|key|settings", "id": …}
	EventAccount EventType = "account" // {"id": …}: its health changed
	EventGateway EventType = "gateway" // a GatewayStatus
	EventLogin   EventType = "login"   // a Login whose state changed
	EventAlert   EventType = "alert"   // what a webhook is told: {"event": …, "text": …, "account" or "user": …}
	EventImport  EventType = "import"  // {"id", "state", "done", "total", …}: the verification of an import went on
)

// Event is one entry of the live event log.
type Event struct {
	Seq  uint64          `json:"seq"` // from 1, +1 each, since the program started
	Time time.Time       `json:"time"`
	Type EventType       `json:"type"`
	Data json.RawMessage `json:"data"`
}
