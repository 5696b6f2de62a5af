import { describe, expect, test } from 'vitest';
import { toolCall } from '../e2e/program.ts';
import { administered, ask } from './administered-runtime.ts';

describe('GET /sessions/{id}/explain', () => {
  test('says in sentences what a session waits for, and of one request alone', async () => {
    const { listener, open } = await administered();
    const session = open();
    session.client.receive(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...toolCall(7, 'build') })));
    const whole = await ask(listener.origin, `/sessions/${session.id}/explain`);
    expect(whole).toMatchObject({ status: 200, body: { id: session.id } });
    expect((whole.body as { readonly lines: readonly string[] }).lines.join('\n')).toContain(
      '\n  tools/call 7, asked by the client',
    );
    const one = await ask(listener.origin, `/sessions/${session.id}/explain?request=7`);
    expect(one).toMatchObject({ status: 200, body: { lines: [expect.stringMatching(/^tools\/call 7, /), {}] } });
  });

  test('knows neither sessions nor requests that are not there', async () => {
    const { listener, open } = await administered();
    const { id } = open();
    expect(await ask(listener.origin, '/sessions/other/explain')).toMatchObject({
      status: 404,
      body: { error: { code: 'SESSION_NOT_FOUND' } },
    });
    expect(await ask(listener.origin, `/sessions/${id}/explain?request=7`)).toMatchObject({
      status: 404,
      body: { error: { code: 'REQUEST_NOT_FOUND' } },
    });
  });
});
