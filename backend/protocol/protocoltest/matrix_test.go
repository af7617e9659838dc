package protocoltest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
	"github.com/aihub/aihub/backend/protocol/gemini"
	"github.com/aihub/aihub/backend/protocol/kiro"
	"github.com/aihub/aihub/backend/protocol/openai"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/protocol/responses"
)

func codecs() []protocol.Codec {
	return []protocol.Codec{anthropic.Format{}, openai.Format{}, responses.Format{}, gemini.Format{}}
}

// upstreams are the codecs that a request can be sent with.
func upstreams() []protocol.Codec { return append(codecs(), protocoltest.Kiro(kiro.Format{})) }

// TestCodecs runs the suite on every codec.
func TestCodecs(t *testing.T) {
	for _, c := range codecs() {
		t.Run(string(c.ID()), func(t *testing.T) { protocoltest.Run(t, c, protocoltest.Options{}) })
	}
}

// TestMatrix sends every request and every answer of the tables from every
// client to every upstream and back.
func TestMatrix(t *testing.T) {
	for _, client := range codecs() {
		for _, upstream := range upstreams() {
			t.Run(string(client.ID())+" to "+string(upstream.ID()), func(t *testing.T) {
				protocoltest.Pair(t, client, upstream)
			})
		}
	}
}

// TestSwitch lets every conversation that began at one upstream go on at
// another.
func TestSwitch(t *testing.T) {
	for _, client := range codecs() {
		for _, first := range upstreams() {
			for _, second := range upstreams() {
				name := string(client.ID()) + ", first " + string(first.ID()) + ", then " + string(second.ID())
				t.Run(name, func(t *testing.T) { protocoltest.Switch(t, client, first, second) })
			}
		}
	}
}

// TestClients sends bodies in the forms of real clients to every upstream.
func TestClients(t *testing.T) {
	files, err := filepath.Glob("testdata/clients/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no bodies", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		for _, client := range codecs() {
			if !strings.HasPrefix(name, string(client.ID())+"_") {
				continue
			}
			for _, upstream := range upstreams() {
				t.Run(name+" to "+string(upstream.ID()), func(t *testing.T) { protocoltest.Client(t, client, upstream, body) })
			}
		}
	}
}
