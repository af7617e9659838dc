package simulator

import (
	"fmt"
	"strings"
)

// violated puts a violation into Anthropic's words, which are pydantic's.
func (a *anthropic) violated(v *violation) *refusal {
	return invalid("%s: %s", v.dotted(), complaint(v))
}

func complaint(v *violation) string {
	switch v.breach {
	case missing:
		return "Field required"
	case unknown:
		return "Extra inputs are not permitted"
	case wrongKind:
		return "Input should be " + valid(v.rule)
	case belowLow:
		return fmt.Sprintf("Input should be greater than or equal to %v", v.rule.lo)
	case aboveHigh:
		return fmt.Sprintf("Input should be less than or equal to %v", v.rule.hi)
	case notListed:
		return "Input should be " + orList(v.rule.enum)
	case noMatch:
		return "String should match pattern '" + v.rule.pattern + "'"
	case badTag:
		return fmt.Sprintf("Input tag '%s' found using '%s' does not match any of the expected tags: %s",
			v.got.String(), v.rule.tag, strings.Join(quoteAll(v.rule.tags()), ", "))
	}
	return badLength(v)
}

func badLength(v *violation) string {
	switch {
	case v.rule.kind == textKind && v.breach == tooShort:
		return fmt.Sprintf("String should have at least %d character%s", v.rule.least, plural(v.rule.least))
	case v.rule.kind == textKind:
		return fmt.Sprintf("String should have at most %d characters", v.rule.most)
	case v.breach == tooShort && v.name() == "messages":
		return "at least one message is required"
	case v.breach == tooShort:
		return fmt.Sprintf("List should have at least %d item%s after validation, not %d", v.rule.least, plural(v.rule.least), len(v.got.Array()))
	}
	return fmt.Sprintf("List should have at most %d items after validation, not %d", v.rule.most, len(v.got.Array()))
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func valid(r *rule) string {
	if len(r.either) > 0 {
		r = r.either[len(r.either)-1]
	}
	switch r.kind {
	case textKind:
		return "a valid string"
	case numberKind:
		return "a valid number"
	case integerKind:
		return "a valid integer"
	case boolKind:
		return "a valid boolean"
	case listKind:
		return "a valid list"
	}
	return "a valid dictionary or object to extract fields from"
}

func quoteAll(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = "'" + v + "'"
	}
	return out
}

func orList(values []string) string {
	quoted := quoteAll(values)
	if n := len(quoted); n > 1 {
		return strings.Join(quoted[:n-1], ", ") + " or " + quoted[n-1]
	}
	return strings.Join(quoted, "")
}
