package openai

import (
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// failureIn reads the error of an answer that came with status 200: as the
// member error, or as vLLM's {"object":"error"}. The code may be the status
// that the error should have had.
func failureIn(v gjson.Result) *llm.Error {
	err := v.Get("error")
	body := v.Raw
	switch {
	case err.IsObject(), err.Type == gjson.String && err.Str != "":
	case v.Get("object").Str == "error":
		body = `{"error":` + v.Raw + `}`
	default:
		return nil
	}
	return protocol.OpenAIError(0, []byte(body))
}

// eventError reads an event that is named error.
func eventError(data []byte) *llm.Error {
	v := gjson.ParseBytes(data)
	if e := failureIn(v); e != nil {
		return e
	}
	return protocol.OpenAIError(0, []byte(`{"error":`+string(protocol.AppendString(nil, eventText(v, data)))+`}`))
}

func eventText(v gjson.Result, data []byte) string {
	if text := v.Get("message").Str; v.IsObject() && text != "" {
		return text
	}
	return string(data)
}
