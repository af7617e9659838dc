package kiro

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/aihub/aihub/backend/llm"
)

// conversationID is the same in every turn of a conversation, because the
// service finds its cache by it, and another for every account. What tells a
// conversation best counts: the key that the client gives its cache, then the id
// that it gives its user or session, then how the conversation begins. All that
// reaches the service is a hash in the form of a UUID.
func (b *builder) conversationID() string {
	h := sha256.New()
	write := func(kind, value string) {
		// A hash never fails to take bytes.
		_, _ = h.Write([]byte(kind + "\x00" + value + "\x00"))
	}
	write("account", b.target.AccountID)
	switch r := b.req; {
	case r.Cache.Key != "":
		write("cache", r.Cache.Key)
	case r.UserID != "":
		write("user", r.UserID)
	default:
		for i := range r.System {
			write("system", r.System[i].Text)
		}
		for _, block := range firstTurn(r) {
			write(string(block.Kind), block.Text)
		}
	}
	sum := h.Sum(nil)[:16]
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8: made of a hash
	id := hex.EncodeToString(sum)
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

func firstTurn(r *llm.Request) []llm.Block {
	if len(r.Turns) == 0 {
		return nil
	}
	return r.Turns[0].Blocks
}
