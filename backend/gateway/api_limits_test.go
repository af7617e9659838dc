package gateway

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aihub/aihub/backend/admin"
)

func TestBodyLimits(t *testing.T) {
	d := newDoor(t)
	channel := d.create("/api/channels", `{"name":"main","provider":"openai"}`)
	padded := `{"name":"x","provider":"openai"` + strings.Repeat(" ", maxAPIBody) + `}`
	if got := d.call(http.MethodPost, "/api/channels", padded); got.status != http.StatusRequestEntityTooLarge || !strings.Contains(got.body, `"code":"too_large"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	text := "sk-one" + strings.Repeat(" ", maxAPIBody) + "\nsk-two"
	path := "/api/channels/" + channel + "/accounts/import"
	if got := d.call(http.MethodPost, path, text, "Content-Type", "text/plain"); got.status != http.StatusOK || !strings.Contains(got.body, `"created":2`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	text += strings.Repeat(" ", maxImportBody-len(text)+1)
	if got := d.call(http.MethodPost, path, text, "Content-Type", "text/plain"); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestImportAPI(t *testing.T) {
	upload, kind := uploadOf(t, map[string]string{"dry_run": "true"}, map[string]string{"keys.txt": "sk-a\nsk-b"})
	strange, strangeKind := uploadOf(t, map[string]string{"colour": "red"}, nil)
	runScenarios(t, []scenario{
		{
			name: "JSON", request: "POST /api/channels/{channel}/accounts/import", body: `{"content":"sk-a\nsk-0123456789abcdef","dry_run":true}`, status: 200,
			want: []string{
				`{"rows":[{"line":1,"kind":"api_key","name":"openai a","valid":true,"provider":"openai","channel":"main"},{"line":2,"kind":"api_key","name":"openai cdef","valid":true,"duplicate_of":"openai cdef"`,
				`"created":1,"skipped":1,"failed":0,"groups":[{"provider":"openai","base_url":"","channel_id":"{channel}","channel":"main","new":false,"accounts":1}]`,
			}, absent: []string{"import_id"},
		},
		{
			name: "text", request: "POST /api/channels/{channel}/accounts/import?dry_run=true", body: "sk-a\nsk b", headers: []string{"Content-Type", "text/plain; charset=utf-8"}, status: 200,
			want: []string{`"created":1,"skipped":0,"failed":1`, `"valid":false,"problem":"`}, absent: []string{"sk b"},
		},
		{
			name: "what curl sends by itself", request: "POST /api/channels/{channel}/accounts/import", body: "sk-a", headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 200,
			want: []string{`"created":1`},
		},
		{
			name: "a file", request: "POST /api/channels/{channel}/accounts/import", body: upload, headers: []string{"Content-Type", kind}, status: 200,
			want: []string{`"file":"keys.txt"`, `"created":2`},
		},
		{
			name: "a part too many", request: "POST /api/channels/{channel}/accounts/import", body: strange, headers: []string{"Content-Type", strangeKind}, status: 400,
			want: []string{`"field":"colour"`},
		},
		{
			name: "half an upload", request: "POST /api/channels/{channel}/accounts/import", body: upload[:60], headers: []string{"Content-Type", kind}, status: 400,
			want: []string{`"field":"files"`},
		},
		{
			name: "another type", request: "POST /api/channels/{channel}/accounts/import", body: "<a/>", headers: []string{"Content-Type", "application/xml"}, status: 400,
			want: []string{`"code":"invalid"`},
		},
		{
			name: "a field too many", request: "POST /api/channels/{channel}/accounts/import", body: `{"contents":"sk-a"}`, status: 400,
			want: []string{"contents"},
		},
		{name: "something behind it", request: "POST /api/channels/{channel}/accounts/import", body: `{"content":"sk-a"} {}`, status: 400},
		{name: "nothing", request: "POST /api/channels/{channel}/accounts/import", body: `{}`, status: 400, want: []string{`"field":"content"`}},
		{name: "an empty body", request: "POST /api/channels/{channel}/accounts/import", status: 400},
		{name: "no channel", request: "POST /api/channels/chn_none/accounts/import", body: `{"content":"sk-a"}`, status: 404},
	})
}

// uploadOf returns a multipart body and its type.
func uploadOf(t *testing.T, fields, files map[string]string) (body, kind string) {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		part, err := w.CreateFormFile("files", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String(), w.FormDataContentType()
}

func TestFaultsAreLoggedAndHidden(t *testing.T) {
	d := newDoor(t)
	var p Problem
	d.call(http.MethodPost, "/api/gateway/start", "").json(t, &p)
	if log := d.log.String(); p.RequestID == "" || !strings.Contains(log, p.RequestID) || !strings.Contains(log, "stays inside") {
		t.Errorf("request id %q, log %s", p.RequestID, log)
	}
	channel := d.create("/api/channels", `{"name":"main","provider":"openai"}`)
	d.panics = true
	got := d.call(http.MethodPost, "/api/channels/"+channel+"/test", "")
	got.json(t, &p)
	if got.status != http.StatusInternalServerError || p.Code != "internal" || strings.Contains(got.body, "invariant") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if log := d.log.String(); !strings.Contains(log, p.RequestID) || !strings.Contains(log, "a broken invariant") {
		t.Errorf("log %s", log)
	}
}

// TestParallelUpdates changes one field per request, all at once, over HTTP.
func TestParallelUpdates(t *testing.T) {
	d := newDoor(t)
	path := "/api/channels/" + d.create("/api/channels", `{"name":"main","provider":"openai"}`)
	bodies := []string{`{"name":"new"}`, `{"weight":3}`, `{"priority":4}`, `{"models":["m"]}`, `{"enabled":false}`, `{"policy":"fill_first"}`}
	var wg sync.WaitGroup
	for _, body := range bodies {
		wg.Go(func() {
			if got := d.call(http.MethodPut, path, body); got.status != http.StatusOK {
				t.Errorf("%s: %d %s", body, got.status, got.body)
			}
		})
	}
	wg.Wait()
	var c admin.Channel
	d.call(http.MethodGet, path, "").json(t, &c)
	if c.Name != "new" || c.Weight != 3 || c.Priority != 4 || len(c.Models) != 1 || c.Models[0] != "m" || c.Enabled || c.Policy != "fill_first" {
		t.Errorf("a field was lost: %+v", c)
	}
}
