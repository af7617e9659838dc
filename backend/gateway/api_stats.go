package gateway

import (
	"context"
	"net/http"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

const (
	tagStats   = "statistics"
	tagProgram = "program"
)

type statsQuery struct {
	Days    int    `query:"days" default:"7" doc:"1 to 365, today included"`
	User    string `query:"user" doc:"id"`
	Model   string `query:"model" doc:"as the client asked for it"`
	Channel string `query:"channel" doc:"id"`
	// TimeZone is where days begin.
	TimeZone string `query:"time_zone" doc:"where days begin, such as Europe/Berlin; empty means UTC"`
}

type logsQuery struct {
	Limit   int          `query:"limit" default:"100" doc:"1 to 1000"`
	Cursor  string       `query:"cursor" doc:"next_cursor of the page before"`
	User    string       `query:"user" doc:"id"`
	Account string       `query:"account" doc:"id"`
	Channel string       `query:"channel" doc:"id"`
	Model   string       `query:"model" doc:"as the client asked for it"`
	Outcome core.Outcome `query:"outcome"`
	Query   string       `query:"q" doc:"words that all stand in the models or errors"`
	Since   time.Time    `query:"since" doc:"inclusive"`
	Until   time.Time    `query:"until" doc:"exclusive"`
}

type exportQuery struct {
	Format  admin.ExportFormat `query:"format" required:"true" doc:"csv for spreadsheets, jsonl for one JSON object per line"`
	User    string             `query:"user" doc:"id"`
	Account string             `query:"account" doc:"id"`
	Channel string             `query:"channel" doc:"id"`
	Model   string             `query:"model" doc:"as the client asked for it"`
	Outcome core.Outcome       `query:"outcome"`
	Query   string             `query:"q" doc:"words that all stand in the models or errors"`
	Since   time.Time          `query:"since" doc:"inclusive"`
	Until   time.Time          `query:"until" doc:"exclusive"`
}

func (a *api) registerStats() {
	s := a.Service
	handle(a, operation{
		id: "find-stats", method: http.MethodGet, path: "/api/stats", tag: tagStats,
		summary: "Sums, their trend, and who or what they are made of",
	},
		func(ctx context.Context, in *statsQuery) (admin.Stats, error) {
			if in.Days == 0 { // the service reads 0 as "not said"
				return admin.Stats{}, core.Invalid("days", "days is a number from 1 to 365")
			}
			return s.FindStats(ctx, admin.StatsRequest(*in))
		})
	handle(a, operation{
		id: "list-logs", method: http.MethodGet, path: "/api/logs", tag: tagStats,
		summary: "List requests, newest first",
	},
		func(ctx context.Context, in *logsQuery) (admin.LogList, error) {
			if in.Limit == 0 {
				return admin.LogList{}, core.Invalid("limit", "limit is a number from 1 to 1000")
			}
			return s.ListLogs(ctx, admin.LogsRequest(*in))
		})
	handle(a, operation{
		id: "find-log", method: http.MethodGet, path: "/api/logs/{id}", tag: tagStats,
		summary: "Find one request",
	},
		func(ctx context.Context, in *byID) (core.Record, error) { return s.FindLog(ctx, in.ID) })
	handle(a, operation{
		id: "find-log-body", method: http.MethodGet, path: "/api/logs/{id}/body", tag: tagStats,
		summary: "Find what was kept of the bodies of one request, without secrets",
	},
		func(ctx context.Context, in *byID) (core.Capture, error) { return s.FindLogBody(ctx, in.ID) })
	handleDownload(a, operation{
		id: "export-logs", method: http.MethodGet, path: "/api/logs/export", tag: tagStats,
		summary: "Write all ended requests that are selected into a file, newest first",
	}, []string{"text/csv", "application/jsonl"},
		func(ctx context.Context, in *exportQuery) (admin.Download, error) {
			return s.ExportLogs(ctx, admin.ExportRequest(*in))
		})
}

func (a *api) registerSettings() {
	s := a.Service
	handle(a, operation{
		id: "find-settings", method: http.MethodGet, path: "/api/settings", tag: tagProgram,
		summary: "Find the settings",
	},
		func(ctx context.Context, _ *nothing) (core.Settings, error) { return s.FindSettings(ctx) })
	handle(a, operation{
		id: "update-settings", method: http.MethodPut, path: "/api/settings", tag: tagProgram,
		summary: "Change the given settings",
	},
		func(ctx context.Context, in *creation[admin.SettingsInput]) (core.Settings, error) {
			return s.UpdateSettings(ctx, in.Body)
		})
	handle(a, operation{
		id: "test-webhook", method: http.MethodPost, path: "/api/settings/test-webhook", tag: tagProgram,
		summary: "Send a test to the webhook of the settings",
	},
		func(ctx context.Context, _ *nothing) (admin.WebhookTest, error) { return s.TestWebhook(ctx) })
	handle(a, operation{
		id: "find-gateway", method: http.MethodGet, path: "/api/gateway", tag: tagProgram,
		summary: "Tell whether the gateway runs, and where",
	},
		func(ctx context.Context, _ *nothing) (core.GatewayStatus, error) { return s.FindGateway(ctx) })
	handle(a, operation{
		id: "start-gateway", method: http.MethodPost, path: "/api/gateway/start", tag: tagProgram,
		summary: "Open the gateway",
	},
		func(ctx context.Context, _ *nothing) (core.GatewayStatus, error) { return s.StartGateway(ctx) })
	handle(a, operation{
		id: "stop-gateway", method: http.MethodPost, path: "/api/gateway/stop", tag: tagProgram,
		summary: "Close the gateway after draining",
	},
		func(ctx context.Context, _ *nothing) (core.GatewayStatus, error) { return s.StopGateway(ctx) })
}
