package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// operations are what the command needs of AiHub: those of the service itself,
// or of one that runs elsewhere.
type operations interface {
	ListChannels(context.Context) (admin.ChannelList, error)
	CreateChannel(context.Context, admin.ChannelInput) (admin.Channel, error)
	CreateAccount(ctx context.Context, channelID string, in admin.AccountInput) (admin.Account, error)
	FindAccount(ctx context.Context, id string) (admin.Account, error)
	CreateLogin(context.Context, admin.LoginInput) (core.Login, error)
	FindLogin(ctx context.Context, id string) (core.Login, error)
	DeleteLogin(ctx context.Context, id string) error
}

// signIn is one run of `aihub login kiro`.
type signIn struct {
	kind, startURL, region, channel, apiKey, url string
	noQR                                         bool
}

func (c *commands) login() *cobra.Command {
	cmd := &cobra.Command{Use: "login", Short: "sign in with an account of a provider", Args: cobra.NoArgs}
	cmd.AddCommand(c.loginKiro())
	return cmd
}

func (c *commands) loginKiro() *cobra.Command {
	f, s := &flags{}, &signIn{}
	cmd := &cobra.Command{
		Use: "kiro", Short: "sign in with an account of AWS Kiro, or add its API key", Args: cobra.NoArgs,
		Long: "Shows a code and a page; when you have allowed AiHub there, the account is stored.\n" +
			"A running AiHub is asked over its API (--url, ADMIN_KEY); without one the data folder is opened directly.",
		Example: "  aihub login kiro\n" +
			"  aihub login kiro --kind identity_center --start-url https://d-1234567890.awsapps.com/start\n" +
			"  aihub login kiro --api-key - < key.txt",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.runLogin(cmd, f, s) },
	}
	f.register(cmd.Flags())
	cmd.Flags().StringVar(&s.kind, "kind", string(core.LoginBuilderID), "builder_id, identity_center, google or github")
	cmd.Flags().StringVar(&s.startURL, "start-url", "", "start URL of your organisation (identity_center)")
	cmd.Flags().StringVar(&s.region, "region", "", "region of your organisation's directory; found out if left out")
	cmd.Flags().StringVar(&s.channel, "channel", "", "name or id of the channel (default: the only one of Kiro, made if there is none)")
	cmd.Flags().StringVar(&s.apiKey, "api-key", "", "add an API key instead: - reads it from the standard input")
	cmd.Flags().StringVar(&s.url, "url", "", "address of a running AiHub (default: this machine, PORT)")
	cmd.Flags().BoolVar(&s.noQR, "no-qr", false, "draw no QR code")
	return cmd
}

func (c *commands) runLogin(cmd *cobra.Command, f *flags, s *signIn) (err error) {
	if s.apiKey != "" && s.apiKey != "-" {
		return core.Invalid("api-key", "write --api-key - and give the key on the standard input: others can see a command line")
	}
	cfg, err := f.config(cmd, c.Options)
	if err != nil {
		return err
	}
	c.running = true
	hub, release, err := s.reach(cmd, f, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	channel, err := s.findChannel(cmd.Context(), hub)
	if err != nil {
		return err
	}
	if s.apiKey != "" {
		return s.addKey(cmd, hub, channel)
	}
	return s.byCode(cmd, hub, channel)
}

// findChannel picks the channel that is named, or the only one of Kiro.
func (s *signIn) findChannel(ctx context.Context, hub operations) (string, error) {
	all, err := hub.ListChannels(ctx)
	if err != nil {
		return "", err
	}
	var names, ids []string
	for _, ch := range all.Items {
		if s.channel != "" && (ch.ID == s.channel || strings.EqualFold(ch.Name, s.channel)) {
			return ch.ID, nil
		}
		if ch.Provider == core.ProviderKiro {
			names, ids = append(names, fmt.Sprintf("%q", ch.Name)), append(ids, ch.ID)
		}
	}
	switch {
	case s.channel != "":
		return "", core.Invalid("channel", "there is no channel %q", s.channel)
	case len(ids) > 1:
		return "", core.Invalid("channel", "say which channel with --channel: %s", strings.Join(names, ", "))
	case len(ids) == 1:
		return ids[0], nil
	}
	name, provider := "Kiro", core.ProviderKiro
	made, err := hub.CreateChannel(ctx, admin.ChannelInput{Name: &name, Provider: &provider})
	return made.ID, err
}

// maxKey bounds what is read as a key.
const maxKey = 4 << 10

func (s *signIn) addKey(cmd *cobra.Command, hub operations, channel string) error {
	line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), maxKey)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the key: %w", err)
	}
	key := strings.TrimSpace(line)
	if key == "" {
		return core.Invalid("api-key", "the standard input holds no key")
	}
	made, err := hub.CreateAccount(cmd.Context(), channel, admin.AccountInput{Credential: &core.Credential{APIKey: key}})
	if err != nil {
		return err
	}
	cmd.Printf("Stored the key as account %q.\n", made.Name)
	return nil
}

