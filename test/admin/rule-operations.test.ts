import { describe, expect, test } from 'vitest';
import { administered, ask } from './administered-runtime.ts';

describe('rules', () => {
  test('are shown, and loaded again as a whole or not at all', async () => {
    const { listener } = await administered();
    const inForce = { file: 'rules.yaml', rules: [{ id: 'hold', priority: 0 }], plugins: [] };
    expect((await ask(listener.origin, '/rules')).body).toEqual(inForce);
    const reload = async () => ask(listener.origin, '/rules/reload', { method: 'POST' });
    expect(await reload()).toMatchObject({ status: 200, body: inForce });
    const mistakes = [{ line: 3, column: 5, where: 'rules[0]', message: 'It is wrong.' }];
    expect(await reload()).toMatchObject({ status: 409, body: { error: { code: 'RULES_NOT_TAKEN', mistakes } } });
  });

  test.each(['/rules', '/pause', '/pause/p1', '/breakpoints'])(
    'that a process has not: GET %s says so',
    async (path) => {
      const facts = { pid: 1, version: '0', command: 'forward http', server: 'node', startedAt: 1 };
      const { runtime } = await administered();
      const without = {
        facts,
        sessions: () => runtime.sessions(),
        session: () => undefined,
        totals: () => runtime.totals(),
        drain: () => {},
      };
      const { listener } = await administered({ administered: without });
      expect(await ask(listener.origin, path)).toMatchObject({ status: 404, body: { error: { code: 'NO_RULES' } } });
    },
  );
});
