package anthropic

import "github.com/aihub/aihub/backend/llm"

// maxMarks is how many cache breakpoints a request may carry.
const maxMarks = 4

// marks says where the cache breakpoints stand, and how long each is to live.
type marks struct {
	tools, system map[int]string
	blocks        map[*llm.Block]string
}

// mark is one breakpoint: of a tool, of a system block, or of a block.
type mark struct {
	tool, system int // -1 = not
	block        *llm.Block
	ttl          string
}

// pickMarks settles the breakpoints: the client's own, else, for a client whose
// format has no way to ask, those that make the next turn of the conversation
// find everything up to this one: the last tool, the last system block, and the
// ends of the last two turns of the user.
func (b *builder) pickMarks() {
	list := b.clientMarks()
	if len(list) == 0 && b.req.Origin != llm.Anthropic {
		list = b.ownMarks()
	}
	most := maxMarks
	if b.req.Cache.Auto != nil {
		most--
	}
	if len(list) > most {
		list = list[len(list)-most:]
	}
	b.marks = marks{tools: map[int]string{}, system: map[int]string{}, blocks: map[*llm.Block]string{}}
	long := false
	for i := len(list) - 1; i >= 0; i-- {
		// What lives longer must not come behind what lives shorter.
		if long = long || list[i].ttl == "1h"; long {
			list[i].ttl = "1h"
		}
		b.place(list[i])
	}
}

func (b *builder) place(m mark) {
	switch {
	case m.tool >= 0:
		b.marks.tools[m.tool] = m.ttl
	case m.system >= 0:
		b.marks.system[m.system] = m.ttl
	default:
		b.marks.blocks[m.block] = m.ttl
	}
}

func (b *builder) clientMarks() []mark {
	var list []mark
	for i := range b.tools {
		if t := &b.tools[i]; t.Cache != nil && t.Raw == nil {
			list = append(list, mark{tool: i, system: -1, ttl: ttlOf(t.Cache)})
		}
	}
	for i := range b.req.System {
		if c := b.req.System[i].Cache; c != nil {
			list = append(list, mark{tool: -1, system: i, ttl: ttlOf(c)})
		}
	}
	for i := range b.turns {
		for j := range b.turns[i].Blocks {
			block := &b.turns[i].Blocks[j]
			if c := markOf(block); c != nil && holdsMark(block) {
				list = append(list, mark{tool: -1, system: -1, block: block, ttl: ttlOf(c)})
			}
		}
	}
	return list
}

// markOf is the client's mark of a block. One inside a result counts for the
// whole result.
func markOf(b *llm.Block) *llm.CacheMark {
	if b.Cache == nil && b.Result != nil {
		for i := range b.Result.Blocks {
			if c := b.Result.Blocks[i].Cache; c != nil {
				return c
			}
		}
	}
	return b.Cache
}

// holdsMark reports whether the format has a place for a mark on the block.
func holdsMark(b *llm.Block) bool {
	return b.Kind != llm.Thinking && b.Kind != llm.Redacted && b.Kind != llm.Opaque
}

func (b *builder) ownMarks() []mark {
	var list []mark
	if n := len(b.tools); n > 0 && b.tools[n-1].Raw == nil {
		list = append(list, mark{tool: n - 1, system: -1, ttl: "5m"})
	}
	if n := len(b.req.System); n > 0 {
		list = append(list, mark{tool: -1, system: n - 1, ttl: "5m"})
	}
	var users []mark
	for i := len(b.turns) - 1; i >= 0 && len(users) < 2; i-- {
		if b.turns[i].Role != llm.User {
			continue
		}
		blocks := b.turns[i].Blocks
		if n := len(blocks); n > 0 && holdsMark(&blocks[n-1]) {
			users = append(users, mark{tool: -1, system: -1, block: &blocks[n-1], ttl: "5m"})
		}
	}
	for i := len(users) - 1; i >= 0; i-- {
		list = append(list, users[i])
	}
	return list
}

// ttlOf is the life of a mark in one of Anthropic's two: other formats have
// longer ones, and the next longer is 1h.
func ttlOf(c *llm.CacheMark) string {
	if c.TTL == "" || c.TTL == "5m" {
		return "5m"
	}
	return "1h"
}

// cacheControl words a mark; five minutes are the default.
func cacheControl(ttl string) []byte {
	if ttl == "1h" {
		return []byte(`{"type":"ephemeral","ttl":"1h"}`)
	}
	return []byte(`{"type":"ephemeral"}`)
}
