package simulator

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// kiroTurn is a message of a conversation, of the history or the last.
type kiroTurn struct {
	user, said gjson.Result // one of them exists
}

func (t *kiroTurn) isUser() bool { return t.user.Exists() }
func (t *kiroTurn) results() []gjson.Result {
	return t.user.Get("userInputMessageContext.toolResults").Array()
}
func (t *kiroTurn) calls() []gjson.Result { return t.said.Get("toolUses").Array() }

// kiroTurns returns the history and the message of this turn behind it.
func kiroTurns(body gjson.Result) []kiroTurn {
	var turns []kiroTurn
	for _, h := range body.Get("conversationState.history").Array() {
		turns = append(turns, kiroTurn{h.Get("userInputMessage"), h.Get("assistantResponseMessage")})
	}
	return append(turns, kiroTurn{user: body.Get(currentPath)})
}

// checkBody enforces every rule by which the service refuses a request.
func (p *kiroPlane) checkBody(x *exchange, q *kiroRequest, body gjson.Result) error {
	if r := checkText(x.body); r != nil {
		return r
	}
	if r := p.checkTop(x, body); r != nil {
		return r
	}
	if err := x.conform(p.shape, body, exactly); err != nil {
		return err
	}
	turns := kiroTurns(body)
	for _, check := range []func() *refusal{
		func() *refusal { return checkConversationID(body) },
		func() *refusal { return checkOrder(turns) },
		func() *refusal { return checkContents(turns) },
		func() *refusal { return p.checkTools(q.row, body) },
		func() *refusal { return checkToolNames(turns, body) },
		func() *refusal { return checkPairs(turns) },
		func() *refusal { return checkImages(q.row, turns) },
		func() *refusal { return checkSizes(q.row, turns, len(x.body)) },
		func() *refusal { return checkFields(q.row, body) },
		func() *refusal { return p.checkReasoning(q, turns) },
	} {
		if r := check(); r != nil {
			return r
		}
	}
	return nil
}

