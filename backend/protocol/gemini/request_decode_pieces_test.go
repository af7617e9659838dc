package gemini_test

import (
	"encoding/base64"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/gemini"
)

// TestStreamedAnswerComesBackWhole: clients send back the pieces of a stream as
// they came.
func TestStreamedAnswerComesBackWhole(t *testing.T) {
	foreign := &llm.Signature{Origin: llm.Anthropic, Account: "acc", Value: "EoSign"}
	label := base64.StdEncoding.EncodeToString([]byte(protocol.PackSignature(foreign)))
	body := `{"contents":[{"role":"model","parts":[
		{"text":"Let ","thought":true},{"text":"me see.","thought":true},{"text":"","thought":true,"thoughtSignature":"` + label + `"},
		{"text":"It "},{"text":"rains"},{"text":".","thoughtSignature":"R29vZ2xl"},
		{"functionCall":{"id":"c1","name":"f","args":{}}}]},
		{"role":"user","parts":[{"text":"one"},{"text":"two"}]}]}`
	req, err := gemini.Format{}.DecodeRequest([]byte(body), protocol.Head{Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if got := req.Turns[1].Blocks; len(got) != 2 {
		t.Errorf("the parts of a user are no pieces: %+v", got)
	}
	got := req.Turns[0].Blocks
	if len(got) != 4 {
		t.Fatalf("got %+v", got)
	}
	if got[0].Text != "Let me see." || got[0].Signature == nil || *got[0].Signature != *foreign {
		t.Errorf("the thought is %+v", got[0])
	}
	// Google's own signature belongs to its part alone.
	if got[1].Text != "It rains" || got[1].Signature != nil || got[2].Text != "." || got[2].Signature == nil {
		t.Errorf("the text is %+v", got[1:3])
	}
}
