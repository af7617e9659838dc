package simulator

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

// lexicon holds the sentences that answers are made of. "%" stands for the
// topic of the user's text.
type lexicon struct {
	openers, bodies, closers []string
	thoughts, found, filler  []string
	refusal                  string
}

func newLexicon() *lexicon {
	return &lexicon{
		openers: []string{
			"Good question about %.", "Here is a short overview of %.", "Let's look at % step by step.",
			"Sure — this is how I would approach %.", "In short: % comes down to a few simple ideas.",
		},
		bodies: []string{
			"The first thing to settle is what you want to reach with %, because everything else follows from it.",
			"Most people begin with the smallest version that works and improve it from there.",
			"A common mistake is to optimise % before it has been measured.",
			"There are three parts to it:\n\n1. **Scope** – decide what belongs to %.\n2. **Shape** – write down how the parts fit together.\n3. **Proof** – check the result against a case you know.",
			"Keep an eye on the trade-off between speed and clarity; with % you can usually have both.",
			"A tiny example makes it concrete:\n\n```go\nfunc main() {\n\tfmt.Println(\"hello\")\n}\n```",
			"It helps to compare two or three alternatives side by side (cost, effort, risk) before choosing one.",
			"In practice % is less about theory than about steady, small steps – the naïve way is often fine. ✅",
		},
		closers: []string{
			"Tell me more about your case and I can be more specific.", "That should get you going with %.",
			"If anything is unclear, ask away!", "From there, % is mostly a matter of practice.",
		},
		thoughts: []string{
			"The user asks about %.", "I should first work out what matters here.",
			"There may be several readings; the plain one seems right.", "Let me weigh the alternatives for %.",
			"A short and direct answer fits best.", "I will check the details before I reply.",
		},
		found: []string{
			"Here is what the tools returned: ", "Based on the results, this is what I found: ", "Done. The result is: ",
		},
		filler: strings.Fields("alpha river stone cloud garden signal copper window lantern forest matrix bridge " +
			"silver engine harbor violet meadow circuit orbit paper"),
		refusal: "I'm sorry, but I can't help with that request.",
	}
}

// chineseLexicon answers those who write Chinese.
func chineseLexicon() *lexicon {
	return &lexicon{
		openers:  []string{"关于%，这里有一个简短的说明。", "好的，我们一步一步来看%。", "这是一个好问题：%。"},
		bodies:   []string{"首先要明确目标，其余的步骤都会随之展开。", "建议先做一个最小可用的版本，再逐步改进。", "常见的错误是过早优化。", "可以列出几个方案，比较成本和风险，然后再做决定。"},
		closers:  []string{"如果还有疑问，请告诉我。", "希望对你有帮助！"},
		thoughts: []string{"用户想了解%。", "先想清楚重点是什么。", "简洁直接的回答最合适。"},
		found:    []string{"工具返回的结果如下：", "根据查询结果："},
		filler:   []string{"山", "水", "风", "云", "月", "星", "花", "树"},
		refusal:  "抱歉，我无法协助处理这个请求。",
	}
}

// prose writes an answer to text.
func (l *lexicon) prose(rng *rand.Rand, text string) string {
	about := topic(text)
	said := []string{pick(rng, l.openers)}
	for _, i := range rng.Perm(len(l.bodies))[:1+rng.IntN(3)] {
		said = append(said, l.bodies[i])
	}
	said = append(said, pick(rng, l.closers))
	return l.fill(said, about)
}

// thinking writes the reasoning before an answer.
func (l *lexicon) thinking(rng *rand.Rand, text string) string {
	var said []string
	for _, i := range rng.Perm(len(l.thoughts))[:2+rng.IntN(len(l.thoughts)-2)] {
		said = append(said, l.thoughts[i])
	}
	return l.fill(said, topic(text))
}

func (l *lexicon) fill(sentences []string, about string) string {
	gap := " "
	if isHan(sentences[0]) {
		gap = ""
	}
	return strings.ReplaceAll(strings.Join(sentences, gap), "%", about)
}

// words writes n tokens.
func (l *lexicon) words(rng *rand.Rand, n int) string {
	var out strings.Builder
	for i := range n {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(pick(rng, l.filler))
	}
	return out.String()
}

func pick[T any](rng *rand.Rand, of []T) T { return of[rng.IntN(len(of))] }

func isHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// topic returns what a text seems to be about: its two longest words.
func topic(text string) string {
	first, second := "", ""
	for _, w := range plainWords(text, 400) {
		switch {
		case isSmallWord(w):
		case len(w) > len(first):
			first, second = w, first
		case len(w) > len(second) && w != first:
			second = w
		}
	}
	switch {
	case first == "":
		return "this"
	case second == "":
		return first
	}
	if strings.Index(text, second) < strings.Index(text, first) {
		first, second = second, first
	}
	return first + " " + second
}

// isSmallWord reports whether a word says nothing about a topic.
func isSmallWord(w string) bool {
	const small = " about after again also before both call could does explain from give have hello here into just know like list make more much " +
		"need only please show some something tell than that the them then there these they this what when where which will with would write your "
	return strings.Contains(small, " "+strings.ToLower(w)+" ")
}

// plainWords returns the words among the first most bytes of a text, without
// its directives.
func plainWords(text string, most int) []string {
	text = stripDirectives(text)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-'
	})
	kept := words[:0]
	for _, w := range words {
		if runes := []rune(w); len(runes) > 8 && isHan(w) {
			w = string(runes[:8])
		}
		if len(w) <= 40 {
			kept = append(kept, w)
		}
	}
	return kept
}
