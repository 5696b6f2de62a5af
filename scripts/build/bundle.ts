/**
 * Puts the command with all it uses into a few files (docs/decisions/0020-bundled-command.md): one that starts the server, and
 * others that are loaded when they are needed. Nothing is looked for in node_modules when the command runs.
 */

import { type Plugin, rolldown } from 'rolldown';

export interface Bundle {
  /** The file that is run. */
  readonly entry: string;
  /** Every file that was written, by its name in the folder. */
  readonly files: readonly string[];
  /** Every file that something was taken from. */
  readonly modules: readonly string[];
}

/** What `ws` would use if somebody had installed it. Nobody has: it falls back to code of its own. */
const notInstalled: ReadonlySet<string> = new Set(['bufferutil', 'utf-8-validate']);

const withoutOptionalParts: Plugin = {
  name: 'without-optional-parts',
  resolveId: (source) => (notInstalled.has(source) ? `\0${source}` : null),
  load: (id) =>
    notInstalled.has(id.slice(1)) ? `throw new Error('${id.slice(1)} is not part of the command');` : null,
};

export async function bundleCommand(source: string, folder: string): Promise<Bundle> {
  const build = await rolldown({
    input: { ninelives: source },
    platform: 'node',
    // Its other form asks for its parts by names that a bundler does not see.
    resolve: { alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' } },
    plugins: [withoutOptionalParts],
    // Parts share nothing that stands in the file that is run.
    preserveEntrySignatures: 'strict',
  });
  const { output } = await build.write({
    dir: folder,
    // CommonJS: Node starts it sooner, and a part that is asked for later is there before anything else happens.
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    // Names and lines stay, so that a stack trace can be read; each part begins with the name of its source.
    minify: false,
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await build.close();
  const chunks = output.filter((part) => part.type === 'chunk');
  return {
    entry: chunks.find(({ isEntry }) => isEntry)!.fileName,
    files: output.map(({ fileName }) => fileName),
    modules: chunks.flatMap(({ moduleIds }) => moduleIds),
  };
}
