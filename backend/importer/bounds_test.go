package importer

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// archive packs files; the names and contents come in pairs.
func archive(t *testing.T, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i+1 < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestArchivesAreBounded(t *testing.T) {
	large := strings.Repeat(" ", maxPackedOne)
	many := make([]string, 0, 2*(maxPacked+1))
	for i := range maxPacked + 1 {
		many = append(many, fmt.Sprint(i, ".txt"), "")
	}
	tests := []struct {
		name    string
		content []byte
	}{
		{"one file that swells", archive(t, "bomb.txt", large+" ")},
		{"several files that swell", archive(t, "a.txt", large, "b.txt", large)},
		{"too many files", archive(t, many...)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(t.Context(), []Source{{Name: "a.zip", Content: test.content}}, Options{})
			if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "several parts") {
				t.Errorf("err = %v", err)
			}
		})
	}
}

// The bounds hold for all archives of an import together.
func TestArchivesShareTheBound(t *testing.T) {
	content := archive(t, "a.txt", strings.Repeat(" ", maxPackedAll/2+1))
	sources := []Source{{Name: "a.zip", Content: content}, {Name: "b.zip", Content: content}}
	if _, err := Read(t.Context(), sources, Options{}); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("err = %v", err)
	}
}

func TestDamagedFilesAreRows(t *testing.T) {
	whole := archive(t, "a.txt", "sk-proj-0123456789", "b.txt", strings.Repeat("sk-proj-0123456789 ", 100))
	flipped := bytes.Clone(whole)
	flipped[60] ^= 0xff
	locked := bytes.Clone(whole)
	for _, at := range []int{6, bytes.Index(whole, []byte("PK\x01\x02")) + 8} {
		locked[at] |= 1
	}
	db, err := os.ReadFile(filepath.Join("testdata", "dialects", "kiro_cli", "data.sqlite3"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		content []byte
	}{
		{"half an archive", whole[:len(whole)/2]},
		{"an archive with a flipped bit", flipped},
		{"an archive with a password", locked},
		{"half a database", db[:len(db)/2]},
		{"the head of a database", db[:100]},
		{"a database of something else", append(bytes.Clone(db[:16]), make([]byte, 4096)...)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			entries, err := Read(t.Context(), []Source{{Name: "f", Content: test.content}}, Options{Now: testNow()})
			if err != nil || len(entries) == 0 || entries[0].Reason != ReasonUnreadable {
				t.Errorf("%+v, %v", entries, err)
			}
		})
	}
}

// Depth is bounded: a text of brackets costs no more than its length.
func TestDepthIsBounded(t *testing.T) {
	const n = 5000
	for _, text := range []string{
		strings.Repeat("[", n) + strings.Repeat("]", n),
		strings.Repeat(`{"accounts":[`, n) + strings.Repeat("]}", n),
		strings.Repeat(`{"credentials":`, n) + "{}" + strings.Repeat("}", n),
		strings.Repeat(`{"a":`, n) + `"sk-proj-0123456789"` + strings.Repeat("}", n),
	} {
		entries, err := Read(t.Context(), paste(text), Options{})
		if err == nil && (len(entries) != 1 || entries[0].Reason == "") {
			t.Errorf("%.40q: %+v", text, entries)
		}
	}
}

func FuzzRead(f *testing.F) {
	dirs, err := filepath.Glob(filepath.Join("testdata", "dialects", "*", "*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range dirs {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	for _, text := range []string{"sk-a\n", "a,b", "A=b", `{"accounts":["x"]}`, "[1,{}]\n[", "x: y", "A='\n", "\"a\nb\",key\n", "PK\x05\x06"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, p := range []core.Provider{"", core.ProviderKiro, core.ProviderOpenAI} {
			entries, err := Read(t.Context(), []Source{{Name: "f", Content: content}}, Options{Provider: p, Now: testNow()})
			if err != nil {
				continue
			}
			lines := bytes.Count(content, []byte("\n")) + bytes.Count(content, []byte("\r")) + 1
			for i := range entries {
				e := &entries[i]
				if e.Line < 1 || e.Line > max(lines, len(tokenRows())) && !isPacked(content) {
					t.Fatalf("line %d of %d", e.Line, lines)
				}
				if (e.Reason == "") != (e.Problem == "") || e.Reason == "" && e.Kind == KindUnknown {
					t.Fatalf("an entry without credential and problem: %+v", e)
				}
			}
		}
	})
}

func isPacked(b []byte) bool { return bytes.HasPrefix(b, []byte("PK")) || bytes.IndexByte(b, 0) >= 0 }
