import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createHeap } from '../../../src/node/pool/heap.ts'

interface Numbered {
  value: number
  heapIndex: number
}

test('a heap gives the least first, whatever was taken out of its middle', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(20), { maxLength: 60 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      (values, removals) => {
        const heap = createHeap<Numbered>((a, b) => a.value < b.value)
        const items = values.map((value) => ({ value, heapIndex: -1 }))
        for (const item of items) heap.push(item)
        for (const at of removals) {
          if (items.length > 0) heap.remove(items.splice(at % items.length, 1)[0]!)
        }
        assert.equal(heap.size, items.length)
        const drawn: number[] = []
        for (let item = heap.pop(); item !== undefined; item = heap.pop()) drawn.push(item.value)
        assert.deepEqual(
          drawn,
          items.map(({ value }) => value).sort((a, b) => a - b),
        )
      },
    ),
    { numRuns: 500 },
  )
})
