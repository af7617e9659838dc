package protocol

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Names maps the tools' names of one request to names that an upstream takes,
// and back. The mapping is one to one: two tools never share an upstream name.
// It depends only on the order in which the names come, so that the same
// conversation gives the same names in every turn; register the tools first,
// then the calls of the history.
type Names struct {
	limit    int
	first    func(byte) bool // what a name may begin with
	lead     string          // put in front of any other beginning
	upstream map[toolName]string
	client   map[string]toolName
	custom   map[string]bool
}

type toolName struct{ namespace, name string }

// NewNames returns an empty mapping to names of at most limit characters out of
// a-z, A-Z, 0-9, _ and -. With firstLetterOnly a name begins with a letter or an
// underscore, as Gemini demands.
func NewNames(limit int, firstLetterOnly bool) *Names {
	first := isNameByte
	if firstLetterOnly {
		first = func(c byte) bool { return isLetter(c) || c == '_' }
	}
	return newNames(limit, first, "_")
}

// NewLetterNames is NewNames for names that begin with a letter and nothing
// else.
func NewLetterNames(limit int) *Names { return newNames(limit, isLetter, "t_") }

func newNames(limit int, first func(byte) bool, lead string) *Names {
	return &Names{
		limit: limit, first: first, lead: lead,
		upstream: map[toolName]string{}, client: map[string]toolName{}, custom: map[string]bool{},
	}
}

// Upstream returns the name that stands for the tool toward the upstream, and
// remembers it. A namespace is flattened as ns__name. A name that is too long, or
// taken by another tool, ends in a hash of the whole.
func (n *Names) Upstream(ns, name string) string {
	key := toolName{ns, name}
	if known, ok := n.upstream[key]; ok {
		return known
	}
	flat := n.clean(key)
	if _, taken := n.client[flat]; taken || len(flat) > n.limit {
		flat = n.hashed(flat, key)
	}
	n.upstream[key], n.client[flat] = flat, key
	return flat
}

// Client returns the tool that an upstream's name stands for. A name that is
// unknown, as a model may invent one, comes back as it is. It may be called on
// nil.
func (n *Names) Client(upstream string) (ns, name string) {
	if n == nil {
		return "", upstream
	}
	if key, ok := n.client[upstream]; ok {
		return key.namespace, key.name
	}
	return "", upstream
}

// SetCustom remembers that the upstream's name stands for a freeform tool that
// was wrapped as a function (see CustomSchema).
func (n *Names) SetCustom(upstream string) { n.custom[upstream] = true }

// Custom reports whether the upstream's name stands for a wrapped freeform tool.
// It may be called on nil.
func (n *Names) Custom(upstream string) bool { return n != nil && n.custom[upstream] }

// clean flattens the namespace and replaces what no provider takes.
func (n *Names) clean(key toolName) string {
	flat := key.name
	if key.namespace != "" {
		flat = key.namespace + "__" + key.name
	}
	out := sanitize(flat)
	if len(out) == 0 || !n.first(out[0]) {
		out = n.lead + out
	}
	return out
}

// hashed shortens flat to make room for a hash of the tool's own name. The
// counter matters only if two hashes of 32 bits meet.
func (n *Names) hashed(flat string, key toolName) string {
	head := flat[:min(len(flat), n.limit-9)]
	for i := 0; ; i++ {
		sum := sha256.Sum256([]byte(key.namespace + "\x00" + key.name + "\x00" + strconv.Itoa(i)))
		out := head + "_" + hex.EncodeToString(sum[:4])
		if _, taken := n.client[out]; !taken {
			return out
		}
	}
}

// sanitize replaces every character outside a-z, A-Z, 0-9, _ and - by _.
func sanitize(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = isNameByte(s[i])
	}
	if clean {
		return s
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r < 0x80 && isNameByte(byte(r)) {
			out = append(out, byte(r))
		} else {
			out = append(out, '_')
		}
	}
	return string(out)
}

func isNameByte(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == '-'
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
