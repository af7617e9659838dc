package tokens

import (
	"strings"
	"sync"
	"testing"

	"github.com/aihub/aihub/backend/llm"
)

func TestModels(t *testing.T) {
	for model, want := range map[string]struct {
		family   Family
		encoding Encoding
	}{
		"gpt-4o":                        {OpenAI, O200k},
		"gpt-4o-mini-2024-07-18":        {OpenAI, O200k},
		"GPT-4.1-nano":                  {OpenAI, O200k},
		"gpt-4.5-preview":               {OpenAI, O200k},
		"gpt-5":                         {OpenAI, O200k},
		"gpt-5.1-codex":                 {OpenAI, O200k},
		"chatgpt-4o-latest":             {OpenAI, O200k},
		"o1":                            {OpenAI, O200k},
		"o3-mini":                       {OpenAI, O200k},
		"o4-mini-high":                  {OpenAI, O200k},
		"openai/gpt-oss-120b":           {OpenAI, O200k},
		"gpt-oss:20b":                   {OpenAI, O200k},
		"ft:gpt-4o-mini:acme::abc":      {OpenAI, O200k},
		"gpt-4":                         {OpenAI, CL100k},
		"gpt-4-turbo":                   {OpenAI, CL100k},
		"gpt-3.5-turbo":                 {OpenAI, CL100k},
		"gpt-35-turbo-16k":              {OpenAI, CL100k},
		"ft:gpt-3.5-turbo:acme":         {OpenAI, CL100k},
		"text-embedding-3-large":        {OpenAI, CL100k},
		"text-embedding-ada-002":        {OpenAI, CL100k},
		"gpt-42":                        {OpenAI, NoEncoding},
		"o30":                           {OpenAI, NoEncoding},
		"text-davinci-003":              {OpenAI, NoEncoding},
		"deepseek-chat":                 {OpenAI, NoEncoding},
		"":                              {OpenAI, NoEncoding},
		"claude-opus-4-7":               {Claude, NoEncoding},
		"anthropic/Claude-3.5-Sonnet":   {Claude, NoEncoding},
		"CLAUDE_SONNET_4_20250514_V1_0": {Claude, NoEncoding},
		"models/gemini-2.5-pro":         {Gemini, NoEncoding},
	} {
		if f, e := FamilyOf(model), EncodingOf(model); f != want.family || e != want.encoding {
			t.Errorf("%q: family %d, encoding %s; want %d, %s", model, f, e, want.family, want.encoding)
		}
	}
}

func TestCountSaysHowItKnows(t *testing.T) {
	tokenizer := NewTokenizer()
	check := func(model string, want int64, from llm.Source) {
		t.Helper()
		if n, src := tokenizer.Count(model, "こんにちは"); n != want || src != from {
			t.Errorf("%s: %d %s, want %d %s", model, n, src, want, from)
		}
	}
	check("gpt-4o", 5, llm.Estimated)
	tokenizer.Load(O200k)
	check("gpt-4o", 1, llm.Counted)
	check("gpt-4", 5, llm.Estimated)
	tokenizer.Load()
	check("gpt-4", 1, llm.Counted)
	check("gpt-4o", 1, llm.Counted)
	check("claude-sonnet-4-5", 7, llm.Estimated)
	check("gemini-2.5-pro", 4, llm.Estimated)
	tokenizer.Load(NoEncoding)
	check("mistral-large", 5, llm.Estimated)
}

func TestHugeTextsAreCountedInPart(t *testing.T) {
	tokenizer := NewTokenizer()
	tokenizer.Load(O200k)
	text := "x" + strings.Repeat(" 中", exactLimit/4) // the limit cuts a character
	n, src := tokenizer.Count("gpt-4o", text)
	if src != llm.Estimated {
		t.Errorf("source %s", src)
	}
	if exact := loaded(O200k).Count(text); n < exact-5 || n > exact+5 {
		t.Errorf("%d tokens, exact %d", n, exact)
	}
	if n, src := tokenizer.Count("gpt-4o", text[:exactLimit-exactLimit%4-3]); src != llm.Counted || n == 0 {
		t.Errorf("%d %s below the limit", n, src)
	}
}

func TestLoadAtOnce(t *testing.T) {
	tokenizer := NewTokenizer()
	var done sync.WaitGroup
	for range 8 {
		done.Go(func() {
			tokenizer.Count("gpt-5", "hello")
			tokenizer.Load()
			if n, src := tokenizer.Count("gpt-5", "hello"); n != 1 || src != llm.Counted {
				t.Errorf("%d %s", n, src)
			}
		})
	}
	done.Wait()
}
