package gemini

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file below testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_"))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", path, got, want)
	}
}

// indented is JSON for people, with the order of the members kept.
func indented(t *testing.T, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", " "); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return append(out.Bytes(), '\n')
}

// dump writes a canonical value as JSON without the members that say nothing.
func dump(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(pruned(tree)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			if m = pruned(m); says(m) {
				v[k] = m
			} else {
				delete(v, k)
			}
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
	}
	return v
}

// says reports whether a member of a dump is worth a line.
func says(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case bool:
		return v
	case json.Number:
		return v != "0"
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

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
