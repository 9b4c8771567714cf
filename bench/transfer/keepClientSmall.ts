import { keepHeapSmall } from '../../src/util/keepHeapSmall.ts'

// In a file of its own, to be done before the other imports of who imports it first.
keepHeapSmall()
