import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { openJournal } from '../../src/client/journal.ts'
import { loadMasterSeed } from '../../src/client/masterSeed.ts'
import { openReceiptBook } from '../../src/client/receiptBook.ts'

function directoryOf(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'genaro-journal-'))
  context.after(() => rmSync(path, { recursive: true }))
  return path
}

interface Entry {
  value: number
}

const decode = (line: unknown): Entry | undefined =>
  typeof (line as Entry).value === 'number' ? (line as Entry) : undefined

describe('a journal', () => {
  test('gives back what was written, without a line that a crash cut short', async (context) => {
    const file = join(directoryOf(context), 'deep', 'journal')
    const first = await openJournal<Entry>({ file, decode })
    await first.append({ value: 1 }, { value: 2 })
    await first.close()
    appendFileSync(file, '{"value":3')
    const second = await openJournal<Entry>({ file, decode })
    assert.deepEqual(second.entries, [{ value: 1 }, { value: 2 }])
    await second.append({ value: 4 })
    await second.close()
    const third = await openJournal<Entry>({ file, decode })
    assert.deepEqual(third.entries, [{ value: 1 }, { value: 2 }, { value: 4 }])
    await third.discard()
    assert.ok(!existsSync(file))
  })

  test('with a line in its middle that is not understood is left as it is', async (context) => {
    const file = join(directoryOf(context), 'journal')
    for (const line of ['{"valu', '{"other":3}', '']) {
      const text = `{"value":1}\n${line}\n{"value":2}\n`
      writeFileSync(file, text)
      await assert.rejects(openJournal<Entry>({ file, decode }), { code: 'JOURNAL_DAMAGED' })
      assert.equal(readFileSync(file, 'utf8'), text)
      assert.ok(!existsSync(`${file}.lock`))
    }
  })

  test('has one writer, and outlives the lock of one that crashed', async (context) => {
    const file = join(directoryOf(context), 'journal')
    const first = await openJournal<Entry>({ file, decode })
    await assert.rejects(openJournal<Entry>({ file, decode }), { code: 'BUSY' })
    await first.close()
    // No process has this id: they end at 2^22.
    writeFileSync(`${file}.lock`, '99999999')
    const second = await openJournal<Entry>({ file, decode })
    await second.close()
    await assert.rejects(second.append({ value: 1 }), { code: 'CLOSED' })
  })
})

describe('a receipt book', () => {
  test('goes on with its channels, whether it was closed or not', async (context) => {
    const directory = directoryOf(context)
    const first = await openReceiptBook({ directory })
    const { channel } = first.channelOf('0xAB')
    first.channelOf('0xab').add(100)
    first.channelOf('0xab').commit()
    // As after a crash: what is on disk is what was committed.
    const kept = readFileSync(join(directory, '0xab'))
    await first.close()
    const second = await openReceiptBook({ directory })
    assert.equal(second.channelOf('0xab').channel, channel)
    assert.equal(second.channelOf('0xab').cumulativeBytes, 100n)
    assert.equal(kept.readBigUInt64BE(kept.length - 8), 100n)
    await second.close()
  })

  test('takes new channels while another has it, and after half a record', async (context) => {
    const directory = directoryOf(context)
    const first = await openReceiptBook({ directory })
    const { channel } = first.channelOf('0xab')
    const other = await openReceiptBook({ directory })
    assert.notEqual(other.channelOf('0xab').channel, channel)
    await other.close()
    await first.close()
    appendFileSync(join(directory, '0xab'), 'half')
    const third = await openReceiptBook({ directory })
    assert.notEqual(third.channelOf('0xab').channel, channel)
    assert.equal(third.channelOf('0xab').cumulativeBytes, 0n)
    await third.close()
  })
})

describe('the master seed', () => {
  test('is made once, for its owner alone, and read again', async (context) => {
    const file = join(directoryOf(context), 'new', 'seed')
    const made = await loadMasterSeed(file)
    assert.equal(made.isNew, true)
    const read = await loadMasterSeed(file)
    assert.equal(read.isNew, false)
    assert.deepEqual(read.seed, made.seed)
    const { mode } = (await import('node:fs')).statSync(file)
    assert.equal(mode & 0o777, 0o600)
  })

  test('is never replaced when its file is not understood', async (context) => {
    const file = join(directoryOf(context), 'seed')
    writeFileSync(file, 'my cat')
    await assert.rejects(loadMasterSeed(file), { code: 'BAD_SEED' })
    assert.equal(readFileSync(file, 'utf8'), 'my cat')
  })
})
