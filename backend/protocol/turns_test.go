package protocol

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
)

// Turns are written as "role: block, block", with calls as id(), results as
// =id and failed ones as !id.
func parseTurns(list ...string) []llm.Turn {
	var turns []llm.Turn
	for _, s := range list {
		role, rest, _ := strings.Cut(s, ":")
		role, name, _ := strings.Cut(role, "/")
		t := llm.Turn{Role: map[string]llm.Role{"u": llm.User, "a": llm.Assistant, "s": llm.System}[role], Name: name}
		for part := range strings.SplitSeq(strings.TrimSpace(rest), ", ") {
			t.Blocks = append(t.Blocks, parseBlock(part))
		}
		turns = append(turns, t)
	}
	return turns
}

func parseBlock(s string) llm.Block {
	text := []llm.Block{{Kind: llm.Text, Text: "ok"}}
	switch {
	case strings.HasSuffix(s, "()"):
		id := strings.TrimSuffix(s, "()")
		return llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: id, Name: "f" + id}}
	case strings.HasPrefix(s, "="):
		return llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: s[1:], Blocks: text}}
	case s == "thinking":
		return llm.Block{Kind: llm.Thinking, Text: s}
	case s == "image":
		return llm.Block{Kind: llm.Image}
	case s == "signed":
		return llm.Block{Kind: llm.Text, Signature: &llm.Signature{Value: "x"}}
	}
	return llm.Block{Kind: llm.Text, Text: s}
}

func printTurns(turns []llm.Turn) []string {
	var list []string
	for _, t := range turns {
		var parts []string
		for _, b := range t.Blocks {
			parts = append(parts, printBlock(b))
		}
		list = append(list, string(t.Role[:1])+": "+strings.Join(parts, ", "))
	}
	return list
}

func printBlock(b llm.Block) string {
	switch b.Kind {
	case llm.ToolUse:
		return b.Call.ID + "()"
	case llm.ToolOutput:
		mark := "="
		if b.Result.IsError {
			mark = "!"
		}
		if b.Result.Name != "f"+b.Result.CallID {
			mark += "unnamed "
		}
		return mark + b.Result.CallID
	case llm.Image, llm.Thinking:
		return strings.TrimSuffix(string(b.Kind), "_thinking")
	}
	if b.Signature != nil {
		return "signed"
	}
	return b.Text
}

