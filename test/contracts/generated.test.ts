import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { GENERATED, renderGenerated } from '../../scripts/buildContracts.ts'
import { readSources } from '../../scripts/compileContracts.ts'
import { SYSTEM_CONTRACTS } from '../../src/protocol/addresses.ts'
import { SYSTEM_CONTRACT_ARTIFACTS } from '../../src/protocol/systemContracts.ts'

const MAX_CODE_BYTES = 24_576

test('the generated files are what the contracts compile to', () => {
  const rendered = renderGenerated()
  for (const [path, text] of rendered) {
    const stored = readFileSync(GENERATED + path, 'utf8')
    assert.ok(stored === text, `${path} is stale: run npm run contracts`)
  }
  const stored = readdirSync(GENERATED, { recursive: true, encoding: 'utf8' })
  const files = stored.filter((path) => path.endsWith('.ts'))
  assert.deepEqual(files.sort(), [...rendered.keys()].sort())
})

test('every system contract names in its source the address it stands at', () => {
  const sources = readSources()
  const addresses = sources['contracts/system/SystemAddresses.sol']!
  for (const [name, address] of Object.entries(SYSTEM_CONTRACTS)) {
    const file = name === 'StorageView' ? 'IStorageView' : name
    const source = sources[`contracts/system/${file}.sol`]!
    assert.ok(source.includes(`@custom:predeploy ${address}`), `${name} says another address`)
    const constant = name.replace(/(?<=.)([A-Z])/g, '_$1').toUpperCase()
    assert.ok(addresses.includes(`${constant} = ${address};`), `SystemAddresses lacks ${name}`)
  }
})

test('every function, event and error of a system contract is documented', () => {
  const sources = readSources()
  for (const [path, source] of Object.entries(sources)) {
    if (!path.startsWith('contracts/system/')) continue
    const lines = source.split('\n')
    for (const [index, line] of lines.entries()) {
      const isOutside = /^ {4}error |^ {4}function \w+\(.*/.test(line) && !/function _/.test(line)
      if (!isOutside) continue
      assert.match(lines[index - 1] ?? '', /^ {4}\/\/\/ /, `${path}: ${line.trim()}`)
    }
  }
})

test('every system contract fits the size limit of code and has no constructor state', () => {
  for (const [name, { runtimeBytecode, abi }] of Object.entries(SYSTEM_CONTRACT_ARTIFACTS)) {
    assert.ok((runtimeBytecode.length - 2) / 2 <= MAX_CODE_BYTES, `${name} is too large`)
    const types = (abi as readonly { type: string }[]).map(({ type }) => type)
    assert.ok(!types.includes('constructor'), `${name} has a constructor`)
  }
})
