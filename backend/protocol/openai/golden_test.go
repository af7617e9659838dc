package openai

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/sse"
)

// invented are the ids that the codec makes up, which differ every time.
var invented = regexp.MustCompile(`(call_|chatcmpl-)[0-9A-Za-z]{24,29}`)

// golden runs run for every file of testdata/dir: one JSON object that holds
// the input and, as want, what is to come of it.
func golden[C any](t *testing.T, dir string, run func(t *testing.T, c *C) any) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c C
			if err := json.Unmarshal(raw, &c); err != nil {
				t.Fatal(err)
			}
			got := encode(t, run(t, &c))
			var members struct{ Want json.RawMessage }
			if err := json.Unmarshal(raw, &members); err != nil {
				t.Fatal(err)
			}
			if protocoltest.Update() {
				rewrite(t, file, raw, got)
				return
			}
			if want := indent(t, members.Want); string(got) != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return []byte(indent(t, invented.ReplaceAll(out.Bytes(), []byte("${1}NEW"))))
}

func indent(t *testing.T, raw []byte) string {
	t.Helper()
	if len(raw) == 0 {
		return ""
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "  ", "  "); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

// rewrite replaces the member want, which is the last one.
func rewrite(t *testing.T, file string, raw, want []byte) {
	t.Helper()
	head := append(bytes.TrimSuffix(bytes.TrimSpace(raw), []byte("\n}")), ',')
	if i := bytes.LastIndex(raw, []byte("\n  \"want\":")); i >= 0 {
		head = raw[:i]
	}
	out := append(append(append([]byte(nil), head...), "\n  \"want\": "...), want...)
	if err := os.WriteFile(file, append(out, "\n}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
}

type failed struct{ Error *llm.Error }

func TestDecodeRequest(t *testing.T) {
	golden(t, "request_decode", func(t *testing.T, c *struct{ Body json.RawMessage }) any {
		req, e := Format{}.DecodeRequest(c.Body, protocol.Head{})
		if e != nil {
			return failed{e}
		}
		return plain(t, req)
	})
}

// plain shows a value without the members that say nothing.
func plain(t *testing.T, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return prune(out)
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			member = prune(member)
			if v[name] = member; member == nil || member == "" || member == false || member == json.Number("0") {
				delete(v, name)
			}
			if m, ok := member.(map[string]any); ok && len(m) == 0 && name != "Args" && name != "Schema" {
				delete(v, name)
			}
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	}
	return v
}

func TestEncodeRequest(t *testing.T) {
	type testCase struct {
		Target  protocol.Target
		Request llm.Request
	}
	golden(t, "request_encode", func(t *testing.T, c *testCase) any {
		before := encode(t, c.Request)
		e, failure := Format{}.EncodeRequest(&c.Request, c.Target)
		if failure != nil {
			return failed{failure}
		}
		if e.Path != "/v1/chat/completions" || e.Request != &c.Request || e.Target != c.Target {
			t.Errorf("path %q, target %+v", e.Path, e.Target)
		}
		if !bytes.Equal(before, encode(t, c.Request)) {
			t.Error("the request has changed")
		}
		return struct {
			Body    json.RawMessage
			Dropped []string `json:",omitempty"`
		}{e.Body, e.Dropped}
	})
}

// upstream says how the encoded request looked to which an answer came.
type upstream struct {
	ThirdParty bool
	Tools      []llm.Tool
}

// encoded is the request to which an answer is to be decoded.
func (u upstream) encoded(t *testing.T) *protocol.Encoded {
	t.Helper()
	req := &llm.Request{Tools: u.Tools, Turns: []llm.Turn{{Role: llm.User}}}
	e, failure := Format{}.EncodeRequest(req, protocol.Target{Model: "m", AccountID: "acc", ThirdParty: u.ThirdParty})
	if failure != nil {
		t.Fatal(failure)
	}
	return e
}

func TestDecodeResponse(t *testing.T) {
	type testCase struct {
		Upstream upstream
		Body     json.RawMessage
	}
	golden(t, "response_decode", func(t *testing.T, c *testCase) any {
		resp, e := Format{}.DecodeResponse(c.Body, c.Upstream.encoded(t))
		if e != nil {
			return failed{e}
		}
		return plain(t, showArgs(resp))
	})
}

// showArgs makes a string of arguments that are not JSON.
func showArgs(resp *llm.Response) *llm.Response {
	for _, b := range resp.Blocks {
		if b.Call != nil && len(b.Call.Args) > 0 && !json.Valid(b.Call.Args) {
			b.Call.Args = protocol.AppendString(nil, "not JSON: "+string(b.Call.Args))
		}
	}
	return resp
}

func TestEncodeResponse(t *testing.T) {
	type testCase struct {
		Request  llm.Request
		Response llm.Response
	}
	golden(t, "response_encode", func(_ *testing.T, c *testCase) any {
		return json.RawMessage(Format{}.EncodeResponse(&c.Response, &c.Request))
	})
}

func TestStreamDecoder(t *testing.T) {
	type testCase struct {
		Upstream upstream
		Stream   []string
	}
	golden(t, "stream_decode", func(t *testing.T, c *testCase) any {
		stream := strings.Join(c.Stream, "\n\n") + "\n\n"
		e := c.Upstream.encoded(t)
		want := encode(t, decodeStream(t, e, stream, len(stream)))
		for n := 1; n < len(stream); n += 1 + n/16 {
			if got := encode(t, decodeStream(t, e, stream, n)); !bytes.Equal(got, want) {
				t.Fatalf("chunks of %d: got\n%s\nwant\n%s", n, got, want)
			}
		}
		return plain(t, decodeStream(t, e, stream, len(stream)))
	})
}

// decodeStream decodes a stream that comes in chunks of n bytes, and checks the
// grammar.
func decodeStream(t *testing.T, e *protocol.Encoded, stream string, n int) []llm.Event {
	t.Helper()
	var events []llm.Event
	var r sse.Reader
	d := Format{}.StreamDecoder(e)
	for from := 0; from < len(stream); from += n {
		r.Feed([]byte(stream[from:min(from+n, len(stream))]), func(ev sse.Event) { events = d.Next(events, ev) })
	}
	events = d.Close(events)
	var c llm.Checker
	for i, ev := range events {
		if err := c.Check(ev); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
	}
	if !c.Ended() {
		t.Fatal("the stream has no end")
	}
	if more := d.Close(d.Next(nil, sse.Event{Data: []byte("[DONE]")})); len(more) > 0 {
		t.Fatalf("events after the end: %v", more)
	}
	return events
}

func TestStreamEncoder(t *testing.T) {
	type testCase struct {
		Request llm.Request
		Events  []llm.Event
	}
	golden(t, "stream_encode", func(t *testing.T, c *testCase) any {
		var check llm.Checker
		var out []byte
		e := Format{}.StreamEncoder(&c.Request, false)
		for i, ev := range c.Events {
			if err := check.Check(ev); err != nil {
				t.Fatalf("event %d: %v", i, err)
			}
			out = e.Append(out, ev)
		}
		return strings.Split(strings.TrimSuffix(string(out), "\n\n"), "\n\n")
	})
}
