package tokens

import (
	"flag"
	"fmt"
	stdmath "math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/token-accuracy.md")

const accuracyHead = `# How exact is the token estimate?

Written by ` + "`go test ./backend/tokens -run TestAccuracy -update`" + `; the same test fails when this page is stale.

OpenAI's models are counted exactly, by their published vocabularies. For all others, and for a text that is still
streaming, AiHub estimates from ten classes of characters. Here the estimates with the weights of the OpenAI family are held
against the exact counts of ` + "`o200k_base`" + ` (gpt-4o and newer), on the texts under ` + "`backend/tokens/testdata/corpus`" + `. A plus means too many.

- **plain**: the table that AiHub uses by default; a word costs the same however long it is, and every space is charged.
- **refined**: the same classes, but the space before a word is part of the word, long words cost more, digits go by threes, and runs of
  symbols and of white space are cheaper. It was fitted to other texts than these.
- **bytes ÷ 4**: the common rule of thumb, for comparison.

`

const accuracyTail = `
The mean is that of the absolute errors of the rows, a row counting as much as any other.

The vocabularies of Claude 3 and newer and of Gemini are not public, so their tables have no such page. For them (and for
every other upstream that reports its usage) AiHub keeps, per model, the average of reported ÷ estimated and multiplies new
estimates by it, within 0.5 and 2.
`

// accuracyPage measures the corpus.
func accuracyPage(t *testing.T) string {
	v := loaded(O200k)
	var page strings.Builder
	page.WriteString(accuracyHead)
	page.WriteString("| text | bytes | exact | plain | refined | bytes ÷ 4 |\n|---|---:|---:|---:|---:|---:|\n")
	var mean [3]float64
	names := corpusNames(t)
	var all strings.Builder
	for _, name := range names {
		text := corpusFile(t, name)
		all.WriteString(text)
		for i, e := range accuracyRow(&page, v, strings.TrimSuffix(name, ".txt"), text) {
			mean[i] += stdmath.Abs(e) / float64(len(names))
		}
	}
	accuracyRow(&page, v, "**all together**", all.String())
	fmt.Fprintf(&page, "| **mean of the errors** | | | %.1f %% | %.1f %% | %.1f %% |\n", mean[0], mean[1], mean[2])
	page.WriteString(accuracyTail)
	return page.String()
}

// accuracyRow writes one line of the table and returns its errors in percent.
func accuracyRow(page *strings.Builder, v *Vocabulary, name, text string) [3]float64 {
	exact := float64(v.Count(text))
	refined := NewRefinedCounter(OpenAI)
	refined.Add(text)
	var errors [3]float64
	for i, n := range []float64{float64(Estimate(OpenAI, text)), float64(refined.Tokens()), float64(len(text)) / 4} {
		errors[i] = 100 * (n/exact - 1)
	}
	fmt.Fprintf(page, "| %s | %d | %.0f | %+.1f %% | %+.1f %% | %+.1f %% |\n", name, len(text), exact, errors[0], errors[1], errors[2])
	return errors
}

func TestAccuracy(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "token-accuracy.md")
	page := accuracyPage(t)
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(old) != page {
		t.Errorf("docs/token-accuracy.md is stale; run go test ./backend/tokens -run TestAccuracy -update\n%s", page)
	}
}
