package admin

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/store"
)

// BenchmarkImport brings in 5,000 sign-ins and takes them back.
func BenchmarkImport(b *testing.B) {
	db, err := store.Open(b.Context(), store.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	s := New(Deps{Store: db, Events: ledger.NewEvents(time.Now), Jobs: NewJobs(), Now: time.Now, Log: slog.New(slog.DiscardHandler), Changed: func() {}})
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, `{"email":"%d@example.com","refreshToken":"aor%0157d","clientId":"c","clientSecret":"s","region":"us-east-1"}`+"\n", i, i)
	}
	in := ImportRequest{Content: text.String()}
	for _, dry := range []bool{true, false} {
		b.Run(fmt.Sprintf("dry run %v", dry), func(b *testing.B) {
			in.DryRun = dry
			for b.Loop() {
				out, err := s.Import(b.Context(), in)
				if err != nil || out.Created != 5000 {
					b.Fatalf("%d created: %v", out.Created, err)
				}
				if dry {
					continue
				}
				b.StopTimer()
				if _, err := s.UndoImport(b.Context(), out.ImportID); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}
