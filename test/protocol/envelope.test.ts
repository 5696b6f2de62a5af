import { expect, test } from 'vitest';
import { keptFrame, opposite } from '../../src/protocol/envelope.ts';

test('the answer to a request travels against it', () => {
  expect(opposite('client-to-server')).toBe('server-to-client');
  expect(opposite('server-to-client')).toBe('client-to-server');
});

test('a frame that is kept has bytes of its own, whatever kind of bytes it came in', () => {
  const envelope = { kind: 'notification' } as never;
  for (const chunk of [Buffer.from('{"a":1}\n'), new TextEncoder().encode('{"a":1}\n')]) {
    const bytes = chunk.subarray(0, 7);
    const kept = keptFrame({ bytes, envelope });
    expect([Buffer.from(kept.bytes).toString(), kept.bytes.buffer.byteLength, kept.envelope]).toEqual([
      '{"a":1}',
      7,
      envelope,
    ]);
  }
});
