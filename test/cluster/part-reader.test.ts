/** The parts of an answer reach whoever asked in order, once, and no faster than they are taken. */
import { describe, expect, test } from 'vitest';
import { encodeFailure } from '../../src/cluster/failure-text.ts';
import { type Message, type MessageKind, decodeMessage, encodeMessage } from '../../src/cluster/message.ts';
import { PartReader } from '../../src/cluster/part-reader.ts';
import { type SendResult, notExecuted } from '../../src/cluster/send-result.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { settled } from './stage.ts';

const message = (kind: MessageKind, sequence: number, text = ''): Message =>
  decodeMessage(encodeMessage(kind, 1, { sequence, body: encodeText(text) }))!;

function reading(take?: (part: string) => void | Promise<void>) {
  const parts: string[] = [];
  const acknowledged: (readonly [number, number])[] = [];
  const results: SendResult[] = [];
  const reader = new PartReader({
    onPart: (part) => {
      parts.push(decodeText(part));
      return take?.(decodeText(part));
    },
    acknowledge: (sequence, taken) => acknowledged.push([sequence, taken]),
    finish: (result) => results.push(result),
  });
  return { reader, parts, acknowledged, results };
}

describe('parts', () => {
  test('that come again, or before their turn, are handed on once and in order', () => {
    const { reader, parts, acknowledged, results } = reading();
    for (const sequence of [1, 0, 0, 1, 3, 2]) reader.take(message('part', sequence, `p${sequence}`));
    reader.take(message('result', 3, 'end'));
    expect(parts).toEqual(['p0', 'p1', 'p2']);
    expect(results).toEqual([{ ok: true, bytes: encodeText('end') }]);
    expect(acknowledged.at(-1)).toEqual([4, 4]);
  });

  test('wait until the one before was taken, and the end waits for all of them', async () => {
    const releases: (() => void)[] = [];
    const { reader, parts, acknowledged, results } = reading(async () => new Promise<void>((go) => releases.push(go)));
    for (const [kind, sequence] of [
      ['part', 0],
      ['part', 1],
      ['result', 2],
    ] as const)
      reader.take(message(kind, sequence, `${sequence}`));
    expect(parts).toEqual(['0']);
    expect(acknowledged.at(-1)).toEqual([3, 0]);
    releases.shift()!();
    await settled();
    expect(parts).toEqual(['0', '1']);
    expect(acknowledged.at(-1)).toEqual([3, 1]);
    expect(results).toEqual([]);
    releases.shift()!();
    await settled();
    expect(results).toHaveLength(1);
  });

  test('that wait are not handed on when nobody waits for the end any more', async () => {
    const releases: (() => void)[] = [];
    const { reader, parts } = reading(async () => new Promise<void>((go) => releases.push(go)));
    for (const sequence of [0, 1]) reader.take(message('part', sequence, `${sequence}`));
    reader.close();
    releases.shift()!();
    await settled();
    expect(parts).toEqual(['0']);
  });

  test('that cannot be taken end the answer', async () => {
    const thrown = reading(() => {
      throw new Error('the client is gone');
    });
    thrown.reader.take(message('part', 0));
    const rejected = reading(async () => Promise.reject(new Error('the client is gone')));
    rejected.reader.take(message('part', 0));
    await settled();
    for (const { results } of [thrown, rejected]) {
      expect(results).toEqual([{ ok: false, code: 'CANCELLED', executed: 'unknown', reason: 'the client is gone' }]);
    }
  });

  test('a failure ends it at once, whatever else is on its way', () => {
    const { reader, results } = reading();
    const failure = notExecuted('CLAIM_LOST');
    reader.take(decodeMessage(encodeMessage('failure', 1, { sequence: 5, body: encodeFailure(failure) }))!);
    expect(results).toEqual([failure]);
  });
});
