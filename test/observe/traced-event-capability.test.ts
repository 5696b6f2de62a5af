import { describe, expect, test } from 'vitest';
import { missingCapability } from '../../src/observe/traced-event-capability.ts';
import type { Frame } from '../../src/protocol/envelope.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { type SessionFacts, noFacts } from '../../src/session/facts.ts';

const hello = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: { sampling: {} }, clientInfo: { name: 'c', version: '1' } },
};
const facts: SessionFacts = {
  ...noFacts,
  protocolVersion: '2025-11-25',
  serverCapabilities: '{"tools":{}}',
  initialize: readMessage(Buffer.from(JSON.stringify(hello))) as Frame,
};

describe('the capability that a request needs', () => {
  test.each([
    ['tools/call', 'client-to-server', undefined],
    ['prompts/get', 'client-to-server', 'prompts'],
    ['completion/complete', 'client-to-server', 'completions'],
    ['ping', 'client-to-server', undefined],
    ['x/y', 'client-to-server', undefined],
    ['sampling/createMessage', 'server-to-client', undefined],
    ['elicitation/create', 'server-to-client', 'elicitation'],
    ['tools/call', 'server-to-client', undefined],
  ] as const)('of %s, %s: missing is %s', (method, direction, missing) => {
    expect(missingCapability(method, direction, facts)).toBe(missing);
  });

  test('is not missed where there was no handshake, or nothing is known of it', () => {
    expect(missingCapability('prompts/get', 'client-to-server', noFacts)).toBeUndefined();
    expect(missingCapability('roots/list', 'server-to-client', { ...facts, initialize: undefined })).toBeUndefined();
  });

  test('is not missed in the revision that did not have it yet', () => {
    const first = { ...facts, protocolVersion: '2024-11-05' };
    expect(missingCapability('completion/complete', 'client-to-server', first)).toBeUndefined();
  });
});
