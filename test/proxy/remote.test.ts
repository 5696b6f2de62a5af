import { expect, test } from 'vitest';
import { openRemote } from '../../src/proxy/remote.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const common = { headers: {}, ca: undefined, clock: new VirtualClock(), log: silentLog, frameBytesMax: 1000 };

test('a URL is called by what may be shown of it', async () => {
  const remote = await openRemote({ ...common, url: new URL('wss://user:s3cret@example.com:8443/mcp?token=s3cret') });
  expect(remote.name).toBe('wss://example.com:8443/mcp');
  await remote.close();
});
