package importer

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite", without cgo

	"github.com/aihub/aihub/backend/core"
)

const (
	sqliteMagic = "SQLite format 3\x00"
	// queryTime bounds the reading of a database that was uploaded.
	queryTime = 10 * time.Second
)

// Database is what kiro-cli keeps of its sign-ins.
type Database struct {
	Auth  map[string]string // rows of auth_kv: JSON by key
	State map[string]string // rows of state: JSON by key
}

// openDatabase reads the sign-ins in a database of kiro-cli.
func (r *reader) openDatabase(s Source) {
	db, err := readImage(r.ctx, s.Content)
	if err != nil {
		r.unreadable(s, "it is no database of kiro-cli, or it is damaged")
		return
	}
	r.addDatabase(s, db)
}

// readImage opens a database in memory: no file is written, and nothing in it
// may call anything.
func readImage(ctx context.Context, image []byte) (*Database, error) {
	image = slices.Clone(image)
	if len(image) > 20 {
		// The file's own log is not there, so the database is opened as one that
		// has none.
		image[18], image[19] = 1, 1
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		c, ok := driver.(interface{ Deserialize(b []byte) error })
		if !ok {
			return errors.New("the driver reads no images")
		}
		return c.Deserialize(image)
	})
	if err != nil {
		return nil, err
	}
	return ReadDatabase(ctx, conn)
}

// querier is a database or one connection to it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// ReadDatabase reads the rows in which kiro-cli (and Amazon Q before it) keeps
// sign-ins. It fails when there is no such table.
func ReadDatabase(ctx context.Context, q querier) (*Database, error) {
	for _, pragma := range []string{"PRAGMA trusted_schema=OFF", "PRAGMA query_only=ON", "PRAGMA cell_size_check=ON"} {
		if _, err := q.ExecContext(ctx, pragma); err != nil {
			return nil, err
		}
	}
	out := &Database{}
	var err error
	if out.Auth, err = pairs(ctx, q, "auth_kv"); err != nil {
		return nil, err
	}
	// An old database has no state.
	out.State, _ = pairs(ctx, q, "state")
	return out, nil
}

// pairs reads a table of keys and values; a view of that name is none.
func pairs(ctx context.Context, q querier, table string) (map[string]string, error) {
	rows, err := q.QueryContext(ctx,
		`SELECT key, CAST(value AS TEXT) FROM `+table+` WHERE (SELECT type FROM sqlite_master WHERE name = '`+table+`') = 'table' AND length(value) < 65536 LIMIT 1000`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, err
		}
		out[key] = value
	}
	return out, rows.Err()
}

// tokenRows are the keys under which tokens lie, and the client registration
// that belongs to each.
func tokenRows() [][2]string {
	return [][2]string{
		{"kirocli:odic:token", "kirocli:odic:device-registration"},
		{"kirocli:social:token", ""},
		{"kirocli:external-idp:token", ""},
		{"codewhisperer:odic:token", "codewhisperer:odic:device-registration"},
	}
}

// addDatabase adds the sign-ins of a database.
func (r *reader) addDatabase(s Source, db *Database) {
	before := len(r.entries)
	for i, row := range tokenRows() {
		token := db.Auth[row[0]]
		if token == "" {
			continue
		}
		d := r.newDoc(s, token)
		d.base = i
		rec, ok := d.record(value{raw: json.RawMessage(token)}.members())
		client, fits := d.record(value{raw: json.RawMessage(db.Auth[row[1]])}.members())
		if !ok || !fits || !rec.secretive() {
			continue
		}
		db.complete(row[0], rec, client)
		d.source.Origin.Key = row[0]
		if d.source.Origin.Kind == "" {
			d.source.Origin = core.CredentialSource{}
		}
		e := d.entryAt(1)
		e.Name = "kiro-cli (" + rec.wayIn() + ")"
		if client[fClient] == "" && strings.Contains(row[0], ":odic:") {
			e.refuse(ReasonNeedsLogin)
		}
		d.addKiro(e, rec)
	}
	if len(r.entries) == before {
		r.unreadable(s, "nobody is signed in to kiro-cli in it")
	}
}

// complete adds to a token what the database keeps beside it.
func (db *Database) complete(key string, rec, client record) {
	rec[fClient], rec[fClientSec] = rec.first(fClient), client[fClientSec]
	if id := client[fClient]; id != "" {
		rec[fClient] = id
	}
	rec[fClientEnds] = client[fClientEnds]
	switch {
	case strings.Contains(key, ":social:"):
		rec[fMethod] = core.AuthSocial
	case strings.Contains(key, ":external-idp:"):
		rec[fMethod] = core.AuthExternalIDP
	default:
		rec[fMethod] = core.AuthIDC
		rec[fStartURL] = first(rec[fStartURL], db.State["auth.idc.start-url"])
		rec[fRegion] = first(rec[fRegion], client[fRegion], db.State["auth.idc.region"])
	}
	var profile struct {
		ARN string `json:"arn"`
	}
	// The profile is that of the sign-in that the newer program uses.
	legacy := strings.HasPrefix(key, "codewhisperer:") && db.Auth["kirocli:odic:token"] != ""
	if !legacy && json.Unmarshal([]byte(db.State["api.codewhisperer.profile"]), &profile) == nil && rec[fProfile] == "" {
		rec[fProfile] = profile.ARN
	}
}

// first returns the first text that says something; a value of the state table
// is JSON.
func first(texts ...string) string {
	for _, t := range texts {
		if t = strings.Trim(t, `"`); t != "" {
			return t
		}
	}
	return ""
}
