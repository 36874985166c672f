// Answers lines {"pattern", "texts"} with what package regexp makes of them.
package main

import "regexp"

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

func answered(q question) answer {
	a := answer{Pattern: q.Pattern, Texts: q.Texts}
	re, err := regexp.Compile(q.Pattern)
	if err != nil {
		a.Error = err.Error()
		return a
	}
	a.Names = re.SubexpNames()
	for _, text := range q.Texts {
		a.Matches = append(a.Matches, re.FindStringSubmatch(text))
	}
	return a
}

func main() { answerLines(answered) }
