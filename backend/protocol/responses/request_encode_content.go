package responses

import (
	"encoding/base64"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// message is a message item of the blocks; nil when nothing of them can be said.
// turn is the assistant's.
func (b *builder) message(role string, blocks []llm.Block, turn *llm.Turn) []byte {
	list := protocol.BeginList(nil)
	for i := range blocks {
		b.appendPart(&list, &blocks[i], role)
	}
	if list.Empty() {
		return nil
	}
	o := protocol.BeginObject(nil)
	o.String("type", "message")
	o.String("role", role)
	if turn != nil && b.req.Origin == llm.Responses && !b.target.ThirdParty {
		o.StringIf("phase", turn.Phase)
	}
	o.Raw("content", list.End())
	return o.End()
}

// appendPart writes one part of a message or of a tool's result.
func (b *builder) appendPart(list *protocol.List, block *llm.Block, role string) {
	switch block.Kind {
	case llm.Text, llm.RefusalBlock:
		if block.Text != "" {
			list.Value(func(dst []byte) []byte { return b.appendText(dst, block, role) })
		}
	case llm.Image:
		b.appendImage(list, block)
	case llm.File:
		b.appendFile(list, block)
	case llm.Audio:
		b.appendAudio(list, block, role)
	case llm.Opaque:
		if block.Origin == llm.Responses && !isItem(block) {
			list.Raw(protocol.Compact(block.Raw))
		}
	}
}

func (b *builder) appendText(dst []byte, block *llm.Block, role string) []byte {
	o := protocol.BeginObject(dst)
	switch {
	case block.Kind == llm.RefusalBlock && role == "assistant":
		o.String("type", "refusal")
		o.String("refusal", block.Text)
	case role == "assistant":
		o.String("type", "output_text")
		o.String("text", block.Text)
		if block.Origin == llm.Responses {
			o.Raw("annotations", block.Citations)
		}
	default:
		o.String("type", "input_text")
		o.String("text", block.Text)
		b.writeMark(&o, block)
	}
	return o.End()
}

// isMarked reports whether the block ends a prefix that the client wants cached.
func (b *builder) isMarked(block *llm.Block) bool { return block.Cache != nil && b.isOurs() }

// writeMark marks the end of a prefix to cache, which only clients of the same
// vendor can ask for in a way that its models take.
func (b *builder) writeMark(o *protocol.Object, block *llm.Block) {
	if !b.isMarked(block) {
		return
	}
	mark := block.Cache
	o.Value("prompt_cache_breakpoint", func(dst []byte) []byte {
		m := protocol.BeginObject(dst)
		m.String("mode", "explicit")
		m.StringIf("ttl", mark.TTL)
		return m.End()
	})
}

func (b *builder) appendImage(list *protocol.List, block *llm.Block) {
	m := block.Media
	if m == nil || !b.checkFileID(m) {
		return
	}
	list.Value(func(dst []byte) []byte {
		o := protocol.BeginObject(dst)
		o.String("type", "input_image")
		switch {
		case m.FileID != "":
			o.String("file_id", m.FileID)
		case m.Data != "":
			o.String("image_url", protocol.DataURL(imageMIME(m), m.Data))
		default:
			o.String("image_url", m.URL)
		}
		switch m.Detail {
		case "low", "high", "auto":
			o.String("detail", m.Detail)
		case "original":
			if b.isOurs() {
				o.String("detail", m.Detail)
			}
		}
		b.writeMark(&o, block)
		return o.End()
	})
}

// imageMIME is the type that the image has, as far as its first bytes tell.
func imageMIME(m *llm.Media) string {
	switch sniffed := protocol.SniffMIME(m.Data); {
	case strings.HasPrefix(sniffed, "image/"):
		return sniffed
	case m.MIME != "":
		return m.MIME
	}
	return "image/png"
}

// checkFileID refuses files that lie at another provider.
func (b *builder) checkFileID(m *llm.Media) bool {
	if m.FileID != "" && !b.isOurs() {
		b.fail("file_id", "unsupported file reference: the file "+m.FileID+" lies at another provider. Send its content or a URL")
		return false
	}
	return true
}

// appendFile writes a document. Texts become texts, which every model takes.
func (b *builder) appendFile(list *protocol.List, block *llm.Block) {
	m := block.Media
	switch {
	case m == nil || !b.checkFileID(m):
		return
	case strings.HasPrefix(m.MIME, "image/"):
		b.appendImage(list, block)
		return
	case strings.HasPrefix(m.MIME, "video/"):
		b.fail("file", "the Responses API takes no video")
		return
	case m.Data != "" && isTextual(m.MIME):
		if raw, err := base64.StdEncoding.DecodeString(m.Data); err == nil {
			list.Value(func(dst []byte) []byte {
				return appendTyped(dst, "input_text", "text", titled(m, string(raw)))
			})
			return
		}
	}
	list.Value(func(dst []byte) []byte {
		o := protocol.BeginObject(dst)
		o.String("type", "input_file")
		switch {
		case m.FileID != "":
			o.String("file_id", m.FileID)
		case m.Data != "":
			o.String("filename", filename(m))
			o.String("file_data", protocol.DataURL(fileMIME(m), m.Data))
		default:
			o.String("file_url", m.URL)
		}
		b.writeMark(&o, block)
		return o.End()
	})
}

func isTextual(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "application/json"
}

func titled(m *llm.Media, text string) string {
	for _, head := range [...]string{m.Context, m.Title} {
		if head != "" {
			text = head + "\n\n" + text
		}
	}
	return text
}

func filename(m *llm.Media) string {
	switch {
	case m.Filename != "":
		return m.Filename
	case m.Title != "":
		return m.Title
	}
	return "document.pdf"
}

func fileMIME(m *llm.Media) string {
	if m.MIME == "" {
		return mimeOfFile(m.Data, m.Filename)
	}
	return m.MIME
}

// appendAudio writes a sound. Results of tools have no place for one: a note
// stands for it, as the tool has run and the conversation must go on.
func (b *builder) appendAudio(list *protocol.List, block *llm.Block, role string) {
	m := block.Media
	if m == nil {
		return
	}
	if role == "tool" {
		list.Value(func(dst []byte) []byte {
			return appendTyped(dst, "input_text", "text", "(The tool returned audio, which cannot be passed on.)")
		})
		return
	}
	format := ""
	switch m.MIME {
	case "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave":
		format = "wav"
	case "audio/mpeg", "audio/mp3":
		format = "mp3"
	}
	if format == "" || m.Data == "" {
		b.fail("input_audio", "the Responses API takes sounds as wav or mp3 only, in the request itself")
		return
	}
	list.Value(func(dst []byte) []byte {
		o := protocol.BeginObject(dst)
		o.String("type", "input_audio")
		o.Value("input_audio", func(dst []byte) []byte {
			a := protocol.BeginObject(dst)
			a.String("data", m.Data)
			a.String("format", format)
			return a.End()
		})
		return o.End()
	})
}

const errorPrefix = "Error: "

// result is what a tool gave back: a string, or parts where it is more than one
// text. The format has no flag for a failure, so the text must say it.
func (b *builder) result(r *llm.ToolResult) []byte {
	o := protocol.BeginObject(nil)
	if r.Custom && !b.target.ThirdParty {
		o.String("type", "custom_tool_call_output")
	} else {
		o.String("type", "function_call_output")
	}
	o.String("call_id", b.ids.result(r.CallID))
	blocks := r.Blocks
	if r.IsError && !saysError(blocks) {
		blocks = withError(blocks)
	}
	switch {
	case len(blocks) == 0 || len(blocks) == 1 && blocks[0].Kind == llm.Text && blocks[0].Text == "":
		o.String("output", "(no output)")
	case len(blocks) == 1 && blocks[0].Kind == llm.Text && !b.isMarked(&blocks[0]):
		o.String("output", blocks[0].Text)
	default:
		list := protocol.BeginList(nil)
		for i := range blocks {
			b.appendPart(&list, &blocks[i], "tool")
		}
		if list.Empty() {
			o.String("output", "(no output)")
			break
		}
		o.Raw("output", list.End())
	}
	return o.End()
}

func saysError(blocks []llm.Block) bool {
	return len(blocks) > 0 && blocks[0].Kind == llm.Text && len(blocks[0].Text) >= 5 && strings.EqualFold(blocks[0].Text[:5], "error")
}

// withError copies the blocks with the word in front.
func withError(blocks []llm.Block) []llm.Block {
	if len(blocks) == 0 || blocks[0].Kind != llm.Text {
		return append([]llm.Block{{Kind: llm.Text, Text: strings.TrimSpace(errorPrefix)}}, blocks...)
	}
	out := append([]llm.Block(nil), blocks...)
	out[0].Text = errorPrefix + out[0].Text
	return out
}
