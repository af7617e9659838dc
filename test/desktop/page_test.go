package desktop_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	accessible = "org.a11y.atspi.Accessible"
	textOf     = "org.a11y.atspi.Text"
	registry   = "org.a11y.atspi.Registry"
	rootPath   = "/org/a11y/atspi/accessible/root"
)

// page is what the window shows, as a screen reader sees it.
type page struct {
	t   *testing.T
	bus *dbus.Conn
}

// reference names an object on the accessibility bus.
type reference struct {
	Name string
	Path dbus.ObjectPath
}

func newPage(t *testing.T, s *screen) *page {
	t.Helper()
	var address string
	if err := s.bus.Object("org.a11y.Bus", "/org/a11y/bus").Call("org.a11y.Bus.GetAddress", 0).Store(&address); err != nil {
		t.Fatalf("the accessibility bus: %v", err)
	}
	return &page{t: t, bus: s.connect(address)}
}

// texts returns every name and text of the app's windows. Objects that vanish
// meanwhile are left out.
func (p *page) texts() []string {
	var texts []string
	for _, app := range p.children(reference{registry, rootPath}) {
		if p.name(app) == "aihub" {
			p.walk(app, 0, &texts)
		}
	}
	return texts
}

func (p *page) walk(at reference, depth int, texts *[]string) {
	const deepest = 60
	if name := p.name(at); name != "" {
		*texts = append(*texts, name)
	}
	if text := p.text(at); strings.Trim(text, "\ufffc \n") != "" {
		*texts = append(*texts, text)
	}
	if depth == deepest {
		return
	}
	for _, c := range p.children(at) {
		p.walk(c, depth+1, texts)
	}
}

func (p *page) name(at reference) string {
	value, err := p.bus.Object(at.Name, at.Path).GetProperty(accessible + ".Name")
	if err != nil {
		return ""
	}
	name, _ := value.Value().(string)
	return name
}

func (p *page) text(at reference) (text string) {
	o := p.bus.Object(at.Name, at.Path)
	var interfaces []string
	if o.Call(accessible+".GetInterfaces", 0).Store(&interfaces) == nil && slices.Contains(interfaces, textOf) {
		_ = o.Call(textOf+".GetText", 0, int32(0), int32(-1)).Store(&text)
	}
	return text
}

// children asks for one child after the other: the whole list leaves out the
// page, which lives in another process than the window around it.
func (p *page) children(at reference) (children []reference) {
	o := p.bus.Object(at.Name, at.Path)
	count, err := o.GetProperty(accessible + ".ChildCount")
	if err != nil {
		return nil
	}
	n, _ := count.Value().(int32)
	for i := range n {
		var child reference
		if o.Call(accessible+".GetChildAtIndex", 0, i).Store(&child) == nil {
			children = append(children, child)
		}
	}
	return children
}

// waitFor waits until the page shows the text.
func (p *page) waitFor(text string) {
	p.t.Helper()
	var last []string
	defer func() {
		if p.t.Failed() {
			p.t.Logf("the page shows %q", last)
		}
	}()
	wait(p.t, "the page to show "+text, func() bool {
		last = p.texts()
		return strings.Contains(strings.Join(last, "\n"), text)
	})
}
