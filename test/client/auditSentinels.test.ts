import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { concatBytes, equalsBytes } from '@ethereumjs/util'
import { drawSentinels } from '../../src/client/audit/drawSentinels.ts'
import { openSentinelBook } from '../../src/client/audit/sentinelBook.ts'
import {
  deriveSentinelGroups,
  groupsRoot,
  isCommitmentTo,
  revealGroup,
} from '../../src/client/escalation/sentinelGroups.ts'
import { keccak256 } from '../../src/crypto/keccak.ts'
import { createReplicaLayout, LEAF_BYTES } from '../../src/protocol/replicaLayout.ts'
import { shardInMemory } from '../../src/spor/leaves.ts'
import { createReplicaSecrets } from '../../src/spor/replicaSecrets.ts'
import { locateSentinel } from '../../src/spor/sentinel.ts'
import { setUpReplica } from '../../src/spor/setup.ts'
import { groupsRootOf, revealOf } from '../helpers/sentinelGroups.ts'
import { patternBytes } from './network.ts'

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte)

async function replicaOf(shardBytes: number, nonce = 3) {
  const shard = patternBytes(shardBytes)
  const secrets = await createReplicaSecrets(
    { sealKey: filled(32, 1), permutationKey: filled(32, 2), sentinelKey: filled(32, 3) },
    { shardId: filled(32, 4), farmer: filled(20, 5), nonce: filled(32, nonce) },
  )
  const windows: Uint8Array[] = []
  await setUpReplica({
    shard: shardInMemory(shard),
    secrets,
    onWindow: ({ bytes }) => void windows.push(bytes.slice()),
  })
  const leaves = concatBytes(...windows)
  const leafAt = (index: number) => leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)
  return { own: { layout: createReplicaLayout(shardBytes), secrets }, leafAt }
}

describe('sentinels for private audits', () => {
  const layout = createReplicaLayout(100_000)

  test('are every second one, each once before any comes again', () => {
    const asked = new Set<number>()
    for (const expected of [20, 12, 0]) {
      const { numbers, freshCount } = drawSentinels(layout, asked, 20)
      assert.equal(new Set(numbers).size, 20)
      assert.equal(freshCount, expected)
      assert.ok(numbers.every((number) => number % 2 === 0 && number < layout.sentinels))
      assert.ok(numbers.slice(0, freshCount).every((number) => !asked.has(number)))
      for (const number of numbers) asked.add(number)
    }
  })

  test('are as many as there are, when more are wanted', () => {
    const { numbers } = drawSentinels(layout, new Set(), 64)
    assert.equal(numbers.length, layout.sentinels / 2)
  })

  test('are remembered by a book that a broken disk only empties', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'genaro-audit-'))
    t.after(() => rm(directory, { recursive: true }))
    const book = await openSentinelBook({ directory }, 'file')
    book.note('0x01', [2, 4, 6])
    book.forget('0x01', [4])
    await book.save()
    const again = await openSentinelBook({ directory }, 'file')
    assert.deepEqual([...again.asked('0x01')], [2, 6])
    for (const text of ['', '[', 'null', '{"0x01":7}', '{"0x01":["a"]}']) {
      await writeFile(join(directory, 'audits', 'file.json'), text)
      assert.equal((await openSentinelBook({ directory }, 'file')).asked('0x01').size, 0)
    }
  })
})

describe('sentinel groups', () => {
  test('are of the replica’s own leaves, ascending, and disjoint', async () => {
    for (const shardBytes of [1, 100_000, 3_000_000]) {
      const { own, leafAt } = await replicaOf(shardBytes)
      const groups = await deriveSentinelGroups(own)
      assert.equal(groups.length, 4)
      const all = groups.flatMap(({ positions }) => positions)
      assert.equal(new Set(all).size, 32)
      for (const { positions, digest } of groups) {
        assert.deepEqual(
          positions,
          positions.toSorted((one, other) => one - other),
        )
        assert.ok(equalsBytes(digest, keccak256(concatBytes(...positions.map(leafAt)))))
      }
      const { numbers } = drawSentinels(own.layout, new Set(), 64)
      const audited = numbers.map((number) => locateSentinel(own.layout, own.secrets, number))
      for (const { leafIndex } of await Promise.all(audited)) assert.ok(!all.includes(leafIndex))
    }
  })

  test('are the same each time, and others with another nonce', async () => {
    const first = await deriveSentinelGroups((await replicaOf(5_000)).own)
    assert.deepEqual(await deriveSentinelGroups((await replicaOf(5_000)).own), first)
    const other = await deriveSentinelGroups((await replicaOf(5_000, 9)).own)
    assert.notEqual(groupsRoot(other), groupsRoot(first))
    assert.equal(new Set(first.map(({ salt }) => salt.join())).size, first.length)
  })

  test('lead to the root and the paths that the contract’s own tests use', async () => {
    const all = await deriveSentinelGroups((await replicaOf(5_000)).own)
    for (const groups of [all, all.slice(0, 3), all.slice(0, 1)]) {
      assert.equal(groupsRoot(groups), groupsRootOf(groups))
      assert.ok(isCommitmentTo(groups, groupsRootOf(groups)))
      for (const [index] of groups.entries()) {
        const { group, positions, ...rest } = revealGroup(groups, index)
        const reveal = { ...rest, group: Number(group), positions: positions.map(Number) }
        assert.deepEqual(reveal, { ...revealOf(groups, index) })
      }
    }
  })
})
