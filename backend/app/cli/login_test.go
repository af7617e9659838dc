package cli

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// person reads the output of the command and decides on the provider's page.
type person struct {
	sim *simulator.Simulator
	url string
}

func newPerson(t *testing.T) *person {
	t.Helper()
	p := &person{sim: simulator.New(simulator.Options{Seed: 1})}
	server := httptest.NewServer(p.sim)
	t.Cleanup(server.Close)
	p.url = server.URL + "/kiro"
	return p
}

// decide waits for a sign-in and decides about it.
func (p *person) decide(t *testing.T, decision string) {
	for {
		for _, code := range p.sim.KiroCodes() {
			if code.State == "pending" {
				if _, err := p.sim.DecideKiroCode(code.UserCode, simulator.KiroDecision{Decision: decision}); err != nil {
					t.Error(err)
				}
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// furnishKiro makes the one channel of the simulated Kiro.
func (p *person) furnishKiro(t *testing.T, hub *app.App) {
	t.Helper()
	name, provider := "Kiro", core.ProviderKiro
	_, err := hub.Service().CreateChannel(t.Context(), admin.ChannelInput{Name: &name, Provider: &provider, BaseURL: &p.url})
	if err != nil {
		t.Fatal(err)
	}
}

func openApp(t *testing.T, dir string) *app.App {
	t.Helper()
	hub, err := app.New(t.Context(), app.Config{DatabasePath: dir, AdminKey: "the-admin-key", Port: -1, LogLevel: "error", Quiet: true, Assets: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}})
	if err != nil {
		t.Fatal(err)
	}
	return hub
}

// run carries out a command line in a folder without any configuration.
func run(t *testing.T, ctx context.Context, stdin string, args ...string) (string, error) { //nolint:revive // t comes first in every helper of the tests
	t.Helper()
	var out bytes.Buffer
	root := (&commands{}).root()
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetIn(strings.NewReader(stdin))
	root.SetArgs(append([]string{"login", "kiro", "--log-level", "error"}, args...))
	err := root.ExecuteContext(ctx)
	return out.String(), err
}

func clean(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range []string{"ADMIN_KEY", "DATABASE_PATH", "PORT", "HOST"} {
		t.Setenv(name, "")
	}
}

// A running AiHub is asked over its API.
func TestLoginAtARunningAiHub(t *testing.T) {
	clean(t)
	p := newPerson(t)
	hub := openApp(t, t.TempDir())
	defer func() {
		if err := hub.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	p.furnishKiro(t, hub)
	if err := hub.StartGateway(t.Context()); err != nil {
		t.Fatal(err)
	}
	at := []string{"--url", hub.Gateway().URL, "--admin-key", "the-admin-key"}
	for decision, want := range map[string]string{"allow": "Signed in: account \"Builder ID", "deny": "denied"} {
		var wg sync.WaitGroup
		wg.Go(func() { p.decide(t, decision) })
		out, err := run(t, t.Context(), "", at...)
		wg.Wait()
		if err != nil {
			out += err.Error()
		}
		if !strings.Contains(out, "Code ") || !strings.Contains(out, "/kiro/device?user_code=") || !strings.Contains(out, want) || (err == nil) != (decision == "allow") {
			t.Errorf("%s: %q %v", decision, out, err)
		}
	}
	if out, err := run(t, t.Context(), "", "--url", hub.Gateway().URL); core.CodeOf(err) != core.CodeUnauthorized {
		t.Errorf("without a key: %q %v", out, err)
	}
	if _, err := run(t, t.Context(), "", append(at, "--kind", "identity_center")...); core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "start URL") {
		t.Errorf("without a start URL: %v", err)
	}
	if _, err := run(t, t.Context(), "", append(at, "--channel", "none")...); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("in no channel: %v", err)
	}
}

// Ctrl-C takes the code back.
func TestLoginIsCancelled(t *testing.T) {
	clean(t)
	p := newPerson(t)
	dir := t.TempDir()
	hub := openApp(t, dir)
	p.furnishKiro(t, hub)
	if err := hub.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for len(p.sim.KiroCodes()) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	})
	_, err := run(t, ctx, "", "--database", dir)
	wg.Wait()
	if err == nil {
		t.Error("no error")
	}
	hub = openApp(t, dir)
	list, listErr := hub.Service().ListLogins(t.Context())
	if err := errors.Join(listErr, hub.Close(t.Context())); err != nil || len(list.Items) != 0 {
		t.Errorf("left behind: %+v %v", list.Items, err)
	}
}

// Without a running AiHub the folder is opened; the channel is made.
func TestLoginByAPIKey(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	if _, err := run(t, t.Context(), "", "--database", dir, "--api-key", "ksk_visible"); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("a key in the command line: %v", err)
	}
	if _, err := run(t, t.Context(), "\n", "--database", dir, "--api-key", "-"); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("an empty key: %v", err)
	}
	out, err := run(t, t.Context(), "ksk_0123456789abcdef0123456789abcdef\n", "--database", dir, "--api-key", "-")
	if err != nil || !strings.Contains(out, "Stored the key") || strings.Contains(out, "ksk_0123") {
		t.Fatalf("%q %v", out, err)
	}
	hub := openApp(t, dir)
	snap := hub.Store().Snapshot()
	if err := hub.Close(t.Context()); err != nil {
		t.Error(err)
	}
	channels := snap.Channels()
	if len(channels) != 1 || channels[0].Provider != core.ProviderKiro || len(snap.AccountsOf(channels[0].ID)) != 1 {
		t.Errorf("channels %+v", channels)
	}
}

func TestDrawQR(t *testing.T) {
	lines := strings.Split(strings.TrimRight(drawQR("https://view.awsapps.com/start/#/device?user_code=ABCD-EFGH"), "\n"), "\n")
	for _, line := range lines {
		if !strings.HasPrefix(line, "  \x1b[30;107m") || !strings.HasSuffix(line, "\x1b[0m") {
			t.Fatalf("line %q", line)
		}
	}
	// The upper left finder: a black row of seven behind the border, two rows in one character.
	if want := "  \x1b[30;107m" + "  █▀▀▀▀▀█"; !strings.HasPrefix(lines[1], want) || len(lines) < 15 {
		t.Errorf("line %q of %d", lines[1], len(lines))
	}
	if drawQR(strings.Repeat("x", 5000)) != "" {
		t.Error("a text that fits in no code was drawn")
	}
}
