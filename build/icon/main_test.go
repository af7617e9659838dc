package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// TestFilesAreCurrent compares pixels, not bytes: compression may change with
// the version of Go.
func TestFilesAreCurrent(t *testing.T) {
	files, err := drawAll()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%v; run go run ./build/icon", err)
			continue
		}
		if filepath.Ext(name) == ".ico" {
			if len(icoEntries(t, got)) != len(icoEntries(t, want)) {
				t.Errorf("%s is not what the generator draws; run go run ./build/icon", name)
			}
			continue
		}
		if !samePixels(decode(t, got), decode(t, want)) {
			t.Errorf("%s is not what the generator draws; run go run ./build/icon", name)
		}
	}
}

func TestIconFileHoldsEverySize(t *testing.T) {
	sizes := []int{16, 48, 256}
	file, err := encodeICO(appMark, sizes)
	if err != nil {
		t.Fatal(err)
	}
	end := uint32(6 + 16*len(sizes))
	for i, e := range icoEntries(t, file) {
		if e.Width != uint8(sizes[i]) || e.Offset != end {
			t.Errorf("entry %d: width %d at %d, want %d at %d", i, e.Width, e.Offset, uint8(sizes[i]), end)
		}
		end = e.Offset + e.Size
	}
	if int(end) != len(file) {
		t.Errorf("the entries end at %d of %d bytes", end, len(file))
	}
}

// TestTrayIconsDiffer guards against states that look the same at the size of a
// panel.
func TestTrayIconsDiffer(t *testing.T) {
	seen := map[[3]uint32]string{}
	for name, m := range trayMarks() {
		img := m.draw(22)
		r, g, b, _ := img.At(17, 17).RGBA() // the middle of the status dot
		key := [3]uint32{r >> 12, g >> 12, b >> 12}
		if other, taken := seen[key]; taken {
			t.Errorf("%s and %s have the same dot", name, other)
		}
		seen[key] = name
		if (img.NRGBAAt(11, 11) == color.NRGBA{}) {
			t.Errorf("%s: the hub is not drawn", name)
		}
	}
}

func icoEntries(t *testing.T, file []byte) []icoEntry {
	t.Helper()
	entries := make([]icoEntry, binary.LittleEndian.Uint16(file[4:]))
	if err := binary.Read(bytes.NewReader(file[6:]), binary.LittleEndian, entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if color.NRGBAModel.Convert(a.At(x, y)) != color.NRGBAModel.Convert(b.At(x, y)) {
				return false
			}
		}
	}
	return true
}
