package desktop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Place is where the window was when it was last seen, in pixels that do not
// depend on the screen's scale.
type Place struct {
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Maximised bool `json:"maximised"`
}

// Visible reports whether a good part of the title bar is on a desktop of the
// given size. A place that was on a screen which has gone is not.
func (p Place) Visible(width, height int) bool {
	const grip = 100
	return p.X > -p.Width+grip && p.X < width-grip && p.Y >= 0 && p.Y < height-grip
}

// DefaultPlace is that of a new installation: the system chooses the position.
func DefaultPlace() Place { return Place{Width: defaultWidth, Height: defaultHeight} }

// The window's smallest size: the page is usable on a phone.
const (
	MinWidth  = 380
	MinHeight = 560
)

const (
	defaultWidth  = 1100
	defaultHeight = 720
)

const placeFile = "window.json"

// LoadPlace reads the place remembered in the data folder. found is false, and
// the place the default one, when there is none that makes sense: losing it is
// no reason not to open a window.
func LoadPlace(dir string) (p Place, found bool) {
	data, err := os.ReadFile(filepath.Join(dir, placeFile))
	if err != nil {
		return DefaultPlace(), false
	}
	if err := json.Unmarshal(data, &p); err != nil || p.Width < MinWidth || p.Height < MinHeight {
		return DefaultPlace(), false
	}
	return p, true
}

// SavePlace remembers the place in the data folder.
func SavePlace(dir string, p Place) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("remember the window's place: %w", err)
	}
	temp := filepath.Join(dir, placeFile+".new")
	if err := os.WriteFile(temp, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("remember the window's place: %w", err)
	}
	if err := os.Rename(temp, filepath.Join(dir, placeFile)); err != nil {
		return fmt.Errorf("remember the window's place: %w", err)
	}
	return nil
}
