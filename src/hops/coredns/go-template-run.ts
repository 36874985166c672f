// The run of a Go template (text/template/exec.go, Go 1.20 to 1.26): pipelines, variables, control structures, with its error texts.
// Bounds of ours, not of Go's, beyond which a run is not modelled: steps, length of the output, depth.
import { goText, sortedKeys } from './go-format.ts'
import { goQuote } from './go-quote.ts'
import { TemplateFault, TemplateUnmodelled, type TemplateOptions } from './go-template-fault.ts'
import { nodeText, type Branch, type Command, type Node, type Operand, type Pipe } from './go-template-nodes.ts'
import type { Trees } from './go-template-parser.ts'
import { goBool, GoError, goInt, goString, indirect, isTrue, stringLength, typeOf, type GoMethod, type GoValue, type Parameter } from './go-value.ts'

/** The bound of steps. */
const MAX_STEPS = 50_000
/** The bound of characters written. */
const MAX_OUTPUT = 2 ** 16
/** The bound of templates inside of each other. */
const MAX_DEPTH = 60

export interface TemplateText {
  readonly name: string
  readonly text: string
  readonly trees: Trees
  readonly options: TemplateOptions
  /** Functions of the program's own. */
  readonly functions: ReadonlyMap<string, GoMethod>
  readonly builtIn: ReadonlyMap<string, GoMethod>
}

type Value = GoValue | undefined
/** No final argument: nothing came down the pipeline. */
const MISSING = Symbol('missing')
type Final = Value | typeof MISSING
type Leave = 'break' | 'continue' | undefined

interface Variable {
  readonly name: string
  value: Value
}

/** @throws TemplateFault, TemplateUnmodelled */
export function runTemplate(template: TemplateText, data: GoValue): string {
  const root = template.trees.get(template.name) as readonly Node[]
  const shared: Shared = { template, steps: 0, out: '' }
  new Run(shared, template.name, data, 0).list(data, root)
  return shared.out
}

interface Shared {
  readonly template: TemplateText
  steps: number
  out: string
}

class Run {
  private readonly shared: Shared
  private readonly name: string
  private readonly depth: number
  private variables: Variable[]
  /** Where an error is said to be. */
  private node!: Node | Operand | Command

  constructor(shared: Shared, name: string, dot: Value, depth: number) {
    this.shared = shared
    this.name = name
    this.depth = depth
    this.variables = [{ name: '$', value: dot }]
  }

  private at(node: Node | Operand | Command): void {
    this.node = node
    if (++this.shared.steps > MAX_STEPS) throw new TemplateUnmodelled('so long a run of a template is not modelled')
  }

  private fail(text: string): never {
    const { template } = this.shared
    const before = template.text.slice(0, this.node.at)
    const column = stringLength(before.slice(before.lastIndexOf('\n') + 1))
    const place = `${template.name}:${before.split('\n').length}:${column}`
    throw new TemplateFault(`template: ${place}: executing ${goQuote(this.name)} at <${this.shown(this.node)}>: ${text}`)
  }

  private shown(node: Node | Operand | Command): string {
    return nodeText(node, this.shared.template.options.minor)
  }

  private write(text: string): void {
    this.shared.out += text
    if (this.shared.out.length > MAX_OUTPUT) throw new TemplateUnmodelled('so long an output of a template is not modelled')
  }

  list(dot: Value, nodes: readonly Node[]): Leave {
    for (const node of nodes) {
      const leave = this.walk(dot, node)
      if (leave) return leave
    }
    return undefined
  }

  private walk(dot: Value, node: Node): Leave {
    this.at(node)
    switch (node.kind) {
      case 'text': this.write(node.text); return undefined
      case 'action': {
        const value = this.pipeline(dot, node.pipe)
        if (node.pipe.variables.length === 0) this.print(node, value)
        return undefined
      }
      case 'break': case 'continue': return node.kind
      case 'template': this.callTemplate(dot, node); return undefined
      case 'range': return this.range(dot, node)
      default: {
        const before = this.variables.length
        const value = this.pipeline(dot, node.pipe)
        const leave = isTrue(value) ? this.list(node.kind === 'with' ? value : dot, node.list) : node.otherwise && this.list(dot, node.otherwise)
        this.variables.length = before
        return leave
      }
    }
  }

