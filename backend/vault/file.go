package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

func keyPath(dir string) string { return filepath.Join(dir, "master.key") }

func (v *vault) readFile() ([]byte, error) {
	text, err := os.ReadFile(v.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errMissing
	}
	if err != nil {
		return nil, failed(err)
	}
	v.warnOfReaders()
	key, err := parse(string(text))
	if err != nil {
		return nil, errNoKey
	}
	return key, nil
}

// warnOfReaders leaves the rights as they are: whoever loosened them may have
// had a reason, such as a backup that runs as another user.
func (v *vault) warnOfReaders() {
	info, err := os.Stat(v.path)
	if err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		v.Log.Warn("others can read the master key; restrict the file to yourself", "file", v.path, "fix", "chmod 600 "+v.path)
	}
}

// writeFile puts the key into the file and returns the key that is there
// afterwards: when another process was faster, that is the other's. The file
// appears whole or not at all.
func (v *vault) writeFile(key []byte) ([]byte, error) {
	if err := os.MkdirAll(v.Dir, 0o700); err != nil {
		return nil, err
	}
	temp, err := writeTemp(v.Dir, encode(key)+"\n")
	if err != nil {
		return nil, err
	}
	defer os.Remove(temp)
	if err := publish(temp, v.path); err != nil {
		return nil, err
	}
	if err := syncDir(v.Dir); err != nil {
		return nil, err
	}
	return v.readFile()
}

// writeTemp writes a new file, for the owner only, and puts it on the disk.
func writeTemp(dir, text string) (path string, err error) {
	f, err := os.CreateTemp(dir, "master.key.*")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// publish gives the file its name unless the name is taken. A link does both in
// one step; a file system without links has to do with two.
func publish(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	return os.Rename(temp, path)
}

// syncDir makes the new name durable. Windows cannot sync a folder and does not
// need to.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
