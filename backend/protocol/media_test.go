package protocol

import (
	"encoding/base64"
	"testing"
)

func TestParseDataURL(t *testing.T) {
	tests := []struct {
		name, url, mime, data string
		ok                    bool
	}{
		{"png", "data:image/png;base64,iVBO", "image/png", "iVBO", true},
		{"parameters", "data:text/plain;charset=utf-8;base64,aGk=", "text/plain", "aGk=", true},
		{"white space", "data:image/png;base64, iV\r\n\tBO ", "image/png", "iVBO", true},
		{"capitals", "DATA:Image/PNG;BASE64,iVBO", "image/png", "iVBO", true},
		{"no type", "data:;base64,aGk=", "text/plain", "aGk=", true},
		{"percent", "data:,h%69%2", "text/plain", "aGklMg==", true},
		{"no comma", "data:image/png;base64", "", "", false},
		{"http", "https://example.com/a.png", "", "", false},
		{"nothing", "", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mime, data, ok := ParseDataURL(tt.url)
			if mime != tt.mime || data != tt.data || ok != tt.ok {
				t.Errorf("got %q, %q, %v", mime, data, ok)
			}
		})
	}
	if mime, data, ok := ParseDataURL(DataURL("image/gif", "R0lG")); mime != "image/gif" || data != "R0lG" || !ok {
		t.Errorf("a round trip gave %q, %q, %v", mime, data, ok)
	}
}

func TestSniffMIME(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"},
		{"gif", "GIF89a\x01\x00", "image/gif"},
		{"webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"},
		{"wav", "RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"},
		{"pdf", "%PDF-1.7\n", "application/pdf"},
		{"mp3 with tags", "ID3\x04\x00", "audio/mpeg"},
		{"mp3", "\xff\xfb\x90\x00", "audio/mpeg"},
		{"other RIFF", "RIFF\x00\x00\x00\x00AVI ", ""},
		{"text", "hello world", ""},
		{"short", "\x89P", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := SniffMIME(base64.StdEncoding.EncodeToString([]byte(tt.raw))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := SniffMIME("not base64!"); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestEfforts(t *testing.T) {
	for effort, budget := range map[string]int64{
		"none": 0, "minimal": 512, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 32768, "max": 128000, "": -1, "ultra": -1,
	} {
		if got := BudgetOf(effort); got != budget {
			t.Errorf("%q: got %d, want %d", effort, got, budget)
		}
	}
	for budget, effort := range map[int64]string{
		-1: "", 0: "none", 1: "minimal", 512: "minimal", 513: "low", 8192: "medium", 24576: "high", 31999: "xhigh", 200000: "xhigh",
	} {
		if got := EffortOf(budget); got != effort {
			t.Errorf("%d: got %q, want %q", budget, got, effort)
		}
	}
}

func TestClampEffort(t *testing.T) {
	tests := []struct {
		name, effort string
		allowed      []string
		want         string
	}{
		{"allowed", "medium", []string{"low", "medium", "high"}, "medium"},
		{"too high", "max", []string{"low", "medium", "high"}, "high"},
		{"too low", "minimal", []string{"low", "medium", "high"}, "low"},
		{"between", "medium", []string{"low", "high"}, "low"},
		{"a level is never none", "minimal", []string{"none", "low"}, "low"},
		{"none becomes the lowest", "none", []string{"high", "low"}, "low"},
		{"none", "none", []string{"none", "low"}, "none"},
		{"unset", "", []string{"low"}, ""},
		{"unknown", "ultra", []string{"low"}, ""},
		{"nothing allowed", "low", nil, ""},
		{"only none allowed", "low", []string{"none"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ClampEffort(tt.effort, tt.allowed); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
