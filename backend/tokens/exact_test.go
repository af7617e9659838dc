package tokens

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var goldenFile = flag.String("golden", filepath.Join("testdata", "golden.jsonl"), "counts of the oracle (see oracle/golden)")

// golden is one line of the oracle's file.
type golden struct {
	File   string
	Text   string
	O200k  int64
	CL100k int64
}

func (g *golden) content(t testing.TB) string {
	if g.File == "" {
		return g.Text
	}
	return corpusFile(t, g.File)
}

func corpusFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "corpus", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// eachGolden calls check for every line of the oracle's file.
func eachGolden(t testing.TB, check func(golden)) {
	t.Helper()
	f, err := os.Open(*goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		check(g)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func loaded(e Encoding) *Vocabulary {
	t := NewTokenizer()
	t.Load(e)
	return t.vocabulary(e)
}

func TestExactCountsEqualTheOracle(t *testing.T) {
	o200k, cl100k := loaded(O200k), loaded(CL100k)
	files := map[string]bool{}
	eachGolden(t, func(g golden) {
		text := g.content(t)
		if n := o200k.Count(text); n != g.O200k {
			t.Errorf("o200k: %s%q: %d tokens, want %d", g.File, g.Text, n, g.O200k)
		}
		if n := cl100k.Count(text); n != g.CL100k {
			t.Errorf("cl100k: %s%q: %d tokens, want %d", g.File, g.Text, n, g.CL100k)
		}
		files[g.File] = true
	})
	for _, name := range corpusNames(t) {
		if !files[name] && *goldenFile == filepath.Join("testdata", "golden.jsonl") {
			t.Errorf("%s is not in the golden file; run go generate", name)
		}
	}
}

func corpusNames(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join("testdata", "corpus"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestInvalidBytesCountAsReplacement(t *testing.T) {
	v := loaded(O200k)
	for _, s := range []string{"\xff", "a\xffb", "\xe4\xb8", "中\xe4\xb8", "\xf0\x9f\x92 \x80", strings.Repeat("\x80", 500)} {
		if got, want := v.Count(s), v.Count(string([]rune(s))); got != want {
			t.Errorf("%q: %d tokens, want %d", s, got, want)
		}
	}
}

// The two ways of merging give the same count for every length around the
// border between them, and for one word that never ends.
func TestHeapEqualsScan(t *testing.T) {
	v := loaded(O200k)
	m := merger{vocabulary: v}
	text := corpusFile(t, "chinese.txt") + corpusFile(t, "base64-hex.txt") + corpusFile(t, "english.txt")
	for n := 2; n <= scanLimit; n++ {
		for i := 0; i+n < len(text); i += 7 * n {
			if scan, heap := v.scan(text[i:i+n]), m.merge(text[i:i+n]); scan != heap {
				t.Fatalf("%q: scan %d, heap %d", text[i:i+n], scan, heap)
			}
		}
	}
}

// Counts of runs: found by the oracle, which takes seconds for each.
func TestLongRuns(t *testing.T) {
	o200k, cl100k := loaded(O200k), loaded(CL100k)
	for _, tt := range []struct {
		part   string
		times  int
		o200k  int64
		cl100k int64
	}{
		{"中", 20000, 20000, 20000},
		{"a", 20000, 2500, 2500},
		{"😀", 5000, 5000, 10000},
		{" ", 20000, 157, 157},
		{"\n", 20000, 1250, 625},
		{"=", 20000, 312, 313},
		{"aB", 5000, 5001, 5001},
		{"é", 10000, 10000, 10000},
	} {
		text := strings.Repeat(tt.part, tt.times)
		if n := o200k.Count(text); n != tt.o200k {
			t.Errorf("o200k: %d × %q: %d tokens, want %d", tt.times, tt.part, n, tt.o200k)
		}
		if n := cl100k.Count(text); n != tt.cl100k {
			t.Errorf("cl100k: %d × %q: %d tokens, want %d", tt.times, tt.part, n, tt.cl100k)
		}
	}
}

// checkSplit verifies what every splitter promises: pieces go on and end where
// the text ends.
func checkSplit(t *testing.T, split splitter, text string) {
	t.Helper()
	for i := 0; i < len(text); {
		end := split(categoryTable(), text, i)
		if end <= i || end > len(text) {
			t.Fatalf("%q: piece from %d to %d", text, i, end)
		}
		i = end
	}
}

func FuzzExact(f *testing.F) {
	for _, v := range vectors() {
		f.Add(v.text)
	}
	o200k, cl100k := loaded(O200k), loaded(CL100k)
	f.Fuzz(func(t *testing.T, text string) {
		valid := string([]rune(text))
		checkSplit(t, splitO200k, valid)
		checkSplit(t, splitCL100k, valid)
		for _, v := range []*Vocabulary{o200k, cl100k} {
			n := v.Count(text)
			if n != v.Count(valid) || n > int64(len(valid)) || (n == 0) != (text == "") {
				t.Fatalf("%q: %d tokens", text, n)
			}
		}
	})
}

func BenchmarkCount(b *testing.B) {
	v := loaded(O200k)
	for _, name := range []string{"english", "go", "tsx", "json-minified", "chinese", "chinese-docs", "scripts-of-the-world", "base64-hex"} {
		text := strings.Repeat(corpusFile(b, name+".txt"), 20)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				v.Count(text)
			}
		})
	}
	b.Run("one-word", func(b *testing.B) {
		text := strings.Repeat("中", 20000)
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			v.Count(text)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		loaded(O200k)
	}
}
