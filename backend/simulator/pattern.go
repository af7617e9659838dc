package simulator

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// text returns a string that fits the string schema s.
func (v *inventor) text(s gjson.Result) string {
	if p := s.Get("pattern").String(); p != "" {
		if re, err := syntax.Parse(p, syntax.Perl); err == nil {
			var out strings.Builder
			v.match(&out, re.Simplify(), 0)
			return out.String()
		}
	}
	if f := formatted(s.Get("format").String()); f != "" {
		return f
	}
	text := v.name()
	for least := int(s.Get("minLength").Int()); utf8.RuneCountInString(text) < min(least, 1<<16); {
		text += " " + text
	}
	if most := s.Get("maxLength"); most.Exists() && utf8.RuneCountInString(text) > int(most.Int()) {
		text = string([]rune(text)[:most.Int()])
	}
	return text
}

// name returns the next value that the user named, or any word.
func (v *inventor) name() string {
	if v.used < len(v.names) {
		v.used++
		return v.names[v.used-1]
	}
	return pick(v.rng, []string{"example", "sample", "alpha", "value", "default", "item"})
}

func formatted(format string) string {
	switch format {
	case "date-time":
		return "2026-01-15T09:30:00Z"
	case "date":
		return "2026-01-15"
	case "time":
		return "09:30:00Z"
	case "duration":
		return "PT15M"
	case "email":
		return "user@example.com"
	case "hostname":
		return "example.com"
	case "uri", "url", "uri-reference":
		return "https://example.com/"
	case "ipv4":
		return "192.0.2.1"
	case "ipv6":
		return "2001:db8::1"
	case "uuid":
		return "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	}
	return ""
}

// match writes a text that the expression matches. Assertions other than the
// anchors are not looked at.
func (v *inventor) match(out *strings.Builder, re *syntax.Regexp, depth int) {
	if depth > 20 || out.Len() > 1<<12 {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		out.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		out.WriteRune(v.oneOf(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteByte('x')
	case syntax.OpAlternate:
		v.match(out, pick(v.rng, re.Sub), depth+1)
	case syntax.OpPlus:
		v.match(out, re.Sub[0], depth+1)
		v.match(out, re.Sub[0], depth+1)
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			v.match(out, sub, depth+1)
		}
	}
}

// oneOf picks a rune of a character class, a printable one if it can.
func (v *inventor) oneOf(ranges []rune) rune {
	for i := 0; i+1 < len(ranges); i += 2 {
		lo, hi := max(ranges[i], '!'), min(ranges[i+1], '~')
		if lo <= hi {
			return lo + rune(v.rng.IntN(int(hi-lo)+1))
		}
	}
	return ranges[0]
}
