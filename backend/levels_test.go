package backend_test

import (
	"slices"
	"strings"
)

// place finds the row and the row's entry of a package below backend/.
func place(pkg string) (rank int, entry string, found bool) {
	for rank, l := range levels() {
		for _, entry := range l.packages {
			if pkg == entry || strings.HasPrefix(pkg, entry+"/") {
				return rank, entry, true
			}
		}
	}
	return 0, "", false
}

// mayImport reports whether package from may import package to, both below
// backend/.
func mayImport(from, to string) bool {
	fromRank, fromEntry, _ := place(from)
	toRank, toEntry, _ := place(to)
	return toRank < fromRank || strings.HasPrefix(from, to+"/") || composes(from, to) || signsIn(from, to) ||
		toRank == fromRank && slices.Contains(levels()[fromRank].beside[fromEntry], toEntry)
}

// composes holds for the command line, which starts the app.
func composes(from, to string) bool { return from == "app/cli" && to == "app" }

// signsIn holds for Kiro, whose ways of signing in fill a package of their own.
func signsIn(from, to string) bool { return from == "upstream/kiro" && to == "upstream/kiro/auth" }
