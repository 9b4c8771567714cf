import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RLP } from '@ethereumjs/rlp'
import fc from 'fast-check'
import { FILE_HEADER_BYTES } from '../../src/crypto/fileHeader.ts'
import { WRAPPED_FILE_KEY_BYTES } from '../../src/crypto/fileKey.ts'
import { createFileLayout } from '../../src/protocol/fileLayout.ts'
import { CELL_BYTES } from '../../src/protocol/fileLayoutShape.ts'
import {
  decodeFileManifest,
  encodeFileManifest,
  type FileManifest,
  MAX_MANIFEST_BYTES,
  manifestHash,
} from '../../src/protocol/fileManifest.ts'
import * as rules from '../../src/protocol/fileManifestRules.ts'
import { createReplicaLayout } from '../../src/protocol/replicaLayout.ts'

const filled = (length: number, byte = 7): Uint8Array => new Uint8Array(length).fill(byte)

function manifestOf(plaintextBytes: number, changes: Partial<FileManifest> = {}): FileManifest {
  const shape = { plaintextBytes, dataShards: 2, parityShards: 1, segmentBytes: 4 * CELL_BYTES }
  const layout = createFileLayout(shape)
  const segments = Array.from({ length: layout.segmentCount }, (_, index) => {
    const segment = layout.segment(index)
    return Array.from({ length: segment.shardCount }, (_, shard) => {
      const sizeBytes = segment.shardBytes(shard)
      if (sizeBytes === 0) return []
      const { leafCount } = createReplicaLayout(sizeBytes)
      return [
        {
          farmer: shard,
          root: filled(32, shard),
          leafCount,
          sealNonce: filled(32),
          endsAtSeconds: 9,
        },
      ]
    })
  })
  return {
    fileId: filled(32, 1),
    bucketId: filled(32, 2),
    name: new TextEncoder().encode('holiday.mp4'),
    mimeType: 'video/mp4',
    modifiedMs: 1_790_000_000_123,
    shape,
    cipherHeader: filled(72),
    wrappedFileKey: filled(60),
    farmers: [0, 1, 2].map((nodeIndex) => ({
      address: filled(20, nodeIndex),
      nodeIndex,
      peerId: filled(38),
      addresses: ['/ip4/127.0.0.1/tcp/4001', '0x6162'],
    })),
    segments,
    ...changes,
  }
}

const roundTrip = (manifest: FileManifest): void =>
  assert.deepEqual(decodeFileManifest(encodeFileManifest(manifest)), manifest)

const refused = { name: 'FileManifestError', code: 'BAD_MANIFEST' }

