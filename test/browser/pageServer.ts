import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { ImportGraph } from './importGraph.ts'

/** A page that calls `run(input)` of a module, and what it answers. */
export interface PageServer {
  url: string
  /** What the call gave, or a rejection with what it threw. */
  output: Promise<unknown>
  close(): Promise<void>
}

interface Outcome {
  output?: unknown
  error?: string
}

/** Serves a page on this machine alone: the modules of one graph, of which `entry` has the function. */
export async function servePage(
  { modules, importMap }: ImportGraph,
  entry: string,
  input: unknown,
): Promise<PageServer> {
  const outcome = Promise.withResolvers<Outcome>()
  const files = new Map(
    [...modules].map(([path, text]) => [path, { type: 'text/javascript', text }]),
  )
  files.set('/', { type: 'text/html', text: page(importMap, entry) })
  files.set('/input', { type: 'application/json', text: JSON.stringify(input) })
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') outcome.resolve((await json(request)) as Outcome)
    serveFile(files, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    output: outcome.promise.then(({ output, error }) => {
      if (error !== undefined) throw new Error(`In the page: ${error}`)
      return output
    }),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function serveFile(
  files: ReadonlyMap<string, { type: string; text: string }>,
  { url = '' }: IncomingMessage,
  response: ServerResponse,
): void {
  const file = files.get(url)
  response.writeHead(file === undefined ? 404 : 200, {
    'content-type': `${file?.type ?? 'text/plain'}; charset=utf-8`,
  })
  response.end(file?.text)
}

const page = (importMap: object, entry: string): string => `<!doctype html>
<script type="importmap">${JSON.stringify(importMap)}</script>
<script type="module">
  const outcome = await (async () => {
    const input = await (await fetch('/input')).json()
    const { run } = await import(${JSON.stringify(entry)})
    return { output: await run(input) }
  })().catch((error) => ({ error: \`\${error}\\n\${error.stack}\` }))
  await fetch('/', { method: 'POST', body: JSON.stringify(outcome) })
</script>`
