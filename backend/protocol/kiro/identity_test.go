package kiro

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// The id of a conversation stays from turn to turn, and tells nothing.
func TestConversationID(t *testing.T) {
	id := func(r llm.Request, account string) string {
		t.Helper()
		e, err := Format{}.EncodeRequest(&r, protocol.Target{Model: old, AccountID: account})
		if err != nil {
			t.Fatal(err)
		}
		return gjson.GetBytes(e.Body, "conversationState.conversationId").Str
	}
	first := llm.Request{System: []llm.Block{text("s")}, Turns: hi()}
	later := first
	later.Turns = append(hi(), assistant(text("a")), user(text("b")))
	other := first
	other.Turns = []llm.Turn{user(text("something else"))}
	keyed, keyedLater, named := first, other, first
	keyed.Cache.Key, keyedLater.Cache.Key, named.UserID = "session", "session", "user_1_session_2"
	tests := []struct {
		name string
		a, b string
		same bool
	}{
		{"the next turn", id(first, "acc"), id(later, "acc"), true},
		{"another beginning", id(first, "acc"), id(other, "acc"), false},
		{"another account", id(first, "acc"), id(first, "acc-2"), false},
		{"a key of the client's", id(keyed, "acc"), id(keyedLater, "acc"), true},
		{"a key and none", id(keyed, "acc"), id(first, "acc"), false},
		{"a user and none", id(named, "acc"), id(first, "acc"), false},
		{"a user and a key", id(named, "acc"), id(keyed, "acc"), false},
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for _, tt := range tests {
		if (tt.a == tt.b) != tt.same {
			t.Errorf("%s: %s and %s", tt.name, tt.a, tt.b)
		}
		if !uuid.MatchString(tt.a) || !uuid.MatchString(tt.b) || strings.Contains(tt.a, "session") {
			t.Errorf("%s: %s and %s", tt.name, tt.a, tt.b)
		}
	}
}
