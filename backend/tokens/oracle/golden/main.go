// Command golden writes what pkoukk/tiktoken-go counts for the texts of
// package tokens and for random strings, as JSON lines, for the tests there.
//
//	go run ./golden                                      # rewrites ../testdata/golden.jsonl
//	go run ./golden -random 300000 -seed 2 -out FILE     # a larger file, for go test -golden FILE
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
)

// row is one line of the golden file: a text, or the name of the file under
// testdata/corpus that holds it, and its exact counts.
type row struct {
	File   string `json:"file,omitempty"`
	Text   string `json:"text,omitempty"`
	O200k  int    `json:"o200k"`
	CL100k int    `json:"cl100k"`
}

func main() {
	random := flag.Int("random", 1500, "number of random strings")
	seed := flag.Uint64("seed", 1, "seed of the random strings")
	out := flag.String("out", filepath.Join("..", "testdata", "golden.jsonl"), "file to write")
	flag.Parse()
	if err := write(*out, *random, *seed); err != nil {
		log.Fatal(err)
	}
}

func write(out string, random int, seed uint64) error {
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	o200k, err := tiktoken.GetEncoding("o200k_base")
	if err != nil {
		return err
	}
	cl100k, err := tiktoken.GetEncoding("cl100k_base")
	if err != nil {
		return err
	}
	rows, err := corpus()
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(seed, seed))
	for range random {
		rows = append(rows, row{Text: text(r)})
	}
	for i := range rows {
		content, err := rows[i].content()
		if err != nil {
			return err
		}
		rows[i].O200k = len(o200k.EncodeOrdinary(content))
		rows[i].CL100k = len(cl100k.EncodeOrdinary(content))
	}
	return save(out, rows)
}

func corpus() ([]row, error) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "corpus", "*.txt"))
	var rows []row
	for _, f := range files {
		rows = append(rows, row{File: filepath.Base(f)})
	}
	return rows, err
}

func (r row) content() (string, error) {
	if r.File == "" {
		return r.Text, nil
	}
	b, err := os.ReadFile(filepath.Join("..", "testdata", "corpus", r.File))
	return string(b), err
}

func save(out string, rows []row) error {
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, r := range rows {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// text makes a random string of the parts at which splitters differ: cases,
// letters without case, marks, numbers of every kind, contractions, runs of
// white space and line ends, symbols before and after them.
func text(r *rand.Rand) string {
	parts := strings.Split("a|b|the|word|in|A|B|HTTP|Go|ǅ|ʰ|é|e\u0301|\u0301|\u0903|ß|Я|мир|中|文|かな|カ|글|न|स्|ท|ع|"+
		"0|1|23|456|²|Ⅷ|３|½|'|'s|'S|'t|'re|'RE|'ve|'m|'ll|'Ll|'d|'x|’s|.|,|:|;|!|?|/|//|-|_|(|)|{|}|\"|<|>|=|#|$|@|&|"+
		"，|。|「|€|≤|∑|👍|👩\u200d💻|🏽|\ufe0f|\u200b|\ufffd|\u00ad", "|")
	white := []string{" ", " ", " ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", "\r", "\u00a0", "\u3000", "\u0085", "\u2028", "\v", "\f", "\x1c"}
	var b strings.Builder
	for range 1 + r.IntN(24) {
		if r.IntN(3) == 0 {
			b.WriteString(white[r.IntN(len(white))])
			continue
		}
		part := parts[r.IntN(len(parts))]
		if r.IntN(8) == 0 {
			part = strings.Repeat(part, 1+r.IntN(6))
		}
		b.WriteString(part)
	}
	return b.String()
}
