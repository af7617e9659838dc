package importer

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// The bounds of what comes out of archives, of all in one import together.
const (
	maxPacked    = 20_000   // files
	maxPackedOne = 32 << 20 // bytes of one file
	maxPackedAll = 48 << 20 // bytes
)

// budget is what has been taken out of archives so far.
type budget struct {
	files int
	bytes int64
}

// openZIP reads the files of an archive. Nothing is written to the disk, so the
// folders in their names are only shown; what lies in the folder does not
// matter.
func (r *reader) openZIP(s Source) error {
	archive, err := zip.NewReader(bytes.NewReader(s.Content), int64(len(s.Content)))
	if err != nil {
		r.unreadable(s, "the archive is damaged")
		return nil //nolint:nilerr // noted in the row
	}
	for _, f := range archive.File {
		if f.FileInfo().IsDir() || hidden(f.Name) {
			continue
		}
		if r.budget.files++; r.budget.files > maxPacked {
			return core.Invalid("files", "%s holds more than %d files; import them in several parts", s.Name, maxPacked)
		}
		if err := r.openPacked(s, f); err != nil || r.full() {
			return err
		}
	}
	return nil
}

// hidden passes over the files that systems add by themselves.
func hidden(name string) bool {
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(path.Base(name), "._") || path.Base(name) == ".DS_Store"
}

func (r *reader) openPacked(s Source, f *zip.File) error {
	inner := Source{Name: packedName(s.Name, f.Name)}
	if f.Flags&1 != 0 {
		r.unreadable(inner, "it is locked by a password; unpack it first")
		return nil
	}
	content, err := r.unpack(f)
	if _, over := err.(*core.Error); over { //nolint:errorlint // made by unpack
		return err
	}
	switch {
	case err != nil:
		r.unreadable(inner, "it is damaged inside the archive")
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		e := Entry{File: inner.Name, Line: 1}
		e.refuse(ReasonNestedArchive)
		r.add(e)
	default:
		inner.Content = content
		return r.open(inner)
	}
	return nil
}

// unpack trusts no size that the archive states.
func (r *reader) unpack(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer in.Close()
	limit := min(maxPackedOne, maxPackedAll-r.budget.bytes)
	content, err := io.ReadAll(io.LimitReader(in, limit+1))
	if int64(len(content)) > limit {
		return nil, core.Invalid("files", "what is in the archives is larger than %d MB; unpack them and import in several parts", maxPackedAll>>20)
	}
	r.budget.bytes += int64(len(content))
	return content, err
}

// packedName shows where a file lies; only its last part means anything.
func packedName(archive, name string) string {
	name = strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/")
	return archive + "/" + clipName(name)
}
