// Methods of the types of package time, without those that change what they are called on: Go 1.21 (CoreDNS 1.11.3) to 1.26.
import { goType, type Type } from './expression-types.ts'

const METHODS: Readonly<Record<string, readonly string[]>> = {
  'time.Time': [
    'Add(time.Duration) time.Time', 'AddDate(int, int, int) time.Time', 'After(time.Time) bool', 'AppendFormat([]uint8, string) []uint8', 'Before(time.Time) bool', 'Clock() (int, int, int)',
    'Compare(time.Time) int', 'Date() (int, time.Month, int)', 'Day() int', 'Equal(time.Time) bool', 'Format(string) string', 'GoString() string', 'GobEncode() ([]uint8, error)', 'Hour() int',
    'ISOWeek() (int, int)', 'In(*time.Location) time.Time', 'IsDST() bool', 'IsZero() bool', 'Local() time.Time', 'Location() *time.Location', 'MarshalBinary() ([]uint8, error)',
    'MarshalJSON() ([]uint8, error)', 'MarshalText() ([]uint8, error)', 'Minute() int', 'Month() time.Month', 'Nanosecond() int', 'Round(time.Duration) time.Time', 'Second() int', 'String() string',
    'Sub(time.Time) time.Duration', 'Truncate(time.Duration) time.Time', 'UTC() time.Time', 'Unix() int64', 'UnixMicro() int64', 'UnixMilli() int64', 'UnixNano() int64', 'Weekday() time.Weekday',
    'Year() int', 'YearDay() int', 'Zone() (string, int)', 'ZoneBounds() (time.Time, time.Time)',
  ],
  'time.Duration': [
    'Abs() time.Duration', 'Hours() float64', 'Microseconds() int64', 'Milliseconds() int64', 'Minutes() float64', 'Nanoseconds() int64', 'Round(time.Duration) time.Duration',
    'Seconds() float64', 'String() string', 'Truncate(time.Duration) time.Duration',
  ],
  'time.Month': ['String() string'], 'time.Weekday': ['String() string'], '*time.Location': ['String() string'],
}
/** Since Go 1.24. */
const MODERN_METHODS = ['AppendBinary([]uint8) ([]uint8, error)', 'AppendText([]uint8) ([]uint8, error)']
/** The older library sees fields that no other package may read. */
const OLD_FIELDS: Readonly<Record<string, string>> = { wall: 'uint64', ext: 'int64', loc: '*time.Location' }

export function methodOf(type: Type, name: string, modern: boolean): Type | undefined {
  const methods = [...METHODS[type.name] ?? [], ...modern && type.name === 'time.Time' ? MODERN_METHODS : []]
  const found = methods.find(method => method.startsWith(`${name}(`))
  if (found === undefined) return undefined
  const rest = found.slice(name.length + 1)
  return { ...goType(`func(${type.name}${rest.startsWith(')') ? '' : ', '}${rest}`), isMethod: true }
}

export const fieldOf = (type: Type, name: string, modern: boolean): Type | undefined =>
  (!modern && type.name === 'time.Time' && OLD_FIELDS[name] !== undefined ? goType(OLD_FIELDS[name]) : undefined)
