import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from '../../../src/protocol/text.ts';
import type { Delivery } from '../../../src/testing/play/target.ts';
import { Outflow } from '../../../src/testing/targets/outflow.ts';
import { Quiet, usualQuiet } from '../../../src/testing/targets/quiet.ts';

/** What was written, piece by piece, when everything has left. */
async function written(
  ...messages: readonly (readonly [text: string, delivery?: Delivery])[]
): Promise<readonly string[]> {
  const pieces: string[] = [];
  const outflow = new Outflow((bytes) => pieces.push(decodeText(bytes)), new Quiet(usualQuiet));
  for (const [text, delivery] of messages) outflow.deliver(encodeText(text), delivery);
  await new Promise<void>((resolve) => {
    outflow.afterwards(resolve);
  });
  return pieces;
}

describe('a message', () => {
  test('is handed over whole and at once', () => {
    const pieces: string[] = [];
    const outflow = new Outflow((bytes) => pieces.push(decodeText(bytes)), new Quiet(usualQuiet));
    outflow.deliver(encodeText('one'));
    expect(pieces).toEqual(['one']);
  });

  test('can be handed over in pieces, twice, or not at all', async () => {
    expect(await written(['abcdef', { pieces: 3 }])).toEqual(['ab', 'cd', 'ef']);
    expect(await written(['a', { isTwice: true }])).toEqual(['a', 'a']);
    expect(await written(['a', { isDropped: true }])).toEqual([]);
  });

  test('overtakes none that was handed over before, however late that one is', async () => {
    expect(await written(['late', { delayMs: 20 }], ['soon'])).toEqual(['late', 'soon']);
  });
});
