package simulator_test

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/simulator"
)

// TestModelLists decides by the headers whose list is asked for.
func TestModelLists(t *testing.T) {
	s := startService(t, simulator.Options{})
	cases := []struct {
		name   string
		path   string
		header map[string]string
		want   string // path of an id of the provider's own
	}{
		{"openai", "/v1/models", nil, `data.#(id=="gpt-4-turbo").object`},
		{"anthropic", "/v1/models?limit=1000", map[string]string{"Anthropic-Version": "2026-10-21"}, `data.#(id=="claude-opus-5-5").display_name`},
		{"gemini by header", "/v1/models", map[string]string{"X-Goog-Api-Key": "k"}, `models.#(name=="models/gemini-pro").version`},
		{"gemini by query", "/v1/models?key=k", nil, `models.#(name=="models/gemini-pro-vision").version`},
		{"gemini by version", "/v1beta/models", nil, `models.#(name=="models/gemini-2.5-pro").thinking`},
	}
	for _, c := range cases {
		if got := s.ok(call{method: "GET", path: c.path, header: c.header}); !got.Get(c.want).Exists() {
			t.Errorf("%s: %s", c.name, got.Raw)
		}
	}
}

// TestModelNames shows which names are known.
func TestModelNames(t *testing.T) {
	s := startService(t, simulator.Options{Models: []string{"house-*"}})
	for _, name := range []string{
		"gpt-4", "gpt-4-turbo", "gpt-4-turbo-2024-04-09", "gpt-3.5-turbo", "gpt-4o", "gpt-4o-mini-2024-07-18", "gpt-5.6", "gpt-6-astra", "o3-mini", "house-model",
	} {
		s.ok(chatBody(name, `[{"role":"user","content":"hi"}]`, ""))
	}
	for _, name := range []string{
		"claude-3-opus-20240229", "claude-3-5-sonnet-latest", "claude-3-haiku-20240307", "claude-haiku-4-5-20251001", "claude-sonnet-5-5", "claude-fable-5-1", "house-model",
	} {
		s.post("/v1/messages", `{"model":"`+name+`","max_tokens":50,"messages":[{"role":"user","content":"hi"}]}`)
	}
	for _, name := range []string{"gemini-pro", "gemini-pro-vision", "gemini-2.0-flash-001", "gemini-3.8-flash", "gemini-2.5-flash-preview-09-2025", "house-model"} {
		s.post("/v1/models/"+name+":generateContent", `{"contents":[{"parts":[{"text":"hi"}]}]}`)
	}
}

// TestPictures serves the pictures that image answers link to.
func TestPictures(t *testing.T) {
	s := startService(t, simulator.Options{})
	url := s.post("/v1/images/generations", `{"model":"dall-e-2","prompt":"a cat","size":"256x256"}`).Get("data.0.url").String()
	a := s.do(call{method: "GET", path: strings.TrimPrefix(url, s.url)})
	if a.status != 200 || !strings.HasPrefix(a.body, "\x89PNG") {
		t.Errorf("%s: status %d", url, a.status)
	}
}

// TestAudio makes speech and hears it.
func TestAudio(t *testing.T) {
	s := startService(t, simulator.Options{})
	for format, magic := range map[string]string{"mp3": "\xff\xfb", "wav": "RIFF", "pcm": "\x00\x00"} {
		a := s.do(call{path: "/v1/audio/speech", body: `{"model":"tts-1","voice":"alloy","input":"hello there","response_format":"` + format + `"}`})
		if a.status != 200 || !strings.HasPrefix(a.body, magic) {
			t.Errorf("%s: status %d, begins with %q", format, a.status, a.body[:min(len(a.body), 8)])
		}
	}
	form := "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nMODEL\r\n--b\r\nContent-Disposition: form-data; name=\"MORE\"\r\n\r\nVALUE\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFFdata\r\n--b--\r\n"
	for _, c := range []struct{ model, name, value, want string }{
		{"whisper-1", "response_format", "json", `"type":"duration"`},
		{"whisper-1", "response_format", "srt", "-->"},
		{"whisper-1", "response_format", "vtt", "WEBVTT"},
		{"whisper-1", "response_format", "verbose_json", `"segments":[`},
		{"gpt-4o-transcribe", "language", "en", `"type":"tokens"`},
		{"gpt-4o-transcribe", "stream", "true", `"type":"transcript.text.done"`},
		{"gpt-4o-transcribe", "response_format", "doc", "Supported values are"},
	} {
		body := strings.NewReplacer("MODEL", c.model, "MORE", c.name, "VALUE", c.value).Replace(form)
		a := s.do(call{path: "/v1/audio/transcriptions", body: body, header: map[string]string{"Content-Type": "multipart/form-data; boundary=b"}})
		if !strings.Contains(a.body, c.want) {
			t.Errorf("%s %s: %d %s", c.name, c.value, a.status, a.body)
		}
	}
}
