package simulator

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// checker walks a value. pass decides which unknown fields may stay; same
// compares a key of the request with a field's name.
type checker struct {
	pass func(name string) bool
	same func(key, name string) bool
	tags bool // a tag is a step of the path, as in pydantic's messages
}

func (c *checker) check(r *rule, v gjson.Result, path []string) *violation {
	if len(r.either) > 0 {
		return c.checkEither(r, v, path)
	}
	if !r.kind.admits(v) {
		return &violation{wrongKind, path, r, v}
	}
	switch r.kind {
	case textKind:
		return r.checkText(v, path)
	case numberKind, integerKind:
		return r.checkNumber(v, path)
	case listKind:
		return c.checkList(r, v, path)
	case objectKind:
		return c.checkObject(r, v, path)
	}
	return nil
}

func (k kind) admits(v gjson.Result) bool {
	switch k {
	case textKind:
		return v.Type == gjson.String
	case numberKind:
		return v.Type == gjson.Number
	case integerKind:
		return v.Type == gjson.Number && v.Num == float64(int64(v.Num))
	case boolKind:
		return v.IsBool()
	case objectKind:
		return v.IsObject()
	case listKind:
		return v.IsArray()
	}
	return true
}

func (c *checker) checkEither(r *rule, v gjson.Result, path []string) *violation {
	var last *violation
	for _, alt := range r.either {
		if alt.kind.admits(v) {
			if last = c.check(alt, v, path); last == nil {
				return nil
			}
		}
	}
	if last == nil {
		last = &violation{wrongKind, path, r, v}
	}
	return last
}

func (r *rule) checkText(v gjson.Result, path []string) *violation {
	n := utf8.RuneCountInString(v.Str)
	switch {
	case len(r.enum) > 0 && !slices.Contains(r.enum, v.Str):
		return &violation{notListed, path, r, v}
	case n < r.least:
		return &violation{tooShort, path, r, v}
	case r.most > 0 && n > r.most:
		return &violation{tooLong, path, r, v}
	case r.fits != nil && !r.fits(v.Str):
		return &violation{noMatch, path, r, v}
	}
	return nil
}

func (r *rule) checkNumber(v gjson.Result, path []string) *violation {
	switch {
	case r.bounded && v.Num < r.lo:
		return &violation{belowLow, path, r, v}
	case r.bounded && v.Num > r.hi:
		return &violation{aboveHigh, path, r, v}
	}
	return nil
}

func (c *checker) checkList(r *rule, v gjson.Result, path []string) (bad *violation) {
	n := 0
	v.ForEach(func(_, item gjson.Result) bool {
		if r.item != nil {
			bad = c.check(r.item, item, step(path, strconv.Itoa(n)))
		}
		n++
		return bad == nil
	})
	switch {
	case bad != nil:
	case n < r.least:
		bad = &violation{tooShort, path, r, v}
	case r.most > 0 && n > r.most:
		bad = &violation{tooLong, path, r, v}
	}
	return bad
}

func (c *checker) checkObject(r *rule, v gjson.Result, path []string) *violation {
	if r.tag != "" {
		return c.checkVariant(r, v, path)
	}
	if r.fields == nil {
		return c.checkValues(r, v, path)
	}
	var bad *violation
	seen := make([]bool, len(r.fields))
	v.ForEach(func(key, val gjson.Result) bool {
		i := c.index(r.fields, key.Str)
		if i < 0 {
			if !r.open && !c.pass(key.Str) {
				bad = &violation{unknown, step(path, key.Str), r, val}
			}
			return bad == nil
		}
		seen[i] = val.Type != gjson.Null || r.fields[i].rule.needed
		if seen[i] {
			bad = c.check(r.fields[i].rule, val, step(path, key.Str))
		}
		return bad == nil
	})
	for i := 0; bad == nil && i < len(seen); i++ {
		if f := r.fields[i]; f.rule.needed && !seen[i] {
			bad = &violation{missing, step(path, f.name), f.rule, gjson.Result{}}
		}
	}
	return bad
}

func (c *checker) checkValues(r *rule, v gjson.Result, path []string) (bad *violation) {
	if r.values == nil {
		return nil
	}
	v.ForEach(func(key, val gjson.Result) bool {
		bad = c.check(r.values, val, step(path, key.Str))
		return bad == nil
	})
	return bad
}

func (c *checker) checkVariant(r *rule, v gjson.Result, path []string) *violation {
	tag, name := v.Get(r.tag), r.untagged
	if tag.Exists() {
		name = tag.String()
	}
	if name == "" && !tag.Exists() {
		return &violation{missing, step(path, r.tag), r, v}
	}
	for _, alt := range r.variants {
		if alt.tag != name {
			continue
		}
		if c.tags {
			path = step(path, name)
		}
		return c.check(alt.rule, v, path)
	}
	return &violation{badTag, path, r, tag}
}

func (c *checker) index(fields []field, key string) int {
	for i := range fields {
		if c.same(key, fields[i].name) {
			return i
		}
	}
	return -1
}

// step returns path with one more step, in memory of its own.
func step(path []string, name string) []string {
	return append(path[:len(path):len(path)], name)
}

// tags lists the allowed values of a tagged rule.
func (r *rule) tags() []string {
	out := make([]string, len(r.variants))
	for i, v := range r.variants {
		out[i] = v.tag
	}
	return out
}
