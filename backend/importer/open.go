package importer

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// open finds out what a source is, by its first bytes, and reads it.
func (r *reader) open(s Source) error {
	switch {
	case bytes.HasPrefix(s.Content, []byte("PK\x03\x04")) || bytes.HasPrefix(s.Content, []byte("PK\x05\x06")):
		return r.openZIP(s)
	case bytes.HasPrefix(s.Content, []byte(sqliteMagic)):
		r.openDatabase(s)
	case s.companion():
	default:
		r.openText(s)
	}
	return nil
}

// companion reports whether a file only belongs to another one: SQLite's own
// files, and what macOS puts into archives.
func (s Source) companion() bool {
	name := strings.ToLower(s.Name)
	return strings.HasSuffix(name, "-wal") || strings.HasSuffix(name, "-shm") || strings.HasSuffix(name, ".ds_store")
}

func (r *reader) openText(s Source) {
	text, ok := decode(s.Content)
	if !ok {
		r.unreadable(s, "it is neither text nor an archive nor a database")
		return
	}
	r.newDoc(s, text).read()
}

func (r *reader) unreadable(s Source, why string) {
	e := Entry{File: s.Name, Line: 1}
	e.refuse(ReasonUnreadable, why)
	r.add(e)
}

// decode makes text of bytes: UTF-8, the UTF-16 of Windows' editors, or the
// GB 18030 in which Chinese spreadsheets save tables. ok is false for what is no
// text.
func decode(b []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		b = fromUTF16(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		b = fromUTF16(b[2:], binary.BigEndian)
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return "", false
	}
	if utf8.Valid(b) {
		return unixLines(string(b)), true
	}
	chinese, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(chinese, utf8.RuneError) || bytes.IndexByte(chinese, 0) >= 0 {
		return "", false
	}
	return unixLines(string(chinese)), true
}

// unixLines ends each line as Unix does; a lone carriage return ends one as
// well.
func unixLines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func fromUTF16(b []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
