package openai

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// appendAnnotations appends the sources of a text as url_citation elements.
// Citations of the format's own go on as they are; of the others those that
// name a URL are reworded. from and to are where the text stands in the whole,
// which serves where the other format counts differently.
func appendAnnotations(dst []byte, citations json.RawMessage, origin llm.Protocol, from, to int) []byte {
	if len(citations) == 0 {
		return dst
	}
	v := gjson.ParseBytes(citations)
	if !v.IsArray() {
		return appendAnnotation(dst, v, origin, from, to)
	}
	v.ForEach(func(_, item gjson.Result) bool {
		dst = appendAnnotation(dst, item, origin, from, to)
		return true
	})
	return dst
}

func appendAnnotation(dst []byte, v gjson.Result, origin llm.Protocol, from, to int) []byte {
	if origin == llm.OpenAI && v.IsObject() {
		return appendElement(dst, []byte(v.Raw))
	}
	url := v.Get("url")
	if !url.Exists() {
		url = v.Get("uri")
	}
	if url.Str == "" {
		return dst
	}
	start, end := int64(from), int64(to)
	if v.Get("end_index").Exists() {
		start, end = v.Get("start_index").Int(), v.Get("end_index").Int()
	}
	o := protocol.BeginObject(nil)
	o.String("type", "url_citation")
	o.Value("url_citation", func(dst []byte) []byte {
		c := protocol.BeginObject(dst)
		c.Int("start_index", start)
		c.Int("end_index", end)
		c.String("title", v.Get("title").Str)
		c.String("url", url.Str)
		return c.End()
	})
	return appendElement(dst, o.End())
}
