package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// newAdmin returns the handler of the simulator's own paths, which no provider
// has:
//
//	GET    /sim/stats          what was counted (Stats)
//	GET    /sim/requests       the last requests (list of Recorded), ?after=SEQ
//	GET    /sim/faults         the faults in force (list of Fault)
//	POST   /sim/faults         put a Fault in force
//	DELETE /sim/faults         end all faults
//	DELETE /sim/faults/{id}    end one
//	POST   /sim/reset          forget everything
//	GET    /sim/images/{name}  a picture that an image model made
//	       /sim/kiro/...       the simulated Kiro (see addKiroAdmin)
func newAdmin(s *Simulator) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sim/stats", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.Stats()) })
	mux.HandleFunc("GET /sim/requests", s.serveRequests)
	mux.HandleFunc("GET /sim/faults", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.Faults()) })
	mux.HandleFunc("POST /sim/faults", s.serveAddFault)
	mux.HandleFunc("DELETE /sim/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE /sim/faults/{id}", func(w http.ResponseWriter, r *http.Request) {
		if err := s.DeleteFault(r.PathValue("id")); err != nil {
			writeError(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /sim/reset", func(w http.ResponseWriter, _ *http.Request) {
		s.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /sim/images/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		// A client that leaves while it downloads a picture is nobody's loss.
		_, _ = w.Write(s.mint.picture(strings.TrimSuffix(r.PathValue("name"), ".png"), 1024, 1024))
	})
	addKiroAdmin(mux, s)
	return mux
}

func (s *Simulator) serveRequests(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	kept := []Recorded{}
	for _, one := range s.Requests() {
		if one.Seq > after {
			kept = append(kept, one)
		}
	}
	writeJSON(w, http.StatusOK, kept)
}

func (s *Simulator) serveAddFault(w http.ResponseWriter, r *http.Request) {
	const limit = 1 << 20
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	dec.DisallowUnknownFields()
	var f Fault
	if err := dec.Decode(&f); err != nil {
		writeError(w, core.Errorf(core.CodeInvalid, "the body is no fault: %v", err))
		return
	}
	f, err := s.AddFault(f)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, f)
}

func writeError(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if core.CodeOf(err) == core.CodeNotFound {
		status = http.StatusNotFound
	}
	writeJSON(w, status, obj{{"code", string(core.CodeOf(err))}, {"message", err.Error()}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The status is out; a client that has left misses nothing.
	_, _ = w.Write(append(encode(v), '\n'))
}
