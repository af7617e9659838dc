package desktop

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

func TestFace(t *testing.T) {
	running := core.GatewayStatus{Running: true, URL: "http://127.0.0.1:8000"}
	busy := running
	busy.InFlight = 3
	taken := core.GatewayStatus{URL: "http://127.0.0.1:8000", Error: "port 8000 is taken by nginx (pid 7)\nchoose another"}
	tests := []struct {
		name   string
		status core.GatewayStatus
		quota  Quota
		work   work
		locale string
		want   face
	}{
		{
			name: "running", status: running,
			want: face{symbol: symbolRunning, status: "Running at http://127.0.0.1:8000", toggle: "Stop gateway", hint: "AiHub", canCopy: true},
		},
		{
			name: "requests in flight", status: busy,
			want: face{
				symbol: symbolRunning, status: "Running at http://127.0.0.1:8000 · 3 in flight", toggle: "Stop gateway",
				hint: "AiHub · 3 in flight", canCopy: true,
			},
		},
		{
			name: "quota", status: running, quota: Quota{User: "alice", Used: 0.729, Ready: 2, Accounts: 3},
			want: face{
				symbol: symbolRunning, status: "Running at http://127.0.0.1:8000", toggle: "Stop gateway", hint: "AiHub · 72%",
				quota: "Quota of alice: 72% used", account: "2 of 3 accounts ready", canCopy: true,
			},
		},
		{
			name: "quota nearly used up", status: running, quota: Quota{User: "alice", Used: 0.9},
			want: face{
				symbol: symbolLow, status: "Running at http://127.0.0.1:8000", toggle: "Stop gateway", hint: "AiHub · 90%",
				quota: "Quota of alice: 90% used", canCopy: true,
			},
		},
		{
			name: "no account is ready", status: running, quota: Quota{Accounts: 2},
			want: face{
				symbol: symbolLow, status: "Running at http://127.0.0.1:8000", toggle: "Stop gateway", hint: "AiHub",
				account: "0 of 2 accounts ready", canCopy: true,
			},
		},
		{
			name: "stopped", quota: Quota{Accounts: 2},
			want: face{symbol: symbolStopped, status: "Stopped", toggle: "Start gateway", hint: "AiHub", account: "0 of 2 accounts ready"},
		},
		{
			name: "failed", status: taken,
			want: face{symbol: symbolError, status: "Not running: port 8000 is taken by nginx (pid 7)", toggle: "Start gateway", hint: "AiHub"},
		},
		{
			name: "starting after a failure", status: taken, work: starting,
			want: face{symbol: symbolStopped, status: "Starting…", toggle: "Start gateway", hint: "AiHub", busy: true},
		},
		{
			name: "stopping", status: busy, work: stopping,
			want: face{
				symbol: symbolRunning, status: "Stopping: waiting for open requests… · 3 in flight", toggle: "Stop gateway",
				hint: "AiHub · 3 in flight", busy: true,
			},
		},
		{
			name: "Chinese", status: busy, quota: Quota{User: "小王", Used: 0.5, Ready: 1, Accounts: 2}, locale: "zh_CN.UTF-8",
			want: face{
				symbol: symbolRunning, status: "运行中：http://127.0.0.1:8000 · 3 个请求进行中", toggle: "停止网关",
				hint: "AiHub · 3 个请求进行中 · 50%", quota: "小王 的配额：已用 50%", account: "可用账号 1 / 2", canCopy: true,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := faceOf(tt.status, tt.quota, tt.work, wordsFor(tt.locale))
			if !strings.HasPrefix(got.tooltip, "AiHub\n") {
				t.Errorf("tooltip = %q, want it to begin with the program's name", got.tooltip)
			}
			got.tooltip = ""
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestFirstLineFitsAMenu(t *testing.T) {
	got := firstLine(strings.Repeat("长", 200) + "\nmore")
	if n := len([]rune(got)); n != 91 {
		t.Errorf("%d characters, want 90 and an ellipsis", n)
	}
}

func TestWordsFollowTheLocale(t *testing.T) {
	for locale, want := range map[string]string{
		"": "Quit AiHub", "C": "Quit AiHub", "en_GB.UTF-8": "Quit AiHub", "de_DE": "Quit AiHub", "zha": "Quit AiHub",
		"zh_CN.UTF-8": "退出 AiHub", "zh-Hans-CN": "退出 AiHub", "zh": "退出 AiHub",
	} {
		if got := wordsFor(locale).quit; got != want {
			t.Errorf("%q: %q, want %q", locale, got, want)
		}
	}
}
