package kiro

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// wish is what the request says of reasoning.
type wish struct {
	asked, off bool
	budget     int64  // tokens; negative = no number
	effort     string // "" = the model decides
}

// wish reads the request, and where that is silent the name that the client
// gave the model.
func (b *builder) wish() wish {
	r := b.req.Reasoning
	if r.Effort == "" && r.Budget == nil && !r.Auto {
		switch effort := effortOf(b.req.Model); effort {
		case "thinking":
			r.Auto = true
		default:
			r.Effort = effort
		}
	}
	w := wish{asked: r.Effort != "" || r.Budget != nil || r.Auto, budget: -1, effort: r.Effort}
	if r.Budget != nil {
		w.budget = *r.Budget
	}
	w.off = w.budget == 0 || w.budget < 0 && r.Effort == "none"
	switch {
	case w.off:
		w.effort = "none"
	case w.effort == "" && w.budget > 0:
		w.effort = protocol.EffortOf(w.budget)
	}
	return w
}

// pickReasoning settles how much the model is to think: by the parameters that
// it lists itself, else by tags in the text, which Claude models know since
// before there were parameters. Any other member would be refused.
func (b *builder) pickReasoning() {
	w := b.wish()
	schema := gjson.Result{}
	if b.target.Info != nil {
		schema = gjson.ParseBytes(b.target.Info.Fields)
	}
	if !schema.IsObject() || len(schema.Map()) == 0 {
		b.pickTags(w)
		if b.req.MaxTokens != nil {
			b.drop("max_tokens")
		}
		return
	}
	f := fieldWriter{schema: schema, o: protocol.BeginObject(nil)}
	thinks := f.writeReasoning(w, b.req.Reasoning.Show)
	if w.asked && !w.off && !thinks {
		b.drop("reasoning")
	}
	if n := b.req.MaxTokens; n != nil && !f.writeLimit(*n, thinks && !w.off) {
		b.drop("max_tokens")
	}
	if !f.o.Empty() {
		b.fields = f.o.End()
	}
}

// The lengths of thoughts in tags, in tokens.
const (
	minTagged     = 1024
	maxTagged     = 24576
	defaultTagged = 20000
)

func (b *builder) pickTags(w wish) {
	switch {
	case !w.asked || w.off:
	case !b.can.Tags:
		b.drop("reasoning")
	case w.budget < 0 && w.effort != "":
		effort := protocol.ClampEffort(w.effort, []string{"low", "medium", "high"})
		b.tags = "<thinking_mode>adaptive</thinking_mode><thinking_effort>" + effort + "</thinking_effort>"
	default:
		n := int64(defaultTagged)
		if w.budget > 0 {
			n = min(maxTagged, max(minTagged, w.budget))
		}
		b.tags = "<thinking_mode>enabled</thinking_mode><max_thinking_length>" + strconv.FormatInt(n, 10) + "</max_thinking_length>"
	}
}

// fieldWriter writes additionalModelRequestFields, and of it only what the
// model's own schema has.
type fieldWriter struct {
	schema gjson.Result
	o      protocol.Object
}

// writeReasoning writes how much to think and whether to show it. It reports
// whether the model can be told at all.
func (f *fieldWriter) writeReasoning(w wish, show llm.ShowReasoning) (thinks bool) {
	efforts, kinds := f.values("output_config", "effort"), f.values("thinking", "type")
	other := f.values("reasoning", "effort")
	switched := w.off && slices.Contains(kinds, "disabled")
	if effort := protocol.ClampEffort(w.effort, efforts); effort != "" && !switched {
		f.object("output_config", member{"effort", effort})
	}
	switch {
	case switched:
		f.object("thinking", member{"type", "disabled"})
	case w.asked && !w.off && slices.Contains(kinds, "adaptive"):
		display := "summarized"
		if show == llm.ShowNone {
			display = "omitted"
		}
		if !slices.Contains(f.values("thinking", "display"), display) {
			display = ""
		}
		f.object("thinking", member{"type", "adaptive"}, member{"display", display})
	}
	if effort := protocol.ClampEffort(w.effort, other); effort != "" {
		f.object("reasoning", member{"effort", effort})
	}
	return len(efforts)+len(other) > 0 || slices.Contains(kinds, "adaptive")
}

// thinkingRoom is the smallest limit to an answer that a model which thinks can
// live with: its thoughts count too, and would leave nothing of the answer.
const thinkingRoom = 8192

// writeLimit writes the limit to the answer, and reports false when the client's
// cannot be kept.
func (f *fieldWriter) writeLimit(n int64, thinks bool) bool {
	limits := f.nodes(f.schema, "max_tokens")
	if len(limits) == 0 || thinks && n < thinkingRoom {
		return false
	}
	n = max(n, limits[0].Get("minimum").Int())
	if most := limits[0].Get("maximum").Int(); most > 0 {
		n = min(n, most)
	}
	f.o.Int("max_tokens", n)
	return true
}

type member struct{ name, value string }

func (f *fieldWriter) object(name string, members ...member) {
	f.o.Value(name, func(dst []byte) []byte {
		o := protocol.BeginObject(dst)
		for _, m := range members {
			o.StringIf(m.name, m.value)
		}
		return o.End()
	})
}

// values lists what a member of a member may be.
func (f *fieldWriter) values(object, name string) []string {
	var out []string
	for _, o := range f.nodes(f.schema, object) {
		for _, v := range f.nodes(o, name) {
			out = appendValues(out, v)
		}
	}
	return out
}

// nodes finds the schemas of a member, in all branches of the object's schema.
func (f *fieldWriter) nodes(v gjson.Result, name string) []gjson.Result {
	var out []gjson.Result
	if p := v.Get("properties").Get(name); p.IsObject() {
		out = append(out, p)
	}
	for _, branch := range branches(v) {
		out = append(out, f.nodes(branch, name)...)
	}
	return out
}

func branches(v gjson.Result) []gjson.Result {
	var out []gjson.Result
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		for _, branch := range v.Get(key).Array() {
			if branch.IsObject() {
				out = append(out, branch)
			}
		}
	}
	return out
}

func appendValues(out []string, v gjson.Result) []string {
	for _, item := range append(v.Get("enum").Array(), v.Get("const")) {
		if item.Type == gjson.String {
			out = append(out, item.Str)
		}
	}
	for _, branch := range branches(v) {
		out = appendValues(out, branch)
	}
	return out
}

// The service checks a signature against the model that made it, so the two are
// kept together while a client holds them: the model, a separator, for sealed
// reasoning another one, and the service's own value.
const separator = "\x00"

func seal(model, value string, sealed bool) string {
	if sealed {
		value = separator + value
	}
	return model + separator + value
}

func unseal(v string) (model, value string, sealed bool) {
	model, value, ok := strings.Cut(v, separator)
	if !ok {
		return "", v, false
	}
	value, sealed = strings.CutPrefix(value, separator)
	return model, value, sealed
}

// thought is reasoning that may go back to the model: its own, with its own
// signature. Behind "auto" stands a model of the service's choice, so nothing
// goes back there.
func (b *builder) thought(block *llm.Block) *thought {
	if !protocol.UsableSignature(block.Signature, llm.Kiro, b.target) || b.target.Model == "auto" {
		return nil
	}
	model, value, sealed := unseal(block.Signature.Value)
	switch {
	case model != "" && model != b.target.Model:
		return nil
	case sealed || block.Kind == llm.Redacted:
		return &thought{redacted: value}
	}
	return &thought{text: block.Text, signature: value}
}
