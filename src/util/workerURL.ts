import { extname } from 'node:path'

/**
 * The file of a worker that stands beside the asking module, `./encodeWorker` for instance: the `.ts` file when
 * the source runs, the `.js` file in what was built from it. Hand in `import.meta`.
 */
export const workerURL = (
  path: string,
  { filename, url }: Pick<ImportMeta, 'filename' | 'url'>,
): URL => new URL(`${path}${extname(filename)}`, url)
