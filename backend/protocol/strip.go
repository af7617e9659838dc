package protocol

import "github.com/tidwall/gjson"

// StripList passes the elements of a list, a member of an object, through strip
// and leaves every other byte of the object in its place. strip returns nil for
// an element that goes, and whether it has changed anything. Without a change
// StripList returns the object itself; it returns nil when nothing is left of
// the list, since the formats refuse an empty one.
func StripList(object []byte, member string, strip func(gjson.Result) ([]byte, bool)) ([]byte, bool) {
	var at [1]Field
	if Scan(object, []string{member}, at[:]) != nil || !at[0].Found() {
		return object, false
	}
	elements := gjson.ParseBytes(at[0].Of(object))
	if !elements.IsArray() {
		return object, false
	}
	list := BeginList(nil)
	changed := false
	elements.ForEach(func(_, element gjson.Result) bool {
		raw, some := strip(element)
		changed = changed || some
		if raw != nil {
			list.Raw(raw)
		}
		return true
	})
	switch {
	case !changed:
		return object, false
	case list.Empty():
		return nil, true
	}
	return Splice(object, at[0], list.End()), true
}
