package tokens

import (
	"strings"
	"testing"
)

// counts tells how often each class costs by the plain rules.
func counts(text string) [classes]int {
	var n [classes]int
	for k := range classes {
		var w [classes]weights
		w[k] = run(100)
		if class(k) == word || class(k) == figure {
			w[k] = run(100, 0)
		}
		t := newTable(&w)
		c := newCounter(&t)
		c.Add(text)
		n[k] = int(c.Tokens())
	}
	return n
}

// vectors are texts, the counts of their classes, the plain estimates of the
// three families and the exact count of o200k_base.
func vectors() []struct {
	text   string
	counts [classes]int
	want   [families]int64
	o200k  int64
} {
	return []struct {
		text   string
		counts [classes]int
		want   [families]int64
		o200k  int64
	}{
		{"", [classes]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, [families]int64{0, 0, 0}, 0},
		{"a", [classes]int{1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, [families]int64{2, 2, 2}, 1},
		{"Hello, world!", [classes]int{2, 0, 0, 2, 0, 0, 0, 0, 0, 1}, [families]int64{4, 4, 4}, 4},
		{"你好，世界", [classes]int{0, 0, 4, 1, 0, 0, 0, 0, 0, 0}, [families]int64{4, 6, 4}, 3},
		{"abc123def", [classes]int{2, 1, 0, 0, 0, 0, 0, 0, 0, 0}, [families]int64{4, 4, 6}, 3},
		{"v2.3.0", [classes]int{1, 3, 0, 2, 0, 0, 0, 0, 0, 0}, [families]int64{7, 7, 11}, 6},
		{"user@example.com", [classes]int{3, 0, 0, 1, 0, 0, 1, 0, 0, 0}, [families]int64{6, 7, 7}, 3},
		{"https://a.b/c?d=1&e=2#f", [classes]int{7, 2, 0, 1, 0, 9, 0, 0, 0, 0}, [families]int64{20, 23, 25}, 14},
		{"x ≤ y", [classes]int{2, 0, 0, 0, 1, 0, 0, 0, 0, 2}, [families]int64{6, 8, 4}, 3},
		{"E = mc²", [classes]int{2, 1, 0, 0, 0, 1, 0, 0, 0, 2}, [families]int64{6, 6, 7}, 4},
		{"👩\u200d💻", [classes]int{0, 0, 0, 1, 0, 0, 0, 2, 0, 0}, [families]int64{5, 6, 3}, 5},
		{"🇵🇹", [classes]int{0, 0, 0, 2, 0, 0, 0, 0, 0, 0}, [families]int64{1, 1, 1}, 4},
		{"line1\nline2\n\tindented", [classes]int{3, 2, 0, 0, 0, 0, 0, 0, 3, 0}, [families]int64{8, 10, 13}, 9},
		{"snake_case_name", [classes]int{3, 0, 0, 2, 0, 0, 0, 0, 0, 0}, [families]int64{4, 5, 5}, 3},
		{"don't", [classes]int{2, 0, 0, 1, 0, 0, 0, 0, 0, 0}, [families]int64{3, 3, 3}, 1},
		{"naïve café", [classes]int{2, 0, 0, 0, 0, 0, 0, 0, 0, 1}, [families]int64{3, 3, 3}, 4},
		{"Привет, мир", [classes]int{2, 0, 0, 1, 0, 0, 0, 0, 0, 1}, [families]int64{3, 4, 3}, 4},
		{"こんにちは", [classes]int{0, 0, 5, 0, 0, 0, 0, 0, 0, 0}, [families]int64{5, 7, 4}, 1},
		{"नमस्ते", [classes]int{2, 0, 0, 2, 0, 0, 0, 0, 0, 0}, [families]int64{3, 4, 4}, 4},
		{"３２１", [classes]int{0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, [families]int64{2, 2, 3}, 3},
		{"\u3000", [classes]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, [families]int64{1, 1, 1}, 1},
		{"{\"a\":1}", [classes]int{1, 1, 0, 4, 0, 1, 0, 0, 0, 0}, [families]int64{6, 6, 7}, 5},
		{"a\r\nb", [classes]int{2, 0, 0, 0, 0, 0, 0, 0, 1, 1}, [families]int64{3, 4, 4}, 3},
		{"3.14159", [classes]int{0, 2, 0, 1, 0, 0, 0, 0, 0, 0}, [families]int64{4, 4, 6}, 4},
		{"100,000", [classes]int{0, 2, 0, 1, 0, 0, 0, 0, 0, 0}, [families]int64{4, 4, 6}, 3},
	}
}

func TestVectors(t *testing.T) {
	o200k := loaded(O200k)
	for _, tt := range vectors() {
		if got := counts(tt.text); got != tt.counts {
			t.Errorf("%q: classes %v, want %v", tt.text, got, tt.counts)
		}
		for f, want := range tt.want {
			if got := Estimate(Family(f), tt.text); got != want {
				t.Errorf("%q: family %d: %d tokens, want %d", tt.text, f, got, want)
			}
		}
		if got := o200k.Count(tt.text); got != tt.o200k {
			t.Errorf("%q: %d tokens of o200k, want %d", tt.text, got, tt.o200k)
		}
	}
}

// The order of the tests decides for characters of two natures.
func TestClasses(t *testing.T) {
	for text, want := range map[string]class{
		"\v": blank, "\f": blank, "\r": blank, "\u0085": blank, "\u00a0": blank, "\u2028": blank, "\t": line,
		"\x00": symbol, "\x1c": symbol, "\x7f": symbol, "\u200b": symbol, "\ufeff": symbol,
		"々": cjk, "〇": cjk, "⼀": cjk, "𠀀": cjk, "ー": cjk, "・": cjk, "각": cjk, "ㄱ": word, "ｱ": word, "、": symbol,
		"☀": emoji, "✓": emoji, "🜀": emoji, "🩷": emoji, "🏽": emoji, "©": symbol,
		"ª": word, "ß": word, "ǅ": word, "ʰ": word, "ا": word, "𝒳": word, "\u0301": symbol, "ि": symbol,
		"½": figure, "Ⅷ": figure, "①": figure, "²": figure, "₃": figure, "٣": figure,
		"∑": sign, "⨁": sign, "±": sign, "×": sign, "÷": sign, "°": sign, "¬": sign, "′": sign, "⁺": sign, "₍": sign, "𝛁": sign,
		"+": symbol, "<": symbol, "→": symbol, "€": symbol, "%": url, "#": url, ";": url,
	} {
		got := counts(text)
		for k, n := range got {
			if (class(k) == want) != (n == 1) {
				t.Errorf("%q: classes %v, want class %d", text, got, want)
				break
			}
		}
	}
}

func TestRefined(t *testing.T) {
	for text, want := range map[string]int64{
		"":               0,
		"a":              2, // 1.06
		" a b c":         3, // a blank and its word are one token
		"abcdefgh":       2, // 1.06 + 2 × 0.30
		"123456":         4, // two groups of three: 3.02
		"        x":      2, // 0.34 + 0.38 + 6 × 0.03 + 0.66
		"==========":     3, // 0.28 + 9 × 0.24
		"((((((((((((((": 3, // 0.51 + 13 × 0.16
	} {
		c := NewRefinedCounter(OpenAI)
		c.Add(text)
		if got := c.Tokens(); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestAnyCutGivesTheSame(t *testing.T) {
	text := "a1 中\xff👩\u200d💻\xe4\xb8\xf0\x9f\x92 don't\r\n\t12345\xc3 \xed\xa0\x80 end\xf0\x9f"
	for f := range families {
		for _, fresh := range []func(Family) *Counter{NewCounter, NewRefinedCounter} {
			whole := fresh(Family(f))
			whole.Add(text)
			for i := range len(text) + 1 {
				for j := i; j <= len(text); j++ {
					c := fresh(Family(f))
					c.Add(text[:i])
					c.AddBytes([]byte(text[i:j]))
					c.Add(text[j:])
					if c.Tokens() != whole.Tokens() {
						t.Fatalf("family %d, cut at %d and %d: %d tokens, want %d", f, i, j, c.Tokens(), whole.Tokens())
					}
				}
			}
		}
	}
}

func TestTokensMayBeAskedInTheMiddle(t *testing.T) {
	c := NewCounter(Claude)
	for i := range len("né中👍") {
		c.Add("né中👍"[i : i+1])
		c.Tokens()
	}
	if got, want := c.Tokens(), Estimate(Claude, "né中👍"); got != want {
		t.Errorf("%d tokens, want %d", got, want)
	}
	c.Reset()
	if c.Tokens() != 0 {
		t.Error("something is left after Reset")
	}
}

func FuzzStreaming(f *testing.F) {
	for _, v := range vectors() {
		f.Add(v.text, uint(1), uint(3))
	}
	f.Add("\xf0\x9f\x92", uint(1), uint(2))
	f.Fuzz(func(t *testing.T, text string, i, j uint) {
		i = min(i, uint(len(text)))
		j = max(i, min(j, uint(len(text))))
		for _, c := range []*Counter{NewCounter(Gemini), NewRefinedCounter(OpenAI)} {
			whole := newCounter(c.table)
			whole.Add(text)
			for _, piece := range []string{text[:i], text[i:j], text[j:]} {
				c.Add(piece)
			}
			if c.Tokens() != whole.Tokens() {
				t.Fatalf("cut at %d and %d: %d tokens, want %d", i, j, c.Tokens(), whole.Tokens())
			}
		}
	})
}

func BenchmarkEstimate(b *testing.B) {
	for _, name := range []string{"english", "go", "json-minified", "chinese", "chinese-docs", "scripts-of-the-world", "emoji"} {
		text := strings.Repeat(corpusFile(b, name+".txt"), 20)
		for kind, c := range map[string]*Counter{"plain": NewCounter(OpenAI), "refined": NewRefinedCounter(OpenAI)} {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					c.Add(text)
				}
			})
		}
	}
}