func (s *signIn) byCode(cmd *cobra.Command, hub operations, channel string) error {
	ctx := cmd.Context()
	l, err := hub.CreateLogin(ctx, admin.LoginInput{
		ChannelID: channel, Kind: core.LoginKind(s.kind), StartURL: s.startURL, Region: s.region,
	})
	if err != nil {
		return err
	}
	s.show(cmd, l)
	l, err = await(ctx, hub, l)
	if ctx.Err() != nil {
		// The context is over; what it stood for must still be undone.
		err := hub.DeleteLogin(context.WithoutCancel(ctx), l.ID)
		return errors.Join(core.Errorf(core.CodeUnavailable, "the sign-in was cancelled"), err)
	}
	if err != nil {
		return err
	}
	return s.tell(cmd, hub, l)
}

func (s *signIn) show(cmd *cobra.Command, l core.Login) {
	link := l.VerificationURLComplete
	if link == "" {
		link = l.VerificationURL
	}
	cmd.Printf("\n  Open   %s\n  Code   %s\n\n", link, l.UserCode)
	if !s.noQR && isTerminal(cmd.OutOrStdout()) {
		cmd.Print(drawQR(link))
	}
	cmd.Printf("Allow AiHub there; the code is valid for %.0f minutes. Ctrl-C cancels.\n", time.Until(l.ExpiresAt).Minutes())
}

// lookTime is how often the state is looked at.
const lookTime = time.Second

// await waits until the sign-in has ended. An AiHub that does not answer for a
// moment does not end it.
func await(ctx context.Context, hub operations, l core.Login) (core.Login, error) {
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	for l.State == core.LoginPending {
		select {
		case <-ctx.Done():
			return l, ctx.Err()
		case <-tick.C:
		}
		now, err := hub.FindLogin(ctx, l.ID)
		switch {
		case core.CodeOf(err) == core.CodeNotFound:
			l.State = core.LoginCancelled
		case err != nil && time.Now().After(l.ExpiresAt):
			return l, err
		case err == nil:
			l = now
		}
	}
	return l, nil
}

// tell says how it ended; every end without an account is an error.
func (s *signIn) tell(cmd *cobra.Command, hub operations, l core.Login) error {
	switch l.State {
	case core.LoginDone:
		name := l.AccountID
		if a, err := hub.FindAccount(cmd.Context(), l.AccountID); err == nil {
			name = a.Name
		}
		cmd.Printf("Signed in: account %q is ready.\n", name)
		return nil
	case core.LoginDenied:
		return core.Errorf(core.CodeForbidden, "the sign-in was denied; nothing was stored")
	case core.LoginExpired:
		return core.Errorf(core.CodeUnavailable, "the code has expired; run the command again for a new one")
	case core.LoginCancelled:
		return core.Errorf(core.CodeUnavailable, "the sign-in was cancelled elsewhere")
	}
	return core.Errorf(core.CodeUpstream, "the sign-in failed: %s", l.Error)
}
