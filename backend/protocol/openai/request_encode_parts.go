package openai

import (
	"encoding/base64"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	imageBelow = "[image attached below]"
	fileBelow  = "[file attached below]"
	noOutput   = "(no output)"
	errorMark  = "Error: "
)

// part is a piece of a user's message: text, or another part as it is sent.
type part struct {
	text string
	raw  []byte
}

// userTurn appends the results of tools, each as a message, and behind them one
// message of everything else. What the results hold beside text goes there too,
// because their own messages take text only and nothing may stand between them.
func (b *builder) userTurn(dst []byte, t *llm.Turn) ([]byte, *llm.Error) {
	var attached, parts []part
	results := false
	for i := range t.Blocks {
		block := &t.Blocks[i]
		if block.Kind == llm.ToolOutput && block.Result != nil {
			results = true
			var e *llm.Error
			if dst, attached, e = b.result(dst, attached, block.Result); e != nil {
				return nil, e
			}
			continue
		}
		p, ok, e := b.part(block)
		if e != nil {
			return nil, e
		}
		if ok {
			parts = append(parts, p)
		}
	}
	parts = append(attached, parts...)
	if results && len(parts) == 0 {
		return dst, nil
	}
	o := protocol.BeginObject(nextElement(dst))
	o.String("role", "user")
	o.Value("content", func(dst []byte) []byte { return b.appendParts(dst, parts) })
	o.StringIf("name", speaker(t.Name))
	if !results {
		b.addExtra(&o, t)
	}
	return o.End(), nil
}

func (b *builder) appendParts(dst []byte, parts []part) []byte {
	var texts []string
	for _, p := range parts {
		if p.raw == nil {
			texts = append(texts, p.text)
		}
	}
	if len(texts) == len(parts) {
		return b.appendText(dst, texts)
	}
	l := protocol.BeginList(dst)
	for _, p := range parts {
		if p.raw != nil {
			l.Raw(p.raw)
		} else {
			l.Value(func(dst []byte) []byte { return appendTextPart(dst, p.text) })
		}
	}
	return l.End()
}

// result appends the message of a tool's result, and to attached what goes into
// the user's message below.
func (b *builder) result(dst []byte, attached []part, r *llm.ToolResult) ([]byte, []part, *llm.Error) {
	var texts []string
	var media []part
	for i := range r.Blocks {
		block := &r.Blocks[i]
		p, ok, e := b.part(block)
		switch {
		case e != nil:
			return nil, nil, e
		case !ok:
		case p.raw == nil:
			texts = append(texts, p.text)
		default:
			media = append(media, p)
			below := fileBelow
			if block.Kind == llm.Image {
				below = imageBelow
			}
			texts = append(texts, below)
		}
	}
	o := protocol.BeginObject(nextElement(dst))
	o.String("role", "tool")
	o.String("tool_call_id", protocol.CallID(r.CallID))
	o.String("content", resultText(strings.Join(texts, "\n"), r.IsError))
	if len(media) > 0 {
		attached = append(attached, part{text: "From the result of " + b.names.Upstream(r.Namespace, r.Name) + ":"})
	}
	return o.End(), append(attached, media...), nil
}

// resultText marks an error, for which the format has no field, and fills an
// empty result, which some services refuse.
func resultText(text string, isError bool) string {
	if text == "" {
		text = noOutput
	}
	if isError && !strings.HasPrefix(strings.ToLower(text), "error") {
		text = errorMark + text
	}
	return text
}

// part words a block of a user's message or of a result. ok is false when
// nothing is to be said of it.
func (b *builder) part(block *llm.Block) (p part, ok bool, e *llm.Error) {
	switch block.Kind {
	case llm.Text, llm.RefusalBlock:
		return part{text: block.Text}, block.Text != "", nil
	case llm.Image:
		p.raw, e = b.image(block.Media)
	case llm.Audio:
		p.raw, e = audio(block.Media)
	case llm.File:
		p, e = b.file(block.Media)
	case llm.Opaque:
		if block.Origin != llm.OpenAI {
			b.dropBlock(block)
			return p, false, nil
		}
		p.raw = block.Raw
	default:
		return p, false, nil
	}
	return p, e == nil, e
}

// unsupported refuses content that would be lost.
func unsupported(message string) *llm.Error {
	return &llm.Error{Kind: llm.InvalidRequest, Param: "messages", Message: message}
}

func (b *builder) image(m *llm.Media) ([]byte, *llm.Error) {
	url := mediaURL(m)
	if url == "" {
		return nil, unsupported("unsupported file reference: this model takes images inline or by URL, not by a file's id")
	}
	o := protocol.BeginObject([]byte(`{"type":"image_url","image_url":`))
	o.String("url", url)
	switch m.Detail {
	case "low", "high", "auto":
		o.String("detail", m.Detail)
	case "original":
		o.String("detail", "high")
	}
	return append(o.End(), '}'), nil
}

func audio(m *llm.Media) ([]byte, *llm.Error) {
	format := ""
	if m != nil && m.Data != "" {
		format = map[string]string{
			"audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/vnd.wave": "wav",
			"audio/mpeg": "mp3", "audio/mp3": "mp3",
		}[m.MIME]
	}
	if format == "" {
		return nil, unsupported("unsupported audio: this model takes wav and mp3, inline")
	}
	o := protocol.BeginObject([]byte(`{"type":"input_audio","input_audio":`))
	o.String("data", m.Data)
	o.String("format", format)
	return append(o.End(), '}'), nil
}

// file words a document: plain text as text, since the format takes PDF only.
func (b *builder) file(m *llm.Media) (part, *llm.Error) {
	switch {
	case m == nil:
		return part{}, unsupported("a document without content")
	case m.Data != "" && isPlain(m.MIME):
		text, err := base64.StdEncoding.DecodeString(m.Data)
		if err != nil {
			return part{}, unsupported("a document is not valid base64")
		}
		return part{text: titled(m, strings.ToValidUTF8(string(text), "\ufffd"))}, nil
	case m.Data != "":
		name := m.Filename
		if name == "" {
			name = "document.pdf"
		}
		o := protocol.BeginObject([]byte(`{"type":"file","file":`))
		o.String("filename", name)
		o.String("file_data", mediaURL(m))
		return part{raw: append(o.End(), '}')}, nil
	case m.FileID != "" && b.req.Origin == llm.OpenAI:
		o := protocol.BeginObject([]byte(`{"type":"file","file":`))
		o.String("file_id", m.FileID)
		return part{raw: append(o.End(), '}')}, nil
	case m.FileID != "":
		return part{}, unsupported("unsupported file reference: this model takes documents inline, not by a file's id")
	}
	return part{}, unsupported("unsupported document: this model takes documents inline, not by URL")
}

func isPlain(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "application/json" || mime == "application/xml"
}

// titled puts what is known of a document above its text.
func titled(m *llm.Media, text string) string {
	title := m.Title
	if title == "" {
		title = m.Filename
	}
	for _, line := range []string{m.Context, title} {
		if line != "" {
			text = line + "\n\n" + text
		}
	}
	return text
}
