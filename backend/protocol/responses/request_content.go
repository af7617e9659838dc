package responses

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// content reads a string or a list of parts. An empty string is no block: no
// upstream takes one.
func (d *requestDecoder) content(v gjson.Result, role string) ([]llm.Block, *llm.Error) {
	switch {
	case v.Type == gjson.String && v.Str == "":
		return nil, nil
	case v.Type == gjson.String:
		return []llm.Block{{Kind: llm.Text, Text: v.Str}}, nil
	case !protocol.IsSet(v) && role == "assistant":
		return nil, nil
	case !v.IsArray():
		return nil, &llm.Error{Kind: llm.InvalidRequest, Message: "must be a string or a list of content parts"}
	}
	var out []llm.Block
	var failed *llm.Error
	i := 0
	v.ForEach(func(_, part gjson.Result) bool {
		var b llm.Block
		if b, failed = decodePart(part); failed == nil {
			out = append(out, b)
		}
		failed = protocol.UnderElement(failed, "", i)
		i++
		return failed == nil
	})
	return out, failed
}

// part is a content part, its members found in one pass.
type part struct {
	kind                                                   string
	text, refusal, annotations, image, fileID, detail      gjson.Result
	fileData, fileURL, filename, audio, breakpoint, ignore gjson.Result
}

func (p *part) member(key string) *gjson.Result {
	switch key {
	case "text":
		return &p.text
	case "refusal":
		return &p.refusal
	case "annotations":
		return &p.annotations
	case "image_url":
		return &p.image
	case "file_id":
		return &p.fileID
	case "detail":
		return &p.detail
	case "file_data":
		return &p.fileData
	case "file_url":
		return &p.fileURL
	case "filename":
		return &p.filename
	case "input_audio":
		return &p.audio
	case "prompt_cache_breakpoint":
		return &p.breakpoint
	}
	return &p.ignore
}

func decodePart(v gjson.Result) (llm.Block, *llm.Error) {
	if !v.IsObject() {
		return llm.Block{}, protocol.NotAnObject()
	}
	var p part
	v.ForEach(func(key, m gjson.Result) bool {
		if key.Str == "type" {
			p.kind = m.Str
		} else {
			*p.member(key.Str) = m
		}
		return true
	})
	b, e := p.block(v)
	if e == nil && protocol.IsSet(p.breakpoint) {
		b.Cache = &llm.CacheMark{TTL: p.breakpoint.Get("ttl").Str}
	}
	return b, e
}

func (p *part) block(v gjson.Result) (llm.Block, *llm.Error) {
	b := llm.Block{Kind: llm.Text}
	switch p.kind {
	case "":
		return b, protocol.Fault("type", "is required")
	case "input_text", "output_text", "text", "summary_text", "reasoning_text":
		if !protocol.IsSet(p.text) {
			return b, protocol.Fault("text", "is required")
		}
		if p.annotations.IsArray() && len(p.annotations.Array()) > 0 {
			b.Citations, b.Origin = json.RawMessage(p.annotations.Raw), llm.Responses
		}
		return b, protocol.ReadString(p.text, "text", &b.Text)
	case "refusal":
		b.Kind = llm.RefusalBlock
		return b, protocol.ReadString(p.refusal, "refusal", &b.Text)
	case "input_image", "image_url":
		return p.decodeImage()
	case "input_file":
		return p.decodeFile()
	case "input_audio":
		return p.decodeAudio()
	}
	return llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(v.Raw), Origin: llm.Responses}, nil
}

func (p *part) decodeImage() (llm.Block, *llm.Error) {
	m := &llm.Media{FileID: p.fileID.Str, Detail: p.detail.Str}
	b := llm.Block{Kind: llm.Image, Media: m}
	url := p.image
	if url.IsObject() { // Chat Completions' shape
		url, m.Detail = p.image.Get("url"), p.image.Get("detail").Str
	}
	switch mime, data, ok := protocol.ParseDataURL(url.Str); {
	case ok:
		m.MIME, m.Data = mime, data
	case url.Str != "":
		m.URL = url.Str
	case m.FileID == "":
		return b, protocol.Fault("image_url", "is required: a URL, or the image itself as a data: URL")
	}
	return b, nil
}

func (p *part) decodeFile() (llm.Block, *llm.Error) {
	m := &llm.Media{FileID: p.fileID.Str, URL: p.fileURL.Str, Filename: p.filename.Str}
	b := llm.Block{Kind: llm.File, Media: m}
	switch mime, data, ok := protocol.ParseDataURL(p.fileData.Str); {
	case ok:
		m.MIME, m.Data = mime, data
	case p.fileData.Str != "":
		m.Data = p.fileData.Str
		m.MIME = mimeOfFile(m.Data, m.Filename)
	case m.FileID == "" && m.URL == "":
		return b, protocol.Fault("file_data", "is required, or file_url")
	}
	if strings.HasPrefix(m.MIME, "image/") {
		b.Kind = llm.Image
	}
	return b, nil
}

// mimeOfFile tells the media type of base64 content that says nothing of it.
func mimeOfFile(data, name string) string {
	if mime := protocol.SniffMIME(data); mime != "" {
		return mime
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".txt", ".md", ".log":
		return "text/plain"
	case ".csv":
		return "text/csv"
	case ".html", ".htm":
		return "text/html"
	case ".json":
		return "application/json"
	}
	return "application/pdf"
}

func (p *part) decodeAudio() (llm.Block, *llm.Error) {
	m := &llm.Media{Data: p.audio.Get("data").Str}
	b := llm.Block{Kind: llm.Audio, Media: m}
	if mime, data, ok := protocol.ParseDataURL(m.Data); ok {
		m.MIME, m.Data = mime, data
	}
	switch format := p.audio.Get("format").Str; {
	case m.Data == "":
		return b, protocol.Fault("input_audio.data", "is required")
	case format == "mp3":
		m.MIME = "audio/mpeg"
	case format != "":
		m.MIME = "audio/" + format
	case m.MIME == "":
		m.MIME = "audio/wav"
	}
	return b, nil
}
