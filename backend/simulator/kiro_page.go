package simulator

import (
	_ "embed"
	"html/template"
	"net/http"

	"github.com/aihub/aihub/backend/core"
)

//go:embed page/kiro_device.html
var kiroPageText string

// kiroPageData is what the page shows: a code to decide about, or that it was,
// or a field for a code.
type kiroPageData struct {
	Code, Program, Kind string
	Accounts            []KiroAccount // that can allow it
	Done, Problem       string
}

// serveKiroPage is where a person with a browser allows or denies a sign-in.
func (s *Simulator) serveKiroPage(w http.ResponseWriter, r *http.Request) {
	status, data := http.StatusOK, kiroPageData{}
	if r.Method == http.MethodPost {
		status, data = s.decideByForm(r)
	} else if code := r.URL.Query().Get("user_code"); code != "" {
		if data = s.directory.page(code); data.Code == "" {
			status = http.StatusNotFound
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	w.WriteHeader(status)
	// The status is out; a browser that has left misses nothing.
	_ = template.Must(template.New("page").Parse(kiroPageText)).Execute(w, data)
}

func (s *Simulator) decideByForm(r *http.Request) (int, kiroPageData) {
	by := KiroDecision{Decision: r.FormValue("decision"), Account: r.FormValue("account")}
	c, err := s.DecideKiroCode(r.FormValue("user_code"), by)
	switch {
	case core.CodeOf(err) == core.CodeNotFound:
		return http.StatusNotFound, kiroPageData{Problem: err.Error()}
	case err != nil:
		return http.StatusBadRequest, kiroPageData{Problem: err.Error()}
	case c.State == string(codeAllowed):
		return http.StatusOK, kiroPageData{Done: "Request approved"}
	}
	return http.StatusOK, kiroPageData{Done: "Request denied"}
}

// page is what to show about a code that a person typed or followed.
func (d *kiroDirectory) page(code string) kiroPageData {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.byUser(code)
	if c == nil {
		return kiroPageData{Problem: "There is no sign-in with this code."}
	}
	d.age(c)
	if c.state != codePending {
		return kiroPageData{Problem: "The sign-in with this code is " + string(c.state) + "."}
	}
	data := kiroPageData{Code: c.user, Program: c.program, Kind: kindTitle(c.kind)}
	for _, a := range d.accounts {
		if c.fits(a) {
			data.Accounts = append(data.Accounts, a.public())
		}
	}
	return data
}

// kindTitle names a kind of account for people.
func kindTitle(k KiroKind) string {
	return map[KiroKind]string{
		KiroBuilderID: "Builder ID", KiroIdentityCenter: "Identity Center", KiroGoogle: "Google", KiroGitHub: "GitHub",
	}[k]
}
