package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/tidwall/gjson"
)

// The bounds of a responseStore.
const (
	mostResponses     = 256
	mostResponseBytes = 16 << 20
)

// storedResponse is a response that a later request may refer to.
type storedResponse struct {
	account, id string
	whole       string // the response object
	items       string // input and output as one JSON list
}

// responseStore keeps the last responses of all accounts; the oldest go first.
type responseStore struct {
	mu    sync.Mutex
	kept  []*storedResponse
	bytes int
}

func newResponseStore() *responseStore { return &responseStore{} }

func (s *responseStore) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept, s.bytes = nil, 0
}

func (s *responseStore) put(r *storedResponse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, r)
	s.bytes += r.size()
	for len(s.kept) > mostResponses || s.bytes > mostResponseBytes {
		s.bytes -= s.kept[0].size()
		s.kept = s.kept[1:]
	}
}

func (r *storedResponse) size() int { return len(r.whole) + len(r.items) }

func (s *responseStore) find(account, id string) *storedResponse {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.kept {
		if r.account == account && r.id == id {
			return r
		}
	}
	return nil
}

func (s *responseStore) remove(account, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.kept {
		if r.account == account && r.id == id {
			s.bytes -= r.size()
			s.kept = append(s.kept[:i:i], s.kept[i+1:]...)
			return true
		}
	}
	return false
}

// item returns an item of any stored response of an account.
func (s *responseStore) item(account, id string) (found gjson.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.kept {
		if r.account != account {
			continue
		}
		gjson.Parse(r.items).ForEach(func(_, item gjson.Result) bool {
			if item.Get("id").Str == id {
				found = item
			}
			return !found.Exists()
		})
	}
	return found
}

func (s *responseStore) hasItem(account, id string) bool {
	return id != "" && s.item(account, id).Exists()
}

// keep stores a finished response unless the client wants it forgotten.
func (o *openAI) keep(x *exchange, q *responseRequest, whole obj, output arr) {
	if !q.store {
		return
	}
	items := arr{}
	for _, item := range q.items {
		items = append(items, raw(item.Raw))
	}
	o.sim.responses.put(&storedResponse{account: x.account.id, id: q.id, whole: string(encode(whole)), items: string(encode(append(items, output...)))})
}

// gather lists the input items, with those of the response before and with
// references resolved.
func (o *openAI) gather(x *exchange, q *responseRequest) error {
	if id := q.body.Get("previous_response_id").Str; id != "" {
		before := o.sim.responses.find(x.account.id, id)
		if before == nil {
			return badRequest("previous_response_id", "previous_response_not_found", "Previous response with id '%s' not found.", id)
		}
		q.items = gjson.Parse(before.items).Array()
	}
	input := q.body.Get("input")
	if input.Type == gjson.String {
		q.items = append(q.items, gjson.ParseBytes(encode(obj{{"role", "user"}, {"content", input.Str}})))
		return nil
	}
	for i, item := range input.Array() {
		if itemType(item) == "item_reference" {
			id := item.Get("id").Str
			if item = o.sim.responses.item(x.account.id, id); !item.Exists() {
				return &refusal{status: http.StatusNotFound, param: "input[" + strconv.Itoa(i) + "].id", message: fmt.Sprintf("Item with id '%s' not found.", id)}
			}
		}
		q.items = append(q.items, item)
	}
	return nil
}

// stored serves GET and DELETE /v1/responses/{id}.
func (o *openAI) stored(x *exchange, id string) error {
	r := o.sim.responses.find(x.account.id, id)
	if r == nil {
		return &refusal{status: http.StatusNotFound, message: fmt.Sprintf("Response with id '%s' not found.", id)}
	}
	switch x.r.Method {
	case http.MethodGet:
		return x.reply(raw(r.whole))
	case http.MethodDelete:
		o.sim.responses.remove(x.account.id, id)
		return x.reply(obj{{"id", id}, {"object", "response"}, {"deleted", true}})
	}
	return o.wrongMethod(x)
}
