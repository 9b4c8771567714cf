import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** Imports only point down: a folder may import from layers below its own, never across or up. */
const LAYERS: readonly (readonly string[])[] = [
  ['util'],
  ['protocol', 'crypto'],
  ['api', 'p2p', 'spor'],
  ['chain', 'storage'],
  ['gsiop', 'node'],
  ['client'],
  ['explorer', 'hardhat', 'cli'],
]

const layerOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder))

/** Both halves meet the chain only through its JSON-RPC actions. */
const APART: Record<string, readonly string[]> = {
  storage: ['chain'],
  gsiop: ['chain', 'node'],
  client: ['chain', 'node'],
}

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(
    ([, path]) => normalize(join(dirname(file), path!)),
  )

const folderOf = (file: string): string => file.split('/')[1]!

const sources = globSync('src/**/*.ts', { cwd: root })

test('every folder of src has its layer', () => {
  const folders = new Set(sources.filter((file) => file.split('/').length > 2).map(folderOf))
  assert.deepEqual(
    [...folders].filter((folder) => layerOf(folder) === -1),
    [],
  )
})

test('imports only point down', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((path) => path.startsWith('src/') && folderOf(path) !== folderOf(file))
      .filter((path) => {
        const [from, to] = [folderOf(file), folderOf(path)]
        return layerOf(to) >= layerOf(from) || APART[from]?.includes(to)
      })
      .map((path) => `${file} → ${path}`),
  )
  assert.deepEqual(wrong, [])
})

test('src imports nothing from tests, scripts or benches', () => {
  const outside = sources.flatMap((file) =>
    importsOf(file).filter((path) => /^(test|scripts|bench|examples)\//.test(path)),
  )
  assert.deepEqual(outside, [])
})

test('ARCHITECTURE.md names only paths that exist', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const paths = [
    ...text.matchAll(/`((?:src|contracts|genesis|scripts|test|bench|examples|docs)\/[^`\s*]*)`/g),
  ].map(([, path]) => path!)
  assert.ok(paths.length > 30, `only ${paths.length} paths found: is the map still there?`)
  assert.deepEqual(
    paths.filter((path) => !existsSync(join(root, path))),
    [],
  )
})

test('the yellow-paper map names a place for every section it lists', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const map = text.slice(text.indexOf('## The yellow paper'))
  const rows = map.split('\n').filter((line) => /^\| \d/.test(line))
  assert.ok(rows.length >= 5, 'the map has rows')
  for (const row of rows) assert.match(row, /`[^`]+`|later/, row)
})
