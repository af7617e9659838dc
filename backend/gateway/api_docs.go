package gateway

import (
	"bytes"
	_ "embed" // the page's template
	"encoding/json"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

//go:embed docs.html
var docsTemplate string

// docsPolicy lets the page load nothing at all: its style is inside it.
const docsPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mountDocs serves the OpenAPI document and a page that shows it. Both say only
// what the project's own documentation says, so they need no key.
func (a *api) mountDocs() {
	document, page := a.document(), a.docsPage()
	a.engine.GET("/api/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", document) })
	a.engine.GET("/api/docs", func(c *gin.Context) {
		c.Header("Content-Security-Policy", docsPolicy)
		c.Data(http.StatusOK, "text/html; charset=utf-8", page)
	})
}

// document is the OpenAPI document as it is served.
func (a *api) document() []byte {
	raw, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		panic(err) // it is made of this package's own types
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		panic(err)
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// docsPage renders the document on the server: the page needs no script.
func (a *api) docsPage() []byte {
	t := template.Must(template.New("docs").Parse(docsTemplate))
	var out bytes.Buffer
	if err := t.Execute(&out, a.docsView()); err != nil {
		panic(err) // the template and its data are both of this package
	}
	return out.Bytes()
}

type docsView struct {
	Title, Description string
	Tags               []docsTag
	Schemas            []docsSchema
}

type docsTag struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Body string
	Params                          []docsField
	Answers                         []docsField
}

type docsSchema struct {
	Name   string
	Fields []docsField
}

type docsField struct {
	Name, Type, Note string
	Link             string // the schema that the type names
	Required         bool
}

func (a *api) docsView() docsView {
	doc := a.huma.OpenAPI()
	v := docsView{Title: doc.Info.Title, Description: doc.Info.Description}
	byTag := map[string][]docsOperation{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, op := range operationsOf(doc.Paths[path]) {
			byTag[op.Tags[0]] = append(byTag[op.Tags[0]], docsOf(op))
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		v.Tags = append(v.Tags, docsTag{Name: tag, Operations: byTag[tag]})
	}
	schemas := doc.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		v.Schemas = append(v.Schemas, docsSchema{Name: name, Fields: docsFields(schemas[name])})
	}
	return v
}

func operationsOf(p *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{p.Get, p.Post, p.Put, p.Delete},
		func(op *huma.Operation) bool { return op == nil })
}

func docsOf(op *huma.Operation) docsOperation {
	out := docsOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary}
	for _, p := range op.Parameters {
		f := docsField{Name: p.Name, Note: p.In, Required: p.Required}
		f.Type, f.Link = docsType(p.Schema)
		if p.Description != "" {
			f.Note += ": " + p.Description
		}
		out.Params = append(out.Params, f)
	}
	if op.RequestBody != nil {
		out.Body = strings.Join(slices.Sorted(maps.Keys(op.RequestBody.Content)), ", ")
		if m := op.RequestBody.Content["application/json"]; m != nil {
			f := docsField{Name: "body", Note: out.Body, Required: op.RequestBody.Required}
			f.Type, f.Link = docsType(m.Schema)
			out.Params = append(out.Params, f)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		f := docsField{Name: status, Note: op.Responses[status].Description}
		for _, m := range op.Responses[status].Content {
			f.Type, f.Link = docsType(m.Schema)
		}
		out.Answers = append(out.Answers, f)
	}
	return out
}

func docsFields(s *huma.Schema) []docsField {
	var out []docsField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		f := docsField{Name: name, Note: p.Description, Required: slices.Contains(s.Required, name)}
		f.Type, f.Link = docsType(p)
		out = append(out, f)
	}
	return out
}

// docsType names the type of a schema, and the schema to link to.
func docsType(s *huma.Schema) (name, link string) {
	switch {
	case s == nil:
		return "", ""
	case s.Ref != "":
		link = s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return link, link
	case len(s.AnyOf) > 0:
		name, link = docsType(s.AnyOf[0])
		return name + " or null", link
	case s.Items != nil:
		name, link = docsType(s.Items)
		return "list of " + name, link
	case len(s.Enum) > 0:
		return docsEnum(s.Enum), ""
	case s.Type == huma.TypeObject:
		if of, ok := s.AdditionalProperties.(*huma.Schema); ok {
			name, link = docsType(of)
			return "map of " + name, link
		}
	case s.Type == "":
		return "anything", ""
	}
	if s.Format == "date-time" {
		return "time", ""
	}
	return s.Type, ""
}

func docsEnum(values []any) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i], _ = v.(string)
	}
	return strings.Join(names, " | ")
}
