package protocol

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestObject(t *testing.T) {
	o := BeginObject([]byte("x"))
	if !o.Empty() {
		t.Error("not empty at the start")
	}
	o.String("a", "<b>&\"")
	o.StringIf("no", "")
	o.StringIf("yes", "1")
	o.Raw("raw", []byte(`{"z":1.0}`))
	o.Raw("none", nil)
	o.Int("i", -3)
	o.Float("f", 0.7)
	o.Float("nan", math.NaN())
	o.Bool("b", true)
	o.Null("n")
	o.Strings("s", []string{"p", "q"})
	o.Value("l", func(dst []byte) []byte {
		l := BeginList(dst)
		l.String("e")
		l.Raw([]byte("2"))
		l.Value(func(dst []byte) []byte { return append(dst, "[]"...) })
		return l.End()
	})
	want := `x{"a":"<b>&\"","yes":"1","raw":{"z":1.0},"i":-3,"f":0.7,"nan":null,"b":true,"n":null,"s":["p","q"],"l":["e",2,[]]}`
	if got := string(o.End()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAppendStringAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 4096)
	text := strings.Repeat("line\n\"quoted\" ü ", 50)
	if n := testing.AllocsPerRun(10, func() {
		o := BeginObject(buf)
		o.String("text", text)
		_ = o.End()
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a", "\x00\x1f\"\\\n\r\t", "ü😀\u2028", "\xff\xc3", "<>&"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(AppendString(nil, s), &got); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(s, "\x00"); strings.Count(want, "\x00") == strings.Count(s, "\x00") && got != s {
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

func TestCompact(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"order and spelling stay", "{ \"b\" : 1.0 ,\n \"a\":\"<\\u00e9 x\" }", `{"b":1.0,"a":"<\u00e9 x"}`},
		{"compact already", `{"a":1}`, `{"a":1}`},
		{"invalid", `{ "a"`, `{ "a"`},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(Compact(json.RawMessage(tt.in))); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestNormalizeSchema(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"fine", `{ "type":"object","properties":{"b":{"type":"string"},"a":{"const":1.0}} }`, ""},
		{"nothing", ``, `{"type":"object","properties":{}}`},
		{"null", `null`, `{"type":"object","properties":{}}`},
		{"a list", `[]`, `{"type":"object","properties":{}}`},
		{"invalid", `{"type":`, `{"type":"object","properties":{}}`},
		{"empty", `{}`, `{"type":"object","properties":{}}`},
		{"no properties", `{"type":"object"}`, `{"type":"object","properties":{}}`},
		{"null properties", `{"type":"object","properties":null}`, `{"type":"object","properties":{}}`},
		{"no type", `{"properties":{"a":{}}}`, `{"type":"object","properties":{"a":{}}}`},
		{"another type", `{"properties":{},"type":["object","null"]}`, `{"type":"object","properties":{}}`},
		{"members of the schema itself", `{"$schema":"x","$id":"y","x-z":1,"type":"object","properties":{}}`, `{"type":"object","properties":{}}`},
		{
			"below", `{"type":"object","properties":{"$id":{"type":"array","items":{"$id":"q","x-a":{},"type":"string"}}}}`,
			`{"type":"object","properties":{"$id":{"type":"array","items":{"type":"string"}}}}`,
		},
		{
			"in lists", `{"type":"object","properties":{"a":{"anyOf":[{"$schema":"x"},true]}}}`,
			`{"type":"object","properties":{"a":{"anyOf":[{},true]}}}`,
		},
		{"data stays", `{"type":"object","properties":{"a":{"default":{"$id":1},"enum":[{"x-y":2}]}}}`, ""},
		{
			"required as a boolean", `{"type":"object","properties":{"a":{"type":"string","required":true},"b":{"required":false}}}`,
			`{"type":"object","properties":{"a":{"type":"string"},"b":{}},"required":["a"]}`,
		},
		{
			"bare properties", `{"city":{"type":"string"},"n":{"type":"integer"}}`,
			`{"type":"object","properties":{"city":{"type":"string"},"n":{"type":"integer"}}}`,
		},
		{"an odd required", `{"type":"object","properties":{},"required":null}`, `{"type":"object","properties":{}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want == "" {
				want = tt.in
			}
			got := string(NormalizeSchema(json.RawMessage(tt.in)))
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if again := string(NormalizeSchema(json.RawMessage(got))); again != got {
				t.Errorf("the second time %s", again)
			}
		})
	}
}
