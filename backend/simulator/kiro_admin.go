package simulator

import (
	"encoding/json"
	"net/http"

	"github.com/aihub/aihub/backend/core"
)

// addKiroAdmin adds the paths by which tests and people arrange the simulated
// Kiro; the package's documentation lists them.
func addKiroAdmin(mux *http.ServeMux, s *Simulator) {
	mux.HandleFunc("GET /sim/kiro/accounts", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.KiroAccounts()) })
	mux.HandleFunc("POST /sim/kiro/accounts", s.serveAddKiro)
	mux.HandleFunc("PATCH /sim/kiro/accounts/{id}", s.serveChangeKiro)
	mux.HandleFunc("POST /sim/kiro/accounts/{id}/expire/{what}", func(w http.ResponseWriter, r *http.Request) {
		if err := s.ExpireKiro(r.PathValue("id"), r.PathValue("what")); err != nil {
			writeError(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /sim/kiro/tokens", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.KiroTokens()) })
	mux.HandleFunc("GET /sim/kiro/codes", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.KiroCodes()) })
	mux.HandleFunc("POST /sim/kiro/codes/{code}", func(w http.ResponseWriter, r *http.Request) {
		var by KiroDecision
		answerWith(w, r, &by, func() (any, error) { return s.DecideKiroCode(r.PathValue("code"), by) })
	})
	mux.HandleFunc("GET /sim/kiro/settings", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.directory.set()) })
	mux.HandleFunc("PUT /sim/kiro/settings", func(w http.ResponseWriter, r *http.Request) {
		var to KiroSettings
		answerWith(w, r, &to, func() (any, error) { s.SetKiro(to); return to, nil })
	})
}

func (s *Simulator) serveAddKiro(w http.ResponseWriter, r *http.Request) {
	var a KiroAccount
	answerWith(w, r, &a, func() (any, error) {
		kept, cred, err := s.AddKiroAccount(a)
		return obj{{"account", kept}, {"credential", cred}}, err
	})
}

// serveChangeKiro takes an account with the fields to change.
func (s *Simulator) serveChangeKiro(w http.ResponseWriter, r *http.Request) {
	var fields json.RawMessage
	answerWith(w, r, &fields, func() (any, error) {
		var bad error
		kept, err := s.directory.change(r.PathValue("id"), func(a *KiroAccount) {
			changed := *a
			if bad = json.Unmarshal(fields, &changed); bad != nil {
				bad = core.Errorf(core.CodeInvalid, "the body is no account: %v", bad)
			} else if bad = changed.check(); bad == nil {
				changed.ID, changed.Kind, changed.APIKey = a.ID, a.Kind, a.APIKey
				*a = changed
			}
		})
		if err == nil {
			err = bad
		}
		return kept, err
	})
}

// answerWith reads the body into in and answers with what do returns.
func answerWith(w http.ResponseWriter, r *http.Request, in any, do func() (any, error)) {
	const limit = 1 << 20
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	dec.DisallowUnknownFields()
	if err := dec.Decode(in); err != nil {
		writeError(w, core.Errorf(core.CodeInvalid, "the body cannot be read: %v", err))
		return
	}
	out, err := do()
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, out)
}
