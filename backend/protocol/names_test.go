package protocol

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
)

func TestNames(t *testing.T) {
	long := "mcp__" + strings.Repeat("server_", 12) + "read"
	tests := []struct {
		name          string
		max           int
		letter        bool
		ns, tool, out string // out "" = only the rules are checked
	}{
		{"plain", 64, false, "", "get_weather", "get_weather"},
		{"namespace", 64, false, "collaboration", "list_agents", "collaboration__list_agents"},
		{"characters", 64, false, "", "a.b/c d", "a_b_c_d"},
		{"umlaut", 64, false, "", "größe", "gr__e"},
		{"empty", 64, false, "", "", "_"},
		{"digit first", 64, true, "", "9lives", "_9lives"},
		{"digit first where allowed", 64, false, "", "9lives", "9lives"},
		{"long", 64, false, "", long, ""},
		{"long enough", 128, false, "", long, long},
	}
	pattern := regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := NewNames(tt.max, tt.letter)
			got := n.Upstream(tt.ns, tt.tool)
			if tt.out != "" && got != tt.out {
				t.Errorf("got %q, want %q", got, tt.out)
			}
			if len(got) > tt.max || !pattern.MatchString(got) {
				t.Errorf("%q breaks the rules", got)
			}
			if again := n.Upstream(tt.ns, tt.tool); again != got {
				t.Errorf("the second time %q", again)
			}
			if ns, name := n.Client(got); ns != tt.ns || name != tt.tool {
				t.Errorf("back came %q and %q", ns, name)
			}
		})
	}
}

func TestNamesStayApart(t *testing.T) {
	n := NewNames(20, false)
	tools := []toolName{
		{"", "a.b"},
		{"", "a_b"},
		{"", "a/b"},
		{"a", "b"},
		{"", "a__b"},
		{"", strings.Repeat("x", 30)},
		{"", strings.Repeat("x", 31)},
	}
	seen := map[string]toolName{}
	for _, tool := range tools {
		up := n.Upstream(tool.namespace, tool.name)
		if other, ok := seen[up]; ok {
			t.Errorf("%v and %v are both %q", other, tool, up)
		}
		seen[up] = tool
		if ns, name := n.Client(up); ns != tool.namespace || name != tool.name {
			t.Errorf("%v came back as %q, %q", tool, ns, name)
		}
	}
}

func TestNilNames(t *testing.T) {
	var n *Names
	if ns, name := n.Client("x"); ns != "" || name != "x" {
		t.Errorf("got %q, %q", ns, name)
	}
	if n.Custom("x") {
		t.Error("custom")
	}
}

func TestSignatureRoundTrip(t *testing.T) {
	tests := []llm.Signature{
		{Origin: llm.Anthropic, Account: "acc-1", Value: "EqoBCk+/="},
		{Origin: llm.Gemini, Value: "CiQB"},
		{Origin: llm.Responses, Account: "a:b", Value: "gAAAA:x"},
		{Origin: llm.Kiro, Value: "\x00\xff"},
	}
	for _, s := range tests {
		for name, v := range map[string]string{
			"text": PackSignature(&s), "bytes": PackSignatureBytes(&s),
			"bytes, url alphabet": strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(PackSignatureBytes(&s)),
		} {
			got := UnpackSignature(llm.OpenAI, v)
			if got == nil || *got != s {
				t.Errorf("%s: %v came back as %v", name, s, got)
			}
		}
	}
}

func TestUnpackSignature(t *testing.T) {
	native := func(v string) *llm.Signature { return &llm.Signature{Origin: llm.Anthropic, Value: v} }
	tests := []struct {
		name, v string
		want    *llm.Signature
	}{
		{"nothing", "", nil},
		{"native", "EqoBCk", native("EqoBCk")},
		{"native that looks like a label in base64", "Z3cxOA==x", native("Z3cxOA==x")},
		{"no payload", "gw1:anthropic:", nil},
		{"empty payload", "gw1:anthropic::", nil},
		{"no origin", "gw1:::eA", nil},
		{"damaged", "gw1:anthropic::***", nil},
		{"only the label", "gw1:", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := UnpackSignature(llm.Anthropic, tt.v)
			if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if PackSignature(nil) != "" || PackSignature(&llm.Signature{Origin: llm.Gemini}) != "" || PackSignatureBytes(nil) != "" {
		t.Error("nothing was packed as something")
	}
}

func TestUsableSignature(t *testing.T) {
	tests := []struct {
		name string
		s    *llm.Signature
		want bool
	}{
		{"nil", nil, false},
		{"empty", &llm.Signature{Origin: llm.Gemini}, false},
		{"other protocol", &llm.Signature{Origin: llm.Anthropic, Value: "x"}, false},
		{"other account", &llm.Signature{Origin: llm.Gemini, Account: "b", Value: "x"}, false},
		{"same account", &llm.Signature{Origin: llm.Gemini, Account: "a", Value: "x"}, true},
		{"unknown account", &llm.Signature{Origin: llm.Gemini, Value: "x"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := UsableSignature(tt.s, llm.Gemini, Target{AccountID: "a"}); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCallID(t *testing.T) {
	pattern := regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
	long := "call_" + strings.Repeat("x", 1000)
	for _, id := range []string{"", "call_1", "a.b:c", "ключ", long, long + "y", strings.Repeat("x", 64)} {
		got := CallID(id)
		if !pattern.MatchString(got) {
			t.Errorf("%q breaks the rules", got)
		}
		if again := CallID(id); again != got {
			t.Errorf("%q, then %q", got, again)
		}
		if pattern.MatchString(id) && got != id {
			t.Errorf("%q became %q", id, got)
		}
	}
	if CallID(long) == CallID(long+"y") {
		t.Error("two long ids became one")
	}
}

func TestNewID(t *testing.T) {
	a, b := NewID("call_", 24), NewID("call_", 24)
	pattern := regexp.MustCompile(`^call_[0-9A-Za-z]{24}$`)
	if a == b || !pattern.MatchString(a) || !pattern.MatchString(b) {
		t.Errorf("got %q and %q", a, b)
	}
	if got := NewID("x", 0); got != "x" {
		t.Errorf("got %q", got)
	}
}

func TestNamesOfLetters(t *testing.T) {
	long := "_" + strings.Repeat("long_", 20)
	tests := []struct{ tool, want string }{
		{"Read", "Read"},
		{"_private", "t__private"},
		{"9lives", "t_9lives"},
		{"-x", "t_-x"},
		{"", "t_"},
		{long, ""},
	}
	pattern := regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]{0,63}$`)
	n := NewLetterNames(64)
	for _, tt := range tests {
		got := n.Upstream("", tt.tool)
		if !pattern.MatchString(got) || tt.want != "" && got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.tool, got, tt.want)
		}
		if _, name := n.Client(got); name != tt.tool {
			t.Errorf("%q came back as %q", tt.tool, name)
		}
	}
}
