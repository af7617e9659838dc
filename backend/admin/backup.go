package admin

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/aihub/aihub/backend/core"
)

const (
	// minPassphrase is the least length of a passphrase, in characters. A backup
	// holds every credential and lies where nobody watches it.
	minPassphrase = 10
	// workFactor makes guessing a passphrase slow: 2^17 rounds of scrypt, which
	// take 128 MB while the key is made.
	workFactor = 17
	// backupFormat is the first line inside a backup.
	backupFormat = "aihub-backup"
	// maxBackupHead bounds that line.
	maxBackupHead = 4 << 10
)

// BackupRequest asks for a backup.
type BackupRequest struct {
	Passphrase string `json:"passphrase" doc:"at least 10 characters; without it nobody can read the backup, also not you"`
}

// backupHead says what a backup is, before its contents.
type backupHead struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	Program   string    `json:"program"` // the version of AiHub
}

// CreateBackup writes everything that the store holds, credentials included, as
// it is at one moment: compressed, and encrypted with the passphrase (age). The
// gateway goes on meanwhile.
func (s *Service) CreateBackup(_ context.Context, in BackupRequest) (Download, error) {
	if n := utf8.RuneCountInString(in.Passphrase); n < minPassphrase {
		return Download{}, core.Invalid("passphrase", "choose a passphrase of at least %d characters", minPassphrase)
	}
	recipient, err := age.NewScryptRecipient(in.Passphrase)
	if err != nil {
		return Download{}, fmt.Errorf("backup: %w", err)
	}
	recipient.SetWorkFactor(cmp.Or(s.deps.BackupWork, workFactor))
	now := s.now()
	head := backupHead{Format: backupFormat, Version: 1, CreatedAt: now, Program: s.deps.Gateway.Status().Version}
	return Download{
		Name: "aihub-" + now.Format("2006-01-02-1504") + ".backup", ContentType: "application/octet-stream",
		Write: func(ctx context.Context, w io.Writer) error { return s.writeBackup(ctx, w, recipient, head) },
	}, nil
}

func (s *Service) writeBackup(ctx context.Context, w io.Writer, to age.Recipient, head backupHead) error {
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	packed, err := zstd.NewWriter(sealed, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := json.NewEncoder(packed).Encode(head); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := s.deps.Store.Backup(ctx, packed); err != nil {
		return errors.Join(err, packed.Close()) // sealed stays open: the file is not whole
	}
	return errors.Join(packed.Close(), sealed.Close())
}

// RestoreRequest says how a backup is to be read.
type RestoreRequest struct {
	Passphrase string `json:"passphrase"`
	DryRun     bool   `json:"dry_run,omitempty" doc:"examine the backup and change nothing"`
}

// RestoreResult says what a backup holds and what becomes of it.
type RestoreResult struct {
	core.BackupInfo
	CreatedAt time.Time `json:"created_at"`
	Program   string    `json:"program"`
	// Restarting is true when the backup takes the place of everything now: the
	// program restarts by itself, and requests are refused for a moment.
	Restarting bool `json:"restarting"`
}

// RestoreBackup reads a backup, checks it whole (decrypts it, writes it into a
// database of its own under this machine's master key, opens that and reads every
// row), and only then lets it replace everything: the program restarts and finds
// it in place. What is replaced is kept in the data folder (before-restore) until
// the next restore. An error changes nothing.
func (s *Service) RestoreBackup(ctx context.Context, in RestoreRequest, r io.Reader) (RestoreResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	head, content, err := openBackup(in.Passphrase, r)
	if err != nil {
		return RestoreResult{}, err
	}
	defer content.Close()
	info, err := s.deps.Store.Stage(ctx, content, !in.DryRun)
	if err != nil {
		return RestoreResult{}, readableBackup(err)
	}
	out := RestoreResult{BackupInfo: info, CreatedAt: head.CreatedAt, Program: head.Program, Restarting: !in.DryRun}
	if out.Restarting {
		s.deps.Log.Warn("a backup takes the place of everything at the restart", "created", head.CreatedAt)
		s.deps.Restart()
	}
	return out, nil
}

// backupContent is what stands behind the head of a backup.
type backupContent struct {
	io.Reader
	packed *zstd.Decoder
}

func (c *backupContent) Close() { c.packed.Close() }

func openBackup(passphrase string, r io.Reader) (backupHead, *backupContent, error) {
	var head backupHead
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return head, nil, core.Invalid("passphrase", "give the passphrase of the backup")
	}
	plain, err := age.Decrypt(r, identity)
	if err != nil {
		if errors.As(err, new(*age.NoIdentityMatchError)) {
			return head, nil, core.Invalid("passphrase", "the passphrase does not open this backup")
		}
		return head, nil, notABackup(err)
	}
	packed, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		return head, nil, notABackup(err)
	}
	in := bufio.NewReaderSize(packed, maxBackupHead)
	line, err := in.ReadSlice('\n')
	if err == nil {
		err = json.Unmarshal(line, &head)
	}
	if err != nil || head.Format != backupFormat {
		packed.Close()
		return head, nil, notABackup(err)
	}
	if head.Version != 1 {
		packed.Close()
		return head, nil, core.Errorf(core.CodeUnsupported, "the backup was made by a newer AiHub; install the newer version first")
	}
	return head, &backupContent{Reader: in, packed: packed}, nil
}

func notABackup(err error) error {
	return &core.Error{Code: core.CodeInvalid, Field: "file", Message: "the file is not a whole backup of AiHub", Err: err}
}

// readableBackup words what is wrong with the file itself: errors of decryption
// and decompression come through the store.
func readableBackup(err error) error {
	if _, ok := errors.AsType[*core.Error](err); ok && core.CodeOf(err) != core.CodeInternal {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return notABackup(err)
}
