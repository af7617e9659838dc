package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math"
	"mime"
	"mime/multipart"
	"slices"
	"strconv"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

func speechRule() *rule {
	return object(
		field{"model", text().filled().need()}, field{"input", text().filled().atMost(4096).need()},
		field{"voice", either(text(), anyObject()).need()}, field{"instructions", text()},
		field{"response_format", oneOf("mp3", "wav", "pcm")}, // of OpenAI's, those made here
		field{"speed", number(0.25, 4)}, field{"stream_format", oneOf("sse", "audio")},
	)
}

// speech serves POST /v1/audio/speech: a hum as long as the text would take.
// Of OpenAI's formats it makes mp3 (silent), wav and pcm.
func (o *openAI) speech(x *exchange) error {
	body, err := x.read(core.ProviderOpenAI, o.rules.speech)
	if err != nil {
		return err
	}
	m, err := o.findModel(x.model, useSpeech)
	if err != nil {
		return err
	}
	in := countTokens(body.Get("input").Str)
	seconds := float64(in) / 3
	out := int(seconds * 20)
	sound, contentType := makeSound(body.Get("response_format").Str, seconds)
	x.begin(llm.Usage{Input: int64(in), Output: int64(out)})
	if body.Get("stream_format").Str != "sse" {
		return x.replyBytes(contentType, sound)
	}
	if m.id == "tts-1" || m.id == "tts-1-hd" {
		return badRequest("stream_format", "unsupported_value", "Unsupported value: 'stream_format' does not support 'sse' with this model.")
	}
	return o.streamSpeech(x, sound, in, out)
}

func (o *openAI) streamSpeech(x *exchange, sound []byte, in, out int) error {
	const piece = 16 << 10
	s, err := x.stream("text/event-stream; charset=utf-8")
	for from := 0; err == nil && from < len(sound); from += piece {
		part := sound[from:min(from+piece, len(sound))]
		err = s.chunk(sse("", encode(obj{{"type", "speech.audio.delta"}, {"audio", base64.StdEncoding.EncodeToString(part)}})), 1)
	}
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return s.fail(err, func(r *refusal) []byte { return sse("", encode(obj{{"type", "error"}, {"error", openAIError(r)}})) })
	}
	usage := obj{{"input_tokens", in}, {"output_tokens", out}, {"total_tokens", in + out}}
	return s.frame(sse("", encode(obj{{"type", "speech.audio.done"}, {"usage", usage}})))
}

// makeSound returns a sound of some seconds and its content type.
func makeSound(format string, seconds float64) ([]byte, string) {
	switch format {
	case "wav":
		pcm := hum(seconds)
		return append(waveHeader(len(pcm)), pcm...), "audio/wav"
	case "pcm":
		return hum(seconds), "audio/pcm"
	}
	return silentMP3(seconds), "audio/mpeg"
}

const sampleRate = 24_000

// hum is 16 bit mono at 24 kHz.
func hum(seconds float64) []byte {
	n := int(seconds * sampleRate)
	b := make([]byte, 0, 2*n)
	for i := range n {
		v := int16(3000 * math.Sin(2*math.Pi*220*float64(i)/sampleRate))
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func waveHeader(size int) []byte {
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(36+size))...)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, sampleRate)
	b = binary.LittleEndian.AppendUint32(b, 2*sampleRate)
	b = append(b, "\x02\x00\x10\x00data"...)
	return binary.LittleEndian.AppendUint32(b, uint32(size))
}

// silentMP3 is a row of empty MPEG 1 layer III frames: 128 kbit/s at 44.1 kHz.
func silentMP3(seconds float64) []byte {
	const frame, perSecond = 417, 44_100.0 / 1152
	empty := make([]byte, frame)
	copy(empty, []byte{0xFF, 0xFB, 0x90, 0x64})
	return bytes.Repeat(empty, int(seconds*perSecond)+1)
}

