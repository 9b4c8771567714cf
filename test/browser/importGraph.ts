import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin, stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

/** What a page loads when it imports a module of the project. */
export interface ImportGraph {
  /** The text of every module, as JavaScript, by its path on the server. */
  modules: Map<string, string>
  /** Tells the page where packages are: an import map (HTML, 4.12.1.6). */
  importMap: { scopes: Record<string, Record<string, string>> }
  /** Imports of parts of Node, which no page has. */
  builtins: string[]
}

/** Follows the static imports of a source file, down into packages. */
export function readImportGraph(entry: string): ImportGraph {
  const graph: ImportGraph = { modules: new Map(), importMap: { scopes: {} }, builtins: [] }
  visit(entry, graph)
  return graph
}

const root = resolve(import.meta.dirname, '../..')

/** Where the server has a file. */
export const pathOf = (file: string): string => `/${relative(root, file).replaceAll('\\', '/')}`

function visit(file: string, graph: ImportGraph): void {
  if (graph.modules.has(pathOf(file))) return
  const source = readFileSync(file, 'utf8')
  const text = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source
  graph.modules.set(pathOf(file), text)
  for (const [, specifier] of text.matchAll(STATIC_IMPORT)) {
    if (isBuiltin(specifier!)) graph.builtins.push(`${pathOf(file)}: ${specifier}`)
    else if (specifier!.startsWith('.')) visit(join(dirname(file), specifier!), graph)
    else visitPackage(file, specifier!, graph)
  }
}

const STATIC_IMPORT =
  /^\s*(?:import\s*|(?:import|export)\s[\w\s{},*$]+from\s*|import[{*][\w\s{},*$]+from\s*)['"]([^'"]+)['"]/gm

function visitPackage(importer: string, specifier: string, graph: ImportGraph): void {
  const file = fileOfPackage(dirname(importer), specifier)
  // Packages of the same name may have other versions further down, so each package has a scope.
  const { scopes } = graph.importMap
  const scope = `${pathOf(packageRoot(importer))}/`.replace('//', '/')
  scopes[scope] = { ...scopes[scope], [specifier]: pathOf(file) }
  visit(file, graph)
}

function packageRoot(file: string): string {
  const directory = dirname(file)
  const { name } = existsSync(join(directory, 'package.json')) ? manifestIn(directory) : {}
  return name === undefined ? packageRoot(directory) : directory
}

type Target = string | { [condition: string]: Target } | undefined

interface Manifest {
  name?: string
  exports?: Target
  module?: string
  main?: string
}

const manifestIn = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))

/** The file that bundlers for browsers take. */
function fileOfPackage(from: string, specifier: string): string {
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)!
  const directory = join(from, 'node_modules', name)
  if (!existsSync(directory)) return fileOfPackage(dirname(from), specifier)
  const { exports, module, main } = manifestIn(directory)
  if (exports === undefined) return join(directory, module ?? main ?? 'index.js')
  const subpath = `.${specifier.slice(name.length)}`
  const isMap = typeof exports === 'object' && '.' in exports
  return join(directory, chooseTarget(isMap ? exports[subpath] : exports))
}

const CONDITIONS = ['browser', 'import', 'module', 'default']

function chooseTarget(target: Target): string {
  if (typeof target === 'string') return target
  const condition = Object.keys(target ?? {}).find((name) => CONDITIONS.includes(name))
  if (condition === undefined) throw new Error('A package does not export what is imported')
  return chooseTarget(target![condition])
}
