package protocol

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	names := []string{"model", "stream"}
	tests := []struct {
		name, body    string
		model, stream string // raw values
		err           error
	}{
		{"plain", `{"model":"m","stream":true}`, `"m"`, "true", nil},
		{"spaces", " {\n\t\"model\" : \"m\" ,\r\n \"stream\" : false } ", `"m"`, "false", nil},
		{"nested names do not count", `{"a":{"model":"x"},"b":[{"stream":1}],"model":"m"}`, `"m"`, "", nil},
		{"escaped quote", `{"a":"\"model\":\"x\"","model":"m"}`, `"m"`, "", nil},
		{"escaped backslash", `{"a":"\\","model":"m"}`, `"m"`, "", nil},
		{"escaped name", `{"mod\u0065l":"m"}`, `"m"`, "", nil},
		{"brackets in strings", `{"a":"}]{[","model":"m"}`, `"m"`, "", nil},
		{"empty", `{}`, "", "", nil},
		{"number last", `{"model":"m","n":-1.5e3}`, `"m"`, "", nil},
		{"nothing", ``, "", "", errNotObject},
		{"array", `[]`, "", "", errNotObject},
		{"cut", `{"model":"m"`, "", "", errTruncated},
		{"cut string", `{"model":"m`, "", "", errTruncated},
		{"cut value", `{"model":`, "", "", errTruncated},
		{"cut literal", `{"stream":tr`, "", "", errTruncated},
		{"bad literal", `{"stream":tru}`, "", "", errSyntax},
		{"bare word", `{model:"m"}`, "", "", errSyntax},
		{"no colon", `{"model" "m"}`, "", "", errSyntax},
		{"no comma", `{"a":1 "b":2}`, "", "", errSyntax},
		{"trailing comma", `{"a":1,}`, "", "", errSyntax},
		{"crossed brackets", `{"a":[{]}}`, "", "", errSyntax},
		{"trailing", `{} x`, "", "", errTrailing},
		{"duplicate", `{"model":"a","model":"b"}`, "", "", errDuplicate},
		{"duplicate in another case behind it", `{"model":"a","Model":"b"}`, "", "", errDuplicate},
		{"duplicate in another case before it", `{"STREAM":true,"stream":false}`, "", "", errDuplicate},
		{"duplicate in letters that fold", `{"stream":false,"\u017fTREAM":true}`, "", "", errDuplicate},
		{"another case alone", `{"Stream":true,"model":"m"}`, `"m"`, "", nil},
		{"unwanted duplicate", `{"x":1,"x":2,"model":"m"}`, `"m"`, "", nil},
		{"deep", `{"a":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `}`, "", "", errTooDeep},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var at [2]Field
			err := Scan([]byte(tt.body), names, at[:])
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if err != nil {
				return
			}
			model, stream := string(at[0].Of([]byte(tt.body))), string(at[1].Of([]byte(tt.body)))
			if model != tt.model || stream != tt.stream {
				t.Errorf("got %q and %q, want %q and %q", model, stream, tt.model, tt.stream)
			}
		})
	}
}

func TestInspect(t *testing.T) {
	tests := []struct {
		name, body string
		want       Head
		param      string // of the error
		fails      bool
	}{
		{name: "stream", body: `{"model":"m","stream":true}`, want: Head{Model: "m", Stream: true}},
		{name: "null stream", body: `{"model":"m","stream":null}`, want: Head{Model: "m"}},
		{name: "escapes", body: `{"model":"\u006d"}`, want: Head{Model: "m"}},
		{name: "no model", body: `{"stream":true}`, param: "model", fails: true},
		{name: "empty model", body: `{"model":""}`, param: "model", fails: true},
		{name: "model of another type", body: `{"model":1}`, param: "model", fails: true},
		{name: "stream of another type", body: `{"model":"m","stream":"yes"}`, param: "stream", fails: true},
		{name: "model with a control character", body: `{"model":"m\n"}`, param: "model", fails: true},
		{name: "model with a NUL", body: `{"model":"\u0000m"}`, param: "model", fails: true},
		{name: "not JSON", body: `hello`, fails: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Inspect([]byte(tt.body))
			if (err != nil) != tt.fails {
				t.Fatalf("error %v, want one: %v", err, tt.fails)
			}
			if err != nil {
				if err.Param != tt.param {
					t.Errorf("param %q, want %q", err.Param, tt.param)
				}
				return
			}
			if got.Model != tt.want.Model || got.Stream != tt.want.Stream {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestSetModelKeepsEveryOtherByte(t *testing.T) {
	body := `{ "x" : 1.0 , "model":"old", "y":"\u00e9<" }`
	h, err := Inspect([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(h.SetModel([]byte(body), `n<e"w`)); got != `{ "x" : 1.0 , "model":"n<e\"w", "y":"\u00e9<" }` {
		t.Errorf("got %s", got)
	}
	if got := string(h.SetModel([]byte(body), "old")); got != body {
		t.Errorf("an unchanged name changed the body: %s", got)
	}
}

func FuzzScan(f *testing.F) {
	f.Add(`{"model":"m","stream":true}`)
	f.Add(`{"a":[{"b":"\\\""}],"model":"m"}`)
	f.Fuzz(func(t *testing.T, body string) {
		var at [1]Field
		err := Scan([]byte(body), []string{"model"}, at[:])
		var want struct {
			Model json.RawMessage `json:"model"`
		}
		if json.Valid([]byte(body)) && strings.HasPrefix(strings.TrimLeft(body, " \t\r\n"), "{") {
			if errors.Is(err, errDuplicate) || errors.Is(err, errTooDeep) {
				return
			}
			if err != nil {
				t.Fatalf("valid JSON refused: %v", err)
			}
			// encoding/json folds case; compare only when the name is exact.
			if at[0].Found() && json.Unmarshal([]byte(body), &want) == nil && !json.Valid(at[0].Of([]byte(body))) {
				t.Fatalf("found %q", at[0].Of([]byte(body)))
			}
		}
	})
}

func BenchmarkScan200KB(b *testing.B) {
	text := strings.Repeat(`The quick brown fox said: \"jump\" and jumped.\n`, 4300)
	body := []byte(`{"messages":[{"role":"user","content":"` + text + `"}],"model":"gpt-5","stream":true}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Inspect(body); err != nil {
			b.Fatal(err)
		}
	}
}
