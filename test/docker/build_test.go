package docker

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// image is what building leaves: the folder that stands for the last stage's
// file system, and that stage with its settings.
type image struct {
	dir   string
	stage stage
}

// builder takes the steps of the stages. Each stage has a folder that stands
// for its file system.
type builder struct {
	t      *testing.T
	ignore []rule
	dirs   map[string]string // of the stages, by name
}

func build(t *testing.T) image {
	t.Helper()
	b := builder{t: t, ignore: parseIgnore(t), dirs: map[string]string{}}
	var last stage
	for _, s := range parseDockerfile(t) {
		b.stage(s)
		last = s
	}
	return image{b.dirs[last.name], last}
}

func (b *builder) stage(s stage) {
	dir := b.t.TempDir()
	b.dirs[s.name] = dir
	work, env := "/", []string(nil)
	for _, one := range s.steps {
		switch one.verb {
		case "WORKDIR":
			work = one.rest
			b.check(os.MkdirAll(filepath.Join(dir, work), 0o755))
		case "ENV", "ARG":
			env = append(env, strings.Fields(one.rest)...)
		case "COPY":
			b.copy(dir, work, one.rest)
		case "RUN":
			b.run(dir, work, one.rest, env)
		case "EXPOSE", "VOLUME", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD":
		default:
			b.t.Errorf("no way to take the step %s %s", one.verb, one.rest)
		}
	}
}

func (b *builder) check(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// absolute finds the paths of a command that mean the stage's file system.
var absolute = regexp.MustCompile(`(^|[\s=])(/(?:src|out|app)\b)`)

// run takes a RUN step on this machine: what the base image would bring is
// brought by make.
func (b *builder) run(dir, work, command string, env []string) {
	b.t.Logf("RUN %s", command)
	cmd := exec.Command("sh", "-ec", absolute.ReplaceAllString(command, "${1}"+dir+"${2}"))
	cmd.Dir = filepath.Join(dir, work)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("%v\n%s", err, out)
	}
}

// copy takes a COPY step, from the context or from an earlier stage.
func (b *builder) copy(dir, work, rest string) {
	words := strings.Fields(rest)
	from, rules := root, b.ignore
	if name, ok := strings.CutPrefix(words[0], "--from="); ok {
		from, rules, words = b.dirs[name], nil, words[1:]
		if from == "" {
			b.t.Fatalf("COPY %s: no such stage", rest)
		}
	}
	sources, target := words[:len(words)-1], words[len(words)-1]
	into := strings.HasSuffix(target, "/") || len(sources) > 1
	if !filepath.IsAbs(target) {
		target = filepath.Join(work, target)
	}
	for _, source := range sources {
		if n := b.copyOne(from, source, filepath.Join(dir, target), into, rules); n == 0 {
			b.t.Errorf("COPY %s: %s brings nothing: it does not exist, or .dockerignore hides it", rest, source)
		}
	}
}

// copyOne copies a file, a pattern of files or a folder's content and returns
// the number of files.
func (b *builder) copyOne(from, source, target string, into bool, rules []rule) int {
	matches, err := filepath.Glob(filepath.Join(from, source))
	b.check(err)
	if len(matches) == 0 && rules == nil {
		matches = []string{source} // of the base image: this machine's own
	}
	copied := 0
	for _, match := range matches {
		base := match
		if info, err := os.Stat(match); err == nil && !info.IsDir() {
			base = filepath.Dir(match)
			if !into {
				copied += b.copyFile(match, target)
				continue
			}
		}
		copied += b.copyTree(from, match, base, target, rules)
	}
	return copied
}

func (b *builder) copyTree(from, match, base, target string, rules []rule) int {
	copied := 0
	err := filepath.WalkDir(match, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(from, path)
		if rules != nil && ignored(rules, filepath.ToSlash(name)) {
			if d.IsDir() && d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			inside, _ := filepath.Rel(base, path)
			copied += b.copyFile(path, filepath.Join(target, inside))
		}
		return nil
	})
	b.check(err)
	return copied
}

func (b *builder) copyFile(source, target string) int {
	info, err := os.Stat(source)
	b.check(err)
	data, err := os.ReadFile(source)
	b.check(err)
	b.check(os.MkdirAll(filepath.Dir(target), 0o755))
	b.check(os.WriteFile(target, data, info.Mode().Perm()))
	return 1
}

// TestIgnore holds .dockerignore against what must never get into a layer.
func TestIgnore(t *testing.T) {
	rules := parseIgnore(t)
	for _, name := range []string{
		".env", ".git/config", "data/store/MANIFEST", "aihub.log", "frontend/node_modules/vue/index.js",
		"frontend/dist/index.html", "backend/core/core_test.go", "backend/protocol/openai/testdata/a.json", "test/sdk/package.json",
	} {
		if !ignored(rules, name) {
			t.Errorf("%s would be sent to the engine", name)
		}
	}
	for _, name := range []string{"go.mod", "main.go", "backend/core/doc.go", "frontend/src/main.ts"} {
		if ignored(rules, name) {
			t.Errorf("%s is hidden from the engine", name)
		}
	}
}

// TestBases holds the base images against the versions that the project asks
// for.
func TestBases(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(mod)
	var bases []string
	for _, s := range parseDockerfile(t) {
		bases = append(bases, s.base)
	}
	if tag := "golang:" + string(wanted[1]); !slices.ContainsFunc(bases, func(base string) bool { return strings.HasPrefix(base, tag) }) {
		t.Errorf("no stage begins with %s: %v", tag, bases)
	}
}