// transcriptions serves POST /v1/audio/transcriptions, a multipart form.
func (o *openAI) transcriptions(x *exchange) error {
	form, file, err := x.form()
	if err != nil {
		return err
	}
	value := func(name string) string {
		if v := form.Value[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	if err := x.admit(core.ProviderOpenAI, value("model")); err != nil {
		return err
	}
	m, err := o.findModel(x.model, useTranscript)
	if err != nil {
		return err
	}
	if len(file) == 0 {
		return badRequest("file", "missing_required_parameter", "Missing required parameter: 'file'.")
	}
	if f := value("response_format"); !slices.Contains([]string{"", "json", "text", "srt", "vtt", "verbose_json"}, f) {
		return badRequest("response_format", "invalid_value", "Invalid value: '%s'. Supported values are: 'json', 'text', 'srt', 'verbose_json', and 'vtt'.", f)
	}
	said := o.sim.engine.english.prose(x.sim.mint.random("transcript", string(file)), "the recording")
	if value("stream") == "true" && m.id != "whisper-1" {
		return o.streamTranscript(x, said, len(file))
	}
	return x.transcript(value("response_format"), m, said, len(file))
}

// form parses the body as a form with a file.
func (x *exchange) form() (*multipart.Form, []byte, error) {
	bad := badRequest("", "", "Could not parse multipart form")
	kind, params, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, nil, bad
	}
	form, err := multipart.NewReader(bytes.NewReader(x.body), params["boundary"]).ReadForm(x.dialect.bodyLimit())
	if err != nil {
		return nil, nil, bad
	}
	if len(form.File["file"]) == 0 {
		return form, nil, nil
	}
	f, err := form.File["file"][0].Open()
	if err != nil {
		return nil, nil, bad
	}
	defer f.Close()
	var file bytes.Buffer
	if _, err := file.ReadFrom(f); err != nil {
		return nil, nil, bad
	}
	return form, file.Bytes(), nil
}

// secondsOf guesses the length of a sound from its size.
func secondsOf(size int) int { return size/16_000 + 1 }

// heardUsage is the usage of a transcript.
func heardUsage(size int, said string) llm.Usage {
	return llm.Usage{Input: int64(secondsOf(size) * 10), Output: int64(countTokens(said))}
}

func transcriptUsage(u llm.Usage) obj {
	return obj{
		{"type", "tokens"},
		{"total_tokens", u.Total()},
		{"input_tokens", u.Input},
		{"input_token_details", obj{{"text_tokens", 0}, {"audio_tokens", u.Input}}},
		{"output_tokens", u.Output},
	}
}

func (x *exchange) transcript(format string, m *model, said string, size int) error {
	u, seconds := heardUsage(size, said), secondsOf(size)
	usage := transcriptUsage(u)
	if m.id == "whisper-1" {
		usage, u = obj{{"type", "duration"}, {"seconds", seconds}}, llm.Usage{}
	}
	x.begin(u)
	clock := "00:00:" + strconv.Itoa(100 + seconds%60)[1:]
	switch format {
	case "", "json":
		return x.reply(obj{{"text", said}, {"usage", usage}})
	case "text":
		return x.replyBytes("text/plain; charset=utf-8", []byte(said+"\n"))
	case "srt":
		return x.replyBytes("text/plain; charset=utf-8", []byte("1\n00:00:00,000 --> "+clock+",000\n"+said+"\n\n"))
	case "vtt":
		return x.replyBytes("text/vtt; charset=utf-8", []byte("WEBVTT\n\n00:00:00.000 --> "+clock+".000\n"+said+"\n\n"))
	}
	segment := obj{
		{"id", 0},
		{"seek", 0},
		{"start", 0},
		{"end", seconds},
		{"text", said},
		{"tokens", arr{}},
		{"temperature", 0},
		{"avg_logprob", -0.2},
		{"compression_ratio", 1.1},
		{"no_speech_prob", 0.01},
	}
	return x.reply(obj{{"task", "transcribe"}, {"language", "english"}, {"duration", seconds}, {"text", said}, {"segments", arr{segment}}, {"usage", usage}})
}

func (o *openAI) streamTranscript(x *exchange, said string, size int) error {
	x.begin(heardUsage(size, said))
	s, err := x.stream("text/event-stream; charset=utf-8")
	for _, piece := range splitTokens(said, 1) {
		if err == nil {
			err = s.chunk(sse("", encode(obj{{"type", "transcript.text.delta"}, {"delta", piece}})), 1)
		}
	}
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return s.fail(err, func(r *refusal) []byte { return sse("", encode(obj{{"type", "error"}, {"error", openAIError(r)}})) })
	}
	return s.frame(sse("", encode(obj{{"type", "transcript.text.done"}, {"text", said}, {"usage", transcriptUsage(x.usage)}})))
}
