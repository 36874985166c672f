// Answers lines {"text", "data"} with what package text/template makes of the text for data of the shape that CoreDNS's template plugin has.
package main

import (
	"strconv"
	"strings"
	"text/template"
)

type data struct {
	Zone  string            `json:"zone"`
	Name  string            `json:"name"`
	Match []string          `json:"match"`
	Group map[string]string `json:"group"`
	Type  string            `json:"type"`
	Meta  map[string]string `json:"meta"`
}

// Question has the fields of dns.Question.
type Question struct {
	Name   string
	Qtype  uint16
	Qclass uint16
}

func (q *Question) String() string { return ";" + q.Name + "\tIN\t A" }

type templateData struct {
	Zone     string
	Name     string
	Regex    string
	Match    []string
	Group    map[string]string
	Class    string
	Type     string
	Question *Question
	Remote   string
	md       map[string]string
}

func (d *templateData) Meta(label string) string { return d.md[label] }

type question struct {
	Text string `json:"text"`
	Data data   `json:"data"`
}

type answer struct {
	Text   string `json:"text"`
	Data   data   `json:"data"`
	Parse  string `json:"parse,omitempty"`
	Error  string `json:"error,omitempty"`
	Output string `json:"output"`
}

// named gives the types the names they have in CoreDNS.
func named(text string) string {
	return strings.NewReplacer("main.Question", "dns.Question", "main.templateData", "template.templateData").Replace(text)
}

func answered(q question) answer {
	a := answer{Text: q.Text, Data: q.Data}
	t, err := template.New("answer").Funcs(template.FuncMap{"parseInt": strconv.ParseUint}).Parse(q.Text)
	if err != nil {
		a.Parse = named(err.Error())
		return a
	}
	var b strings.Builder
	match := make([]string, len(q.Data.Match))
	copy(match, q.Data.Match)
	d := &templateData{Zone: q.Data.Zone, Name: q.Data.Name, Regex: ".*", Match: match, Group: q.Data.Group, Class: "IN", Type: q.Data.Type,
		Question: &Question{q.Data.Name, 1, 1}, Remote: "127.0.0.1", md: q.Data.Meta}
	if err := t.Execute(&b, d); err != nil {
		a.Error = named(err.Error())
	} else {
		a.Output = named(b.String())
	}
	return a
}

func main() { answerLines(answered) }
