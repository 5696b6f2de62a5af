/** What interceptors did to a session's frames can be read from its counters. */
import { expect, test } from 'vitest';
import type { InterceptAction, Interceptor } from '../../src/index.ts';
import { playbook } from './conversation.ts';

/** Does what a call asks for by name, for the call itself or for its answer. */
const obedient: Interceptor = {
  name: 'obedient',
  intercept({ direction, message }) {
    if (direction === 'server-to-client') return undefined;
    const name = (message['params'] as { readonly name?: string } | undefined)?.name;
    if (name === 'throw') throw new Error('as asked');
    return actions[name ?? ''];
  },
};

const actions: Readonly<Record<string, InterceptAction | undefined>> = {
  block: { action: 'block' },
  mock: { action: 'mock', result: {} },
  modify: { action: 'modify', message: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'other' } } },
};

const counted = ['modified', 'blocked', 'mocked', 'interceptorFailures'] as const;

test.each([
  ['modify', { modified: 1, blocked: 0, mocked: 0, interceptorFailures: 0 }],
  ['block', { modified: 0, blocked: 1, mocked: 0, interceptorFailures: 0 }],
  ['mock', { modified: 0, blocked: 0, mocked: 1, interceptorFailures: 0 }],
  ['throw', { modified: 0, blocked: 0, mocked: 0, interceptorFailures: 1 }],
])('a call that an interceptor meets with %s is counted as that alone', (name, counts) => {
  const talk = playbook({ interceptors: [obedient] }).open();
  talk.client.asks(1, 'tools/call', { name });
  talk.client.takesAll();
  talk.server.takesAll();
  expect(talk.counts(...counted)).toEqual(counts);
});

test('S8 a call that is held while an interceptor thinks is counted by what it thought', async () => {
  const slow: Interceptor = {
    name: 'slow',
    intercept: async (frame) => (await obedient.intercept(frame)) ?? { action: 'continue' },
  };
  const play = playbook({ interceptors: [slow] });
  const talk = play.open();
  talk.client.asks(1, 'tools/call', { name: 'modify' });
  await play.promisesSettle();
  talk.server.receivesRequest(1, 'tools/call', { name: 'other' });
  expect(talk.counts(...counted)).toEqual({ modified: 1, blocked: 0, mocked: 0, interceptorFailures: 0 });
});
