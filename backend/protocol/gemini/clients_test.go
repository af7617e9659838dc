package gemini

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

// TestClients reads requests in the forms of real clients, and words them again
// for both families of models.
func TestClients(t *testing.T) {
	files, err := filepath.Glob("testdata/clients/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no clients", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, bad := Format{}.DecodeRequest(body, asked)
			if bad != nil {
				t.Fatal(bad)
			}
			protocoltest.Golden(t, "clients/"+name+".canonical", protocoltest.DumpExact(t, r))
			for _, model := range []string{two, three} {
				e, bad := Format{}.EncodeRequest(r, protocol.Target{Model: model, AccountID: "acc"})
				if bad != nil {
					t.Fatal(bad)
				}
				protocoltest.Golden(t, "clients/"+name+"."+model, protocoltest.Indented(t, e.Body))
			}
		})
	}
}

// Every call of a real client's history has its result.
func TestClientsResultsFindTheirCalls(t *testing.T) {
	body, err := os.ReadFile("testdata/clients/cli_tools.json")
	if err != nil {
		t.Fatal(err)
	}
	r, bad := Format{}.DecodeRequest(body, asked)
	if bad != nil {
		t.Fatal(bad)
	}
	calls := map[string]bool{}
	for _, turn := range r.Turns {
		for _, b := range turn.Blocks {
			switch b.Kind {
			case llm.ToolUse:
				calls[b.Call.ID] = true
			case llm.ToolOutput:
				if !calls[b.Result.CallID] {
					t.Errorf("%q answers no call", b.Result.CallID)
				}
				delete(calls, b.Result.CallID)
			}
		}
	}
	if len(calls) > 0 {
		t.Errorf("%v have no result", calls)
	}
}
