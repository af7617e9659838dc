package kiro

import (
	"strings"
	"testing"
)

// split feeds a text in pieces of n bytes and returns reasoning in brackets.
func splitTags(s string, n int) string {
	var t tagFilter
	var kinds, texts []string
	add := func(kind string) func(string) {
		return func(s string) {
			if len(kinds) > 0 && kinds[len(kinds)-1] == kind {
				texts[len(texts)-1] += s
				return
			}
			kinds, texts = append(kinds, kind), append(texts, s)
		}
	}
	think, say := add("think"), add("say")
	for ; s != ""; s = s[min(n, len(s)):] {
		t.feed(s[:min(n, len(s))], think, say)
	}
	t.close(think, say)
	out := ""
	for i, text := range texts {
		if kinds[i] == "think" {
			text = "{" + text + "}"
		}
		out += text
	}
	return out
}

func TestTags(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"none", "just text\nand more", "just text\nand more"},
		{"block", "<thinking>\nWell.\nSo.\n</thinking>\n\nHello", "{Well.\nSo.}Hello"},
		{"on one line", "<thinking>Well.</thinking>\n\nHello", "{Well.}Hello"},
		{"behind text", "Hi\n<thinking>x</thinking>\n\nHello", "Hi\n{x}Hello"},
		{"in the middle of a line", "the tag <thinking>x</thinking>\n\nHello", "the tag <thinking>x</thinking>\n\nHello"},
		{"in backticks", "`<thinking>` is a tag\n\nHello", "`<thinking>` is a tag\n\nHello"},
		{"in code", "```\n<thinking>\nx</thinking>\n\n```\n<thinking>y</thinking>\n\nz", "```\n<thinking>\nx</thinking>\n\n```\n{y}z"},
		{"end in backticks", "<thinking>about `</thinking>` and\n\n</thinking>\n\nHello", "{about `</thinking>` and}Hello"},
		{"end behind a backtick", "<thinking>about `</thinking>\n\nx</thinking>\n\nHello", "{about `</thinking>\n\nx}Hello"},
		{"end without a blank line", "<thinking>a</thinking> b\n</thinking>\nc\n</thinking>\n\nHello", "{a</thinking> b\n</thinking>\nc}Hello"},
		{"end of everything", "<thinking>a</thinking>", "{a}"},
		{"end of everything and a line", "<thinking>a</thinking>\n", "{a}"},
		{"without an end", "<thinking>a\nb\n", "{a\nb}"},
		{"half an end", "<thinking>a</thin", "{a</thin}"},
		{"half a beginning", "<thin", "<thin"},
		{"empty", "<thinking></thinking>\n\nHello", "Hello"},
		{"empty lines", "<thinking>\n\n</thinking>\n\nHello", "Hello"},
		{"nothing but an empty one", "<thinking></thinking>", ""},
		{"two", "<thinking>a</thinking>\n\n<thinking>b</thinking>\n\nc", "{ab}c"},
		{"more blank lines", "<thinking>a</thinking>\n\n\n\nc", "{a}\n\nc"},
		{"characters", "<thinking>größe…</thinking>\n\n😀", "{größe…}😀"},
		{"not quite", "<thinkings>\n<think>\n``<thinking>", "<thinkings>\n<think>\n``<thinking>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for n := 1; n <= len(tt.in); n++ {
				if got := splitTags(tt.in, n); got != tt.want {
					t.Fatalf("pieces of %d: %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// A call ends the reasoning before it.
func TestTagsAtACall(t *testing.T) {
	for in, want := range map[string]string{
		"<thinking>a</thinking>": "{a}|b", "<thinking>a</thinking>\n": "{a}|b", "<thinking>a": "{a}|b", "a\n<thi": "a\n<thi|b",
	} {
		var f tagFilter
		got := ""
		think, say := func(s string) { got += "{" + s + "}" }, func(s string) { got += s }
		f.feed(in, think, say)
		f.close(think, say)
		got += "|"
		f.feed("b", think, say)
		f.close(think, say)
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzTags(f *testing.F) {
	f.Add("<thinking>\nWell.\n</thinking>\n\nHello", 3)
	f.Add("```\n<thinking>`</thinking>`\n\n", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		whole, parts := splitTags(s, len(s)+1), splitTags(s, 1+n&0xff)
		if whole != parts {
			t.Fatalf("%q: in one piece %q, in parts %q", s, whole, parts)
		}
		if !strings.Contains(s, thinkOpen) && whole != s {
			t.Fatalf("%q became %q", s, whole)
		}
	})
}