describe('a file manifest', () => {
  test('comes back as it was, for files of every size', () => {
    for (const size of [0, 1, 65_520, 65_521, 4 * 65_520, 4 * 65_520 + 1, 2_000_000]) {
      roundTrip(manifestOf(size))
    }
  })

  test('keeps names of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (name) => roundTrip(manifestOf(1, { name }))),
    )
    for (const name of ['', '../../etc/passwd', 'a\nb', '\u202egpj.exe', 'ａ/👩‍🚀', '0x00']) {
      roundTrip(manifestOf(1, { name: new Uint8Array(Buffer.from(name)) }))
    }
    roundTrip(manifestOf(1, { name: Uint8Array.of(0xff, 0xfe, 0, 0x80, 0xc3, 0x28) }))
  })

  test('keeps text that looks like hexadecimal as text', () => {
    roundTrip(manifestOf(1, { mimeType: '0x6162' }))
    roundTrip(manifestOf(1, { mimeType: '\ufefftext/plain' }))
  })

  test('keeps shards that have several replicas or none yet', () => {
    const manifest = manifestOf(500_000)
    const replica = manifest.segments[0]![0]![0]!
    manifest.segments[0]![0] = [replica, { ...replica, farmer: 2 }]
    manifest.segments[1]![2] = []
    roundTrip(manifest)
  })

  test('is refused when its parts do not fit each other', () => {
    const manifest = manifestOf(500_000)
    const replica = manifest.segments[0]![0]![0]!
    const withReplica = (change: Partial<typeof replica>): Partial<FileManifest> => ({
      segments: [[[{ ...replica, ...change }], [], []], ...manifest.segments.slice(1)],
    })
    const farmer = manifest.farmers[0]!
    const withFarmer = (change: Partial<typeof farmer>): Partial<FileManifest> => ({
      farmers: [{ ...farmer, ...change }, ...manifest.farmers.slice(1)],
    })
    const wrong: Partial<FileManifest>[] = [
      { fileId: filled(31) },
      { bucketId: filled(33) },
      { cipherHeader: filled(71) },
      { wrappedFileKey: filled(61) },
      { name: filled(rules.MAX_NAME_BYTES + 1) },
      { mimeType: 'x'.repeat(256) },
      { mimeType: '\ud800' },
      { modifiedMs: -1 },
      { modifiedMs: 0.5 },
      { shape: { ...manifest.shape, plaintextBytes: 600_000 } },
      { shape: { ...manifest.shape, dataShards: 0 } },
      { segments: manifest.segments.slice(1) },
      { segments: [manifest.segments[0]!.slice(1), ...manifest.segments.slice(1)] },
      { farmers: manifest.farmers.slice(0, 1) },
      withReplica({ leafCount: replica.leafCount + 1 }),
      withReplica({ root: filled(31) }),
      withReplica({ sealNonce: filled(0) }),
      withReplica({ farmer: 3 }),
      withReplica({ farmer: -1 }),
      withReplica({ endsAtSeconds: 2 ** 53 }),
      withFarmer({ address: filled(21) }),
      withFarmer({ peerId: filled(65) }),
      withFarmer({ addresses: Array(9).fill('/') }),
      withFarmer({ addresses: ['é'.repeat(128)] }),
    ]
    for (const change of wrong) {
      assert.throws(() => encodeFileManifest({ ...manifest, ...change }), refused)
    }
    const tiny = manifestOf(1)
    tiny.segments[0]![1] = [replica]
    assert.throws(() => encodeFileManifest(tiny), refused)
    const crowded = manifestOf(1)
    crowded.segments[0]![0] = Array(17).fill(crowded.segments[0]![0]![0])
    assert.throws(() => encodeFileManifest(crowded), refused)
  })

  test('decodes from nothing but its own bytes: any change is refused or read as it stands', () => {
    const bytes = encodeFileManifest(manifestOf(100))
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = bytes.slice()
        changed[at]! ^= mask
        let decoded: FileManifest
        try {
          decoded = decodeFileManifest(changed)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'BAD_MANIFEST')
          return
        }
        assert.deepEqual(encodeFileManifest(decoded), changed)
      }),
      { numRuns: 2_000 },
    )
  })

  test('is refused cut, followed by more, and in other words than its own', () => {
    const bytes = encodeFileManifest(manifestOf(100))
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => decodeFileManifest(bytes.subarray(0, end)), refused)
    }
    assert.throws(() => decodeFileManifest(Uint8Array.of(...bytes, 0)), refused)
    for (const version of [0, 2]) {
      const fields = RLP.decode(bytes) as unknown as Uint8Array[]
      fields[0] = version === 0 ? new Uint8Array(0) : Uint8Array.of(version)
      assert.throws(() => decodeFileManifest(RLP.encode(fields)), refused)
    }
    const fields = RLP.decode(bytes) as unknown as Uint8Array[]
    fields[5] = Uint8Array.of(0, 5)
    assert.throws(() => decodeFileManifest(RLP.encode(fields)), refused)
    fields[5] = filled(8, 255)
    assert.throws(() => decodeFileManifest(RLP.encode(fields)), refused)
    fields[5] = Uint8Array.of(5)
    fields[4] = Uint8Array.of(0xff)
    assert.throws(() => decodeFileManifest(RLP.encode(fields)), refused)
    assert.throws(() => decodeFileManifest(filled(MAX_MANIFEST_BYTES + 1)), refused)
  })

  test('is refused at once when it is megabytes of nested or unfinished lists', () => {
    const nested = filled(MAX_MANIFEST_BYTES, 0xc1)
    assert.throws(() => decodeFileManifest(nested), refused)
    const long = new Uint8Array(MAX_MANIFEST_BYTES)
    for (let at = 0; at + 4 < long.length; at += 4) {
      const left = long.length - at - 4
      long.set([0xfa, left >> 16, (left >> 8) & 255, left & 255], at)
    }
    assert.throws(() => decodeFileManifest(long), refused)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        assert.throws(() => decodeFileManifest(bytes), refused)
      }),
    )
  })

  test('has an address that every changed byte changes', () => {
    const hashes = [filled(9, 1), filled(9, 2), filled(8, 1)].map(manifestHash)
    assert.equal(new Set(hashes.map((hash) => Buffer.from(hash).toString('hex'))).size, 3)
  })

  test('agrees with the cipher on the sizes of header and wrapped key', () => {
    assert.equal(rules.CIPHER_HEADER_BYTES, FILE_HEADER_BYTES)
    assert.equal(rules.WRAPPED_FILE_KEY_BYTES, WRAPPED_FILE_KEY_BYTES)
  })
})
