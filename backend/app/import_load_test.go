package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/admin"
)

// largeImport is a file of so many sign-ins.
func largeImport(rows int) string {
	var text strings.Builder
	for i := range rows {
		fmt.Fprintf(&text, `{"email":"%d@example.com","refreshToken":"aor%0157d","clientId":"c","clientSecret":"s","region":"us-east-1"}`+"\n", i, i)
	}
	return text.String()
}

// A large import holds no request up: they are answered beside it.
func TestRequestsGoOnBesideALargeImport(t *testing.T) {
	w := newWorld(t)
	text := largeImport(5000)
	ended := make(chan admin.ImportResult, 1)
	start := time.Now()
	go func() {
		out, err := w.hub.Service().Import(context.WithoutCancel(t.Context()), admin.ImportRequest{Content: text})
		if err != nil {
			t.Error(err)
		}
		ended <- out
	}()
	answered, longest := 0, time.Duration(0)
	for {
		select {
		case out := <-ended:
			took := time.Since(start)
			if out.Created != 5000 || answered == 0 {
				t.Errorf("%d accounts, %d requests answered meanwhile", out.Created, answered)
			}
			t.Logf("5000 accounts in %v, %d requests meanwhile, the slowest in %v", took, answered, longest)
			return
		default:
			begun := time.Now()
			if got := w.post(plain()[0].path, plain()[0].body); got.status != http.StatusOK {
				t.Errorf("%d %s", got.status, got.body)
			}
			longest = max(longest, time.Since(begun))
			answered++
		}
	}
}
