import { expect, test } from 'vitest'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

test('up to 1.9.3 the line is a format of Printf itself: a percent sign of the name shows', () => {
  const line = (version: string): string => {
    const server = oneCoredns(version, '. {\n log . "{name}"\n}\n')
    server.ask({ name: '%.test.' })
    return server.lines().join()
  }
  expect(['1.9.3', '1.9.4'].map(line)).toEqual(['[INFO] %!t(MISSING)est.', '[INFO] %.test.'])
})
