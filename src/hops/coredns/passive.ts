// Plugins that change no answer, with the reason. They are passed over; everything else is modelled or said to be unmodelled.

const REASONS: ReadonlyMap<string, string> = new Map([
  ['bind', 'chooses the addresses listened on; the server looks at that'],
  ['cancel', 'a time limit that the plugins behind it look at (cancel.ts)'],
  ['debug', 'debug.ts: debug lines on, the guard against panics off'],
  ['dnstap', 'copies messages to a socket'],
  ['geoip', 'adds metadata only'],
  ['grpc_server', 'other transport'],
  ['health', 'HTTP; its lameduck time matters when the process ends'],
  ['https', 'other transport'],
  ['https3', 'other transport'],
  ['metadata', 'values for log formats and views'],
  ['multisocket', 'more sockets for the same blocks'],
  ['on', 'runs a program when the server starts or stops'],
  ['pprof', 'HTTP'],
  ['prometheus', 'counts'],
  ['proxyproto', 'other transport'],
  ['quic', 'other transport'],
  ['ready', 'HTTP; decides when the Service sends queries here'],
  ['reload', 'another configuration later, not another answer now'],
  ['root', 'directory of zone files'],
  ['shed', 'drops queries of a flood only'],
  ['timeouts', 'of the client side of connections'],
  ['tls', 'certificate of other transports'],
  ['trace', 'copies timings to a collector'],
  ['transfer', 'answers AXFR only'],
])

export const isHarmless = (plugin: string): boolean => REASONS.has(plugin)
