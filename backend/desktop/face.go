package desktop

import (
	"fmt"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// symbol is one of the tray's icons.
type symbol string

const (
	symbolRunning symbol = "running"
	symbolLow     symbol = "low" // running, but a quota is nearly used up or no account is ready
	symbolStopped symbol = "stopped"
	symbolError   symbol = "error"
)

// work is what the tray is busy with on a person's order.
type work int

const (
	idle work = iota
	starting
	stopping
)

// face is everything that the tray shows at one moment.
type face struct {
	symbol  symbol
	hint    string // beside the icon, on the systems that show text there
	tooltip string
	status  string // the menu's first line
	quota   string // the menu's second and third line; "" = not shown
	account string
	toggle  string // the label of the item that starts or stops
	canCopy bool
	busy    bool // no order can be given now
}

func faceOf(s core.GatewayStatus, q Quota, busy work, w *words) face {
	f := face{symbol: symbolStopped, status: w.stopped, toggle: w.start, busy: busy != idle}
	switch {
	case busy == starting:
		f.status = w.starting
	case busy == stopping:
		f.symbol, f.status, f.toggle = symbolRunning, w.stopping, w.stop
	case s.Running:
		f.symbol, f.status, f.toggle = symbolRunning, fmt.Sprintf(w.running, s.URL), w.stop
		f.canCopy = true
	case s.Error != "":
		f.symbol, f.status = symbolError, fmt.Sprintf(w.failed, firstLine(s.Error))
	}
	if f.symbol == symbolRunning && q.low() {
		f.symbol = symbolLow
	}
	f.describe(s, q, w)
	return f
}

// describe adds what is worth knowing beside the state. The hint stays short:
// panels show it at all times.
func (f *face) describe(s core.GatewayStatus, q Quota, w *words) {
	hint, tooltip := []string{"AiHub"}, []string{"AiHub", f.status}
	if s.InFlight > 0 {
		n := fmt.Sprintf(w.inFlight, s.InFlight)
		f.status += " · " + n
		hint, tooltip = append(hint, n), append(tooltip, n)
	}
	if q.User != "" {
		f.quota = fmt.Sprintf(w.quota, q.User, q.percent())
		hint, tooltip = append(hint, fmt.Sprintf("%d%%", q.percent())), append(tooltip, f.quota)
	}
	if q.Accounts > 0 {
		f.account = fmt.Sprintf(w.accounts, q.Ready, q.Accounts)
	}
	f.hint = strings.Join(hint, " · ")
	f.tooltip = strings.Join(tooltip, "\n")
}

// firstLine keeps a message that was made for a window within a menu's width.
func firstLine(message string) string {
	const most = 90
	line, _, _ := strings.Cut(message, "\n")
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}
