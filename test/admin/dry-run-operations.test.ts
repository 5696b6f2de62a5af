import { expect, test } from 'vitest';
import { administered, ask } from './administered-runtime.ts';

async function withDryRuns() {
  const setting = await administered();
  const { origin } = setting.listener;
  const start = async (body: unknown) => ask(origin, '/rules/dry-run', { method: 'POST', body: JSON.stringify(body) });
  const path = '/rules/dry-run';
  return {
    ...setting,
    start,
    get: async () => ask(origin, path),
    end: async () => ask(origin, path, { method: 'DELETE' }),
  };
}

test('U11 rules are tried out on live frames, by rule and by session, and do nothing', async () => {
  const { start, get, end, open, written } = await withDryRuns();
  expect(await get()).toMatchObject({ status: 404, body: { error: { code: 'NO_DRY_RUN' } } });
  const text = `version: 1
rules: [{ id: new, when: frame.method == "tools/list", do: [block: {}] }]
plugins: [{ use: ./not-loaded.js }]`;
  expect(await start({ text })).toMatchObject({ status: 200, body: { isRunning: true, frames: 0 } });
  const session = open();
  for (const [id, method] of ['ping', 'tools/list', 'tools/list'].entries()) {
    session.client.receive(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method })));
  }
  expect(written).toHaveLength(3);
  expect((await get()).body).toMatchObject({
    summary: 'would block 2 of 3 (now 0); 2 would meet another fate',
    byRule: { new: { block: 2 } },
    bySession: { [session.id]: { frames: 3, different: 2, next: { pass: 1, block: 2 } } },
  });
  expect((await end()).body).toMatchObject({ isRunning: false, frames: 3 });
  session.client.receive(Buffer.from('{"jsonrpc":"2.0","id":9,"method":"ping"}'));
  expect((await get()).body).toMatchObject({ isRunning: false, frames: 3 });
});

test('a text that is no rule file is refused with every mistake, and nothing is tried out', async () => {
  const { start, get } = await withDryRuns();
  expect(await start({ text: 'version: 1\nrules: [{ id: a, do: [blok: {}] }]' })).toMatchObject({
    status: 409,
    body: { error: { code: 'RULES_NOT_TAKEN', mistakes: [{ line: 2, column: 23 }, {}] } },
  });
  expect(await start({ file: 'x' })).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  expect((await get()).status).toBe(404);
});
