import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { eraOf, revisionRow, revisions } from '../../src/protocol/revisions.ts';
import { encodeText } from '../../src/protocol/text.ts';

function envelope(members: object): Envelope {
  const read = readMessage(encodeText(JSON.stringify({ jsonrpc: '2.0', ...members })));
  if (isFault(read)) throw new Error(read.reason);
  return read.envelope;
}

describe('revisions', () => {
  test('only 2025-03-26 knows batches, only 2026-07-28 has no handshake and no requests from the server', () => {
    const those = (holds: (row: NonNullable<ReturnType<typeof revisionRow>>) => boolean): readonly string[] =>
      revisions.filter((revision) => {
        const row = revisionRow(revision);
        return row !== undefined && holds(row);
      });
    expect(those((row) => row.allowsBatches)).toEqual(['2025-03-26']);
    expect(those((row) => !row.hasHandshake)).toEqual(['2026-07-28']);
    expect(those((row) => !row.serverMayRequest)).toEqual(['2026-07-28']);
    expect(those((row) => row.era === 'modern')).toEqual(['2026-07-28']);
    expect(those((row) => row.revision.length === 10)).toEqual([...revisions]);
  });

  test('an unknown revision has no row', () => {
    for (const text of ['', '2026-07-29', '__proto__']) expect(revisionRow(text)).toBeUndefined();
  });
});

describe('the era of a message is told by the message', () => {
  const claim = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } };

  test('a claim is modern, whatever it names', () => {
    expect(eraOf(envelope({ id: 1, method: 'tools/list', params: claim }))).toBe('modern');
    expect(eraOf(envelope({ method: 'notifications/cancelled', params: { ...claim, requestId: 1 } }))).toBe('modern');
  });

  test('a request without a claim is legacy, even where its method is not', () => {
    expect(eraOf(envelope({ id: 1, method: 'initialize', params: { protocolVersion: '2026-07-28' } }))).toBe('legacy');
    expect(eraOf(envelope({ id: 1, method: 'server/discover' }))).toBe('legacy');
  });

  test('other messages do not tell', () => {
    expect(eraOf(envelope({ method: 'notifications/initialized' }))).toBe('legacy');
    expect(eraOf(envelope({ method: 'notifications/cancelled', params: { requestId: 1 } }))).toBeUndefined();
    expect(eraOf(envelope({ id: 1, result: { protocolVersion: '2026-07-28' } }))).toBeUndefined();
  });
});
