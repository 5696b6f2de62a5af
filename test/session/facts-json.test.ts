import { expect, test } from 'vitest';
import { factsFromJson, factsToJson } from '../../src/session/facts-json.ts';
import { type SessionFacts, noFacts } from '../../src/session/facts.ts';
import { notification, request } from '../../src/testing/messages.ts';
import { frameOf } from '../machines/lone-session.ts';

const all: SessionFacts = {
  ...noFacts,
  protocolVersion: '2025-11-25',
  clientName: 'c',
  serverName: 's',
  serverCapabilities: '{}',
  initialize: frameOf(request(0, 'initialize', { clientInfo: { name: 'ü' } })),
  initialized: frameOf(notification('notifications/initialized')),
  loggingLevel: frameOf(request(1, 'logging/setLevel', { level: 'info' })),
  subscriptions: new Map([['__proto__', frameOf(request(2, 'resources/subscribe', { uri: '__proto__' }))]]),
};
const through = (facts: SessionFacts): SessionFacts | undefined =>
  factsFromJson(JSON.parse(JSON.stringify(factsToJson(facts))));

test('what the peers told each other comes back as it was, down to the bytes of their messages', () => {
  expect(through(all)).toEqual(all);
  expect(through(noFacts)).toEqual(noFacts);
});

test('messages are shown as their reader may see them', () => {
  expect(factsToJson(all, () => 'hidden')).toMatchObject({
    initialize: 'hidden',
    subscriptions: { ['__proto__']: 'hidden' },
  });
});

test.each([
  ['nothing', undefined],
  ['a list', []],
  ['a name that is a number', { clientName: 1 }],
  ['a message that is none', { initialize: '{' }],
  ['a message that is no text', { loggingLevel: {} }],
  ['subscriptions that are a list', { subscriptions: [] }],
  ['a subscription that is no message', { subscriptions: { a: '1' } }],
])('%s is refused', (_what, json) => {
  expect(factsFromJson(json)).toBeUndefined();
});
