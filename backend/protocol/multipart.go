package protocol

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

// InspectForm finds the head of a request that is a multipart form, as audio
// and image uploads are.
func InspectForm(contentType string, body []byte) (Head, *llm.Error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return Head{}, &llm.Error{Kind: llm.InvalidRequest, Message: "this path takes a multipart/form-data body"}
	}
	h := Head{Plain: true}
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	seen := map[string]bool{}
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return h, &llm.Error{Kind: llm.InvalidRequest, Message: "could not read the multipart form: it is cut or malformed"}
		}
		name := part.FormName()
		if name != "model" && name != "stream" {
			continue
		}
		if seen[name] { // upstreams differ in which one they take
			return h, &llm.Error{Kind: llm.InvalidRequest, Param: name, Message: "the form field `" + name + "` appears twice"}
		}
		seen[name] = true
		if name == "model" {
			h.Model = readValue(part)
		} else {
			h.Stream = readValue(part) == "true"
		}
	}
	if h.Model == "" {
		return h, &llm.Error{Kind: llm.InvalidRequest, Param: "model", Message: "`model` is missing: add a form field that names the model to use"}
	}
	if err := checkModel(h.Model); err != nil {
		return h, err
	}
	h.ModelAt = formValue(body, params["boundary"], "model", h.Model)
	return h, nil
}

func readValue(r io.Reader) string {
	v, err := io.ReadAll(io.LimitReader(r, 1024))
	if err != nil {
		return ""
	}
	return string(v)
}

// formValue finds where a field's value stands, so that it can be replaced
// without writing the form anew.
func formValue(body []byte, boundary, name, value string) Field {
	pos := 0
	for part := range bytes.SplitSeq(body, []byte("--"+boundary)) {
		head, _, ok := bytes.Cut(part, []byte("\r\n\r\n"))
		if ok && isField(string(head), name) {
			start := pos + len(head) + 4
			if bytes.HasPrefix(body[start:], []byte(value)) {
				return Field{start, start + len(value)}
			}
		}
		pos += len(part) + 2 + len(boundary)
	}
	return Field{}
}

func isField(head, name string) bool {
	for line := range strings.SplitSeq(head, "\r\n") {
		key, value, _ := strings.Cut(line, ":")
		if !strings.EqualFold(strings.TrimSpace(key), "Content-Disposition") {
			continue
		}
		_, params, err := mime.ParseMediaType(value)
		return err == nil && params["name"] == name && params["filename"] == ""
	}
	return false
}
