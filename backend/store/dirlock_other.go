//go:build !unix

package store

// lockDir has nothing to take: these systems move no file that is open.
func lockDir(string) (unlock func(), err error) { return func() {}, nil }
