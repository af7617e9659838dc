package gateway

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/admin"
)

var update = flag.Bool("update", false, "write the golden files anew")

// openapiFile is what the dashboard's types are made from.
const openapiFile = "../../frontend/openapi.json"

// documentOf builds the API without anything behind it.
func documentOf(t *testing.T) []byte {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	return newAPI(apiConfig{Service: admin.New(admin.Deps{})}).document()
}

func TestOpenAPI(t *testing.T) {
	got := documentOf(t)
	if *update {
		if err := os.WriteFile(openapiFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(openapiFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the program serves; write it anew: go test ./backend/gateway -run TestOpenAPI -update", openapiFile)
	}
}

// TestDocumentIsClosed follows every reference in the document.
func TestDocumentIsClosed(t *testing.T) {
	var doc struct {
		Components struct{ Schemas map[string]any }
	}
	raw := documentOf(t)
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(string(raw), `"$ref": "#/components/schemas/`) {
		name, _, _ := strings.Cut(part, `"`)
		if strings.HasPrefix(part, "{") {
			continue // what stands before the first reference
		}
		if doc.Components.Schemas[name] == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
	if strings.Contains(string(raw), "ErrorModel") {
		t.Error("the document names huma's own errors")
	}
}

// operationIDs lists what the HTTP door offers.
func operationIDs(a *api) []string {
	var ids []string
	for _, p := range a.huma.OpenAPI().Paths {
		for _, op := range operationsOf(p) {
			ids = append(ids, op.OperationID)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestBothDoors compares the HTTP door with the service: each of its methods is
// an operation, and the other way round.
func TestBothDoors(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	service := reflect.TypeFor[*admin.Service]()
	var want []string
	for i := range service.NumMethod() {
		want = append(want, kebab(service.Method(i).Name))
	}
	// One method lists a channel's accounts and all; events are no method, and a
	// user asks by another key.
	want = append(want, "list-channel-accounts", "stream-events", "find-me")
	slices.Sort(want)
	if got := operationIDs(newAPI(apiConfig{Service: admin.New(admin.Deps{})})); !slices.Equal(got, want) {
		t.Errorf("operations over HTTP:\n%q\nmethods of the service:\n%q", got, want)
	}
}

// kebab writes CreateChannel as create-channel.
func kebab(name string) string {
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('-')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}
