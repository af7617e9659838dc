package main

import (
	"image"
	"image/color"
	"math"
)

// mark is one variant of the icon. Lengths are parts of the icon's width.
type mark struct {
	top, bottom color.RGBA // the plate's gradient, from the top left corner to the bottom right one
	margin      float64    // free space around the plate
	spoke       float64    // half the width of a spoke
	reach       float64    // from the hub's centre to a node's
	hub, node   float64    // radii
	hole        float64    // radius of the hole in the hub
	dot         color.RGBA // the status dot in the corner; none when transparent
}

const (
	spokes = 3    // as in frontend/src/components/BrandMark.vue
	corner = 0.25 // radius of the plate's corners
)

var (
	// The accent colour of the dashboard (frontend/src/theme/tokens.css), lit from
	// the top left.
	light  = color.RGBA{0x42, 0x61, 0xdc, 0xff}
	deep   = color.RGBA{0x24, 0x40, 0xab, 0xff}
	slate  = color.RGBA{0x64, 0x74, 0x8b, 0xff}
	silver = color.RGBA{0x94, 0xa3, 0xb8, 0xff}
	white  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	green  = color.RGBA{0x22, 0xc5, 0x5e, 0xff}
	amber  = color.RGBA{0xf5, 0x9e, 0x0b, 0xff}
	red    = color.RGBA{0xef, 0x44, 0x44, 0xff}

	appMark = mark{top: light, bottom: deep, margin: 0.04, spoke: 0.032, reach: 0.276, hub: 0.144, hole: 0.08, node: 0.066}
)

// trayMarks returns the tray's icons by state. They are heavier than the app's
// icon because panels show them at 16 to 24 pixels, and each differs in more
// than its hue: a stopped gateway is grey all over, trouble has a larger dot.
func trayMarks() map[string]mark {
	base := mark{top: light, bottom: deep, spoke: 0.05, reach: 0.33, hub: 0.16, node: 0.1}
	running, low, failed, stopped := base, base, base, base
	running.dot, low.dot, failed.dot = green, amber, red
	stopped.top, stopped.bottom = slate, silver
	return map[string]mark{"running": running, "low": low, "error": failed, "stopped": stopped}
}

// draw renders the mark with 16 samples for each pixel.
func (m mark) draw(size int) *image.NRGBA {
	const grid = 4
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var r, g, b, a float64
			for s := range grid * grid {
				u := (float64(x) + (float64(s%grid)+0.5)/grid) / float64(size)
				v := (float64(y) + (float64(s/grid)+0.5)/grid) / float64(size)
				c := m.at(u, v)
				alpha := float64(c.A) / 255
				r, g, b, a = r+float64(c.R)*alpha, g+float64(c.G)*alpha, b+float64(c.B)*alpha, a+alpha
			}
			if a > 0 {
				img.SetNRGBA(x, y, color.NRGBA{round(r / a), round(g / a), round(b / a), round(a * 255 / (grid * grid))})
			}
		}
	}
	return img
}

func round(f float64) uint8 { return uint8(math.Round(f)) }

// at returns the colour at a point of the unit square.
func (m mark) at(u, v float64) color.RGBA {
	if m.dot.A != 0 {
		const centre, radius, ring = 0.76, 0.22, 0.07
		switch d := math.Hypot(u-centre, v-centre); {
		case d < radius:
			return m.dot
		case d < radius+ring: // keeps the dot apart from the plate
			return color.RGBA{}
		}
	}
	if !m.inPlate(u, v) {
		return color.RGBA{}
	}
	if m.inWheel(u-0.5, v-0.5) {
		return white
	}
	return mix(m.top, m.bottom, (u+v)/2)
}

func (m mark) inPlate(u, v float64) bool {
	half := 0.5 - m.margin
	x, y := max(math.Abs(u-0.5)-half+corner, 0), max(math.Abs(v-0.5)-half+corner, 0)
	return math.Hypot(x, y) <= corner
}

// inWheel reports whether a point, seen from the centre, is on the hub, a spoke
// or a node.
func (m mark) inWheel(x, y float64) bool {
	if d := math.Hypot(x, y); d < m.hub {
		return d >= m.hole
	}
	for i := range spokes {
		sin, cos := math.Sincos(2*math.Pi*float64(i)/spokes - math.Pi/2)
		along, across := x*cos+y*sin, math.Abs(y*cos-x*sin)
		if math.Hypot(along-m.reach, across) < m.node || across < m.spoke && along > 0 && along < m.reach {
			return true
		}
	}
	return false
}

func mix(a, b color.RGBA, t float64) color.RGBA {
	part := func(x, y uint8) uint8 { return round(float64(x) + (float64(y)-float64(x))*t) }
	return color.RGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 0xff}
}