  private print(node: Node, value: Value): void {
    this.at(node)
    this.write(value === undefined ? '<no value>' : goText(value))
  }

  private callTemplate(dot: Value, node: Extract<Node, { kind: 'template' }>): void {
    const tree = this.shared.template.trees.get(node.name)
    if (!tree) this.fail(`template ${goQuote(node.name)} not defined`)
    if (this.depth >= MAX_DEPTH) throw new TemplateUnmodelled('templates that call each other so deeply are not modelled')
    const inner = node.pipe && this.pipeline(dot, node.pipe)
    new Run(this.shared, node.name, inner, this.depth + 1).list(inner, tree)
  }

  private range(dot: Value, node: Branch): Leave {
    const before = this.variables.length
    const over = indirect(this.pipeline(dot, node.pipe))
    const mark = this.variables.length
    let ran = false
    for (const [index, element] of this.elements(over, node)) {
      ran = true
      this.assign(node.pipe, index, element)
      const leave = this.list(element, node.list)
      this.variables.length = mark
      if (leave === 'break') break
    }
    const leave = ran || !node.otherwise ? undefined : this.list(dot, node.otherwise)
    this.variables.length = before
    return leave
  }

  private* elements(over: Value, { pipe }: Branch): Generator<readonly [Value, Value]> {
    switch (over?.kind) {
      case undefined: case 'nil': return
      case 'slice':
        for (const [i, item] of over.items.entries()) yield* [[goInt(i), item] as const]
        return
      case 'map':
        for (const key of sortedKeys(over.entries)) yield* [[goString(key), over.entries.get(key)] as const]
        return
      case 'int': case 'uint':
        if (this.shared.template.options.minor < 24) break
        if (pipe.variables.length > 1) this.fail(`can't use ${over.value} to iterate over more than one variable`)
        for (let i = 0n; i < over.value; i++) {
          this.at(pipe)
          yield* [[undefined, { ...over, value: i }] as const]
        }
        return
    }
    return this.fail(`range can't iterate over ${(over?.kind === 'struct' ? over.plain?.() : undefined) ?? goText(over)}`)
  }

  /** With one variable it is the element, with two the index comes first. */
  private assign({ variables, assigns }: Pipe, index: Value, element: Value): void {
    const [first, second] = variables
    if (first === undefined) return
    if (assigns) {
      this.set(first, second === undefined ? element : index)
      if (second !== undefined) this.set(second, element)
      return
    }
    const top = this.variables.length - 1
    ;(this.variables[top] as Variable).value = element
    if (second !== undefined) (this.variables[top - 1] as Variable).value = index
  }

  private set(name: string, value: Value): void {
    const variable = this.variables.findLast(v => v.name === name)
    if (!variable) this.fail(`undefined variable: ${name}`)
    variable.value = value
  }

  private pipeline(dot: Value, pipe: Pipe): Value {
    this.at(pipe)
    let value: Final = MISSING
    for (const command of pipe.commands) value = this.command(dot, command, value)
    const last = value as Value
    const result = last?.kind === 'nil' ? undefined : last
    for (const name of pipe.variables) {
      if (pipe.assigns) this.set(name, result)
      else this.variables.push({ name, value: result })
    }
    return result
  }

  private command(dot: Value, { args }: Command, final: Final): Value {
    const first = args[0] as Operand
    switch (first.kind) {
      case 'field': return this.fields(dot, first, first.names, args, final)
      case 'chain': return this.chain(dot, first, args, final)
      case 'identifier': return this.functionCall(dot, first, args, final)
      case 'pipe':
        this.noArguments(args, final)
        return this.pipeline(dot, first)
      case 'variable': return this.variable(dot, first, args, final)
    }
    this.at(first)
    this.noArguments(args, final)
    if (first.kind === 'nil') this.fail('nil is not a command')
    return this.literal(dot, first)
  }

