package desktop

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPlaceIsRemembered(t *testing.T) {
	dir := t.TempDir()
	if p, found := LoadPlace(dir); found || p != DefaultPlace() {
		t.Errorf("without a file: %+v, %v", p, found)
	}
	want := Place{X: 10, Y: 20, Width: 800, Height: 600, Maximised: true}
	if err := SavePlace(dir, want); err != nil {
		t.Fatal(err)
	}
	if got, found := LoadPlace(dir); !found || got != want {
		t.Errorf("got %+v, %v; want %+v", got, found, want)
	}
}

func TestUnusablePlaceIsIgnored(t *testing.T) {
	for _, content := range []string{"", "{", `{"width": 10, "height": 600}`, `{"width": 800}`, `[]`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, placeFile), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, found := LoadPlace(dir); found || p != DefaultPlace() {
			t.Errorf("%q: %+v, %v; want the default", content, p, found)
		}
	}
}

func TestPlaceVisible(t *testing.T) {
	for _, tt := range []struct {
		name string
		x, y int
		want bool
	}{
		{"top left", 0, 0, true},
		{"half out on the left", -400, 50, true},
		{"gone on the left", -790, 50, false},
		{"gone on the right", 1900, 50, false},
		{"title bar above the screen", 10, -20, false},
		{"below the screen", 10, 1075, false},
	} {
		p := Place{X: tt.x, Y: tt.y, Width: 800, Height: 600}
		if got := p.Visible(1920, 1080); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
