package openai

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// decodeContent reads a string, a list of parts or null. An empty string is no
// block.
func decodeContent(out []llm.Block, v gjson.Result) ([]llm.Block, *llm.Error) {
	switch {
	case !protocol.IsSet(v) || v.Type == gjson.String && v.Str == "":
		return out, nil
	case v.Type == gjson.String:
		return append(out, llm.Block{Kind: llm.Text, Text: v.Str}), nil
	case v.IsObject(): // a single part without its list
		b, e := decodePart(v)
		return append(out, b), protocol.Under(e, "content")
	case !v.IsArray():
		return out, protocol.Fault("content", "must be a string or a list of content parts")
	}
	i := 0
	var failed *llm.Error
	v.ForEach(func(_, item gjson.Result) bool {
		var b llm.Block
		b, failed = decodePart(item)
		failed = protocol.UnderIndex(failed, "content", i)
		out = append(out, b)
		i++
		return failed == nil
	})
	return out, failed
}

// decodePart reads one part, also in the words of Responses. A part of another
// kind is kept for the upstreams that know it.
func decodePart(v gjson.Result) (b llm.Block, e *llm.Error) {
	if v.Type == gjson.String {
		return llm.Block{Kind: llm.Text, Text: v.Str}, nil
	}
	if !v.IsObject() {
		return b, protocol.NotAnObject()
	}
	kind := v.Get("type").Str
	if kind == "" && v.Get("text").Exists() {
		kind = "text"
	}
	switch kind {
	case "text", "input_text", "output_text":
		b.Kind = llm.Text
		b, e = decodeText(v, b)
	case "refusal":
		b.Kind = llm.RefusalBlock
		e = protocol.ReadString(v.Get("refusal"), "refusal", &b.Text)
	case "thinking", "reasoning":
		b = llm.Block{Kind: llm.Thinking, Text: plainText(v)}
	case "image_url", "input_image":
		b, e = decodeImage(v)
	case "input_audio":
		b, e = decodeAudio(v.Get("input_audio"))
	case "file", "input_file":
		b, e = decodeFile(v)
	case "":
		e = protocol.Fault("type", "is required")
	default:
		b = llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(v.Raw), Origin: llm.OpenAI}
	}
	b.Cache = decodeMark(v)
	return b, e
}

func decodeText(v gjson.Result, b llm.Block) (llm.Block, *llm.Error) {
	text := v.Get("text")
	if !protocol.IsSet(text) {
		return b, protocol.Fault("text", "is required")
	}
	return b, protocol.ReadString(text, "text", &b.Text)
}

// decodeMark reads the mark of a part, a message or a tool.
func decodeMark(v gjson.Result) *llm.CacheMark {
	if m := readMark(v.Get("cache_control")); m != nil {
		return m
	}
	return readMark(v.Get("prompt_cache_breakpoint"))
}

// readMark reads Anthropic's cache_control or OpenAI's prompt_cache_breakpoint,
// both of which may carry a ttl.
func readMark(v gjson.Result) *llm.CacheMark {
	if !v.IsObject() {
		return nil
	}
	return &llm.CacheMark{TTL: v.Get("ttl").Str}
}

// decodeImage reads image_url as an object, as a string (Responses and many
// clients), or a file's id.
func decodeImage(v gjson.Result) (llm.Block, *llm.Error) {
	m := &llm.Media{Detail: v.Get("detail").Str, FileID: v.Get("file_id").Str}
	b := llm.Block{Kind: llm.Image, Media: m}
	url, field := v.Get("image_url"), "image_url"
	if url.IsObject() {
		m.Detail = url.Get("detail").Str
		url, field = url.Get("url"), "image_url.url"
	}
	if e := protocol.ReadString(url, field, &m.URL); e != nil {
		return b, e
	}
	if m.URL == "" && m.FileID == "" {
		return b, protocol.Fault(field, "is required")
	}
	return b, inline(m, field)
}

// inline takes a data: URL apart, and believes the content more than its label.
func inline(m *llm.Media, field string) *llm.Error {
	if len(m.URL) < 5 || !strings.EqualFold(m.URL[:5], "data:") {
		return nil
	}
	mime, data, ok := protocol.ParseDataURL(m.URL)
	if !ok {
		return protocol.Fault(field, "is not a valid data: URL")
	}
	m.MIME, m.Data, m.URL = mime, data, ""
	if found := protocol.SniffMIME(data); found != "" {
		m.MIME = found
	}
	return nil
}

func decodeAudio(v gjson.Result) (llm.Block, *llm.Error) {
	m := &llm.Media{}
	b := llm.Block{Kind: llm.Audio, Media: m}
	if e := protocol.ReadString(v.Get("data"), "input_audio.data", &m.Data); e != nil {
		return b, e
	}
	if m.Data == "" {
		return b, protocol.Fault("input_audio.data", "is required")
	}
	if mime, data, ok := protocol.ParseDataURL(m.Data); ok {
		m.MIME, m.Data = mime, data
		return b, nil
	}
	var format string
	e := protocol.ReadString(v.Get("format"), "input_audio.format", &format)
	switch format {
	case "mp3":
		m.MIME = "audio/mpeg"
	case "":
		m.MIME = protocol.SniffMIME(m.Data)
	default:
		m.MIME = "audio/" + format
	}
	return b, e
}

// decodeFile reads a document: nested as in Chat Completions or flat as in
// Responses; a data: URL or bare base64 with a name.
func decodeFile(v gjson.Result) (llm.Block, *llm.Error) {
	way := ""
	if nested := v.Get("file"); nested.IsObject() {
		v, way = nested, "file."
	}
	m := &llm.Media{}
	b := llm.Block{Kind: llm.File, Media: m}
	var data string
	for _, f := range []struct {
		name string
		out  *string
	}{{"filename", &m.Filename}, {"file_id", &m.FileID}, {"file_url", &m.URL}, {"file_data", &data}} {
		if e := protocol.ReadString(v.Get(f.name), way+f.name, f.out); e != nil {
			return b, e
		}
	}
	switch {
	case data != "" && strings.HasPrefix(data, "data:"):
		m.URL = data
	case data != "":
		m.Data, m.MIME = data, documentType(data, m.Filename)
	case m.FileID == "" && m.URL == "":
		return b, protocol.Fault(way+"file_data", "is required, or file_id")
	}
	return b, inline(m, way+"file_data")
}

// documentType guesses the type of content without a label.
func documentType(data, name string) string {
	if mime := protocol.SniffMIME(data); mime != "" {
		return mime
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".txt", ".md", ".csv", ".log":
		return "text/plain"
	case ".json":
		return "application/json"
	case ".html", ".htm":
		return "text/html"
	}
	return "application/pdf"
}

// plainText is the text of a part of reasoning: under the name of its kind or
// as text, a string or a list of texts (Mistral).
func plainText(v gjson.Result) string {
	inner := v.Get("thinking")
	if !inner.Exists() {
		inner = v.Get("text")
	}
	if inner.Type == gjson.String {
		return inner.Str
	}
	var out strings.Builder
	for _, item := range inner.Array() {
		out.WriteString(item.Get("text").Str)
	}
	return out.String()
}
