package gemini

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// appendMedia appends an image, a sound or a document as a part. What Gemini
// cannot read is refused with the reason: an answer that ignores an attachment
// would mislead.
func (b *builder) appendMedia(dst []byte, block *llm.Block) []byte {
	m := *block.Media
	if mime, data, ok := protocol.ParseDataURL(m.URL); ok && m.Data == "" {
		m.MIME, m.Data, m.URL = mime, data, ""
	}
	switch {
	case m.FileID != "" && b.req.Origin != llm.Gemini:
		b.fail(b.param("contents"), "unsupported file reference "+m.FileID+": files that were uploaded to another provider must be sent inline")
		return append(dst, "{}"...)
	case m.Data == "":
		if m.MIME == "" {
			m.MIME = mimeOfURL(m.URL)
		}
		if m.MIME == "" && block.Kind == llm.Image {
			m.MIME = "image/jpeg"
		}
		return appendFile(dst, &m)
	}
	if actual := protocol.SniffMIME(m.Data); actual != "" {
		m.MIME = actual
	}
	if block.Kind == llm.File || m.MIME == "" {
		m.MIME = b.documentMIME(&m)
	}
	return appendInline(dst, &m)
}

// documentMIME is the type under which Gemini takes a document: its own for PDF,
// films and the like, plain text for whatever is text.
func (b *builder) documentMIME(m *llm.Media) string {
	switch kind, _, _ := strings.Cut(m.MIME, "/"); {
	case m.MIME == "application/pdf", kind == "image", kind == "audio", kind == "video", kind == "text":
		return m.MIME
	}
	raw, err := base64.StdEncoding.DecodeString(standardBase64(m.Data))
	if err != nil || !utf8.Valid(raw) {
		b.fail(b.param("contents"), "Gemini models take documents as PDF or text, not "+m.MIME)
	}
	return "text/plain"
}
