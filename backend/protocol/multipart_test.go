package protocol

import (
	"bytes"
	"mime/multipart"
	"testing"
)

func TestInspectForm(t *testing.T) {
	tests := []struct {
		name   string
		fields [][2]string
		want   Head
		param  string // of the error
	}{
		{"plain", [][2]string{{"model", "m"}, {"stream", "true"}, {"prompt", "a"}}, Head{Model: "m", Stream: true}, ""},
		{"twice what nobody reads", [][2]string{{"model", "m"}, {"x", "1"}, {"x", "2"}}, Head{Model: "m"}, ""},
		{"two models", [][2]string{{"model", "m"}, {"model", "n"}}, Head{}, "model"},
		{"an empty model first", [][2]string{{"model", ""}, {"model", "n"}}, Head{}, "model"},
		{"two streams", [][2]string{{"stream", "false"}, {"model", "m"}, {"stream", "true"}}, Head{}, "stream"},
		{"a control character", [][2]string{{"model", "m\x00"}}, Head{}, "model"},
		{"no model", [][2]string{{"stream", "true"}}, Head{}, "model"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var buf bytes.Buffer
			w := multipart.NewWriter(&buf)
			for _, f := range tt.fields {
				if err := w.WriteField(f[0], f[1]); err != nil {
					t.Fatal(err)
				}
			}
			w.Close()
			got, err := InspectForm(w.FormDataContentType(), buf.Bytes())
			switch {
			case tt.param != "":
				if err == nil || err.Param != tt.param {
					t.Errorf("error %v, want one about %s", err, tt.param)
				}
			case err != nil:
				t.Error(err)
			case got.Model != tt.want.Model || got.Stream != tt.want.Stream || string(got.ModelAt.Of(buf.Bytes())) != tt.want.Model:
				t.Errorf("got %+v", got)
			}
		})
	}
}
