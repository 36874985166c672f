// Answers lines {"pattern", "texts"} with what package regexp makes of them.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
)

type question struct {
	Pattern string   `json:"pattern"`
	Texts   []string `json:"texts"`
}

type answer struct {
	Pattern string     `json:"pattern"`
	Texts   []string   `json:"texts"`
	Error   string     `json:"error,omitempty"`
	Names   []string   `json:"names,omitempty"`
	Matches [][]string `json:"matches,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(err)
		}
		a := answer{Pattern: q.Pattern, Texts: q.Texts}
		if re, err := regexp.Compile(q.Pattern); err != nil {
			a.Error = err.Error()
		} else {
			a.Names = re.SubexpNames()
			for _, text := range q.Texts {
				a.Matches = append(a.Matches, re.FindStringSubmatch(text))
			}
		}
		if err := out.Encode(a); err != nil {
			panic(err)
		}
	}
}
