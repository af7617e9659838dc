package openai

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// declined stands where a model refused without a word, because a client must
// see that it did.
const declined = "The model declined to answer."

// EncodeResponse implements protocol.ClientCodec.
func (Format) EncodeResponse(resp *llm.Response, req *llm.Request) []byte {
	o := protocol.BeginObject(nil)
	o.String("id", answerID(resp.ID))
	o.String("object", "chat.completion")
	o.Int("created", resp.Created)
	o.String("model", answerModel(resp.Model, req))
	o.Value("choices", func(dst []byte) []byte { return append(appendChoice(append(dst, '['), resp, req), ']') })
	o.Value("usage", func(dst []byte) []byte { return appendUsage(dst, resp.Usage) })
	o.StringIf("service_tier", resp.Tier)
	return o.End()
}

// EncodeCount implements protocol.ClientCodec. Chat Completions has no such
// answer; the shape is the one that Anthropic and Responses share.
func (Format) EncodeCount(tokens int64) []byte {
	return append(strconv.AppendInt([]byte(`{"input_tokens":`), tokens, 10), '}')
}

// answerID gives an answer's id the form that the format has for it.
func answerID(id string) string {
	const prefix = "chatcmpl-"
	switch {
	case id == "":
		return protocol.NewID(prefix, 29)
	case strings.HasPrefix(id, prefix):
		return id
	}
	return prefix + protocol.CallID(id)
}

func answerModel(model string, req *llm.Request) string {
	if model == "" {
		return req.Model
	}
	return model
}

func appendChoice(dst []byte, resp *llm.Response, req *llm.Request) []byte {
	o := protocol.BeginObject(dst)
	o.Int("index", 0)
	o.Value("message", func(dst []byte) []byte { return appendMessage(dst, resp, req) })
	o.Null("logprobs")
	o.String("finish_reason", finishReason(resp.Stop.Reason, isLegacy(req)))
	return o.End()
}

// answer sorts the blocks of an answer by the members of a message.
type answer struct {
	text, reasoning, refusal strings.Builder
	annotations, images      []byte // elements of the lists
	calls                    []call
	said                     reasoned
	runes                    int // of the text: the format counts characters
}

// call is a tool call and the signature that it carries.
type call struct {
	*llm.ToolCall
	signature string
}

func (a *answer) add(b *llm.Block) {
	switch b.Kind {
	case llm.Text:
		from := a.runes
		a.text.WriteString(b.Text)
		a.runes += utf8.RuneCountInString(b.Text)
		a.annotations = appendAnnotations(a.annotations, b.Citations, b.Origin, from, a.runes)
	case llm.Thinking:
		a.reasoning.WriteString(b.Text)
		a.said.thought()
		a.said.signed(b.Signature)
	case llm.RefusalBlock:
		a.refusal.WriteString(b.Text)
	case llm.ToolUse:
		a.calls = append(a.calls, call{b.Call, a.said.call(b.Signature)})
	case llm.Image:
		a.images = appendElement(a.images, appendImage(nil, b.Media))
	}
}

// sort reads the answer.
func (a *answer) sort(resp *llm.Response) {
	for i := range resp.Blocks {
		a.add(&resp.Blocks[i])
	}
	if resp.Stop.Reason == llm.StopRefusal && a.refusal.Len() == 0 {
		a.refusal.WriteString(refusalText(resp.Stop))
	}
}

func refusalText(s llm.Stop) string {
	if s.Detail != "" {
		return s.Detail
	}
	return declined
}

func appendMessage(dst []byte, resp *llm.Response, req *llm.Request) []byte {
	var a answer
	a.sort(resp)
	o := protocol.BeginObject(dst)
	o.String("role", "assistant")
	if a.text.Len() == 0 && (len(a.calls) > 0 || a.refusal.Len() > 0) {
		o.Null("content")
	} else {
		o.String("content", a.text.String())
	}
	if a.refusal.Len() > 0 {
		o.String("refusal", a.refusal.String())
	} else {
		o.Null("refusal")
	}
	o.StringIf("reasoning_content", a.reasoning.String())
	o.Raw("annotations", list(a.annotations))
	if len(a.images) > 0 {
		o.Raw("images", list(a.images))
	}
	a.appendCalls(&o, isLegacy(req))
	return o.End()
}

