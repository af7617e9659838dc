package gemini

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// argTree puts the arguments of a call together that stream as values of paths:
// {"jsonPath":"$.city","stringValue":"Bo","willContinue":true}. Members keep the
// order in which they came first.
type argTree struct {
	given json.RawMessage // arguments that came whole
	root  argNode
}

// argNode is a value: a text that may still grow, a finished value, or an object
// or list of further nodes.
type argNode struct {
	text    []byte
	isText  bool
	growing bool
	raw     json.RawMessage
	names   []string
	members []*argNode
	isList  bool
}

const (
	maxArgDepth = 64
	maxArgList  = 10_000 // indices come from the wire
)

func (t *argTree) whole(args gjson.Result) {
	if args.IsObject() && args.Raw != "{}" {
		t.given = json.RawMessage(clean(args.Raw))
	}
}

func (t *argTree) add(p gjson.Result) {
	n := t.root.find(pathOf(p.Get("jsonPath").Str))
	if n == nil {
		return
	}
	switch {
	case p.Get("stringValue").Exists():
		if !n.growing {
			n.text = nil
		}
		n.text, n.isText = append(n.text, clean(p.Get("stringValue").Str)...), true
		n.growing = p.Get("willContinue").Bool()
	case p.Get("numberValue").Exists():
		n.raw = json.RawMessage(p.Get("numberValue").Raw)
	case p.Get("boolValue").Exists():
		n.raw = json.RawMessage(p.Get("boolValue").Raw)
	case p.Get("nullValue").Exists():
		n.raw = json.RawMessage("null")
	}
}

// append appends the arguments; nothing when none have come.
func (t *argTree) append(dst []byte) []byte {
	if len(t.root.names) == 0 {
		return append(dst, t.given...)
	}
	return t.root.append(dst)
}

// find returns the node at a path, which it makes where there is none; nil for a
// path that leads nowhere.
func (n *argNode) find(path []string) *argNode {
	if len(path) == 0 || len(path) > maxArgDepth || isIndex(path[0]) {
		return nil
	}
	for _, step := range path {
		if len(n.names) == 0 {
			n.isList = isIndex(step)
		}
		if n = n.member(step); n == nil {
			return nil
		}
	}
	return n
}

func isIndex(step string) bool { return strings.HasPrefix(step, "[") }

func (n *argNode) member(step string) *argNode {
	for i, name := range n.names {
		if name == step {
			return n.members[i]
		}
	}
	if len(n.names) >= maxArgList {
		return nil
	}
	m := &argNode{}
	n.names, n.members = append(n.names, step), append(n.members, m)
	return m
}

func (n *argNode) append(dst []byte) []byte {
	switch {
	case len(n.names) > 0 && n.isList:
		l := protocol.BeginList(dst)
		for _, m := range n.members {
			l.Value(m.append)
		}
		return l.End()
	case len(n.names) > 0:
		o := protocol.BeginObject(dst)
		for i, m := range n.members {
			o.Value(n.names[i], m.append)
		}
		return o.End()
	case n.isText:
		return protocol.AppendString(dst, string(n.text))
	case len(n.raw) > 0:
		return append(dst, n.raw...)
	}
	return append(dst, "null"...)
}

// pathOf cuts a path such as $.a['b c'][0] into its steps; indices keep their
// bracket. A path that cannot be read gives nil.
func pathOf(path string) []string {
	rest, ok := strings.CutPrefix(path, "$")
	var steps []string
	for ok && rest != "" {
		var step string
		step, rest, ok = nextStep(rest)
		steps = append(steps, step)
	}
	if !ok {
		return nil
	}
	return steps
}

func nextStep(path string) (step, rest string, ok bool) {
	switch {
	case path[0] == '.':
		end := strings.IndexAny(path[1:], ".[") + 1
		if end == 0 {
			end = len(path)
		}
		return clean(path[1:end]), path[end:], end > 1
	case strings.HasPrefix(path, "['"), strings.HasPrefix(path, `["`):
		quote := path[1:2]
		end := strings.Index(path[2:], quote+"]") + 2
		if end < 2 {
			return "", "", false
		}
		return clean(path[2:end]), path[end+2:], true
	case path[0] == '[':
		end := strings.IndexByte(path, ']')
		if end < 0 {
			return "", "", false
		}
		_, err := strconv.ParseUint(path[1:end], 10, 32)
		return path[:end], path[end+1:], err == nil
	}
	return "", "", false
}
