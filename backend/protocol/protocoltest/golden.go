package protocoltest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The one flag for the golden files of all formats: a second one of this name
// in a package that imports this one would not register.
var update = flag.Bool("update", false, "write the golden files anew")

// Update reports whether the golden files are to be written anew.
func Update() bool { return *update }

// Golden compares got with a file below testdata of the package under test.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_"))
	if Update() {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", path, got, want)
	}
}

// Indented is JSON for people, with the order of the members kept.
func Indented(t *testing.T, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", " "); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return append(out.Bytes(), '\n')
}

// Dump writes a canonical value as JSON without the members that say nothing.
func Dump(t *testing.T, v any) []byte {
	t.Helper()
	return dump(t, v, func(*json.Decoder) {})
}

// DumpExact is Dump with every digit of large numbers.
func DumpExact(t *testing.T, v any) []byte {
	t.Helper()
	return dump(t, v, (*json.Decoder).UseNumber)
}

func dump(t *testing.T, v any, set func(*json.Decoder)) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	set(dec)
	var tree any
	if err := dec.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(pruned(tree)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			if m = pruned(m); says(m) {
				v[k] = m
			} else {
				delete(v, k)
			}
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
	}
	return v
}

// says reports whether a member of a dump is worth a line.
func says(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case bool:
		return v
	case float64:
		return v != 0
	case json.Number:
		return v != "0"
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}
