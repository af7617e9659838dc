package protocoltest

import (
	"fmt"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// viewer lists facts. Ids of calls are told as numbers, because formats may
// change them as long as results find their calls.
type viewer struct {
	facts, marks facts
	calls        map[string]int
}

// factsOf lists what a request says.
func factsOf(req *llm.Request) facts {
	v := &viewer{calls: map[string]int{}}
	for _, b := range req.System {
		v.facts.addText("text.system", b.Text)
		v.mark("system", b.Cache)
	}
	for _, t := range req.Turns {
		v.turn(t)
	}
	out := append(v.facts, v.marks...)
	out = append(out, toolFacts(req)...)
	out = append(out, parameterFacts(req)...)
	return append(out, reasoningFacts(req)...)
}

func (v *viewer) mark(of string, m *llm.CacheMark) {
	if m == nil {
		return
	}
	ttl := m.TTL
	if ttl == "5m" {
		ttl = "" // the default, said aloud
	}
	v.marks.add("cache.block", "%s %s", of, ttl)
}

func (v *viewer) turn(t llm.Turn) {
	if t.Name != "" {
		v.facts.add("name", "%s", t.Name)
	}
	if t.Phase != "" {
		v.facts.add("phase", "%s", t.Phase)
	}
	if t.Effort != "" {
		v.facts.add("turn.effort", "%s", t.Effort)
	}
	role := t.Role
	if role == llm.System {
		role = llm.User // some formats have no system turns: the text is marked then
	}
	for _, b := range t.Blocks {
		v.block(b, role)
	}
}

func (v *viewer) block(b llm.Block, role llm.Role) {
	switch b.Kind {
	case llm.Text:
		text := strings.ReplaceAll(strings.ReplaceAll(b.Text, "<system-reminder>\n", ""), "\n</system-reminder>", "")
		if text != "" && !isPointer(text) {
			v.facts.addText("text."+string(role), text)
		}
	case llm.RefusalBlock:
		v.facts.add("refusal", "%s", b.Text)
	case llm.Thinking:
		if b.Text == "" && b.Signature != nil { // how formats without redacted blocks have them
			v.facts.add("redacted", "%s", b.Signature.Value[strings.LastIndexByte(b.Signature.Value, 0)+1:])
			break
		}
		if b.Text != "" {
			v.facts.addText("thinking", b.Text)
		}
		v.signature("thinking.signature", b.Signature)
	case llm.Redacted:
		v.facts.add("redacted", "%s", b.Text)
	case llm.ToolUse:
		v.call(b)
	case llm.ToolOutput:
		v.result(b.Result)
	case llm.Image, llm.Audio, llm.File:
		v.media(b)
	default:
		v.facts.add(string(b.Kind), "%s", b.Raw)
	}
	v.mark(string(b.Kind), b.Cache)
}

func (v *viewer) signature(kind string, s *llm.Signature) {
	if s != nil && s.Value != "" {
		// Kiro's codec puts the model before the service's own value.
		v.facts.add(kind, "%s %s", s.Origin, s.Value[strings.LastIndexByte(s.Value, 0)+1:])
	}
}

func (v *viewer) call(b llm.Block) {
	c := b.Call
	v.calls[c.ID] = len(v.calls) + 1
	name := strings.Trim(c.Namespace+"/"+c.Name, "/")
	if c.Custom {
		v.facts.add("call", "%d custom %s %s", v.calls[c.ID], name, c.Input)
	} else {
		v.facts.add("call", "%d %s %s", v.calls[c.ID], name, protocol.Compact(protocol.RepairJSON(string(c.Args))))
	}
	v.signature("call.signature", b.Signature)
}

func (v *viewer) result(r *llm.ToolResult) {
	var text []string
	for _, b := range r.Blocks {
		if b.Kind == llm.Text && !isPointer(b.Text) {
			text = append(text, b.Text)
		}
	}
	said := strings.TrimPrefix(strings.Join(text, "\n"), "Error: ")
	said = strings.TrimSpace(strings.TrimSuffix(said, "[image attached below]"))
	if said == "(no output)" || said == "{}" {
		said = ""
	}
	v.facts = append(v.facts, fact{kind: "result", text: fmt.Sprintf("%d %s", v.calls[r.CallID], said), loose: true})
	if r.IsError {
		v.facts.add("result.error", "%d", v.calls[r.CallID])
	}
	for _, b := range r.Blocks {
		if b.Kind != llm.Text {
			v.block(b, llm.User)
		}
	}
}

// isPointer recognises the text that says where the image of a result stands, in
// formats whose results are text only.
func isPointer(text string) bool {
	return strings.HasPrefix(text, "[image attached below") || strings.HasPrefix(text, "From the result of ")
}

func (v *viewer) media(b llm.Block) {
	m, kind := b.Media, string(b.Kind)
	switch {
	case b.Kind == llm.Audio:
		mime := strings.NewReplacer("audio/mp3", "audio/mpeg", "audio/x-wav", "audio/wav", "audio/wave", "audio/wav").Replace(m.MIME)
		v.facts.add("audio", "%s %s", mime, m.Data)
	case m.FileID != "":
		v.facts.add(kind+".id", "%s", m.FileID)
	case m.URL != "":
		v.facts.add(kind+".url", "%s", m.URL)
	default:
		v.facts.add(kind+".data", "%s %s", m.MIME, m.Data)
	}
	if m.Detail != "" && m.Detail != "auto" {
		v.facts.add(kind+".detail", "%s", m.Detail)
	}
	if m.Filename != "" {
		v.facts.add(kind+".name", "%s", m.Filename)
	}
	if m.Title != "" || m.Context != "" {
		v.facts.add(kind+".title", "%s %s", m.Title, m.Context)
	}
}

// answerFacts lists what an answer says, but for its stop reason.
func answerFacts(r *llm.Response, oneText bool) facts {
	v := &viewer{calls: map[string]int{}}
	for _, b := range ordered(r.Blocks, oneText) {
		v.block(b, llm.Assistant)
	}
	u := r.Usage
	v.facts.add("usage", "in %d (cached %d) out %d", u.Input, u.CacheRead, u.Output)
	if u.Reasoning > 0 {
		v.facts.add("usage.reasoning", "%d", u.Reasoning)
	}
	if u.CacheWrite > 0 {
		v.facts.add("usage.cache_write", "%d", u.CacheWrite)
	}
	return v.facts
}

// ordered puts the blocks in the order that a format with one text per answer
// gives them.
func ordered(blocks []llm.Block, oneText bool) []llm.Block {
	if !oneText {
		return blocks
	}
	var groups [3][]llm.Block
	for _, b := range blocks {
		switch b.Kind {
		case llm.Thinking, llm.Redacted:
			groups[0] = append(groups[0], b)
		case llm.ToolUse:
			groups[2] = append(groups[2], b)
		default:
			groups[1] = append(groups[1], b)
		}
	}
	return append(append(groups[0], groups[1]...), groups[2]...)
}
