import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { bytesToBigInt } from '@ethereumjs/util'
import { createMachinePark } from '../../src/chain/machine.ts'
import { heftKey } from '../../src/protocol/slots.ts'
import { address, code, common, createState, putSlot } from '../helpers/stateFixture.ts'

const OWNER = address(0xaa)
const blockHashes = () => undefined
/** SENTINEL_HEFT of the owner, returned: PUSH32 owner, 0x27, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN. */
const READ_HEFT = code(bytesToBigInt(OWNER.bytes), '275f5260205ff3')

async function stateWithHeft(heft: number) {
  const state = await createState()
  await putSlot(state, 'Heft', heftKey(OWNER), Uint8Array.of(heft))
  return state
}

describe('machines', () => {
  test('keep the storage opcodes when they move to another state', async () => {
    const machines = createMachinePark({ common })
    for (const heft of [7, 9]) {
      const state = await stateWithHeft(heft)
      const result = await machines.use({ state, blockHashes }, ({ evm }) =>
        evm.runCode({ code: READ_HEFT, gasLimit: 100_000n }),
      )
      assert.equal(bytesToBigInt(result.returnValue), BigInt(heft))
    }
  })

  test('of overlapping executions do not see each other', async () => {
    const machines = createMachinePark({ common })
    const hefts = Array.from({ length: 20 }, (_, i) => i + 1)
    const results = await Promise.all(
      hefts.map(async (heft) => {
        const state = await stateWithHeft(heft)
        return machines.use({ state, blockHashes }, async ({ evm }) => {
          await new Promise((resolve) => setImmediate(resolve))
          return evm.runCode({ code: READ_HEFT, gasLimit: 100_000n })
        })
      }),
    )
    assert.deepEqual(
      results.map(({ returnValue }) => Number(bytesToBigInt(returnValue))),
      hefts,
    )
  })

  test('are lent again, so that the rule set does not gather listeners', async () => {
    const machines = createMachinePark({ common })
    const state = await createState()
    const seen = new Set<unknown>()
    for (let i = 0; i < 50; i++) {
      await machines.use({ state, blockHashes }, async (machine) => seen.add(machine))
    }
    assert.equal(seen.size, 1)
  })

  test('whose work threw are not lent again', async () => {
    const machines = createMachinePark({ common })
    const state = await createState()
    let broken: unknown
    const failing = machines.use({ state, blockHashes }, async (machine) => {
      broken = machine
      throw new Error('cut short')
    })
    await assert.rejects(failing, /cut short/)
    await machines.use({ state, blockHashes }, async (machine) => assert.notEqual(machine, broken))
  })

  test('whose work threw leave nothing at the rule set that would keep them', async () => {
    const machines = createMachinePark({ common })
    const state = await createState()
    const before = common.events.listenerCount('hardforkChanged')
    for (let i = 0; i < 20; i++) {
      const failing = machines.use({ state, blockHashes }, async () => {
        throw new Error('cut short')
      })
      await assert.rejects(failing, /cut short/)
    }
    assert.equal(common.events.listenerCount('hardforkChanged'), before)
  })

  test('forget transient storage between executions', async () => {
    const machines = createMachinePark({ common })
    const state = await createState()
    const store = code('60015f5d00') // TSTORE(0, 1)
    const load = code('5f5c5f5260205ff3') // TLOAD(0)
    const at = { to: OWNER, gasLimit: 100_000n }
    await machines.use({ state, blockHashes }, ({ evm }) => evm.runCode({ code: store, ...at }))
    const { returnValue } = await machines.use({ state, blockHashes }, ({ evm }) =>
      evm.runCode({ code: load, ...at }),
    )
    assert.equal(bytesToBigInt(returnValue), 0n)
  })
})

test('every EthereumJS package is installed once, so that `instanceof` holds across them', () => {
  const lock = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
  ) as { packages: Record<string, { version?: string }> }
  const copies = Object.entries(lock.packages).filter(([path]) => path.includes('@ethereumjs/'))
  assert.ok(copies.length > 8)
  for (const [path] of copies) {
    assert.match(path, /^node_modules\/@ethereumjs\/[^/]+$/, `${path} is a second copy`)
  }
})
