/** A service is there when it says where, and gone, with all it started, when it is stopped. */

import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Command } from './programs.ts';
import { freePort } from '../e2e/free-port.ts';
import { startService } from './service.ts';

const script = (code: string): Command => [process.execPath, '-e', code];

describe('a service', () => {
  test.each([
    ['plainly', `console.error('listening on http://127.0.0.1:1/mcp')`],
    ['in a log line', `console.error('{"message":"listening on http://127.0.0.1:1/mcp"}')`],
    [
      'in two pieces',
      `process.stderr.write('listening on http://127.0.', () => process.stderr.write('0.1:1/mcp' + String.fromCharCode(10)))`,
    ],
  ])('is where it says, said %s', async (_, saying) => {
    const service = await startService(script(`${saying}; setInterval(() => {}, 1000)`));
    expect(service.url).toBe('http://127.0.0.1:1/mcp');
    await service.stop();
  });

  test('is where it is known to be, once it listens', async () => {
    const service = await startService(script(`console.log('Listening on port 1'); setInterval(() => {}, 1000)`), {
      url: 'http://127.0.0.1:1/known',
    });
    expect(service.url).toBe('http://127.0.0.1:1/known');
    await service.stop();
  });

  test('that ends instead is an error with what it printed', async () => {
    await expect(startService(script(`console.error('no such option'); process.exit(2)`))).rejects.toThrow(
      /has ended\n.*no such option/s,
    );
  });

  test('that is no program is an error', async () => {
    await expect(startService(['no-such-program-anywhere'])).rejects.toThrow('ENOENT');
  });

  test('takes what it started with it', async () => {
    const port = await freePort();
    const grandchild = `require('net').createServer().listen(${String(port)}, () => console.log('listening on here'))`;
    const service = await startService(
      script(`require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' });
        setInterval(() => {}, 1000)`),
    );
    await service.stop();
    // Nobody has the port any more.
    const again = createServer().listen(port);
    await expect(once(again, 'listening')).resolves.toEqual([]);
    again.close();
  });
});
