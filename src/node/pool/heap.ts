/** What stands in a heap remembers where, so that it can be taken out from the middle. */
export interface HeapItem {
  heapIndex: number
}

/** A binary heap: the item that is before all others is first; every change costs O(log n). */
export interface Heap<Item extends HeapItem> {
  readonly size: number
  peek(): Item | undefined
  push(item: Item): void
  pop(): Item | undefined
  /** Takes out an item that is in this heap. */
  remove(item: Item): void
  clear(): void
}

export function createHeap<Item extends HeapItem>(
  isBefore: (a: Item, b: Item) => boolean,
): Heap<Item> {
  const items: Item[] = []

  const put = (item: Item, index: number): void => {
    items[index] = item
    item.heapIndex = index
  }

  const siftUp = (item: Item, from: number): void => {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(item, items[parent]!)) break
      put(items[parent]!, index)
      index = parent
    }
    put(item, index)
  }

  const siftDown = (item: Item, from: number): void => {
    let index = from
    for (;;) {
      let child = 2 * index + 1
      if (child >= items.length) break
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child++
      if (!isBefore(items[child]!, item)) break
      put(items[child]!, index)
      index = child
    }
    put(item, index)
  }

  const remove = (item: Item): void => {
    const index = item.heapIndex
    const last = items.pop()!
    item.heapIndex = -1
    if (last === item) return
    if (index > 0 && isBefore(last, items[(index - 1) >> 1]!)) siftUp(last, index)
    else siftDown(last, index)
  }

  return {
    get size() {
      return items.length
    },
    peek: () => items[0],
    push(item) {
      items.push(item)
      siftUp(item, items.length - 1)
    },
    pop() {
      const first = items[0]
      if (first !== undefined) remove(first)
      return first
    },
    remove,
    clear() {
      items.length = 0
    },
  }
}