  private literal(dot: Value, operand: Operand): Value {
    switch (operand.kind) {
      case 'bool': return goBool(operand.value)
      case 'dot': return dot
      case 'string': return goString(operand.text)
      case 'number': return this.constant(operand)
      default: return undefined
    }
  }

  /** The form of a number gives its type. */
  private constant(operand: Extract<Operand, { kind: 'number' }>): Value {
    this.at(operand)
    const { text, forms } = operand
    const isHex = /^0[xX]/.test(text) && !/[pP]/.test(text)
    if (!isHex && !text.startsWith('\'') && /[.eEpP]/.test(text)) return { kind: 'float', value: forms.float }
    if (forms.int !== undefined) return goInt(forms.int)
    return this.fail(`${text} overflows int`)
  }

  private noArguments(args: readonly Operand[], final: Final): void {
    if (args.length > 1 || final !== MISSING) this.fail(`can't give argument to non-function ${this.shown(args[0] as Operand)}`)
  }

  private variable(dot: Value, node: Extract<Operand, { kind: 'field' | 'variable' }>, args: readonly Operand[], final: Final): Value {
    this.at(node)
    const [name = '', ...fields] = node.names
    const variable = this.variables.findLast(v => v.name === name)
    if (!variable) this.fail(`undefined variable: ${name}`)
    if (fields.length > 0) return this.fieldChain(dot, variable.value, node, fields, args, final)
    this.noArguments(args, final)
    return variable.value
  }

  private chain(dot: Value, node: Extract<Operand, { kind: 'chain' }>, args: readonly Operand[], final: Final): Value {
    this.at(node)
    if (node.of.kind === 'nil') this.fail(`indirection through explicit nil in ${this.shown(node)}`)
    return this.fieldChain(dot, this.argument(dot, undefined, node.of), node, node.fields, args, final)
  }

  private fields(dot: Value, node: Operand, names: readonly string[], args: readonly Operand[], final: Final): Value {
    this.at(node)
    return this.fieldChain(dot, dot, node, names, args, final)
  }

  private fieldChain(dot: Value, receiver: Value, node: Operand, names: readonly string[], args: readonly Operand[], final: Final): Value {
    let value = receiver
    for (const [i, name] of names.entries()) {
      const isLast = i === names.length - 1
      value = this.field(dot, name, node, isLast ? args : [], isLast ? final : MISSING, value)
    }
    return value
  }

  private field(dot: Value, name: string, node: Operand, args: readonly Operand[], final: Final, receiver: Value): Value {
    if (receiver === undefined || receiver.kind === 'nil') return undefined
    const inner = indirect(receiver) as GoValue
    const hasArguments = args.length > 1 || final !== MISSING
    if (inner.kind === 'struct') {
      const method = inner.methods?.get(name)
      if (method) return this.call(dot, method, node, name, args, final)
      if (inner.hidden?.has(name)) this.fail(`${name} is an unexported field of struct type ${typeOf(receiver)}`)
      const value = inner.field(name)
      if (value !== undefined && hasArguments) this.fail(`${name} has arguments but cannot be invoked as function`)
      if (value !== undefined) return value
    }
    if (inner.kind === 'map') {
      if (hasArguments) this.fail(`${name} is not a method but has arguments`)
      return inner.entries.get(name)
    }
    return this.fail(`can't evaluate field ${name} in type ${typeOf(receiver)}`)
  }

  private functionCall(dot: Value, node: Extract<Operand, { kind: 'identifier' }>, args: readonly Operand[], final: Final): Value {
    this.at(node)
    const { name } = node
    const own = this.shared.template.functions.get(name)
    if (own) return this.call(dot, own, { kind: 'command', at: node.at, args }, name, args, final)
    if (name === 'and' || name === 'or') return this.shortCircuit(dot, name, args, final)
    const method = this.shared.template.builtIn.get(name) ?? this.noFunction(args, final)
    return this.call(dot, method, { kind: 'command', at: node.at, args }, name, args, final)
  }

