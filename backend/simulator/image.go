package simulator

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

func imageRule() *rule {
	return object(
		field{"model", text()}, field{"prompt", text().filled().atMost(32_000).need()}, field{"n", integer(1, 10)},
		field{"size", text()}, field{"quality", oneOf("standard", "hd", "low", "medium", "high", "auto")},
		field{"response_format", oneOf("url", "b64_json")}, field{"style", oneOf("vivid", "natural")}, field{"user", text()},
		field{"background", oneOf("transparent", "opaque", "auto")}, field{"moderation", oneOf("low", "auto")},
		field{"output_format", oneOf("png", "jpeg", "webp")}, field{"output_compression", integer(0, 100)},
		field{"partial_images", integer(0, 3)}, field{"stream", boolean()}, field{"input_fidelity", oneOf("high", "low")},
	)
}

// images serves POST /v1/images/generations with pictures of one colour.
func (o *openAI) images(x *exchange) error {
	body, err := x.read(core.ProviderOpenAI, o.rules.image)
	if err != nil {
		return err
	}
	m, err := o.findModel(orWord(x.model, "dall-e-2"), useImage)
	if err != nil {
		return err
	}
	dalle := strings.HasPrefix(m.id, "dall-e")
	width, height, err := imageSize(body.Get("size").Str)
	switch {
	case err != nil:
		return err
	case body.Get("stream").Bool():
		return badRequest("stream", "unsupported_parameter", "Streaming of images is not supported here.")
	case !dalle && body.Get("response_format").Exists():
		return badRequest("response_format", "unknown_parameter", "Unknown parameter: 'response_format'.")
	case body.Get("output_format").Exists() && body.Get("output_format").Str != "png":
		return badRequest("output_format", "invalid_value", "Invalid value: '%s'. Supported values are: 'png'.", body.Get("output_format").Str)
	}
	prompt := body.Get("prompt").Str
	url := dalle && body.Get("response_format").Str != "b64_json"
	data := arr{}
	for i := range max(int(body.Get("n").Int()), 1) {
		seed := x.id("img-", 24, prompt, strconv.Itoa(i))
		entry := obj{{"b64_json", base64.StdEncoding.EncodeToString(x.sim.mint.picture(seed, width, height))}}
		if url {
			entry = obj{{"url", "http://" + x.r.Host + "/sim/images/" + seed + ".png"}}
		}
		if m.id == "dall-e-3" {
			entry = entry.with("revised_prompt", prompt)
		}
		data = append(data, entry)
	}
	out := obj{{"created", x.now().Unix()}, {"data", data}}
	if dalle {
		x.begin(llm.Usage{})
		return x.reply(out)
	}
	in, made := countTokens(prompt), 272*len(data)
	x.begin(llm.Usage{Input: int64(in), Output: int64(made)})
	usage := obj{{"input_tokens", in}, {"input_tokens_details", obj{{"image_tokens", 0}, {"text_tokens", in}}}, {"output_tokens", made}, {"total_tokens", in + made}}
	return x.reply(out.with("background", "opaque").with("output_format", "png").with("quality", "low").with("size", strconv.Itoa(width)+"x"+strconv.Itoa(height)).with("usage", usage))
}

func imageSize(size string) (width, height int, err error) {
	switch size {
	case "", "auto":
		return 1024, 1024, nil
	case "256x256", "512x512", "1024x1024", "1024x1536", "1536x1024", "1024x1792", "1792x1024":
		w, h, _ := strings.Cut(size, "x")
		width, _ = strconv.Atoi(w)
		height, _ = strconv.Atoi(h)
		return width, height, nil
	}
	return 0, 0, badRequest("size", "invalid_value", "Invalid value: '%s'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.", size)
}

// picture is a PNG of one colour, which seed decides.
func (m mint) picture(seed string, width, height int) []byte {
	s := m.sum("picture", seed)
	one := color.Palette{color.RGBA{s[0], s[1], s[2], 255}}
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewPaletted(image.Rect(0, 0, width, height), one)); err != nil {
		panic("simulator: encoding a picture in memory: " + err.Error())
	}
	return out.Bytes()
}
