package responses

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// writeOwner says whose request it is, as far as the provider may know, and
// which cache it shares.
func (b *builder) writeOwner(o *protocol.Object) {
	r := b.req
	if b.target.ThirdParty {
		return
	}
	if r.Cache.Key != "" || r.Origin != llm.Responses {
		o.String("prompt_cache_key", b.cacheKey())
	}
	if r.UserID != "" {
		o.String("safety_identifier", digest(r.UserID))
	}
	if !b.isOurs() {
		return
	}
	if protocol.Holds(r.Metadata) {
		o.Raw("metadata", protocol.Compact(r.Metadata))
	}
	o.StringIf("service_tier", r.Tier)
}

// maxCacheKey is the longest prompt_cache_key.
const maxCacheKey = 64

// cacheKey is the client's, or one that stays the same as long as the
// conversation goes on: requests with one key meet the same cache. The user's
// name and the first turn tell conversations with the same instructions apart.
func (b *builder) cacheKey() string {
	if key := b.req.Cache.Key; key != "" && len(key) <= maxCacheKey {
		return key
	} else if key != "" {
		return digest(key)
	}
	var text strings.Builder
	add := func(s string) {
		text.WriteString(s)
		text.WriteByte(0)
	}
	add(b.req.UserID)
	for i := range b.req.System {
		add(b.req.System[i].Text)
	}
	for i := range b.req.Tools {
		t := &b.req.Tools[i]
		add(t.Namespace)
		add(t.Name)
		add(string(t.Schema))
	}
	if len(b.req.Turns) > 0 {
		for i := range b.req.Turns[0].Blocks {
			add(b.req.Turns[0].Blocks[i].Text)
		}
	}
	return "gw-" + digest(text.String())[:32]
}

// digest is a name for s that tells nothing of it.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// writeExtra gives a Responses client's further members back to their protocol.
func (b *builder) writeExtra(o *protocol.Object) {
	for _, name := range slices.Sorted(maps.Keys(b.req.Extra)) {
		if name != "tool_choice" && name != "reasoning.mode" {
			o.Raw(name, protocol.Compact(b.req.Extra[name]))
		}
	}
}

// format is text.format; nil for plain text.
func (b *builder) format() []byte {
	f := b.req.Format
	switch f.Kind {
	case llm.FormatJSONObject:
		return []byte(`{"type":"json_object"}`)
	case llm.FormatJSONSchema:
	default:
		return nil
	}
	o := protocol.BeginObject(nil)
	o.String("type", "json_schema")
	o.String("name", schemaName(f.Name))
	o.StringIf("description", f.Description)
	o.Raw("schema", protocol.Compact(f.Schema))
	switch strict := f.Strict; {
	case strict != nil && b.req.Origin == llm.Responses:
		o.Bool("strict", *strict)
	case strict != nil:
		o.Bool("strict", *strict && isStrict(f.Schema))
	case b.req.Origin == llm.OpenAI:
		o.Bool("strict", false) // the default there
	case b.req.Origin != llm.Responses:
		// The others hold the model to any schema; this API only to some.
		o.Bool("strict", isStrict(f.Schema))
	}
	return o.End()
}

func schemaName(name string) string {
	if name == "" {
		return "response"
	}
	return protocol.CallID(name) // the same alphabet and length
}
