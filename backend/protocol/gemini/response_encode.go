package gemini

import (
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// EncodeCount implements protocol.ClientCodec.
func (Format) EncodeCount(tokens int64) []byte {
	return append(strconv.AppendInt([]byte(`{"totalTokens":`), tokens, 10), '}')
}

// EncodeResponse implements protocol.ClientCodec.
func (Format) EncodeResponse(resp *llm.Response, req *llm.Request) []byte {
	e := envelope{id: responseID(resp.ID), model: modelName(resp.Model, req), created: resp.Created, usage: resp.Usage}
	dst := make([]byte, 0, 1024)
	if isBlocked(resp.Stop.Reason, len(resp.Blocks)) {
		return e.append(dst, appendFeedback, true)
	}
	return e.append(dst, func(dst []byte) []byte {
		dst = append(dst, `"candidates":[`...)
		c := candidate{stop: resp.Stop, sources: sourcesOf(resp.Blocks)}
		dst = c.append(dst, func(l *protocol.List) {
			for i := range resp.Blocks {
				appendBlock(l, &resp.Blocks[i])
			}
		})
		return append(dst, ']')
	}, true)
}

// isBlocked reports whether an answer is a prompt that was not let through,
// which has a form of its own.
func isBlocked(reason llm.StopReason, blocks int) bool {
	return reason == llm.StopContentFilter && blocks == 0
}

func appendFeedback(dst []byte) []byte {
	return append(dst, `"promptFeedback":{"blockReason":"SAFETY"}`...)
}

// responseID keeps the id that the upstream gave; Google's own have no form.
func responseID(id string) string {
	if id == "" {
		return protocol.NewID("", 24)
	}
	return id
}

// modelName is the model that answered, or else the one that was asked.
func modelName(answered string, req *llm.Request) string {
	if answered == "" && req != nil {
		return req.Model
	}
	return answered
}

// envelope is what stands around the candidates.
type envelope struct {
	id, model string
	created   int64
	usage     llm.Usage
}

// append appends a whole document; content appends its first member.
func (e *envelope) append(dst []byte, content func(dst []byte) []byte, last bool) []byte {
	dst = content(append(dst, '{'))
	if last {
		dst = appendUsage(append(dst, `,"usageMetadata":`...), e.usage)
	}
	dst = protocol.AppendString(append(dst, `,"modelVersion":`...), e.model)
	if e.created > 0 {
		at := time.Unix(e.created, 0).UTC().Format(time.RFC3339)
		dst = protocol.AppendString(append(dst, `,"createTime":`...), at)
	}
	dst = protocol.AppendString(append(dst, `,"responseId":`...), e.id)
	return append(dst, '}')
}

// candidate is an answer without its parts; it has no stop reason before its
// end.
type candidate struct {
	stop    llm.Stop
	sources []source
	said    bool // in earlier chunks
}

func (c *candidate) append(dst []byte, parts func(*protocol.List)) []byte {
	l := protocol.BeginList(append(dst, `{"content":{"parts":`...))
	parts(&l)
	if l.Empty() {
		// SDKs expect a part even where nothing is said. They drop finishMessage,
		// so that only a text can tell why.
		text := ""
		if !c.said {
			text = c.stop.Detail
		}
		l.Value(func(dst []byte) []byte { return appendText(dst, text, false, "") })
	}
	dst = append(l.End(), `,"role":"model"}`...)
	if word := finishWord(c.stop.Reason); word != "" {
		dst = append(dst, `,"finishReason":"`...)
		dst = append(append(dst, word...), '"')
	}
	if c.stop.Detail != "" {
		dst = protocol.AppendString(append(dst, `,"finishMessage":`...), c.stop.Detail)
	}
	dst = append(dst, `,"index":0`...)
	if len(c.sources) > 0 {
		dst = appendGrounding(append(dst, `,"groundingMetadata":`...), c.sources)
	}
	return append(dst, '}')
}

// finishWord is a canonical reason in Google's words.
func finishWord(r llm.StopReason) string {
	switch r {
	case "":
		return ""
	case llm.StopEndTurn, llm.StopSequence, llm.StopToolUse, llm.StopPause:
		return "STOP"
	case llm.StopMaxTokens, llm.StopContextExceeded:
		return "MAX_TOKENS"
	case llm.StopRefusal, llm.StopContentFilter:
		return "SAFETY"
	case llm.StopMalformedCall:
		return "MALFORMED_FUNCTION_CALL"
	}
	return "OTHER"
}

// appendUsage writes token counts in Google's arithmetic, in which the thoughts
// stand beside the candidates.
func appendUsage(dst []byte, u llm.Usage) []byte {
	o := protocol.BeginObject(dst)
	o.Int("promptTokenCount", u.Input)
	if u.CacheRead > 0 {
		o.Int("cachedContentTokenCount", u.CacheRead)
	}
	o.Int("candidatesTokenCount", max(0, u.Output-u.Reasoning))
	if u.Reasoning > 0 {
		o.Int("thoughtsTokenCount", u.Reasoning)
	}
	o.Int("totalTokenCount", u.Input+max(u.Output, u.Reasoning))
	return o.End()
}
