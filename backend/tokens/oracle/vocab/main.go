// Command vocab writes the compact vocabularies that package tokens embeds,
// from the files of tiktoken, after checking that these are the published
// ones. It is run by go generate in the directory of package tokens.
package main

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkoukk/tiktoken-go-loader/assets"
)

// published are the SHA-256 sums that tiktoken itself checks
// (tiktoken_ext/openai_public.py).
func published() map[string]string {
	return map[string]string{
		"o200k_base":  "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
		"cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
	}
}

func main() {
	for name, sum := range published() {
		if err := write(name, sum); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
	}
}

// write packs one vocabulary into ../NAME.flate, seen from the module of the
// oracle.
func write(name, sum string) error {
	file, err := assets.Assets.ReadFile(name + ".tiktoken")
	if err != nil {
		return err
	}
	if got := sha256.Sum256(file); hex.EncodeToString(got[:]) != sum {
		return fmt.Errorf("SHA-256 is %x, published is %s", got, sum)
	}
	packed, err := pack(string(file))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(packed); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("..", name+".flate"), out.Bytes(), 0o644)
}

// pack turns lines of "base64 rank" into length-prefixed tokens. The ranks
// are the line numbers.
func pack(file string) ([]byte, error) {
	var packed []byte
	for i, line := range strings.Split(strings.TrimRight(file, "\n"), "\n") {
		text, rank, _ := strings.Cut(line, " ")
		token, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if rank != strconv.Itoa(i) || len(token) == 0 || len(token) > 255 {
			return nil, fmt.Errorf("line %d: rank %q, %d bytes", i+1, rank, len(token))
		}
		packed = append(append(packed, byte(len(token))), token...)
	}
	return packed, nil
}