func (a *answer) appendCalls(o *protocol.Object, legacy bool) {
	if len(a.calls) == 0 {
		return
	}
	if legacy {
		o.Value("function_call", func(dst []byte) []byte {
			return appendFunction(dst, clientName(a.calls[0].ToolCall), orEmpty(a.calls[0].Args))
		})
		return
	}
	o.Value("tool_calls", func(dst []byte) []byte {
		l := protocol.BeginList(dst)
		for _, c := range a.calls {
			l.Value(func(dst []byte) []byte { return appendCall(dst, c) })
		}
		return l.End()
	})
}

func appendCall(dst []byte, c call) []byte {
	o := protocol.BeginObject(dst)
	o.String("id", protocol.CallID(c.ID))
	if c.Custom {
		o.String("type", "custom")
		o.Value("custom", func(dst []byte) []byte { return appendCustom(dst, clientName(c.ToolCall), c.Input) })
	} else {
		o.String("type", "function")
		o.Value("function", func(dst []byte) []byte { return appendFunction(dst, clientName(c.ToolCall), orEmpty(c.Args)) })
	}
	appendSignature(&o, c.signature)
	return o.End()
}

func appendFunction(dst []byte, name, args string) []byte {
	o := protocol.BeginObject(dst)
	o.String("name", name)
	o.String("arguments", args)
	return o.End()
}

func appendCustom(dst []byte, name, input string) []byte {
	o := protocol.BeginObject(dst)
	o.String("name", name)
	o.String("input", input)
	return o.End()
}

func orEmpty(args []byte) string {
	if len(args) == 0 {
		return "{}"
	}
	return string(args)
}

// clientName is a tool's name for a client. Clients of the format know no
// namespaces; a tool that has one all the same keeps it in its name.
func clientName(c *llm.ToolCall) string {
	if c.Namespace != "" {
		return c.Namespace + "__" + c.Name
	}
	return c.Name
}

// appendImage words a picture that the model made, in the way of the services
// that make them over this format.
func appendImage(dst []byte, m *llm.Media) []byte {
	dst = append(dst, `{"type":"image_url","image_url":{"url":`...)
	return append(protocol.AppendString(dst, mediaURL(m)), "}}"...)
}

// mediaURL is where the content of a medium is: its own URL, or one that holds
// it.
func mediaURL(m *llm.Media) string {
	if m == nil {
		return ""
	}
	if m.Data == "" {
		return m.URL
	}
	mime := m.MIME
	if mime == "" {
		mime = protocol.SniffMIME(m.Data)
	}
	if mime == "" {
		mime = "application/octet-stream"
	}
	return protocol.DataURL(mime, m.Data)
}

// appendElement appends an element to a list without its brackets.
func appendElement(dst, element []byte) []byte {
	return append(nextElement(dst), element...)
}

// nextElement makes room for another element.
func nextElement(dst []byte) []byte {
	if len(dst) > 0 {
		dst = append(dst, ',')
	}
	return dst
}

func list(elements []byte) []byte {
	return append(append([]byte{'['}, elements...), ']')
}

func appendUsage(dst []byte, u llm.Usage) []byte {
	o := protocol.BeginObject(dst)
	o.Int("prompt_tokens", u.Input)
	o.Int("completion_tokens", u.Output)
	o.Int("total_tokens", u.Total())
	o.Value("prompt_tokens_details", func(dst []byte) []byte {
		d := protocol.BeginObject(dst)
		d.Int("cached_tokens", u.CacheRead)
		if u.CacheWrite > 0 {
			d.Int("cache_write_tokens", u.CacheWrite)
		}
		d.Int("audio_tokens", 0)
		return d.End()
	})
	o.Value("completion_tokens_details", func(dst []byte) []byte {
		d := protocol.BeginObject(dst)
		d.Int("reasoning_tokens", u.Reasoning)
		d.Int("audio_tokens", 0)
		d.Int("accepted_prediction_tokens", 0)
		d.Int("rejected_prediction_tokens", 0)
		return d.End()
	})
	return o.End()
}
