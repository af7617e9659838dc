package relay

import (
	"context"
	"net/url"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// inline downloads what the request names by URL when the upstream takes bytes
// only. It returns the request itself when there is nothing to do, else a copy.
func (x *exchange) inline(ctx context.Context, req *llm.Request, p llm.Protocol) (*llm.Request, *llm.Error) {
	if p != llm.Gemini && p != llm.Kiro || x.Fetch == nil || !hasURL(req, p) {
		return req, nil
	}
	out := *req
	out.Turns = make([]llm.Turn, len(req.Turns))
	for i, t := range req.Turns {
		var err *llm.Error
		if t.Blocks, err = x.inlineBlocks(ctx, t.Blocks, p); err != nil {
			return nil, err
		}
		out.Turns[i] = t
	}
	return &out, nil
}

func hasURL(req *llm.Request, p llm.Protocol) bool {
	for i := range req.Turns {
		if blocksHaveURL(req.Turns[i].Blocks, p) {
			return true
		}
	}
	return false
}

func blocksHaveURL(blocks []llm.Block, p llm.Protocol) bool {
	for i := range blocks {
		if b := &blocks[i]; needsBytes(b.Media, p) || b.Result != nil && blocksHaveURL(b.Result.Blocks, p) {
			return true
		}
	}
	return false
}

// needsBytes reports whether a file must be downloaded: Google's own URLs are
// known to Gemini, everything else is not.
func needsBytes(m *llm.Media, p llm.Protocol) bool {
	if m == nil || m.Data != "" || m.URL == "" {
		return false
	}
	u, err := url.Parse(m.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	host := u.Hostname()
	isGoogle := strings.HasSuffix(host, "googleapis.com") || strings.HasSuffix(host, "youtube.com") || host == "youtu.be"
	return p != llm.Gemini || !isGoogle
}

func (x *exchange) inlineBlocks(ctx context.Context, blocks []llm.Block, p llm.Protocol) ([]llm.Block, *llm.Error) {
	if !blocksHaveURL(blocks, p) {
		return blocks, nil
	}
	out := make([]llm.Block, len(blocks))
	for i, b := range blocks {
		if b.Result != nil {
			inner, err := x.inlineBlocks(ctx, b.Result.Blocks, p)
			if err != nil {
				return nil, err
			}
			result := *b.Result
			result.Blocks, b.Result = inner, &result
		}
		if needsBytes(b.Media, p) {
			file, err := x.Fetch.Get(ctx, b.Media.URL)
			if err != nil {
				return nil, &llm.Error{Kind: llm.InvalidRequest, Param: "url", Message: text(err)}
			}
			media := *b.Media
			media.URL, media.Data = "", file.Data
			if media.MIME = protocol.SniffMIME(file.Data); media.MIME == "" {
				media.MIME = file.MIME
			}
			b.Media = &media
		}
		out[i] = b
	}
	return out, nil
}
