/**
 * No bytes can hurt a session (R24): whatever either peer writes, nothing throws, nothing but messages reaches the other
 * peer, the sender of what looked like a request gets one answer at most, and the session serves on.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import type { Direction } from '../../src/protocol/envelope.ts';
import { expectExactCounts, expectExactLedger } from './laws.ts';
import { World, runs } from './world.ts';

const whole = [
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":"t"}}}',
  '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{}}}',
  '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"no"}}',
  '{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}',
  '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1}}',
  '[{"jsonrpc":"2.0","id":2,"method":"ping"},{"jsonrpc":"2.0","id":1,"result":{}}]',
];

/** A message with a few bytes replaced, taken out, or put in. */
const damaged: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.constantFrom(...whole),
    fc.array(fc.record({ at: fc.nat(120), remove: fc.nat(8), insert: fc.uint8Array({ maxLength: 4 }) }), {
      maxLength: 3,
    }),
  )
  .map(([text, wounds]) => {
    const bytes = [...encodeText(text)];
    for (const { at, remove, insert } of wounds) bytes.splice(Math.min(at, bytes.length), remove, ...insert);
    return Uint8Array.from(bytes);
  });

const word = fc.constantFrom(
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
  '__proto__',
  'constructor',
  'toString',
  '_meta',
  'progressToken',
  'requestId',
  '2.0',
  'tools/call',
  'notifications/cancelled',
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  word,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
);
/** JSON objects made of the words of the protocol, in any sense or none. */
const jumbled: fc.Arbitrary<Uint8Array> = fc
  .array(fc.tuple(word, fc.oneof(value, fc.dictionary(word, value, { maxKeys: 3 }))), { maxLength: 7 })
  .map((members) =>
    encodeText(`{${members.map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`).join(',')}}`),
  );

const bytes = fc.oneof(
  { weight: 4, arbitrary: damaged },
  { weight: 4, arbitrary: jumbled },
  { weight: 2, arbitrary: fc.constantFrom(...whole).map((text) => encodeText(text)) },
  fc.uint8Array({ maxLength: 40 }),
);

const said = fc.record({ from: fc.constantFrom<Direction>('client-to-server', 'server-to-client'), bytes });

describe('whatever bytes a peer writes', () => {
  test('R24 P13 hurt nobody', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 40, size: 'max' }), (sentences) => {
        const world = new World({ limits: { pendingPerSession: 3 } });
        const pair = world.open();
        pair.shake();
        for (const { from, bytes: written } of sentences) {
          const before = pair.earOf(from).everything.length;
          if (from === 'client-to-server') pair.session.client.receive(written);
          else pair.server.say(written);
          // A batch may hold several messages; anything else is answered once at most.
          const isBatch = /^\s*\[/.test(Buffer.from(written).toString('latin1'));
          if (!isBatch) expect(pair.earOf(from).everything.length - before).toBeLessThanOrEqual(1);
          expectExactLedger(world);
        }
        expect(pair.endedFor).toBeUndefined();
        expect(world.errors).toEqual([]);
        for (const ear of [pair.client, pair.server.ear]) {
          for (const message of ear.everything) expect(message).toMatchObject({ jsonrpc: '2.0' });
        }
        // It serves on.
        pair.fromServer({ method: 'notifications/message', params: { text: 'still there' } });
        expect(pair.client.everything.at(-1)?.params).toEqual({ text: 'still there' });
        expectExactCounts(world);
        pair.session.close();
        expect(world.runtime.totals().pending).toEqual({ ordinary: 0, reserved: 0, listen: 0, question: 0 });
        expect(world.errors).toEqual([]);
      }),
      runs(50),
    );
  });

  test('R24 what is malformed is counted, once, and reaches nobody', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { maxLength: 20 }), (noises) => {
        const world = new World();
        const pair = world.open();
        pair.shake();
        // Random bytes that happen to be a message are beyond belief; JSON without `jsonrpc` is not.
        for (const noise of noises) pair.session.client.receive(noise);
        const { counts } = pair.session.snapshot();
        expect(counts.malformedFromClient).toBeGreaterThanOrEqual(noises.length);
        expect(pair.server.ear.heard).toEqual([]);
        expect(pair.client.heard.every(({ id, error }) => id === null && error !== undefined)).toBe(true);
        expectExactCounts(world);
      }),
      runs(50),
    );
  });
});
