import { expect, test } from 'vitest';
import { type Remains, openRemains, sealRemains } from '../../src/proxy/cluster-recollection.ts';
import { noFacts } from '../../src/session/facts.ts';
import { request } from '../../src/testing/messages.ts';
import { frameOf } from '../machines/lone-session.ts';

const remains: Remains = {
  place: '/mcp',
  life: 2,
  recollection: {
    principal: 'ada',
    route: undefined,
    claims: { sub: 'ada' },
    facts: { ...noFacts, protocolVersion: '2025-11-25', initialize: frameOf(request(0, 'initialize', {})) },
    labels: ['slow'],
    serverSession: { id: 'session-1', protocolVersion: '2025-11-25' },
  },
};

test('whoever knows the id of a session finds in it what was left, and nobody else anything', () => {
  const text = sealRemains('secret-id', remains);
  expect(openRemains('secret-id', text)).toEqual(remains);
  expect(openRemains('another-id', text)).toBeUndefined();
  for (const said of ['ada', 'initialize', 'session-1', 'secret-id']) {
    expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain(said);
  }
  expect(sealRemains('secret-id', remains)).not.toBe(text);
});

test('a text that somebody has changed, or cut off, is none', () => {
  const text = sealRemains('secret-id', remains);
  const bytes = Buffer.from(text, 'base64url');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    expect(openRemains('secret-id', changed.toString('base64url'))).toBeUndefined();
    expect(openRemains('secret-id', bytes.subarray(0, at).toString('base64url'))).toBeUndefined();
  }
});
