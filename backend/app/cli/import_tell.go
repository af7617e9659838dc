package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/admin"
)

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
		cmd.Printf("import %s; it can be undone in the dashboard, or by `aihub accounts import --undo %s`\n", out.ImportID, out.ImportID)
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

// tellImports lists the imports that are remembered, the newest first.
func tellImports(cmd *cobra.Command, hub importing) error {
	list, err := hub.ListImports(cmd.Context())
	if err != nil {
		return err
	}
	for i := range list.Items {
		rec := &list.Items[i]
		cmd.Printf("%s  %s  %-11s  %d accounts  %s\n", rec.ID, rec.CreatedAt.Format(time.RFC3339), rec.State, rec.Total, strings.Join(rec.Files, ", "))
	}
	if len(list.Items) == 0 {
		cmd.Println("no import is remembered")
	}
	return nil
}

func undoImport(cmd *cobra.Command, hub importing, id string) error {
	out, err := hub.UndoImport(cmd.Context(), id)
	if err != nil {
		return err
	}
	cmd.Printf("%d accounts and %d channels deleted, %d changed since and kept, %d gone before\n", out.Deleted, out.Channels, out.Kept, out.Gone)
	return nil
}
