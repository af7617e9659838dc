package protocoltest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// private is what the bodies under testdata/clients hold of the person at the
// client's machine. No provider but the client's own may see it.
const private = "jane-private"

// Client checks that a body of a real client's form reaches an upstream: with
// everything that was said in it, with nothing that is private, and in the same
// bytes every time.
func Client(t *testing.T, client, upstream protocol.Codec, body []byte) {
	t.Helper()
	p := profileOf(upstream.ID())
	req := readClient(t, client, body)
	x := mustSend(t, upstream, req, p.reasoner)
	again := mustSend(t, upstream, readClient(t, client, body), p.reasoner)
	if !bytes.Equal(x.enc.Body, again.enc.Body) {
		t.Errorf("the second time the request is another\n%s\n%s", x.enc.Body, again.enc.Body)
	}
	said := factsOf(req)
	if p.systemInText {
		said = said.systemInText()
	}
	want, got := spoken(said), spoken(factsOf(x.restored(req)))
	if !equalFacts(want, got) {
		t.Errorf("the upstream is told\n%swant\n%s", got, want)
	}
	for _, b := range req.System {
		if !strings.Contains(b.Text, "billing-header") && !strings.Contains(string(x.enc.Body), strings.Trim(string(protocol.Quote(b.Text)), `"`)) {
			t.Errorf("%q is lost: %s", b.Text, x.enc.Body)
		}
	}
	if client.ID() == upstream.ID() {
		return
	}
	for _, secret := range []string{private, "safeguards", "client_metadata", "billing-header", "EqQBCkYIBxgCKkDf", "gAAAAABo", "CiQBsignature", "gw1:"} {
		if bytes.Contains(x.enc.Body, []byte(secret)) {
			t.Errorf("%q reaches another provider: %s", secret, x.enc.Body)
		}
	}
}

func readClient(t *testing.T, client protocol.Codec, body []byte) *llm.Request {
	t.Helper()
	if !json.Valid(body) {
		t.Fatalf("the client's body is not JSON: %s", body)
	}
	head, e := protocol.Inspect(body)
	if e != nil {
		head = protocol.Head{Model: "gemini-3-flash", Stream: true} // stands in the path
	}
	req, e := client.DecodeRequest(body, head)
	if e != nil {
		t.Fatal(e)
	}
	if req.Origin != client.ID() || req.Model != head.Model {
		t.Errorf("read as %s for %q", req.Origin, req.Model)
	}
	return req
}

// spoken keeps what was said and done in a conversation.
func spoken(l facts) facts {
	return slices.DeleteFunc(l.without([]string{"phase", "turn.effort", "cache.block", "result.error"}), func(f fact) bool {
		return !strings.HasPrefix(f.kind, "text.user") && !strings.HasPrefix(f.kind, "text.assistant") &&
			f.kind != "call" && f.kind != "result" && f.kind != "image.data"
	})
}
