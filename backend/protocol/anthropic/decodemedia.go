package anthropic

import (
	"encoding/base64"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

func decodeImage(f *fields) (llm.Block, *llm.Error) {
	m := &llm.Media{}
	return llm.Block{Kind: llm.Image, Media: m}, protocol.Under(decodeSource(f[mSource], m), "source")
}

// decodeSource reads where an image or a document is.
func decodeSource(v gjson.Result, m *llm.Media) *llm.Error {
	var kind, mime, data, url, file gjson.Result
	v.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "type":
			kind = v
		case "media_type":
			mime = v
		case "data":
			data = v
		case "url":
			url = v
		case "file_id":
			file = v
		}
		return true
	})
	switch kind.Str {
	case "base64":
		return inlineSource(m, mime.Str, data)
	case "text":
		m.MIME, m.Data = "text/plain", base64.StdEncoding.EncodeToString([]byte(data.Str))
		return nil
	case "url":
		return urlSource(m, url)
	case "file":
		m.FileID = file.Str
		if m.FileID == "" {
			return protocol.Fault("file_id", "is required")
		}
		return nil
	}
	return protocol.Fault("type", "must be base64, url, file, or for documents text or content")
}

func inlineSource(m *llm.Media, mime string, data gjson.Result) *llm.Error {
	if data.Type != gjson.String || data.Str == "" {
		return protocol.Fault("data", "must be a base64 string")
	}
	m.MIME, m.Data = strings.ToLower(mime), data.Str
	if strings.ContainsAny(m.Data, " \t\r\n") {
		m.Data = strings.Join(strings.Fields(m.Data), "")
	}
	if m.MIME == "" {
		m.MIME = protocol.SniffMIME(m.Data)
	}
	if m.MIME == "" {
		return protocol.Fault("media_type", "is required")
	}
	return nil
}

func urlSource(m *llm.Media, url gjson.Result) *llm.Error {
	if url.Str == "" {
		return protocol.Fault("url", "is required")
	}
	if mime, data, ok := protocol.ParseDataURL(url.Str); ok {
		m.MIME, m.Data = mime, data
		return nil
	}
	m.URL = url.Str
	return nil
}

// document reads a document. One that is made of blocks becomes a text and the
// pictures that stand in it.
func (d *decoder) document(out []llm.Block, f *fields) ([]llm.Block, *llm.Error) {
	m := &llm.Media{Title: f[mTitle].Str, Context: f[mContext].Str}
	doc := llm.Block{Kind: llm.File, Media: m}
	if f[mSource].Get("type").Str != "content" {
		e := protocol.Under(decodeSource(f[mSource], m), "source")
		if m.MIME == "" && m.URL != "" {
			m.MIME = "application/pdf"
		}
		return append(out, doc), e
	}
	parts, e := d.content(f[mSource].Get("content"), llm.User)
	if e != nil {
		return out, protocol.Under(e, "source")
	}
	var text []string
	at := len(out)
	out = append(out, doc)
	for _, p := range parts {
		if p.Kind == llm.Text {
			text = append(text, p.Text)
		} else {
			out = append(out, p)
		}
	}
	m.MIME, m.Data = "text/plain", base64.StdEncoding.EncodeToString([]byte(strings.Join(text, "\n")))
	if len(text) == 0 {
		out = append(out[:at], out[at+1:]...)
	}
	return out, nil
}
