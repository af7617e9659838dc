package kiro

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// maxImage is the size of an image that the service's own client still sends, in
// bytes.
const maxImage = 10 << 20

// media words a file. What the service cannot read is refused with the reason:
// an answer that ignores an attachment would mislead.
func (b *builder) media(block *llm.Block) []part {
	m := *block.Media
	if mime, data, ok := protocol.ParseDataURL(m.URL); ok && m.Data == "" {
		m.MIME, m.Data, m.URL = mime, data, ""
	}
	if sniffed := protocol.SniffMIME(m.Data); sniffed != "" {
		m.MIME = sniffed // clients mislabel
	}
	kind, _, _ := strings.Cut(m.MIME, "/")
	switch where := b.param("contents"); {
	case m.FileID != "":
		b.fail(llm.InvalidRequest, where, "unsupported file reference "+m.FileID+": files that were uploaded to another provider must be sent inline")
	case m.Data == "":
		b.fail(llm.InvalidRequest, where, "Kiro takes files as bytes only, and this one was given by its address: send it inline")
	case block.Kind == llm.Audio || kind == "audio" || kind == "video":
		b.fail(llm.NotSupported, where, "Kiro's models do not take audio or video: send a transcript")
	case block.Kind == llm.Image || kind == "image":
		return b.picture(&m)
	default:
		return b.document(&m)
	}
	return nil
}

func (b *builder) picture(m *llm.Media) []part {
	where := b.param("contents")
	format := strings.TrimPrefix(m.MIME, "image/")
	if format == "jpg" {
		format = "jpeg"
	}
	data, size, ok := standardBase64(m.Data)
	switch {
	case b.can.Blind:
		b.fail(llm.NotSupported, where, "the model "+b.target.Model+" takes no images")
	case format != "png" && format != "jpeg" && format != "gif" && format != "webp":
		b.fail(llm.InvalidRequest, where, "Kiro takes images as JPEG, PNG, GIF or WebP, not "+m.MIME)
	case !ok:
		b.fail(llm.InvalidRequest, where, "an image is no valid base64")
	case size > maxImage:
		b.fail(llm.InvalidRequest, where, fmt.Sprintf("an image has %d MB; Kiro takes %d MB", size>>20, maxImage>>20))
	default:
		return []part{{image: &image{format: format, data: data}}}
	}
	return nil
}

// standardBase64 brings base64 of either alphabet, padded or not, into the form
// that the service takes, and tells the size of what it stands for.
func standardBase64(s string) (out string, size int, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(s)
	if err == nil {
		return s, len(raw), true
	}
	raw, err = base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "=")))
	return base64.StdEncoding.EncodeToString(raw), len(raw), err == nil && len(raw) > 0
}

// document words a file that is text as that; the service knows no other.
func (b *builder) document(m *llm.Media) []part {
	raw, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(m.Data, "=")))
	text := string(raw)
	if err != nil || !utf8.ValidString(text) || strings.ContainsRune(text, 0) || m.MIME == "application/pdf" {
		b.fail(llm.NotSupported, b.param("contents"), "Kiro's models take documents as text, not "+m.MIME)
		return nil
	}
	title := m.Title
	if title == "" {
		title = m.Filename
	}
	if title == "" {
		return []part{{text: text}}
	}
	return []part{{text: "File " + title + ":\n" + text}}
}
