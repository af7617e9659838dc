package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
)

// keeper is what backup, restore, export and import work on: the data folder
// itself, or, while a program has it open, that program.
type keeper interface {
	backup(ctx context.Context, passphrase, path string) error
	restore(ctx context.Context, in admin.RestoreRequest, r io.Reader) (admin.RestoreResult, error)
	exportConfig(ctx context.Context) (json.RawMessage, error)
	importConfig(ctx context.Context, file []byte, dryRun bool) (admin.ConfigImport, error)
	importAccounts(ctx context.Context, in admin.ImportRequest) (admin.ImportResult, error)
}

// keeping are the flags of those commands.
type keeping struct {
	flags
	url, passphraseFile string
	dryRun              bool
}

func (c *commands) keep(use, short string, args cobra.PositionalArgs, secret, dry bool, run func(*cobra.Command, *keeping, keeper, string) error) *cobra.Command {
	k := &keeping{}
	cmd := &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := k.config(cmd, c.Options)
			if err != nil {
				return err
			}
			c.running = true
			cfg.Quiet = true
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			return k.withKeeper(cmd, cfg, func(keep keeper) error { return run(cmd, k, keep, path) })
		},
	}
	k.register(cmd.Flags())
	cmd.Flags().StringVar(&k.url, "url", "", "address of the running AiHub (default http://127.0.0.1 and its port)")
	if secret {
		cmd.Flags().StringVar(&k.passphraseFile, "passphrase-file", "", "file whose first line is the passphrase (else AIHUB_PASSPHRASE, else asked for)")
	}
	if dry {
		cmd.Flags().BoolVar(&k.dryRun, "dry-run", false, "check the file and change nothing")
	}
	return cmd
}

func (c *commands) keepers() []*cobra.Command {
	return []*cobra.Command{
		c.keep("backup FILE", "write everything, encrypted, into a file", cobra.ExactArgs(1), true, false, runBackup),
		c.keep("restore FILE", "check a backup whole, and let it replace everything", cobra.ExactArgs(1), true, true, runRestore),
		c.keep("export [FILE]", "write the configuration without secrets", cobra.MaximumNArgs(1), false, false, runExport),
		c.keep("import FILE", "bring in a configuration file, or a file with accounts", cobra.ExactArgs(1), false, true, runImport),
	}
}

// withKeeper opens the data folder, or reaches the program that has it open.
func (k *keeping) withKeeper(cmd *cobra.Command, cfg app.Config, run func(keeper) error) error {
	if k.url == "" {
		local := &localKeeper{cfg: cfg}
		err := local.open(cmd.Context())
		if err == nil {
			return errors.Join(run(local), local.close())
		}
		if core.CodeOf(err) != core.CodeConflict {
			return err
		}
		port := cfg.Port
		if port <= 0 {
			port = app.DefaultPort
		}
		k.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	}
	if cfg.AdminKey == "" {
		return core.Invalid("admin-key", "AiHub is running, so it is asked at %s: give its admin key by ADMIN_KEY (and its address by --url, if it is another)", k.url)
	}
	return run(newRemoteKeeper(strings.TrimSuffix(k.url, "/"), cfg.AdminKey))
}

// passphrase reads the passphrase from the file, the environment or the terminal.
func (k *keeping) passphrase(cmd *cobra.Command) (string, error) {
	if k.passphraseFile != "" {
		raw, err := os.ReadFile(k.passphraseFile)
		line, _, _ := strings.Cut(string(raw), "\n")
		return strings.TrimSuffix(line, "\r"), err
	}
	if v := os.Getenv("AIHUB_PASSPHRASE"); v != "" {
		return v, nil
	}
	fmt.Fprint(cmd.ErrOrStderr(), "Passphrase: ")
	line, err := readHidden(cmd)
	if err != nil && line == "" {
		return "", core.Invalid("passphrase", "give the passphrase by AIHUB_PASSPHRASE or --passphrase-file")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// readHidden reads a line, which a terminal does not show.
func readHidden(cmd *cobra.Command) (string, error) {
	in, ok := cmd.InOrStdin().(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	}
	line, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(cmd.ErrOrStderr())
	return string(line), err
}

func runBackup(cmd *cobra.Command, k *keeping, keep keeper, path string) error {
	passphrase, err := k.passphrase(cmd)
	if err != nil {
		return err
	}
	if err := keep.backup(cmd.Context(), passphrase, path); err != nil {
		return err
	}
	cmd.Println("written:", path)
	return nil
}

func runRestore(cmd *cobra.Command, k *keeping, keep keeper, path string) error {
	passphrase, err := k.passphrase(cmd)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return core.Invalid("file", "cannot read %s: %v", path, err)
	}
	defer f.Close()
	out, err := keep.restore(cmd.Context(), admin.RestoreRequest{Passphrase: passphrase, DryRun: k.dryRun}, f)
	if err != nil {
		return err
	}
	return printJSON(cmd.OutOrStdout(), out)
}

func runExport(cmd *cobra.Command, _ *keeping, keep keeper, path string) error {
	file, err := keep.exportConfig(cmd.Context())
	if err != nil {
		return err
	}
	d := admin.Download{Write: func(_ context.Context, w io.Writer) error {
		_, err := w.Write(file)
		return err
	}}
	if path == "" || path == "-" {
		return d.Write(cmd.Context(), cmd.OutOrStdout())
	}
	return d.Save(cmd.Context(), path)
}

func runImport(cmd *cobra.Command, k *keeping, keep keeper, path string) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return core.Invalid("file", "cannot read %s: %v", path, err)
	}
	switch contentOf(file) {
	case isBackup:
		return core.Invalid("file", "%s is a backup, and a backup replaces everything: `aihub restore %s` checks it and puts it in place", path, path)
	case isAccounts:
		return k.importAccounts(cmd, keep, file, path)
	}
	out, err := keep.importConfig(cmd.Context(), file, k.dryRun)
	if err != nil {
		return err
	}
	return printJSON(cmd.OutOrStdout(), out)
}

// importAccounts brings in a file that is no configuration. `aihub accounts
// import` can do more with it.
func (k *keeping) importAccounts(cmd *cobra.Command, keep keeper, file []byte, path string) error {
	out, err := keep.importAccounts(cmd.Context(), admin.ImportRequest{
		Files: []admin.ImportFile{{Name: filepath.Base(path), Data: file}}, DryRun: k.dryRun,
	})
	if err != nil {
		return err
	}
	tellImport(cmd, out)
	return nil
}
