package kiro

import (
	"strconv"
	"strings"
)

// Short texts where the service wants some and the client has said nothing. They
// stand in front of the model, so they say as little as can be.
const (
	goOn        = "Continue"
	resultsHere = "Tool results provided."
	noOutput    = "(no output)"
)

// word makes texts and a list of images of the parts. Only the message itself
// has a place for images: in a text that had one, and wherever there are
// several, a mark with its number stands for each.
func (m *message) word() {
	for i := range m.results {
		m.wordResult(&m.results[i])
	}
	own := 0
	for _, p := range m.parts {
		if p.image != nil && !m.assistant {
			own++
		}
	}
	marked := own+len(m.images) > 1 || own > 0 && !saysText(m.parts)
	var texts []string
	for _, p := range m.parts {
		if p.image != nil && m.assistant {
			continue
		}
		if p.image != nil {
			m.images = append(m.images, *p.image)
			if marked {
				texts = append(texts, mark(len(m.images)))
			}
			continue
		}
		if strings.TrimSpace(p.text) != "" {
			texts = append(texts, p.text)
		}
	}
	m.text = strings.Join(texts, paragraph)
	switch {
	case m.text != "" || m.assistant:
	case len(m.results) > 0:
		m.text = resultsHere
	default:
		m.text = goOn
	}
}

// paragraph stands between texts that were said apart.
const paragraph = "\n\n"

func mark(n int) string { return "[image " + strconv.Itoa(n) + "]" }

// wordResult makes the texts of a result. The status that goes with it does not
// reach the model, so a failure is told in words.
func (m *message) wordResult(r *result) {
	for _, p := range r.parts {
		text := p.text
		if p.image != nil {
			m.images = append(m.images, *p.image)
			text = mark(len(m.images))
		}
		if strings.TrimSpace(text) != "" {
			r.texts = append(r.texts, text)
		}
	}
	if len(r.texts) == 0 {
		r.texts = []string{noOutput}
	}
	if r.failed && !strings.HasPrefix(strings.ToLower(r.texts[0]), "error") {
		r.texts[0] = "Error: " + r.texts[0]
	}
}

// place puts the instructions where the service has no place of its own for
// them: in front of the first message, and what holds for this answer only
// behind the last one.
func (c *conversation) place() {
	if first := &c.messages[0]; c.system != "" {
		first.text = c.system + paragraph + first.text
	}
	if last := &c.messages[len(c.messages)-1]; c.note != "" {
		last.text += paragraph + c.note
	}
}