// checkText refuses what is no text: invalid UTF-8 and lone surrogates.
func checkText(body []byte) *refusal {
	if !utf8.Valid(body) {
		return improper("the body is no UTF-8")
	}
	for s := string(body); ; {
		i := strings.Index(s, `\`)
		if i < 0 || i+1 >= len(s) {
			return nil
		}
		s = s[i:]
		unit := surrogate(s)
		switch {
		case unit == 0:
			s = s[2:]
		case unit < 0xDC00 && surrogate(s[6:]) >= 0xDC00:
			s = s[12:]
		default:
			return improper("a lone surrogate stands in a text")
		}
	}
}

// surrogate returns the surrogate that the escape at the start of s stands for,
// 0 if it is none.
func surrogate(s string) uint64 {
	if len(s) < 6 || s[:2] != `\u` {
		return 0
	}
	unit, err := strconv.ParseUint(s[2:6], 16, 32)
	if err != nil || unit < 0xD800 || unit > 0xDFFF {
		return 0
	}
	return unit
}

// checkTop refuses members that the service knows and does not take.
func (p *kiroPlane) checkTop(x *exchange, body gjson.Result) *refusal {
	if body.Get("systemPrompt").Exists() {
		return improper("systemPrompt is not taken")
	}
	if x.r.Header.Get(targetName) != "" {
		return nil
	}
	for _, name := range []string{"agentMode", "agentContinuationId", "agentTaskType"} {
		if body.Get(name).Exists() {
			return improper(name + " is no member of the REST body")
		}
	}
	return nil
}

func checkConversationID(body gjson.Result) *refusal {
	id := body.Get("conversationState.conversationId")
	if !id.Exists() {
		return nil
	}
	plain := strings.NewReplacer(".", "", ":", "").Replace(id.Str)
	if len(id.Str) > 256 || id.Str == "" || plain != "" && !isName(plain) {
		return kiroInvalid("INVALID_CONVERSATION_ID", textConversation)
	}
	return nil
}

// checkOrder demands that the sides take turns, beginning with the user.
func checkOrder(turns []kiroTurn) *refusal {
	const most = 10_000
	if len(turns) > most {
		return improper("the history is too long")
	}
	for i := range turns {
		t := &turns[i]
		switch {
		case t.isUser() == t.said.Exists():
			return improper("history." + strconv.Itoa(i) + " is not the message of one side")
		case t.isUser() != (i%2 == 0):
			return improper("the sides do not take turns at history." + strconv.Itoa(i))
		}
	}
	if len(turns) > 1 && len(turns[0].results()) > 0 {
		return improper("the first message of the history carries tool results")
	}
	return nil
}

// checkContents refuses messages that say nothing.
func checkContents(turns []kiroTurn) *refusal {
	for i := range turns {
		t := &turns[i]
		switch {
		case t.isUser() && !isNotBlank(t.user.Get("content").Str) && len(t.results()) == 0:
			return improper("the content of a user message is empty")
		case !t.isUser() && !isNotBlank(t.said.Get("content").Str) && len(t.calls()) == 0:
			return improper("the content of an assistant message is empty")
		}
	}
	return nil
}

// checkImages bounds the pictures of a message in number and size.
func checkImages(m *kiroModel, turns []kiroTurn) *refusal {
	const most, mostBytes = 10, 10 << 20
	for i := range turns {
		images := turns[i].user.Get("images").Array()
		switch {
		case len(images) > most:
			return improper("a message has more than 10 images")
		case len(images) > 0 && m.text:
			return improper("the model takes no images")
		}
		for _, image := range images {
			data, err := base64.StdEncoding.DecodeString(image.Get("source.bytes").Str)
			if err != nil || len(data) > mostBytes {
				return improper("an image is no base64 or too big")
			}
		}
	}
	return nil
}

// checkSizes bounds texts and the whole.
func checkSizes(m *kiroModel, turns []kiroTurn, size int) *refusal {
	const mostUser, mostResult, perWindow, window = 600_000, 800_000, 850_000, 200_000
	for i := range turns {
		for _, image := range turns[i].user.Get("images.#.source.bytes").Array() {
			size -= len(image.Str)
		}
		if utf8.RuneCountInString(turns[i].user.Get("content").Str) > mostUser {
			return improper("a user message is longer than 600,000 characters")
		}
		for _, r := range turns[i].results() {
			if utf8.RuneCountInString(r.Get("content").Raw) > mostResult {
				return improper("a tool result is longer than 800,000 characters")
			}
		}
	}
	most := m.in / window * perWindow
	if m.in <= window {
		most = 615_000
	}
	if size > max(most, 615_000) {
		return improper("the body is too big for the model")
	}
	return nil
}

func checkFields(m *kiroModel, body gjson.Result) *refusal {
	fields := body.Get("additionalModelRequestFields")
	if !fields.Exists() {
		return nil
	}
	if problem := m.fieldsFit(fields.Raw); problem != "" {
		return improper(problem)
	}
	return nil
}

// checkReasoning verifies the signatures of thoughts that come back.
func (p *kiroPlane) checkReasoning(q *kiroRequest, turns []kiroTurn) *refusal {
	if !q.row.signed {
		return nil
	}
	for i := range turns {
		thought := turns[i].said.Get("reasoningContent")
		if !thought.IsObject() {
			continue
		}
		text, signature := thought.Get("reasoningText.text").Str, thought.Get("reasoningText.signature").Str
		redacted := thought.Get("redactedContent").Str
		if q.row.schema == "" || !p.sim.mint.signed(q.signer(), text, signature) && !p.sim.mint.sealed(claudeSeal("redacted"), q.signer(), redacted) {
			return kiroInvalid("THINKING_SIGNATURE_INVALID", textSignature)
		}
	}
	return nil
}
