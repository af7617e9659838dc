package openai

import "github.com/aihub/aihub/backend/llm"

func (d *streamDecoder) piece(kind llm.BlockKind, text string) {
	if kind == llm.Text {
		d.think.Feed(text, d.say)
		return
	}
	d.say(kind, text)
}

// busy reports whether a call is open that may still go on.
func (d *streamDecoder) busy() bool {
	if d.head == len(d.calls) || !d.calls[d.head].started {
		return false
	}
	d.advance(false)
	return d.head < len(d.calls) && d.calls[d.head].started
}

// say passes text on, or keeps it until the open call is closed.
func (d *streamDecoder) say(kind llm.BlockKind, text string) {
	if !d.busy() {
		d.release()
		d.write(kind, text)
		return
	}
	if n := len(d.held); n > 0 && d.held[n-1].kind == kind {
		d.held[n-1].text += text
		return
	}
	d.held = append(d.held, segment{kind: kind, text: text})
}

func (d *streamDecoder) image(m *llm.Media) {
	if d.busy() {
		d.held = append(d.held, segment{kind: llm.Image, media: m})
		return
	}
	d.release()
	d.show(m)
}

// release passes on what waited for a call to be closed.
func (d *streamDecoder) release() {
	held := d.held
	d.held = nil
	for _, s := range held {
		if s.media != nil {
			d.show(s.media)
		} else {
			d.write(s.kind, s.text)
		}
	}
}

func (d *streamDecoder) show(m *llm.Media) {
	d.closeText()
	d.begin(&llm.Block{Kind: llm.Image, Media: m})
	d.emit(llm.Event{Kind: llm.EventBlockStop, Index: d.next - 1})
}

func (d *streamDecoder) write(kind llm.BlockKind, text string) {
	if d.open != kind {
		d.closeText()
		d.begin(&llm.Block{Kind: kind})
		d.open = kind
	}
	d.send(d.join.Feed(text))
}

func (d *streamDecoder) begin(b *llm.Block) {
	d.emit(llm.Event{Kind: llm.EventBlockStart, Index: d.next, Block: b})
	d.next++
}

// send passes on a piece of the block that is open.
func (d *streamDecoder) send(text string) {
	if text != "" {
		d.emit(llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Delta: text})
	}
}

func (d *streamDecoder) closeText() {
	if d.open == "" {
		return
	}
	d.send(d.join.Close())
	d.emit(llm.Event{Kind: llm.EventBlockStop, Index: d.next - 1})
	d.open = ""
}
