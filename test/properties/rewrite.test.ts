/**
 * A frame under other ids is the same message with other ids (R8): what JSON.parse makes of it differs in them alone,
 * however the message is spelled.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame, RequestId } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { rewriteFrame, subscriptionIdOf } from '../../src/protocol/rewrite.ts';
import type { IdChanges } from '../../src/protocol/rewrite.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { messageText } from './json-spellings.ts';
import { runs } from './runs.ts';

type Parsed = Record<string, unknown>;

const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';

/** Messages with the member of subscriptions where others have their claim, results with metadata among them. */
const subscribedText = fc
  .tuple(messageText, fc.boolean(), fc.boolean())
  .map(([text, isResult, isEscaped]) => {
    const named = text.replaceAll(
      'io.modelcontextprotocol/protocolVersion',
      isEscaped ? 'io.modelcontextprotocol\\/subscriptionId' : subscriptionKey,
    );
    const numbered = named.replaceAll('"2026-07-28"', '5');
    return isResult ? numbered.replaceAll('"params"', '"result"').replaceAll('"method"', '"name"') : numbered;
  })
  .filter((text) => text.includes('subscriptionId'));
const anyText = fc.oneof(messageText, subscribedText);

const isObject = (value: unknown): value is Parsed =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isId(value: unknown): boolean {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** Puts `by` where the path leads, if an id is there. */
function put(message: Parsed, path: readonly string[], by: RequestId | undefined): void {
  let at: unknown = message;
  for (const key of path.slice(0, -1)) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  const last = path.at(-1) ?? '';
  if (by !== undefined && isObject(at) && Object.hasOwn(at, last) && isId(at[last])) at[last] = by;
}

/** The message with other ids, by the rules in words: a second opinion, not our code. */
function changed(text: string, changes: IdChanges): Parsed {
  const message = JSON.parse(text) as Parsed;
  const isRequest = 'method' in message && 'id' in message;
  put(message, ['id'], changes.id);
  if (isRequest) put(message, ['params', '_meta', 'progressToken'], changes.progressToken);
  else if (message['method'] === 'notifications/progress')
    put(message, ['params', 'progressToken'], changes.progressToken);
  else if (message['method'] === 'notifications/cancelled') put(message, ['params', 'requestId'], changes.cancels);
  if (!isRequest) {
    put(message, ['method' in message ? 'params' : 'result', '_meta', subscriptionKey], changes.subscriptionId);
  }
  return message;
}

const id = fc.option(fc.oneof(fc.maxSafeInteger(), fc.string()), { nil: undefined, freq: 4 });
const anyChanges = fc.record({ id, progressToken: id, cancels: id, subscriptionId: id });

function frameOf(text: string): Frame | undefined {
  const read = readMessage(encodeText(text));
  return isFault(read) ? undefined : read;
}

const joined = (slices: readonly Uint8Array[]): string => slices.map(decodeText).join('');

describe('a frame under other ids', () => {
  test('R8 is the same message, but for the ids', () => {
    let read = 0;
    fc.assert(
      fc.property(anyText, anyChanges, (text, changes) => {
        const frame = frameOf(text);
        if (frame === undefined) return;
        read += 1;
        expect(JSON.parse(joined(rewriteFrame(frame, changes)))).toEqual(changed(text, changes));
      }),
      runs(1500),
    );
    expect(read).toBeGreaterThan(runs(700).numRuns);
  });

  test('is the same text, but for the ids: put back, they give the bytes that came', () => {
    let changedPlaces = 0;
    fc.assert(
      fc.property(anyText, (text) => {
        const frame = frameOf(text);
        if (frame === undefined) return;
        const slices = rewriteFrame(frame, { id: 'i', progressToken: 'p', cancels: 'c', subscriptionId: 's' });
        let at = 0;
        for (const [index, slice] of slices.entries()) {
          if (index % 2 === 1) {
            changedPlaces += 1;
            const next = slices[index + 1] ?? expect.unreachable();
            const old = decodeText(frame.bytes.subarray(at, next.byteOffset - frame.bytes.byteOffset));
            expect(isId(JSON.parse(old))).toBe(true);
            at = next.byteOffset - frame.bytes.byteOffset;
          } else {
            expect(slice.buffer).toBe(frame.bytes.buffer);
            expect(slice.byteOffset - frame.bytes.byteOffset).toBe(at);
            at += slice.length;
          }
        }
        expect(at).toBe(frame.bytes.length);
      }),
      runs(800),
    );
    expect(changedPlaces).toBeGreaterThan(runs(250).numRuns);
  });

  test('names the subscription that it was given', () => {
    let found = 0;
    fc.assert(
      fc.property(subscribedText, fc.oneof(fc.maxSafeInteger(), fc.string()), (text, subscriptionId) => {
        const frame = frameOf(text);
        if (frame === undefined || subscriptionIdOf(frame) === undefined) return;
        found += 1;
        const after = frameOf(joined(rewriteFrame(frame, { subscriptionId })));
        expect(after && subscriptionIdOf(after)).toBe(subscriptionId);
      }),
      runs(600),
    );
    expect(found).toBeGreaterThan(runs(30).numRuns);
  });

  test('never throws on what was read, be it JSON or not', () => {
    const cut = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      piece: fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '0', '\n'),
    });
    let torn = 0;
    fc.assert(
      fc.property(anyText, fc.array(cut, { minLength: 1, maxLength: 2 }), (text, harms) => {
        let harmed = text;
        for (const { at, piece } of harms) {
          const place = Math.floor(at * harmed.length);
          harmed = harmed.slice(0, place) + piece + harmed.slice(place + 1);
        }
        const frame = frameOf(harmed);
        if (frame === undefined) return;
        torn += 1;
        const slices = rewriteFrame(frame, { id: 1, progressToken: 1, cancels: 1, subscriptionId: 1 });
        expect(slices.length % 2).toBe(1);
        subscriptionIdOf(frame);
      }),
      runs(1500),
    );
    expect(torn).toBeGreaterThan(runs(40).numRuns);
  });
});
