package core

// Candidate is a channel that can serve a request, and the name under which its
// upstream knows the model.
type Candidate struct {
	Channel *Channel
	Model   string
}
