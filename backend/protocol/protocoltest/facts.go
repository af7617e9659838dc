package protocoltest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fact is one thing that a request or an answer says. Two of them are
// equivalent when they say the same in the same order, however they cut it into
// turns and blocks.
type fact struct {
	kind, text string
	// loose says that the text was put together from parts, so that the white
	// space between them is the codec's choice.
	loose bool
}

func (f fact) same(g fact) bool {
	if f.kind != g.kind {
		return false
	}
	return f.text == g.text || (f.loose || g.loose) && squeeze(f.text) == squeeze(g.text)
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

type facts []fact

func (l *facts) add(kind, format string, args ...any) {
	*l = append(*l, fact{kind: kind, text: fmt.Sprintf(format, args...)})
}

// addText adds a text, to the one before it if that is of the same kind.
func (l *facts) addText(kind, text string) {
	if n := len(*l); n > 0 && (*l)[n-1].kind == kind {
		last := &(*l)[n-1]
		last.text, last.loose = last.text+"\n"+text, true
		return
	}
	*l = append(*l, fact{kind: kind, text: text})
}

// without leaves out the facts of some kinds, and joins the texts that then
// stand side by side.
func (l facts) without(kinds ...[]string) facts {
	var out facts
	for _, f := range l {
		if slices.ContainsFunc(kinds, func(list []string) bool { return slices.Contains(list, f.kind) }) {
			continue
		}
		if n := len(out); (strings.HasPrefix(f.kind, "text.") || f.kind == "thinking") && n > 0 && out[n-1].kind == f.kind {
			out[n-1].text, out[n-1].loose = out[n-1].text+"\n"+f.text, true
			continue
		}
		out = append(out, f)
	}
	return out
}

// systemInText tells instructions as what a user has said.
func (l facts) systemInText() facts {
	out := slices.Clone(l)
	for i := range out {
		if out[i].kind == "text.system" {
			out[i].kind = "text.user"
		}
	}
	return out.without()
}

func (l facts) has(kind string) bool {
	return slices.ContainsFunc(l, func(f fact) bool { return f.kind == kind })
}

func (l facts) String() string {
	var b strings.Builder
	for _, f := range l {
		fmt.Fprintf(&b, "  %s: %q\n", f.kind, f.text)
	}
	return b.String()
}

// compare reports in which facts got is not what want allows under the profiles
// of the formats that it went through.
func compare(t *testing.T, what string, want, got facts, through ...*profile) {
	t.Helper()
	for _, p := range through {
		if p.systemInText {
			want, got = want.systemInText(), got.systemInText()
		}
		want = want.without(p.drops, p.loses, p.free)
		got = got.without(p.free)
		if len(through) > 1 {
			got = got.without(p.drops, p.loses)
		}
	}
	if slices.EqualFunc(want, got, fact.same) {
		return
	}
	for i := 0; i < max(len(want), len(got)); i++ {
		if i >= len(want) || i >= len(got) || !want[i].same(got[i]) {
			t.Errorf("%s differs from line %d on\ngot\n%swant\n%s", what, i+1, got, want)
			return
		}
	}
}

func equalFacts(a, b facts) bool { return slices.EqualFunc(a, b, fact.same) }
