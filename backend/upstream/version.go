package upstream

import "strings"

// HasVersion reports whether a path holds a segment such as v1, v4 or v1beta.
func HasVersion(path string) bool {
	for seg := range strings.SplitSeq(path, "/") {
		if isVersion(seg) {
			return true
		}
	}
	return false
}

// TrimVersion cuts slashes and one version segment off the end of a base path:
// users paste a base URL with and without either.
func TrimVersion(base string) string {
	base = strings.TrimRight(base, "/")
	i := strings.LastIndexByte(base, '/')
	if i >= 0 && isVersion(base[i+1:]) {
		return strings.TrimRight(base[:i], "/")
	}
	return base
}

func isVersion(seg string) bool {
	return len(seg) >= 2 && seg[0] == 'v' && seg[1] >= '0' && seg[1] <= '9'
}
