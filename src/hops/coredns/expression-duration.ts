// time.Duration in expressions: what its methods give.
import { fitting } from './expression-run.ts'
import { methodOf } from './expression-time-types.ts'
import { goType, type Type } from './expression-types.ts'
import { isTyped, stop, typed, type Typed, type Value } from './expression-value.ts'
import { durationTextNs } from './go-duration.ts'

const [MICRO, MILLI, SECOND, MINUTE, HOUR] = [1000n, 1_000_000n, 1_000_000_000n, 60_000_000_000n, 3_600_000_000_000n]
const LARGEST = 2n ** 63n - 1n
const SMALLEST = -LARGEST - 1n
const DURATION = 'time.Duration'

/** Whole units and the rest of one are divided apart. */
const inUnits = (ns: bigint, unit: bigint): number => Number(ns / unit) + Number(ns % unit) / Number(unit)

const METHODS: Readonly<Record<string, (ns: bigint, other: bigint) => Value>> = {
  Hours: ns => inUnits(ns, HOUR),
  Minutes: ns => inUnits(ns, MINUTE),
  Seconds: ns => inUnits(ns, SECOND),
  Milliseconds: ns => typed('int64', ns / MILLI),
  Microseconds: ns => typed('int64', ns / MICRO),
  Nanoseconds: ns => typed('int64', ns),
  String: durationTextNs,
  Abs: ns => typed(DURATION, ns >= 0n ? ns : ns === SMALLEST ? LARGEST : -ns),
  Truncate: (ns, unit) => typed(DURATION, unit <= 0n ? ns : ns - ns % unit),
  Round: (ns, unit) => typed(DURATION, unit <= 0n ? ns : rounded(ns, unit)),
}

/** Half away from zero. */
function rounded(ns: bigint, unit: bigint): bigint {
  const rest = ns < 0n ? -(ns % unit) : ns % unit
  const whole = ns < 0n ? ns + rest : ns - rest
  if (rest + rest < unit) return whole
  const next = ns < 0n ? whole - unit : whole + unit
  return next > LARGEST ? LARGEST : next < SMALLEST ? SMALLEST : next
}

export function durationMethod(base: Typed, name: string, modern: boolean): Value {
  const type = methodOf(goType(base.type), name, modern)
  if (!type) return stop(`cannot fetch ${name} from ${base.type}`)
  const call = METHODS[name] as (ns: bigint, other: bigint) => Value
  return {
    kind: 'func', type: bound(type),
    call: args => {
      const [other = null] = fitting(type, args, modern)
      return call(base.value, isTyped(other) ? other.value : 0n)
    },
  }
}

/** Its type without what it is a method of. */
const bound = ({ takes = [], gives = [] }: Type): string => `func(${takes.slice(1).map(t => t.name).join(', ')}) ${gives.map(t => t.name).join(', ')}`
