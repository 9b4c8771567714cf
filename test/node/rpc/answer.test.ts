import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RPCError } from '../../../src/api/rpc/errors.ts'
import { createAnswer } from '../../../src/node/rpc/answer.ts'
import { createLogger, silentLogger } from '../../../src/util/logger.ts'

const CONTEXT = { subscriber: undefined }

/** Answers as a server would, with three methods: one that works, one that refuses, one with a bug. */
const createTestAnswer = (logger = silentLogger, maxBatchAnswer?: number) =>
  createAnswer({
    logger,
    maxBatch: 3,
    ...(maxBatchAnswer === undefined ? {} : { maxBatchAnswer }),
    dispatch(method, params) {
      if (method === 'echo') return params
      if (method === 'later') return Promise.resolve(params)
      if (method === 'bug') throw new TypeError('secret detail')
      throw new RPCError('METHOD_NOT_FOUND', { message: 'no such method', hint: 'Try echo.' })
    },
  })

const ask = async (body: unknown, answer = createTestAnswer()) => {
  const text = await answer(typeof body === 'string' ? body : JSON.stringify(body), CONTEXT)
  return text === undefined ? undefined : JSON.parse(text)
}

const request = (fields: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'echo',
  params: [1],
  ...fields,
})

describe('one request', () => {
  test('is answered under its id, whatever kind of id that is', async () => {
    for (const id of [7, -1, 0, 'seven', '', null]) {
      for (const method of ['echo', 'later']) {
        assert.deepEqual(await ask(request({ id, method })), { jsonrpc: '2.0', id, result: [1] })
      }
    }
  })

  test('without an id is a notification and gets no answer, even when it fails', async () => {
    for (const method of ['echo', 'later', 'bug', 'none']) {
      assert.equal(await ask(request({ id: undefined, method })), undefined)
    }
  })

  test('that is not JSON is a parse error', async () => {
    for (const text of ['', '{', 'null null', '{"jsonrpc": "2.0", "id": 1, "meth']) {
      const { id, error } = await ask(text)
      assert.deepEqual([id, error.code], [null, -32700])
    }
  })

  test('that is JSON but no request is invalid, and keeps its id where that is one', async () => {
    for (const body of [1, '"text"', null, true]) {
      assert.equal((await ask(JSON.stringify(body))).error.code, -32600)
    }
    const wrong = [{ jsonrpc: '1.0' }, { jsonrpc: undefined }, { method: 5 }, { method: undefined }]
    for (const fields of wrong) {
      const { id, error } = await ask(request(fields))
      assert.deepEqual([id, error.code], [1, -32600])
    }
  })

  test('has an id that JSON carries exactly', async () => {
    for (const id of [[], {}, true, 2 ** 60, 'x'.repeat(257)]) {
      const { id: answered, error } = await ask(request({ id }))
      assert.deepEqual([answered, error.code], [null, -32600])
    }
  })
})

describe('a failed request', () => {
  test('tells the message and then the hint', async () => {
    const { error } = await ask(request({ method: 'none' }))
    assert.deepEqual(error, { code: -32601, message: 'no such method. Try echo.' })
  })

  test('that fails through a fault of the node is logged once and tells no inner detail', async () => {
    const lines: string[] = []
    const answer = createTestAnswer(createLogger('info', (line) => lines.push(line)))
    const { error } = await ask(request({ method: 'bug' }), answer)
    assert.equal(error.code, -32603)
    assert.doesNotMatch(JSON.stringify(error), /secret/)
    assert.equal(lines.filter((line) => line.includes('secret detail')).length, 1)
  })
})

describe('a batch', () => {
  test('is answered in order, without its notifications', async () => {
    const answers = await ask([
      request({ id: 'a', method: 'later' }),
      request({ id: undefined }),
      request({ id: 'b', method: 'none' }),
    ])
    assert.deepEqual(
      answers.map(({ id, error }: { id: string; error?: object }) => [id, error !== undefined]),
      [
        ['a', false],
        ['b', true],
      ],
    )
  })

  test('of notifications alone gets no answer', async () => {
    assert.equal(await ask([request({ id: undefined })]), undefined)
  })

  test('that is empty or too long is refused as a whole', async () => {
    assert.equal((await ask([])).error.code, -32600)
    assert.equal((await ask(Array(4).fill(request({})))).error.code, -32600)
  })

  test('stops answering with results once they are too long together', async () => {
    const long = request({ params: ['x'.repeat(100)] })
    const answers = await ask([long, long], createTestAnswer(silentLogger, 50))
    assert.deepEqual(
      answers.map(({ error }: { error?: { code: number } }) => error?.code),
      [undefined, -32003],
    )
  })
})

test('a batch of slow requests lets timers and sockets have their turn', async () => {
  const until = (time: number): void => {
    while (performance.now() < time);
  }
  const answer = createAnswer({
    logger: silentLogger,
    dispatch: async () => until(performance.now() + 15),
  })
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await ask([request({}), request({}), request({})], answer)
  clearInterval(timer)
  assert.ok(turns > 0)
})
