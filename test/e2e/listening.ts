/** Programs that listen: `ninelives forward http` and `forward ws`, and servers over HTTP, each on a port of its own. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { type Program, fixture, ninelives, start } from './program.ts';
import type { Way } from './sdk-client.ts';

export interface Listening {
  readonly program: Program;
  readonly url: URL;
}

/** The words that name a server on the command line of ninelives. */
const naming = (server: Way): readonly string[] =>
  server instanceof URL ? ['--upstream', server.href] : ['--', ...server];

/** Starts a front on a free port. Resolves when it listens. */
export async function listening(front: 'http' | 'ws', server: Way, flags: readonly string[] = []): Promise<Listening> {
  return where(start(ninelives('forward', front, '--listen', '127.0.0.1:0', ...flags, ...naming(server))));
}

/** The command of `forward stdio` in front of a server that runs already. */
export const reaching = (url: URL, flags: readonly string[] = []): readonly string[] =>
  ninelives('forward', 'stdio', ...flags, '--upstream', url.href);

/** The program in the package of a reference server. */
export const reference = (name: string, ...args: readonly string[]): readonly string[] => [
  process.execPath,
  createRequire(import.meta.url).resolve(`@modelcontextprotocol/${name}/dist/index.js`),
  ...args,
];

/** A program of the conformance suite's server, as it is built: `http.js` or `stdio.js`. */
export const conformanceServer = (name: string): readonly string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../dist/test/conformance/fixture/${name}`, import.meta.url)),
];

/** Starts a server that says where it listens. */
export async function serving(command: readonly string[]): Promise<Listening> {
  return where(start(command));
}

export const sdkV1Server = async (port = 0): Promise<Listening> =>
  serving([process.execPath, fixture('sdk-v1-http-server.mjs'), String(port)]);

/** The reference server that cannot choose a port itself. */
export async function everythingOver(transport: 'streamableHttp' | 'sse'): Promise<Listening> {
  const port = await freePort();
  const program = start(reference('server-everything', transport), { PORT: String(port) });
  await program.until(() => program.err.find((line) => line.includes(`port ${port}`)), 'saying where it listens');
  return { program, url: new URL(`http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`) };
}

async function where(program: Program): Promise<Listening> {
  const said = (): string | undefined =>
    program.err.flatMap((line) => /\blistening on (\w+:[^\s,]+)/.exec(line)?.[1] ?? [])[0];
  return { program, url: new URL(await program.until(said, 'saying where it listens')) };
}
