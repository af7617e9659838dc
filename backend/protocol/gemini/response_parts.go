package gemini

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// appendBlock appends the part that a block of an answer is, if it is any.
func appendBlock(l *protocol.List, b *llm.Block) {
	switch b.Kind {
	case llm.Text, llm.RefusalBlock, llm.Thinking:
		if sign := slot(b.Signature); b.Text != "" || sign != "" {
			l.Value(func(dst []byte) []byte { return appendText(dst, b.Text, b.Kind == llm.Thinking, sign) })
		}
	case llm.Redacted:
		appendRedacted(l, b.Signature)
	case llm.ToolUse:
		l.Value(func(dst []byte) []byte { return appendCall(dst, b.Call, callArgs(b.Call), slot(b.Signature)) })
	case llm.Image, llm.Audio, llm.File:
		appendAnswerMedia(l, b.Media)
	case llm.Opaque:
		if b.Origin == llm.Gemini {
			l.Raw(protocol.Compact(b.Raw))
		}
	}
}

// appendRedacted keeps reasoning of another provider that nobody else can read
// in a thought without text. Google's models make none.
func appendRedacted(l *protocol.List, s *llm.Signature) {
	if s != nil && s.Value != "" && s.Origin != llm.Gemini {
		l.Value(func(dst []byte) []byte { return appendText(dst, "", true, redactedSlot(s)) })
	}
}

func appendAnswerMedia(l *protocol.List, m *llm.Media) {
	switch {
	case m == nil:
	case m.Data != "":
		l.Value(func(dst []byte) []byte { return appendInline(dst, m) })
	case m.URL != "":
		l.Value(func(dst []byte) []byte { return appendFile(dst, m) })
	}
}

func appendInline(dst []byte, m *llm.Media) []byte {
	d := protocol.BeginObject(append(dst, `{"inlineData":`...))
	d.String("mimeType", m.MIME)
	d.String("data", m.Data)
	return append(d.End(), '}')
}

func appendFile(dst []byte, m *llm.Media) []byte {
	uri := m.URL
	if m.FileID != "" {
		uri = m.FileID
	}
	f := protocol.BeginObject(append(dst, `{"fileData":`...))
	f.StringIf("mimeType", m.MIME)
	f.String("fileUri", uri)
	return append(f.End(), '}')
}

func appendText(dst []byte, text string, thought bool, sign string) []byte {
	o := protocol.BeginObject(dst)
	o.String("text", text)
	if thought {
		o.Bool("thought", true)
	}
	o.StringIf("thoughtSignature", sign)
	return o.End()
}

func appendCall(dst []byte, c *llm.ToolCall, args json.RawMessage, sign string) []byte {
	o := protocol.BeginObject(dst)
	o.Value("functionCall", func(dst []byte) []byte {
		f := protocol.BeginObject(dst)
		f.StringIf("id", c.ID)
		f.String("name", flatName(c))
		f.Raw("args", args)
		return f.End()
	})
	o.StringIf("thoughtSignature", sign)
	return o.End()
}

// flatName is the name of a tool for clients, which know no namespaces.
func flatName(c *llm.ToolCall) string {
	if c.Namespace == "" {
		return c.Name
	}
	return c.Namespace + "__" + c.Name
}

// callArgs is what a call passes to the tool, always an object.
func callArgs(c *llm.ToolCall) json.RawMessage {
	if c.Custom {
		return protocol.CustomArgs(c.Input)
	}
	return protocol.RepairJSON(string(c.Args))
}

// source is a page that an answer rests on.
type source struct{ uri, title string }

func sourcesOf(blocks []llm.Block) []source {
	var out []source
	for i := range blocks {
		out = addSources(out, blocks[i].Citations)
	}
	return out
}

// addSources finds the pages that citations name, whatever format they are in:
// all say url or uri and title, some one level down.
func addSources(out []source, citations json.RawMessage) []source {
	if len(citations) == 0 {
		return out
	}
	for _, c := range gjson.ParseBytes(citations).Array() {
		if nested := c.Get("url_citation"); nested.IsObject() {
			c = nested
		}
		uri := c.Get("uri").Str
		if uri == "" {
			uri = c.Get("url").Str
		}
		if uri != "" {
			out = append(out, source{uri, c.Get("title").Str})
		}
	}
	return out
}

func appendGrounding(dst []byte, sources []source) []byte {
	l := protocol.BeginList(append(dst, `{"groundingChunks":`...))
	for _, s := range sources {
		l.Value(func(dst []byte) []byte {
			w := protocol.BeginObject(append(dst, `{"web":`...))
			w.String("uri", s.uri)
			w.StringIf("title", s.title)
			return append(w.End(), '}')
		})
	}
	return append(l.End(), '}')
}
