//go:build linux

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// owner is a numeric user and group; the image has no /etc/passwd.
type owner struct{ uid, gid int }

// imageUser is who runs the program when the data folder names nobody else. The
// number is above those that Linux distributions give to people and services.
func imageUser() owner { return owner{10001, 10001} }

// settle decides who is to run the program and makes sure that they own dir: a
// folder that belongs to somebody already stays theirs, so that people who made
// it themselves keep their files; one of root's goes to fallback with all that
// is in it.
func settle(dir string, fallback owner) (owner, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return owner{}, fmt.Errorf("make the data folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return owner{}, fmt.Errorf("look at the data folder: %w", err)
	}
	if who := ownerOf(info); who.uid != 0 {
		return who, nil
	}
	if err := give(dir, fallback); err != nil {
		return owner{}, fmt.Errorf("hand the data folder to user %d: %w; "+
			"start the container with --user and a folder of that user instead", fallback.uid, err)
	}
	return fallback, nil
}

func ownerOf(info fs.FileInfo) owner {
	stat := info.Sys().(*syscall.Stat_t)
	return owner{int(stat.Uid), int(stat.Gid)}
}

// give changes the owner of dir and of everything in it. It does not follow
// symbolic links. dir itself comes last, so that a run which is cut off is
// repeated by the next start.
func give(dir string, to owner) error {
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return os.Lchown(path, to.uid, to.gid)
	})
	if err != nil {
		return err
	}
	return os.Chown(dir, to.uid, to.gid)
}

// become gives up root's rights for good.
func become(who owner) error {
	if err := syscall.Setgroups([]int{who.gid}); err != nil {
		return fmt.Errorf("give up root's groups: %w", err)
	}
	if err := syscall.Setgid(who.gid); err != nil {
		return fmt.Errorf("become group %d: %w", who.gid, err)
	}
	if err := syscall.Setuid(who.uid); err != nil {
		return fmt.Errorf("become user %d: %w", who.uid, err)
	}
	return nil
}
