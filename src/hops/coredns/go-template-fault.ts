// How a Go template ends early: with an error of the real engine, or at a bound or a feature that is not modelled here.

export class TemplateFault extends Error {}

export class TemplateUnmodelled extends Error {}

/** Of text/template in two releases. */
export interface TemplateOptions {
  /** Go 1.<minor>. */
  readonly minor: number
  /** Of all functions. */
  readonly functions: ReadonlySet<string>
}
