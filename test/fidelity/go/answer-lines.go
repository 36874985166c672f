// What all recorders share; record-go.ts puts it beside the main.go of each.
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

// answerLines answers each line of the input, a question, with a line.
func answerLines[Question, Answer any](answered func(Question) Answer) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var q Question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(err)
		}
		if err := out.Encode(answered(q)); err != nil {
			panic(err)
		}
	}
}
