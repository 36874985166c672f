import { expect, test } from 'vitest'
import { refusalOf } from '../../../test/support/one-coredns.ts'

test('autopath refuses a plugin of the block that has no search path, by its name', () => {
  expect(refusalOf('1.11.3', '. {\n autopath @cache\n cache\n}\n')).toBe('plugin/autopath: cache does not implement the AutoPather interface')
})