  /** `call`: no value of a template is a function. */
  private noFunction(args: readonly Operand[], final: Final): GoMethod {
    const callee = args[1] ? this.shown(args[1]) : final !== MISSING && final ? (final.kind === 'string' ? final.value : `<${typeOf(final)} Value>`) : ''
    const named = this.shared.template.options.minor >= 23 ? ` ${callee}` : ''
    return {
      parameters: ['value', 'value'], isVariadic: true,
      call: ([fn]) => {
        throw new GoError(fn === undefined || fn.kind === 'nil' ? 'call of nil' : `non-function${named} of type ${typeOf(fn)}`)
      },
    }
  }

  private shortCircuit(dot: Value, name: 'and' | 'or', args: readonly Operand[], final: Final): Value {
    const count = Math.max(args.length - 1, 0)
    if (count === 0 && final === MISSING) this.fail(`wrong number of args for ${name}: want at least 1 got ${count}`)
    let value: Value
    for (const arg of args.slice(1)) {
      value = this.argument(dot, 'value', arg)
      if (isTrue(value) === (name === 'or')) return value
    }
    return final === MISSING ? value : final
  }

  /** Arguments are checked against the parameters, then the function runs. */
  private call(dot: Value, method: GoMethod, node: Operand | Command, name: string, args: readonly Operand[], final: Final): Value {
    const given = args.slice(1)
    const count = given.length + (final === MISSING ? 0 : 1)
    const fixed = method.parameters.length - (method.isVariadic ? 1 : 0)
    if (method.isVariadic ? count < fixed : count !== fixed) {
      this.fail(`wrong number of args for ${name}: want ${method.isVariadic ? `at least ${fixed} got ${given.length}` : `${fixed} got ${count}`}`)
    }
    const parameter = (i: number): Parameter => method.parameters[Math.min(i, method.parameters.length - 1)] as Parameter
    const values = given.map((arg, i) => this.argument(dot, parameter(i), arg))
    if (final !== MISSING) values.push(this.fitting(final, parameter(count - 1)))
    try {
      return method.call(values)
    } catch (error) {
      if (!(error instanceof GoError)) throw error
      this.at(node)
      return this.fail(`error calling ${name}: ${error.message}`)
    }
  }

  /** `undefined` for a parameter: whatever it is. */
  private argument(dot: Value, parameter: Parameter | undefined, operand: Operand): Value {
    this.at(operand)
    switch (operand.kind) {
      case 'dot': return this.fitting(dot, parameter)
      case 'nil':
        if (parameter === 'string' || parameter === 'int') this.fail(`cannot assign nil to ${parameter}`)
        return parameter === 'any' ? { kind: 'nil' } : undefined
      case 'field': return this.fitting(this.fields(dot, operand, operand.names, [operand], MISSING), parameter)
      case 'variable': return this.fitting(this.variable(dot, operand, [], MISSING), parameter)
      case 'pipe': return this.fitting(this.pipeline(dot, operand), parameter)
      case 'identifier': return this.fitting(this.functionCall(dot, operand, [], MISSING), parameter)
      case 'chain': return this.fitting(this.chain(dot, operand, [], MISSING), parameter)
    }
    if (parameter === 'string' && operand.kind !== 'string') this.fail(`expected string; found ${this.shown(operand)}`)
    if (parameter === 'int') {
      if (operand.kind === 'number' && operand.forms.int !== undefined) return goInt(operand.forms.int)
      this.fail(`expected integer; found ${this.shown(operand)}`)
    }
    return this.literal(dot, operand)
  }

  private fitting(value: Value, parameter: Parameter | undefined): Value {
    if (parameter === undefined || parameter === 'value') return value
    if (parameter === 'any') return value ?? { kind: 'nil' }
    if (value === undefined) return this.fail(`invalid value; expected ${parameter}`)
    if (typeOf(value) !== parameter) this.fail(`wrong type for value; expected ${parameter}; got ${typeOf(value)}`)
    return value
  }
}
