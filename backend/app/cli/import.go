package cli

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// importing is what the command needs of AiHub.
type importing interface {
	ListChannels(context.Context) (admin.ChannelList, error)
	ImportAccounts(ctx context.Context, channelID string, in admin.ImportRequest) (admin.ImportResult, error)
	Import(context.Context, admin.ImportRequest) (admin.ImportResult, error)
	FindImport(ctx context.Context, id string) (admin.Import, error)
	ListImports(context.Context) (admin.ImportList, error)
	UndoImport(ctx context.Context, id string) (admin.ImportUndo, error)
}

// ImportAccounts implements importing.
func (r *remote) ImportAccounts(ctx context.Context, channelID string, in admin.ImportRequest) (admin.ImportResult, error) {
	return remoteCall[admin.ImportResult](ctx, r, http.MethodPost, "/api/channels/"+url.PathEscape(channelID)+"/accounts/import", in)
}

// Import implements importing.
func (r *remote) Import(ctx context.Context, in admin.ImportRequest) (admin.ImportResult, error) {
	return remoteCall[admin.ImportResult](ctx, r, http.MethodPost, "/api/import", in)
}

// FindImport implements importing.
func (r *remote) FindImport(ctx context.Context, id string) (admin.Import, error) {
	return remoteCall[admin.Import](ctx, r, http.MethodGet, "/api/imports/"+url.PathEscape(id), nil)
}

// ListImports implements importing.
func (r *remote) ListImports(ctx context.Context) (admin.ImportList, error) {
	return remoteCall[admin.ImportList](ctx, r, http.MethodGet, "/api/imports", nil)
}

// UndoImport implements importing.
func (r *remote) UndoImport(ctx context.Context, id string) (admin.ImportUndo, error) {
	return remoteCall[admin.ImportUndo](ctx, r, http.MethodPost, "/api/imports/"+url.PathEscape(id)+"/undo", nil)
}

// accountFiles is one run of `aihub accounts import`.
type accountFiles struct {
	channel, provider, onFailure, url, undo string
	from                                    []string
	dryRun, verify, list                    bool
}

func (c *commands) accounts() *cobra.Command {
	cmd := &cobra.Command{Use: "accounts", Short: "bring in accounts", Args: cobra.NoArgs}
	cmd.AddCommand(c.importAccounts())
	return cmd
}

func (c *commands) importAccounts() *cobra.Command {
	f, a := &flags{}, &accountFiles{}
	cmd := &cobra.Command{
		Use: "import [FILE...]", Short: "import accounts from files of any kind, or from Kiro's programs on this machine",
		Long: "Reads keys, tables, .env files, exports of account managers, Kiro's files and archives of these.\n" +
			"A running AiHub is asked over its API (--url, ADMIN_KEY); without one the data folder is opened directly.",
		Example: "  aihub accounts import --dry-run keys.txt export.json\n  aihub accounts import --from kiro-ide --verify\n  aihub accounts import --list\n  aihub accounts import --undo imp_…",
		RunE:    func(cmd *cobra.Command, files []string) error { return c.runImportAccounts(cmd, f, a, files) },
	}
	f.register(cmd.Flags())
	cmd.Flags().StringVar(&a.channel, "channel", "", "name or id of a channel (default: the channel of each account's provider, made if there is none)")
	cmd.Flags().StringVar(&a.provider, "provider", "", "whose the keys are that do not show it")
	cmd.Flags().StringSliceVar(&a.from, "from", nil, "kiro-ide, kiro-cli or amazon-q: sign-ins on AiHub's own machine")
	cmd.Flags().BoolVar(&a.dryRun, "dry-run", false, "show what would happen and change nothing")
	cmd.Flags().BoolVar(&a.verify, "verify", false, "try each new account with one tiny request")
	cmd.Flags().StringVar(&a.onFailure, "on-failure", "keep", "keep, disable or skip accounts that fail")
	cmd.Flags().BoolVar(&a.list, "list", false, "list the imports that can be undone")
	cmd.Flags().StringVar(&a.undo, "undo", "", "id of an import: delete what it made and nobody has changed since")
	cmd.MarkFlagsMutuallyExclusive("list", "undo", "dry-run")
	cmd.Flags().StringVar(&a.url, "url", "", "address of a running AiHub (default: this machine, PORT)")
	return cmd
}

func (c *commands) runImportAccounts(cmd *cobra.Command, f *flags, a *accountFiles, files []string) (err error) {
	in, err := a.request(files)
	if err != nil && !a.list && a.undo == "" {
		return err
	}
	cfg, err := f.config(cmd, c.Options)
	if err != nil {
		return err
	}
	c.running = true
	hub, release, err := (&signIn{url: a.url}).reach(cmd, f, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	both, ok := hub.(importing)
	if !ok {
		return core.Errorf(core.CodeUnsupported, "this AiHub cannot import")
	}
	switch {
	case a.list:
		return tellImports(cmd, both)
	case a.undo != "":
		return undoImport(cmd, both, a.undo)
	}
	return a.run(cmd, both, in)
}

func (a *accountFiles) run(cmd *cobra.Command, hub importing, in admin.ImportRequest) error {
	out, err := a.bringIn(cmd.Context(), hub, in)
	if err != nil {
		return err
	}
	tellImport(cmd, out)
	if !a.verify || out.ImportID == "" {
		return nil
	}
	return awaitVerification(cmd, hub, out.ImportID)
}

// request reads the files; a file of "-" would wait for a person, so there is
// none.
func (a *accountFiles) request(files []string) (admin.ImportRequest, error) {
	in := admin.ImportRequest{
		Sources: a.from, DryRun: a.dryRun, Verify: a.verify,
		OnFailure: admin.OnFailure(a.onFailure), Provider: core.Provider(a.provider),
	}
	if len(files) == 0 && len(a.from) == 0 {
		return in, core.Invalid("file", "name a file with accounts, or --from kiro-ide")
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			return in, core.Invalid("file", "cannot read %s: %v", path, err)
		}
		in.Files = append(in.Files, admin.ImportFile{Name: filepath.Base(path), Data: content})
	}
	return in, nil
}

func (a *accountFiles) bringIn(ctx context.Context, hub importing, in admin.ImportRequest) (admin.ImportResult, error) {
	if a.channel == "" {
		return hub.Import(ctx, in)
	}
	all, err := hub.ListChannels(ctx)
	if err != nil {
		return admin.ImportResult{}, err
	}
	for _, ch := range all.Items {
		if ch.ID == a.channel || strings.EqualFold(ch.Name, a.channel) {
			in.Provider = ""
			return hub.ImportAccounts(ctx, ch.ID, in)
		}
	}
	return admin.ImportResult{}, core.Invalid("channel", "there is no channel %q", a.channel)
}
