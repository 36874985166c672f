// unicode.IsSpace of Go. JavaScript's `\s` has the same set but for NEL (in Go's) and the byte order mark (in JavaScript's).
export const isGoSpace = (char: string): boolean => char === '\u0085' || (char !== '\ufeff' && /\s/.test(char))
