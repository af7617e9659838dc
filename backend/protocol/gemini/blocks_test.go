package gemini

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
	return llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: id, Name: name, Args: json.RawMessage(args)}}
}

func result(id string, blocks ...llm.Block) llm.Block {
	return llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: id, Blocks: blocks}}
}

func tool(name string) llm.Tool {
	return llm.Tool{Name: name, Description: "does " + name, Schema: json.RawMessage(`{"type":"object","properties":{"q":{"type":"string"}}}`)}
}

func media(kind llm.BlockKind, m llm.Media) llm.Block { return llm.Block{Kind: kind, Media: &m} }

func signed(b llm.Block, origin llm.Protocol, account, value string) llm.Block {
	b.Signature = &llm.Signature{Origin: origin, Account: account, Value: value}
	return b
}
