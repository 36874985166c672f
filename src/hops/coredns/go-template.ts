// Go's text/template as CoreDNS's `template` uses it: parsed once (go-template-parser.ts), run for each reply (go-template-run.ts). CoreDNS
// 1.9.3 is built with Go 1.20, 1.11.3 with 1.21, 1.14.7 and 1.15.0 with 1.26.
import { TemplateFault, TemplateUnmodelled } from './go-template-fault.ts'
import { templateFunctions } from './go-template-functions.ts'
import { parseTemplate } from './go-template-parser.ts'
import { runTemplate } from './go-template-run.ts'
import type { GoMethod, GoValue } from './go-value.ts'

export type TemplateResult =
  | { readonly text: string }
  | { readonly error: string }
  | { readonly unmodelled: string }

export interface GoTemplate {
  readonly run: (data: GoValue) => TemplateResult
}

/** The bound of what is read. */
const MAX_TEXT = 2 ** 16
/** Built-in functions that go-template-run.ts has itself. */
const RUN_BY_ITSELF = ['and', 'or', 'call']

export function compileGoTemplate(name: string, text: string, functions: ReadonlyMap<string, GoMethod>, minor: number): GoTemplate | Exclude<TemplateResult, { text: string }> {
  if (text.length > MAX_TEXT) return { unmodelled: 'so long a template is not modelled' }
  const builtIn = templateFunctions(minor)
  const options = { minor, functions: new Set([...functions.keys(), ...builtIn.keys(), ...RUN_BY_ITSELF]) }
  const parsed = guarded(() => parseTemplate(name, text, options))
  if ('failed' in parsed) return parsed.failed
  const template = { name, text, trees: parsed.value, options, functions, builtIn }
  return {
    run: data => {
      const ran = guarded(() => runTemplate(template, data))
      return 'failed' in ran ? ran.failed : { text: ran.value }
    },
  }
}

function guarded<T>(work: () => T): { readonly value: T } | { readonly failed: { readonly error: string } | { readonly unmodelled: string } } {
  try {
    return { value: work() }
  } catch (fault) {
    if (fault instanceof TemplateFault) return { failed: { error: fault.message } }
    if (fault instanceof TemplateUnmodelled) return { failed: { unmodelled: fault.message } }
    throw fault
  }
}
