package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
)

// httpOnly are the operations of the HTTP API that the window has by other
// means: Wails' events, ListAccounts with the id of a channel, and FindUser.
func httpOnly() []string { return []string{"StreamEvents", "ListChannelAccounts", "FindMe"} }

// TestDoorsOfferTheSameOperations holds the window's methods, the service's
// methods and the operations of the HTTP API against each other.
func TestDoorsOfferTheSameOperations(t *testing.T) {
	service := methods(reflect.TypeFor[*admin.Service]())
	if window := methods(reflect.TypeFor[*App]()); !slices.Equal(window, service) {
		t.Errorf("the window offers %s", difference(window, service))
	}
	overHTTP := slices.DeleteFunc(operations(t), func(id string) bool { return slices.Contains(httpOnly(), id) })
	if !slices.Equal(overHTTP, service) {
		t.Errorf("the HTTP API offers %s", difference(overHTTP, service))
	}
}

// TestMethodsTakeWhatTheServiceTakes: the window's method is the service's
// without the context. What the service writes as a file, the window saves, and
// tells where.
func TestMethodsTakeWhatTheServiceTakes(t *testing.T) {
	service := reflect.TypeFor[*admin.Service]()
	for method := range reflect.TypeFor[*App]().Methods() {
		want, ok := service.MethodByName(method.Name)
		if !ok {
			continue // reported above
		}
		got, wanted := signature(method.Type, 1), signature(want.Type, 2)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s: %v, want %v", method.Name, got, wanted)
		}
	}
}

// signature lists the types of a method from its input number first on.
func signature(f reflect.Type, first int) []reflect.Type {
	var types []reflect.Type
	for i := first; i < f.NumIn(); i++ {
		if f.In(i) == reflect.TypeFor[io.Reader]() {
			continue // the window opens a file itself
		}
		types = append(types, f.In(i))
	}
	for out := range f.Outs() {
		if out == reflect.TypeFor[admin.Download]() {
			out = reflect.TypeFor[string]()
		}
		types = append(types, out)
	}
	return types
}

func methods(t reflect.Type) []string {
	var names []string
	for m := range t.Methods() {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}

// operations reads the ids from the OpenAPI document of a running program:
// "list-channels" is ListChannels.
func operations(t *testing.T) []string {
	t.Helper()
	const key = "an-admin-key-for-this-test"
	hub, err := app.New(t.Context(), app.Config{
		DatabasePath: t.TempDir(), AdminKey: key, Port: -1, Quiet: true, Assets: os.DirFS(t.TempDir()),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := hub.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	if err := hub.StartGateway(t.Context()); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, hub.Gateway().URL+"/api/openapi.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Admin-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&document); err != nil {
		t.Fatalf("%s: %v", resp.Status, err)
	}
	var names []string
	for _, path := range document.Paths {
		for _, o := range path {
			names = append(names, camel(o.OperationID))
		}
	}
	slices.Sort(names)
	return names
}

func camel(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func difference(got, want []string) string {
	extra := slices.DeleteFunc(slices.Clone(got), func(s string) bool { return slices.Contains(want, s) })
	missing := slices.DeleteFunc(slices.Clone(want), func(s string) bool { return slices.Contains(got, s) })
	return "too much: " + strings.Join(extra, " ") + "; too little: " + strings.Join(missing, " ")
}
