package anthropic

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// appendMedia writes an image or a document. What Claude cannot read is refused
// with the reason: an answer that ignores an attachment would mislead.
func (b *builder) appendMedia(list *protocol.List, p *llm.Block, ttl string) {
	m := inlined(p.Media)
	mime := m.MIME
	if m.Data != "" {
		if sniffed := protocol.SniffMIME(m.Data); sniffed != "" {
			mime = sniffed // the service compares the label with the bytes
		}
	}
	isImage := p.Kind == llm.Image || strings.HasPrefix(mime, "image/")
	switch {
	case m.FileID != "" && b.req.Origin != llm.Anthropic:
		b.fail("messages", "unsupported file reference "+m.FileID+": files that were uploaded to another provider must be sent inline")
	case p.Kind == llm.Audio || strings.HasPrefix(mime, "audio/") || strings.HasPrefix(mime, "video/"):
		b.fail("messages", "Claude models do not take audio or video: send a transcript")
	case isImage && m.Data != "" && !isPicture(mime):
		b.fail("messages", "Claude models take images as JPEG, PNG, GIF or WebP, not "+mime)
	case isImage:
		list.Value(func(dst []byte) []byte { return appendMediaBlock(dst, "image", &m, mime, ttl) })
	case m.Data == "" || mime == "application/pdf":
		list.Value(func(dst []byte) []byte { return appendMediaBlock(dst, "document", &m, mime, ttl) })
	default:
		b.appendTextDocument(list, &m, mime, ttl)
	}
}

// inlined takes a data: URL apart that a client put where a URL stands.
func inlined(m *llm.Media) llm.Media {
	out := *m
	if mime, data, ok := protocol.ParseDataURL(m.URL); ok && m.Data == "" {
		out.MIME, out.Data, out.URL = mime, data, ""
	}
	return out
}

func isPicture(mime string) bool {
	switch mime {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return true
	}
	return false
}

func appendMediaBlock(dst []byte, kind string, m *llm.Media, mime, ttl string) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", kind)
	o.Value("source", func(dst []byte) []byte {
		s := protocol.BeginObject(dst)
		switch {
		case m.Data != "":
			s.String("type", "base64")
			s.String("media_type", mime)
			s.String("data", m.Data)
		case m.FileID != "":
			s.String("type", "file")
			s.String("file_id", m.FileID)
		default:
			s.String("type", "url")
			s.String("url", m.URL)
		}
		return s.End()
	})
	if kind == "document" {
		writeTitle(&o, m)
	}
	writeMark(&o, ttl)
	return o.End()
}

func writeTitle(o *protocol.Object, m *llm.Media) {
	title := m.Title
	if title == "" {
		title = m.Filename
	}
	o.StringIf("title", title)
	o.StringIf("context", m.Context)
}

// appendTextDocument writes any file that is text, whatever its type.
func (b *builder) appendTextDocument(list *protocol.List, m *llm.Media, mime, ttl string) {
	text, ok := decodeBase64(m.Data)
	if !ok || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		b.fail("messages", "Claude models take documents as PDF or text, not "+mime)
		return
	}
	if strings.TrimSpace(text) == "" {
		text = "(empty file)"
	}
	list.Value(func(dst []byte) []byte {
		o := protocol.BeginObject(dst)
		o.String("type", "document")
		o.Value("source", func(dst []byte) []byte {
			s := protocol.BeginObject(dst)
			s.String("type", "text")
			s.String("media_type", "text/plain")
			s.String("data", text)
			return s.End()
		})
		writeTitle(&o, m)
		writeMark(&o, ttl)
		return o.End()
	})
}

// decodeBase64 reads base64 of either alphabet, padded or not.
func decodeBase64(s string) (string, bool) {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	raw, err := base64.RawStdEncoding.DecodeString(s)
	return string(raw), err == nil
}
