//go:build !windows

package desktop

// systemLocale is empty: the environment says it all.
func systemLocale() string { return "" }
