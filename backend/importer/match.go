package importer

import "github.com/aihub/aihub/backend/core"

// match gives accounts the client registrations and profiles that lie in other
// files: by the hash in the token file, or when there is only one.
func (r *reader) match() {
	waiting, plainKiro := 0, -1
	for i := range r.entries {
		e := &r.entries[i]
		if e.hash == "" || e.Reason != "" {
			continue
		}
		waiting, plainKiro = waiting+1, i
		if r.Provider == "" || r.Provider == core.ProviderKiro { // else the channel is wrong for all of them
			r.register(e)
		}
	}
	if waiting == 1 && len(r.profiles) == 1 {
		if c := &r.entries[plainKiro].Credential; c.ProfileARN == "" {
			c.ProfileARN = r.profiles[0]
		}
	}
	for _, reg := range r.registrations {
		if !reg.used && waiting == 0 {
			e := reg.place
			e.refuse(ReasonNeedsToken)
			r.add(e)
		}
	}
}

func (r *reader) register(e *Entry) {
	reg := r.registrationOf(e.hash)
	switch {
	case reg == nil:
		e.refuse(ReasonNeedsRegistration, e.hash+".json")
		return
	case expired(reg.ends, r.Now):
		e.refuse(ReasonRegistrationOver)
	}
	reg.used = true
	e.Credential.ClientID, e.Credential.ClientSecret = reg.id, reg.secret
}

func (r *reader) registrationOf(hash string) *registration {
	for i := range r.registrations {
		if r.registrations[i].file == hash {
			return &r.registrations[i]
		}
	}
	if len(r.registrations) == 1 {
		return &r.registrations[0]
	}
	return nil
}

// IsRegistration reports whether a file is a client registration.
func IsRegistration(content []byte) bool {
	text, ok := decode(content)
	if !ok || !isJSON(text) {
		return false
	}
	d := (&reader{}).newDoc(Source{}, text)
	d.readJSON()
	return len(d.registrations) == 1 && len(d.entries) == 0
}
