package anthropic

import (
	"encoding/json"

	"github.com/aihub/aihub/backend/llm"
)

// What the tests build their requests and answers of.

func ptr[T any](v T) *T { return &v }

func text(s string) llm.Block { return llm.Block{Kind: llm.Text, Text: s} }

func user(blocks ...llm.Block) llm.Turn { return llm.Turn{Role: llm.User, Blocks: blocks} }

func assistant(blocks ...llm.Block) llm.Turn { return llm.Turn{Role: llm.Assistant, Blocks: blocks} }

func call(id, name, args string) llm.Block {
	c := &llm.ToolCall{ID: id, Name: name}
	if args != "" {
		c.Args = json.RawMessage(args)
	}
	return llm.Block{Kind: llm.ToolUse, Call: c}
}

func result(id string, blocks ...llm.Block) llm.Block {
	return llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: id, Blocks: blocks}}
}

func tool(name string) llm.Tool {
	return llm.Tool{Name: name, Description: "does " + name, Schema: json.RawMessage(`{"type":"object","properties":{"q":{"type":"string"}}}`)}
}
