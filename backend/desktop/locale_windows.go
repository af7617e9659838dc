package desktop

import "golang.org/x/sys/windows"

// systemLocale returns the first language of the person's display languages.
func systemLocale() string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
