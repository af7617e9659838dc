package kiro

import (
	"fmt"
	"net/http"
	"runtime"

	"github.com/aihub/aihub/backend/core"
)

// agent is the word by which the service knows a program that it is compatible
// with, and the one that says who really asks.
func (p *Provider) agent() string {
	return fmt.Sprintf("KiroIDE-%s-%s AiHub/%s", p.ClientVersion(), p.Installation, p.Version)
}

// header makes the header of one try. api names the service, invocation the
// call that all its tries belong to.
func (p *Provider) header(ch *core.Channel, a *core.Account, api, invocation string, try int) (http.Header, error) {
	agent := p.agent()
	h := http.Header{
		"User-Agent":            {fmt.Sprintf("ua/2.1 os/%s lang/go api/%s#1.0.0 %s", runtime.GOOS, api, agent)},
		"X-Amz-User-Agent":      {agent},
		"Amz-Sdk-Invocation-Id": {invocation},
		"Amz-Sdk-Request":       {fmt.Sprintf("attempt=%d; max=%d", try, maxTries)},
	}
	if err := p.Sign(h, a.Credential); err != nil {
		return nil, err
	}
	for name, value := range ch.Headers {
		h.Set(name, value)
	}
	return h, nil
}

// content sets what tells the form of a request.
func (w way) content(h http.Header, target string) {
	switch w.Form {
	case formTarget, formOldTarget:
		h.Set("Content-Type", "application/x-amz-json-1.0")
		h.Set("X-Amz-Target", target)
	default:
		h.Set("Content-Type", "application/json")
	}
}
