import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createPeerScores } from '../../src/p2p/peerScores.ts'
import { createRateLimiter } from '../../src/p2p/rateLimiter.ts'

describe('peer scores', () => {
  test('ban a peer at its third bad message, for a quarter of an hour', () => {
    let time = 0
    const banned: string[] = []
    const scores = createPeerScores({ now: () => time, onBan: (peerId) => banned.push(peerId) })
    scores.penalise('a', 'badMessage')
    scores.penalise('a', 'badMessage')
    assert.equal(scores.isBanned('a'), false)
    scores.penalise('a', 'badMessage')
    assert.equal(scores.isBanned('a'), true)
    assert.deepEqual(banned, ['a'])
    assert.equal(scores.isBanned('b'), false)
    time += 15 * 60_000 - 1
    assert.equal(scores.isBanned('a'), true)
    time += 1
    assert.equal(scores.isBanned('a'), false)
    assert.equal(scores.score('a'), 0)
  })

  test('forgive half of everything each ten minutes', () => {
    let time = 0
    const scores = createPeerScores({ now: () => time })
    scores.penalise('a', 'badMessage')
    time += 10 * 60_000
    assert.equal(scores.score('a'), -17.5)
  })

  test('let useful work weigh no more than twenty points', () => {
    const scores = createPeerScores({ now: () => 0 })
    scores.reward('a', 1_000)
    assert.equal(scores.score('a'), 20)
  })

  test('keep a ban while a flood of other peers passes through', () => {
    const scores = createPeerScores({ now: () => 0 })
    scores.ban('a')
    for (let i = 0; i < 10_000; i++) scores.penalise(`peer ${i}`, 'unresponsive')
    assert.equal(scores.isBanned('a'), true)
    assert.equal(scores.score('peer 0'), 0)
    assert.ok(scores.score('peer 9999') < 0)
  })
})

describe('a rate limiter', () => {
  test('allows a burst at once and then so much per second, for each key alone', () => {
    let time = 0
    const limiter = createRateLimiter({ perSecond: 2, burst: 3, now: () => time })
    const taken = () => [1, 2, 3, 4].filter(() => limiter.take('a')).length
    assert.equal(taken(), 3)
    assert.equal(limiter.take('b'), true)
    time += 1_000
    assert.equal(taken(), 2)
    time += 60_000
    assert.equal(taken(), 3)
  })

  test('takes nothing when too few tokens are left', () => {
    const limiter = createRateLimiter({ perSecond: 0, burst: 3, now: () => 0 })
    assert.equal(limiter.take('a', 4), false)
    assert.equal(limiter.take('a', 3), true)
    assert.equal(limiter.take('a', 1), false)
  })

  test('remembers so many keys and no more', () => {
    const limiter = createRateLimiter({ perSecond: 0, burst: 1, maxKeys: 2, now: () => 0 })
    assert.equal(limiter.take('a'), true)
    assert.equal(limiter.take('b'), true)
    assert.equal(limiter.take('a'), false)
    assert.equal(limiter.take('c'), true)
    assert.equal(limiter.take('a'), false, 'used after b, so b was forgotten')
    assert.equal(limiter.take('b'), true)
  })
})
