// Command icon draws every icon of AiHub from one description of the mark, a hub
// with spokes: the app's icon, the tray's icons and the files that the packages
// of each system want. Run it in the root of the repository after changing the
// mark:
//
//	go run ./build/icon
package main

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
)

func main() {
	if err := writeAll("."); err != nil {
		fmt.Fprintln(os.Stderr, "icon:", err)
		os.Exit(1)
	}
}

// writeAll writes all icon files below the root of the repository.
func writeAll(root string) error {
	files, err := drawAll()
	if err != nil {
		return err
	}
	for name, data := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // files of the repository
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil { //nolint:gosec // like the others
			return err
		}
	}
	return nil
}

// drawAll returns the contents of all icon files by their path from the root.
func drawAll() (map[string][]byte, error) {
	files := map[string][]byte{}
	pngs := map[string]int{
		"build/appicon.png": 1024, "build/linux/aihub-256.png": 256, "build/linux/aihub-48.png": 48,
	}
	for name, size := range pngs {
		if err := addPNG(files, name, appMark, size); err != nil {
			return nil, err
		}
	}
	if err := addICO(files, "build/windows/icon.ico", appMark, 16, 24, 32, 48, 64, 128, 256); err != nil {
		return nil, err
	}
	for name, m := range trayMarks() {
		base := "backend/desktop/icons/" + name
		if err := addPNG(files, base+".png", m, 64); err != nil {
			return nil, err
		}
		if err := addICO(files, base+".ico", m, 16, 24, 32, 48); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func addPNG(files map[string][]byte, name string, m mark, size int) error {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m.draw(size)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	files[name] = b.Bytes()
	return nil
}

func addICO(files map[string][]byte, name string, m mark, sizes ...int) error {
	b, err := encodeICO(m, sizes)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	files[name] = b
	return nil
}
