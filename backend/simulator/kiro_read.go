package simulator

import (
	"strings"

	"github.com/tidwall/gjson"
)

// Where the message of this turn stands in a body.
const currentPath = "conversationState.currentMessage.userInputMessage"

// fill turns the checked request into an ask.
func (q *kiroRequest) fill(body gjson.Result) {
	q.feed("", kiroOverhead)
	current := body.Get(currentPath)
	for _, t := range current.Get("userInputMessageContext.tools").Array() {
		spec := t.Get("toolSpecification")
		q.feed(spec.Raw, 4)
		q.tools = append(q.tools, tool{name: spec.Get("name").Str, schema: spec.Get("inputSchema.json")})
	}
	first := current.Get("content").Str
	for i, entry := range body.Get("conversationState.history").Array() {
		if said := entry.Get("assistantResponseMessage"); said.Exists() {
			q.readAssistant(said)
			continue
		}
		if i == 0 {
			first = entry.Get("userInputMessage.content").Str
		}
		q.readUser(entry.Get("userInputMessage"), i == 0)
	}
	q.readUser(current, len(body.Get("conversationState.history").Array()) == 0)
	q.thinks(body, first)
	q.ready()
}

func (q *kiroRequest) readAssistant(said gjson.Result) {
	q.feed(said.Get("content").Str, 3)
	q.results = nil
	calls := said.Get("toolUses").Array()
	for _, c := range calls {
		q.feed(c.Raw, 3)
	}
	if len(calls) > 0 {
		q.step++
	}
}

func (q *kiroRequest) readUser(msg gjson.Result, isFirst bool) {
	said := msg.Get("content").Str
	q.feed(said, 3)
	for _, image := range msg.Get("images").Array() {
		q.feedMedia(image.Get("source.bytes").Str, imageTokens(""))
	}
	var results []string
	for _, r := range msg.Get("userInputMessageContext.toolResults").Array() {
		results = append(results, q.readResult(r))
	}
	if isFirst {
		said = ownWords(said)
	}
	if len(results) > 0 && isCarrier(said) {
		said = ""
	}
	q.heard(said, results)
}

// readResult returns what a tool said. What is no text never reaches the model.
func (q *kiroRequest) readResult(r gjson.Result) string {
	var said []string
	for _, part := range r.Get("content").Array() {
		if t := part.Get("text"); t.Exists() {
			said = append(said, t.Str)
		}
		if j := part.Get("json"); j.Exists() {
			said = append(said, j.Raw)
		}
	}
	out := strings.Join(said, "\n")
	q.feed(out, 6)
	return out
}

// isCarrier reports whether a text only fills the content of a message that
// brings tool results: it says nothing of its own.
func isCarrier(text string) bool {
	switch strings.TrimRight(strings.ToLower(strings.TrimSpace(text)), ".") {
	case "", "continue", "tool results provided", "tool results", "(empty)":
		return true
	}
	return false
}

// ownWords is what the user said in a first message, before which clients put
// the system prompt: the last paragraph, or from the one on that holds the
// first directive.
func ownWords(text string) string {
	at := strings.LastIndex(text, "\n\n")
	if order := strings.Index(text, "[sim:"); order >= 0 {
		at = strings.LastIndex(text[:order], "\n\n")
	}
	if at < 0 {
		return text
	}
	return text[at+2:]
}
