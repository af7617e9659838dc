package openai

import "github.com/tidwall/gjson"

// The members of a chunk, of a choice and of a delta are found in one pass
// each: a stream has thousands of them.

type chunkMembers struct {
	id, model, created, usage, choices gjson.Result
	failed                             bool // there may be an error
}

func (c *chunkMembers) read(v gjson.Result) {
	v.ForEach(func(key, m gjson.Result) bool {
		switch key.Str {
		case "id":
			c.id = m
		case "model":
			c.model = m
		case "created":
			c.created = m
		case "usage":
			c.usage = m
		case "choices":
			c.choices = m
		case "error":
			c.failed = true
		case "object":
			c.failed = c.failed || m.Str == "error"
		}
		return true
	})
}

type choiceMembers struct {
	index  int64
	delta  gjson.Result // or the whole message, as careless services send it
	finish string
	failed bool
}

func (c *choiceMembers) read(v gjson.Result) {
	v.ForEach(func(key, m gjson.Result) bool {
		switch key.Str {
		case "index":
			c.index = m.Int()
		case "delta":
			c.delta = m
		case "message":
			if !c.delta.IsObject() {
				c.delta = m
			}
		case "finish_reason":
			c.finish = m.Str
		case "error":
			c.failed = true
		}
		return true
	})
}

type deltaMembers struct {
	content, reasoningContent, reasoning gjson.Result
	annotations, images, calls, legacy   gjson.Result
	refusal                              string
}

func (d *deltaMembers) read(v gjson.Result) {
	v.ForEach(func(key, m gjson.Result) bool {
		switch key.Str {
		case "content":
			d.content = m
		case "reasoning_content":
			d.reasoningContent = m
		case "reasoning":
			d.reasoning = m
		case "refusal":
			d.refusal = m.Str
		case "annotations":
			d.annotations = m
		case "images":
			d.images = m
		case "tool_calls":
			d.calls = m
		case "function_call":
			d.legacy = m
		}
		return true
	})
}

// thought is the reasoning: services disagree about the name, and some send
// both.
func (d *deltaMembers) thought() string {
	if d.reasoningContent.Str != "" {
		return d.reasoningContent.Str
	}
	return d.reasoning.Str
}
