package gemini

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// content reads one turn. The role function is an older word for the user turns
// that bring results.
func (d *decoder) content(i int, v gjson.Result) *llm.Error {
	t := llm.Turn{Role: llm.User}
	var parts gjson.Result
	failed := members(v, func(name, _ string, v gjson.Result) *llm.Error {
		switch name {
		case "role":
			return readRole(v, &t.Role)
		case "parts":
			parts = v
		}
		return nil
	})
	if failed != nil || !parts.Exists() {
		d.req.Turns = append(d.req.Turns, t)
		return failed
	}
	if parts.IsObject() { // as some clients write a single part
		parts = gjson.Parse("[" + parts.Raw + "]")
	}
	if t.Role == llm.Assistant {
		d.calls.begin()
	}
	failed = each(parts, "parts", func(n int, v gjson.Result) *llm.Error {
		b, e := d.part(place{i, n}, v)
		if b != nil {
			t.Blocks = append(t.Blocks, *b)
		}
		return e
	})
	if t.Role == llm.Assistant {
		t.Blocks = joinPieces(t.Blocks)
	}
	d.req.Turns = append(d.req.Turns, t)
	return failed
}

func readRole(v gjson.Result, out *llm.Role) *llm.Error {
	switch strings.ToLower(v.Str) {
	case "", "user", "function", "tool":
		*out = llm.User
	case "model", "assistant":
		*out = llm.Assistant
	default:
		return protocol.Fault("role", "must be user or model")
	}
	return nil
}

// fields are the members of a part, found in one pass, as a part may be
// megabytes long.
type fields struct {
	text, inline, file, call, response, resolution gjson.Result
	thought                                        bool
	signature                                      string
	other                                          bool // it holds something that only Google knows
}

func (f *fields) read(part gjson.Result) *llm.Error {
	return members(part, func(name, _ string, v gjson.Result) *llm.Error {
		switch name {
		case "text":
			f.text = v
			if v.Type != gjson.String {
				return protocol.Fault(name, "must be a string")
			}
		case "thought":
			return readBool(v, name, &f.thought)
		case "thoughtSignature":
			return readString(v, name, &f.signature)
		case "inlineData":
			f.inline = v
		case "fileData":
			f.file = v
		case "functionCall":
			f.call = v
		case "functionResponse":
			f.response = v
		case "mediaResolution":
			f.resolution = v
		case "videoMetadata", "partMetadata":
		default:
			f.other = true
		}
		return nil
	})
}

// part reads one part; nil is one that says nothing.
func (d *decoder) part(at place, v gjson.Result) (*llm.Block, *llm.Error) {
	var f fields
	if e := f.read(v); e != nil {
		return nil, e
	}
	var b *llm.Block
	var e *llm.Error
	switch {
	case f.call.Exists():
		b, e = d.functionCall(at, f.call)
		e = protocol.Under(e, "functionCall")
	case f.response.Exists():
		b, e = d.functionResponse(f.response)
		e = protocol.Under(e, "functionResponse")
	case f.inline.Exists():
		b, e = inlineData(f.inline)
		e = protocol.Under(e, "inlineData")
	case f.file.Exists():
		b, e = fileData(f.file)
		e = protocol.Under(e, "fileData")
	case f.other:
		b = &llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(v.Raw), Origin: llm.Gemini}
	default:
		return textPart(&f), nil
	}
	if e != nil {
		return nil, e
	}
	b.Signature, _ = unpack(f.signature)
	if b.Media != nil {
		b.Media.Detail = resolution(f.resolution)
	}
	return b, nil
}

// textPart reads a text or a thought. One without text counts if it brings a
// signature.
func textPart(f *fields) *llm.Block {
	b := &llm.Block{Kind: llm.Text, Text: f.text.Str}
	redacted := false
	b.Signature, redacted = unpack(f.signature)
	switch {
	case redacted:
		return &llm.Block{Kind: llm.Redacted, Text: b.Signature.Value, Signature: b.Signature}
	case f.thought:
		b.Kind, b.Summary = llm.Thinking, true
	}
	if b.Text == "" && b.Signature == nil {
		return nil
	}
	return b
}

// resolution is the level of detail at which an image is to be looked at.
func resolution(v gjson.Result) string {
	word := strings.ToLower(v.Get("level").String())
	switch {
	case strings.HasSuffix(word, "_low"):
		return "low"
	case strings.HasSuffix(word, "_high"):
		return "high"
	}
	return ""
}

func inlineData(v gjson.Result) (*llm.Block, *llm.Error) {
	m := &llm.Media{}
	failed := members(v, func(name, _ string, v gjson.Result) *llm.Error {
		switch name {
		case "mimeType":
			return readString(v, name, &m.MIME)
		case "data":
			e := readString(v, name, &m.Data)
			m.Data = standardBase64(m.Data)
			return e
		case "displayName":
			return readString(v, name, &m.Filename)
		}
		return nil
	})
	if failed == nil && m.Data == "" {
		failed = protocol.Fault("data", "is required")
	}
	if m.MIME == "" {
		m.MIME = protocol.SniffMIME(m.Data)
	}
	return &llm.Block{Kind: kindOfMIME(m.MIME), Media: m}, failed
}

// fileData reads a file by its address. Files that were uploaded to Google
// exist for Google only.
func fileData(v gjson.Result) (*llm.Block, *llm.Error) {
	m := &llm.Media{}
	failed := members(v, func(name, _ string, v gjson.Result) *llm.Error {
		switch name {
		case "mimeType":
			return readString(v, name, &m.MIME)
		case "fileUri":
			return readString(v, name, &m.URL)
		case "displayName":
			return readString(v, name, &m.Filename)
		}
		return nil
	})
	if failed == nil && m.URL == "" {
		failed = protocol.Fault("fileUri", "is required")
	}
	if isUploaded(m.URL) {
		m.FileID, m.URL = m.URL, ""
	}
	if m.MIME == "" {
		m.MIME = mimeOfURL(m.URL)
	}
	return &llm.Block{Kind: kindOfMIME(m.MIME), Media: m}, failed
}

func isUploaded(uri string) bool {
	return strings.HasPrefix(uri, "gs://") || strings.HasPrefix(uri, "files/") ||
		strings.Contains(uri, "googleapis.com/") && strings.Contains(uri, "/files/")
}