func TestArrange(t *testing.T) {
	merge := Arrangement{MergeSameRole: true, FirstMustBeUser: true, DropEmpty: true, System: SystemBeforeAssistant}
	tests := []struct {
		name     string
		o        Arrangement
		in, want []string
	}{
		{"nothing to do", Arrangement{}, []string{"u: hi", "a: 1()", "u: =1", "a: done"}, []string{"u: hi", "a: 1()", "u: =1", "a: done"}},
		{"order of the calls", Arrangement{}, []string{"u: q", "a: 1(), 2()", "u: =2, =1"}, []string{"u: q", "a: 1(), 2()", "u: =1, =2"}},
		{"results in turns of their own", Arrangement{}, []string{"u: q", "a: 1(), 2()", "u: =2", "u: =1"}, []string{"u: q", "a: 1(), 2()", "u: =1, =2"}},
		{"text behind results", Arrangement{}, []string{"u: q", "a: 1()", "u: look, =1, image"}, []string{"u: q", "a: 1()", "u: =1, look, image"}},
		{"text of the next turn stays apart", Arrangement{}, []string{"u: q", "a: 1()", "u: =1", "u: more"}, []string{"u: q", "a: 1()", "u: =1", "u: more"}},
		{"or is merged", merge, []string{"u: q", "a: 1()", "u: =1", "u: more"}, []string{"u: q", "a: 1()", "u: =1, more"}},
		{"a late result", Arrangement{}, []string{"u: q", "a: 1()", "u: wait", "a: yes", "u: =1"}, []string{"u: q", "a: 1()", "u: =1", "u: wait", "a: yes"}},
		{"a missing result", Arrangement{}, []string{"u: q", "a: 1(), 2()", "u: =2"}, []string{"u: q", "a: 1(), 2()", "u: !1, =2"}},
		{"no result at all", Arrangement{}, []string{"u: q", "a: 1()", "u: never mind"}, []string{"u: q", "a: 1()", "u: !1", "u: never mind"}},
		{"a duplicate", Arrangement{}, []string{"u: q", "a: 1()", "u: =1, =1, x"}, []string{"u: q", "a: 1()", "u: =1, x"}},
		{"an id that recurs", Arrangement{}, []string{"u: q", "a: 1()", "u: =1", "a: 1()", "u: =1"}, []string{"u: q", "a: 1()", "u: =1", "a: 1()", "u: =1"}},
		{"an orphan", Arrangement{}, []string{"u: =9, x"}, []string{"u: Result of an earlier tool call (9):\nok, x"}},
		{"a result before its call", Arrangement{}, []string{"u: =1", "a: 1()", "u: x"}, []string{"u: Result of an earlier tool call (1):\nok", "a: 1()", "u: !1", "u: x"}},
		{"a call of the user's", Arrangement{}, []string{"u: 1(), =1, x", "a: y"}, []string{"u: 1(), x", "u: =1", "a: y"}},
		{"calls at the end", Arrangement{}, []string{"u: q", "a: thinking, let me see, 1()"}, []string{"u: q", "a: thinking, let me see"}},
		{"nothing but calls at the end", Arrangement{}, []string{"u: q", "a: thinking, 1()"}, []string{"u: q"}},
		{"calls in turns of their own", Arrangement{}, []string{"u: q", "a: 1()", "a: 2()", "u: =1", "u: =2"}, []string{"u: q", "a: 1()", "u: =1", "a: 2()", "u: =2"}},
		{"or at once", merge, []string{"u: q", "a: 1()", "a: 2()", "u: =2", "u: =1"}, []string{"u: q", "a: 1(), 2()", "u: =1, =2"}},
		{"equal roles kept", Arrangement{}, []string{"u: a", "u: b", "a: c", "a: d"}, []string{"u: a", "u: b", "a: c", "a: d"}},
		{"equal roles merged", merge, []string{"u: a", "u: b", "a: c", "a: d"}, []string{"u: a, b", "a: c, d"}},
		{"assistant first", merge, []string{"a: hello", "u: hi"}, []string{"u: Continue.", "a: hello", "u: hi"}},
		{"assistant first where allowed", Arrangement{}, []string{"a: hello"}, []string{"a: hello"}},
		{"nothing", merge, nil, []string{"u: rules"}},
		{"nothing but white space", merge, []string{"u:  \n"}, []string{"u: rules"}},
		{"empty parts", merge, []string{"u: a,  \n, signed", "a: ", "u: b"}, []string{"u: a, signed, b"}},
		{"empty parts kept", Arrangement{}, []string{"u: a", "a: "}, []string{"u: a", "a: "}},
		{"system in place", Arrangement{}, []string{"u: a", "s: x", "u: b"}, []string{"u: a", "s: x", "u: b"}},
		{"system as user", Arrangement{System: SystemAsUser}, []string{"u: a", "s: x"}, []string{"u: a", "u: <system-reminder>\nx\n</system-reminder>"}},
		{"system before the assistant", merge, []string{"u: a", "s: x", "u: b", "a: c"}, []string{"u: a, b", "s: x", "a: c"}},
		{"system at the end", merge, []string{"u: a", "a: c", "u: b", "s: x", "s: y"}, []string{"u: a", "a: c", "u: b", "s: x, y"}},
		{
			"system behind an assistant", merge,
			[]string{"u: a", "a: c", "s: x", "a: d"},
			[]string{"u: a", "a: c", "u: <system-reminder>\nx\n</system-reminder>", "a: d"},
		},
		{"system first", merge, []string{"s: x", "a: c"}, []string{"u: <system-reminder>\nx\n</system-reminder>", "a: c"}},
		{"system between call and result", merge, []string{"u: a", "a: 1()", "s: x", "u: =1"}, []string{"u: a", "a: 1()", "u: =1", "s: x"}},
		{"names", Arrangement{PrefixNames: true}, []string{"u/ann: hi", "u/bob: image, ho"}, []string{"u: ann: hi", "u: image, bob: ho"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := &llm.Request{System: []llm.Block{{Kind: llm.Text, Text: "rules"}}, Turns: parseTurns(tt.in...)}
			before := fmt.Sprintf("%+v", printTurns(req.Turns))
			got := printTurns(Arrange(req, tt.o))
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if after := fmt.Sprintf("%+v", printTurns(req.Turns)); after != before {
				t.Errorf("the request changed:\n%s\n%s", before, after)
			}
		})
	}
}

func TestSystemOnly(t *testing.T) {
	rules := []llm.Block{{Kind: llm.Text, Text: "rules"}}
	tests := []struct {
		name string
		req  llm.Request
		want bool
	}{
		{"only", llm.Request{System: rules}, true},
		{"and nothing", llm.Request{System: rules, Turns: parseTurns("u:  ")}, true},
		{"and a turn", llm.Request{System: rules, Turns: parseTurns("u: a")}, false},
		{"nothing", llm.Request{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := SystemOnly(&tt.req); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// What was sent in one turn of a conversation begins what is sent in the next,
// or no provider's cache would ever hit.
func TestArrangeKeepsThePrefix(t *testing.T) {
	conversation := parseTurns("u: a", "s: x", "a: thinking, 1(), 2()", "u: =2, =1, look", "a: 3()", "u: =3", "a: b", "u: c", "s: y", "a: d", "u: e")
	for _, o := range []Arrangement{
		{},
		{System: SystemAsUser},
		{MergeSameRole: true, FirstMustBeUser: true, DropEmpty: true, System: SystemBeforeAssistant},
		{MergeSameRole: true, FirstMustBeUser: true, DropEmpty: true, System: SystemAsUser},
	} {
		var last []string
		for n := 1; n <= len(conversation); n++ {
			if conversation[n-1].Role == llm.Assistant || n < len(conversation) && conversation[n].Role != llm.Assistant {
				continue // not a moment at which a client asks
			}
			got := printTurns(Arrange(&llm.Request{Turns: conversation[:n]}, o))
			if len(got) < len(last) || !slices.Equal(got[:len(last)], last) {
				t.Errorf("%+v: %q does not begin with %q", o, got, last)
			}
			last = got
		}
	}
}
