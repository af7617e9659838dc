package gemini

import (
	"path"
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

// kindOfMIME is the kind of block for a media type; what is neither an image
// nor a sound is a document, films among them, which other formats then refuse
// by their type.
func kindOfMIME(mime string) llm.BlockKind {
	switch {
	case strings.HasPrefix(mime, "image/"):
		return llm.Image
	case strings.HasPrefix(mime, "audio/"):
		return llm.Audio
	}
	return llm.File
}

// mimeOfURL guesses the type of a file by the end of its address; "" = unknown.
func mimeOfURL(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		url = url[:i]
	}
	switch strings.ToLower(path.Ext(url)) {
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".pdf":
		return "application/pdf"
	case ".wav":
		return "audio/wav"
	case ".mp3":
		return "audio/mpeg"
	case ".mp4":
		return "video/mp4"
	case ".txt", ".md":
		return "text/plain"
	}
	return ""
}

// standardBase64 is base64 in the alphabet, and with the padding, that all other
// providers take; Google takes both alphabets.
func standardBase64(s string) string {
	if strings.IndexByte(s, '-') >= 0 || strings.IndexByte(s, '_') >= 0 {
		s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	}
	if n := len(s) % 4; n > 1 {
		s += "=="[:4-n]
	}
	return s
}
