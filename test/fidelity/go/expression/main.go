// Answers lines {"expression", "query"} with what the expression library makes of the text with the environment that CoreDNS gives it
// (plugin/pkg/expression/expression.go: the types of the functions are those there, because errors show them).
package main

import (
	"errors"
	"fmt"
	"net"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
)

type query struct {
	Type     string            `json:"type"`
	Name     string            `json:"name"`
	Class    string            `json:"class"`
	Proto    string            `json:"proto"`
	Size     int               `json:"size"`
	Client   string            `json:"client"`
	Port     string            `json:"port"`
	ID       int               `json:"id"`
	Opcode   int               `json:"opcode"`
	Do       bool              `json:"do"`
	Bufsize  int               `json:"bufsize"`
	Server   string            `json:"server"`
	Metadata map[string]string `json:"metadata"`
}

type question struct {
	Expression string `json:"expression"`
	Query      query  `json:"query"`
}

type answer struct {
	Expression string `json:"expression"`
	Query      query  `json:"query"`
	Compile    string `json:"compile,omitempty"`
	Type       string `json:"type,omitempty"`
	Stopped    bool   `json:"stopped,omitempty"`
	Value      string `json:"value,omitempty"`
}

func environment(q query) map[string]interface{} {
	return map[string]interface{}{
		"incidr": func(ipStr, cidrStr string) (bool, error) {
			ip := net.ParseIP(ipStr)
			if ip == nil {
				return false, errors.New("first argument is not an IP address")
			}
			_, cidr, err := net.ParseCIDR(cidrStr)
			if err != nil {
				return false, err
			}
			return cidr.Contains(ip), nil
		},
		"metadata":    func(label string) string { return q.Metadata[label] },
		"type":        func() string { return q.Type },
		"name":        func() string { return q.Name },
		"class":       func() string { return q.Class },
		"proto":       func() string { return q.Proto },
		"size":        func() int { return q.Size },
		"client_ip":   func() string { return q.Client },
		"port":        func() string { return q.Port },
		"id":          func() int { return q.ID },
		"opcode":      func() int { return q.Opcode },
		"do":          func() bool { return q.Do },
		"bufsize":     func() int { return q.Bufsize },
		"server_ip":   func() string { return q.Server },
		"server_port": func() string { return "53" },
	}
}

// shown spells a value so that its Go type can be told; keys are in the order of their spelling.
func shown(v reflect.Value) string {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "nil"
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.String:
		return strconv.QuoteToASCII(v.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fmt.Sprintf("%s(%d)", v.Type(), v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprintf("%s(%d)", v.Type(), v.Uint())
	case reflect.Float64:
		return "float64(" + strconv.FormatFloat(v.Float(), 'g', -1, 64) + ")"
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return v.Type().String() + "(nil)"
		}
		items := make([]string, v.Len())
		for i := range items {
			items[i] = shown(v.Index(i))
		}
		return v.Type().String() + "{" + strings.Join(items, ", ") + "}"
	case reflect.Map:
		if v.IsNil() {
			return v.Type().String() + "(nil)"
		}
		items := make([]string, 0, v.Len())
		for _, key := range v.MapKeys() {
			items = append(items, shown(key)+": "+shown(v.MapIndex(key)))
		}
		sort.Strings(items)
		return v.Type().String() + "{" + strings.Join(items, ", ") + "}"
	}
	return v.Type().String()
}

// typeOf gives what the newer library knows of what comes out; CoreDNS asks it for the variables of templates.
func typeOf(program interface{}) string {
	node := reflect.ValueOf(program).MethodByName("Node")
	if !node.IsValid() {
		return ""
	}
	of := node.Call(nil)[0].MethodByName("Type").Call(nil)[0]
	if of.IsNil() {
		return ""
	}
	return of.Interface().(reflect.Type).String()
}

func answered(q question) answer {
	a := answer{Expression: q.Expression, Query: q.Query}
	env := environment(q.Query)
	program, err := expr.Compile(q.Expression, expr.Env(env), expr.DisableBuiltin("type"))
	if err != nil {
		// Where the library panics, the rest of the text is a stack of this machine.
		a.Compile, _, _ = strings.Cut(err.Error(), "\ngoroutine ")
		return a
	}
	a.Type = typeOf(program)
	for i := 0; i < 8; i++ {
		value, err := expr.Run(program, env)
		if err != nil {
			a.Stopped = true
			return a
		}
		text := shown(reflect.ValueOf(value))
		if strings.Contains(q.Expression, "now(") || (i > 0 && text != a.Value) {
			// The clock, or the order of a map's keys.
			a.Value = "varies"
			return a
		}
		a.Value = text
	}
	return a
}

func main() { answerLines(answered) }
