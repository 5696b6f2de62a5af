import { describe, expect, test } from 'vitest';
import { classifyFrame } from '../../src/protocol/classify.ts';
import type { FrameLegality } from '../../src/protocol/classify.ts';
import type { Direction } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';

function classify(members: object, direction: Direction, revision?: string, isBatched?: boolean): FrameLegality {
  const read = readMessage(encodeText(JSON.stringify({ jsonrpc: '2.0', ...members })));
  if (isFault(read)) throw new Error(read.reason);
  return classifyFrame(read.envelope, direction, revision, isBatched);
}

const up = 'client-to-server';
const down = 'server-to-client';
const call = (method: string): object => ({ id: 1, method });
const tell = (method: string): object => ({ method });

describe('classifyFrame', () => {
  test.each<[FrameLegality, object, Direction, string | undefined]>([
    ['legal', call('tools/call'), up, '2025-11-25'],
    ['legal', call('tools/call'), up, undefined],
    ['legal', call('ping'), down, '2024-11-05'],
    ['legal', tell('notifications/progress'), up, '2025-03-26'],
    ['wrong-sender', tell('notifications/progress'), up, '2026-07-28'],
    ['wrong-sender', call('tools/call'), down, '2025-11-25'],
    ['wrong-sender', call('tools/call'), down, undefined],
    ['wrong-sender', call('sampling/createMessage'), up, '2025-06-18'],
    ['not-in-revision', call('sampling/createMessage'), down, '2026-07-28'],
    ['not-in-revision', call('elicitation/create'), down, '2025-03-26'],
    ['not-in-revision', call('ping'), up, '2026-07-28'],
    ['not-in-revision', call('server/discover'), up, '2025-11-25'],
    ['legal', call('server/discover'), up, '2030-01-01'],
    ['wrong-kind', tell('tools/call'), up, '2025-11-25'],
    ['wrong-kind', call('notifications/initialized'), up, '2025-11-25'],
    ['unknown-method', call('shutdown'), up, '2025-11-25'],
    ['unknown-method', tell('__proto__'), up, undefined],
    ['legal', { id: 1, result: {} }, up, '2025-11-25'],
    ['legal', { id: 1, result: {} }, down, '2026-07-28'],
    ['response-not-expected', { id: 1, result: {} }, up, '2026-07-28'],
    ['legal', { id: 1, result: {} }, up, undefined],
  ])('%s: %j %s in %s', (expected, members, direction, revision) => {
    expect(classify(members, direction, revision)).toBe(expected);
  });

  test('batches belong to one revision (R14)', () => {
    expect(classify(call('ping'), up, '2025-03-26', true)).toBe('legal');
    expect(classify(call('ping'), up, '2025-11-25', true)).toBe('batch-not-allowed');
    expect(classify(call('ping'), up, undefined, true)).toBe('legal');
  });
});
