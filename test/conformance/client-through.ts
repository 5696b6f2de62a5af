/**
 * The conformance client behind a proxy: `node dist/test/conformance/client-through.js KIND URL`. Starts the proxy in front of the
 * server that the suite names, lets the client talk to the proxy instead, and ends both. KIND is one of clientProxies.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { killAllGroups } from './process-group.ts';
import { type ClientProxy, clientProxies } from './programs.ts';
import { startService } from './service.ts';

const [kind = '', url = ''] = process.argv.slice(2);
if (!Object.hasOwn(clientProxies, kind)) throw new Error(`There is no proxy '${kind}'`);
process.once('exit', killAllGroups);
// When the client has taken too long.
process.once('SIGTERM', () => process.exit(1));

const proxy = await startService(clientProxies[kind as ClientProxy](url));
const client = spawn(process.execPath, [fileURLToPath(new URL('./client.js', import.meta.url)), proxy.url], {
  stdio: 'inherit',
});
const [code] = (await once(client, 'exit')) as [number | null];
// The suite's server waits for whoever is still connected to it.
await proxy.stop();
process.exitCode = code ?? 1;
