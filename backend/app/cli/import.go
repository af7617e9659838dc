package cli

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

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

// accountFiles is one run of `aihub accounts import`.
type accountFiles struct {
	channel, provider, onFailure, url string
	from                              []string
	dryRun, verify                    bool
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
		Example: "  aihub accounts import --dry-run keys.txt export.json\n  aihub accounts import --from kiro-ide --verify",
		RunE:    func(cmd *cobra.Command, files []string) error { return c.runImportAccounts(cmd, f, a, files) },
	}
	f.register(cmd.Flags())
	cmd.Flags().StringVar(&a.channel, "channel", "", "name or id of a channel (default: the channel of each account's provider, made if there is none)")
	cmd.Flags().StringVar(&a.provider, "provider", "", "whose the keys are that do not show it")
	cmd.Flags().StringSliceVar(&a.from, "from", nil, "kiro-ide, kiro-cli or amazon-q: sign-ins on AiHub's own machine")
	cmd.Flags().BoolVar(&a.dryRun, "dry-run", false, "show what would happen and change nothing")
	cmd.Flags().BoolVar(&a.verify, "verify", false, "try each new account with one tiny request")
	cmd.Flags().StringVar(&a.onFailure, "on-failure", "keep", "keep, disable or skip accounts that fail")
	cmd.Flags().StringVar(&a.url, "url", "", "address of a running AiHub (default: this machine, PORT)")
	return cmd
}

func (c *commands) runImportAccounts(cmd *cobra.Command, f *flags, a *accountFiles, files []string) (err error) {
	in, err := a.request(files)
	if err != nil {
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
	out, err := a.bringIn(cmd.Context(), both, in)
	if err != nil {
		return err
	}
	tellImport(cmd, out)
	if !a.verify || out.ImportID == "" {
		return nil
	}
	return awaitVerification(cmd, both, out.ImportID)
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

func tellImport(cmd *cobra.Command, out admin.ImportResult) {
	for i := range out.Rows {
		row := &out.Rows[i]
		place := row.File
		switch {
		case row.Problem != "":
			cmd.Printf("%s:%d  %s  problem: %s\n", place, row.Line, row.Name, row.Problem)
		case row.DuplicateOf != "":
			cmd.Printf("%s:%d  %s  same as %s\n", place, row.Line, row.Name, row.DuplicateOf)
		default:
			cmd.Printf("%s:%d  %s  -> %s\n", place, row.Line, row.Name, row.Channel)
		}
	}
	cmd.Printf("%d new, %d there already, %d with a problem\n", out.Created, out.Skipped, out.Failed)
	if out.ImportID != "" {
		cmd.Printf("import %s; it can be undone in the dashboard, or by POST /api/imports/%s/undo\n", out.ImportID, out.ImportID)
	}
}

// awaitVerification waits for the verdicts and tells the failures.
func awaitVerification(cmd *cobra.Command, hub importing, id string) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		rec, err := hub.FindImport(cmd.Context(), id)
		if err != nil {
			return err
		}
		if rec.State != admin.ImportVerifying {
			for _, made := range rec.Accounts {
				if made.Error != "" {
					cmd.Printf("%s: %s\n", made.Name, made.Error)
				}
			}
			cmd.Printf("%d tried: %d work, %d failed\n", rec.Done, rec.OK, rec.Failed)
			return nil
		}
		select {
		case <-cmd.Context().Done():
			return cmd.Context().Err()
		case <-tick.C:
		}
	}
}
