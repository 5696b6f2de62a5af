/**
 * Where the pipe cuts a stream says nothing (R24): the same bytes in any pieces are the same messages, so both peers hear
 * the same bytes in the same order and the session counts the same.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PeerLink } from '../../src/ports.ts';
import type { Direction } from '../../src/protocol/envelope.ts';
import { LineFramer } from '../../src/protocol/lines.ts';
import { probeOversize } from '../../src/protocol/oversize.ts';
import { decodeText } from '../../src/protocol/text.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { runs } from './world.ts';

const frameBytesMax = 300;

/** What one peer says before the other answers, as the bytes of its pipe. */
interface Round {
  readonly from: Direction;
  readonly bytes: Uint8Array;
  /** Where the pipe cuts, as fractions of the length. */
  readonly cuts: readonly number[];
}

const id = fc.constantFrom('1', '2', '"1"', '"é"', '0');
const text = fc.constantFrom('', 'plain', 'Grüße', '日本語', '\\"quoted\\"', '🎭', '\\u00e9');
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(id, text, fc.boolean())
      .map(
        ([known, word, isPadded]) =>
          `{"jsonrpc":"2.0",${isPadded ? ' ' : ''}"id":${known},"method":"tools/call","params":{"x":"${word}"}}`,
      ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(id, text).map(([known, word]) => `{"result":{"x":"${word}"},"jsonrpc":"2.0","id":${known}}`),
  },
  {
    weight: 2,
    arbitrary: text.map((word) => `{"jsonrpc":"2.0","method":"notifications/message","params":{"x":"${word}"}}`),
  },
  fc
    .tuple(id, id)
    .map(([a, b]) => `[{"jsonrpc":"2.0","id":${a},"method":"ping"}, {"jsonrpc":"2.0","id":${b},"result":{}}]`),
  id.map((known) => `{"jsonrpc":"2.0","id":${known},"method":"tools/call","params":{"x":"${'long '.repeat(80)}"}}`),
  fc.constantFrom('', '   ', 'no JSON', '{"jsonrpc":"2.0"', '{}', 'null', '[]'),
);

const round: fc.Arbitrary<Round> = fc.record({
  from: fc.constantFrom<Direction>('client-to-server', 'server-to-client'),
  bytes: fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { minLength: 1, maxLength: 8 })
    .map((lines) => Buffer.from(lines.flat().join(''))),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
});

/** Bytes in a buffer of their own, as a pipe hands them over. */
function pieces({ bytes, cuts }: Round): readonly Uint8Array[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => Uint8Array.from(bytes.subarray(places[index], end)));
}

/** Plays the rounds, whole or in pieces, and tells what came out at either end. */
function played(rounds: readonly Round[], cut: (one: Round) => readonly Uint8Array[]): object {
  const heard: string[] = [];
  const ear = (name: string): PeerLink => ({
    write: (parts) => {
      heard.push(`${name} ${parts.map((part) => decodeText(part)).join('')}`);
      return true;
    },
    pause: () => {},
    close: () => {},
  });
  const runtime = createRuntime({
    ids: { sessionId: () => 'one' },
    clock: new VirtualClock(),
    limits: { frameBytesMax },
    checksInvariants: true,
  });
  const opened = runtime.open({ transportType: 'stdio', client: ear('client'), server: ear('server') });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  const { session } = opened;
  const framers = {
    'client-to-server': new LineFramer({ lineBytesMax: frameBytesMax }),
    'server-to-client': new LineFramer({ lineBytesMax: frameBytesMax }),
  };
  for (const one of rounds) {
    const peer = one.from === 'client-to-server' ? session.client : session.server;
    for (const piece of cut(one)) {
      framers[one.from].push(
        piece,
        (message) => peer.receive(message),
        (tooLong) => peer.unreadable(probeOversize(tooLong), tooLong.totalBytes),
      );
    }
  }
  return { heard, snapshot: session.snapshot(), totals: runtime.totals() };
}

describe('a stream of messages', () => {
  test('R24 means the same however the pipe cuts it', () => {
    fc.assert(
      fc.property(fc.array(round, { maxLength: 6 }), (rounds) => {
        expect(played(rounds, pieces)).toEqual(played(rounds, ({ bytes }) => [bytes]));
      }),
      runs(150),
    );
  });

  test('R24 means the same byte by byte', () => {
    fc.assert(
      fc.property(fc.array(round, { maxLength: 3 }), (rounds) => {
        const bytewise = ({ bytes }: Round): readonly Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));
        expect(played(rounds, bytewise)).toEqual(played(rounds, ({ bytes }) => [bytes]));
      }),
      runs(40),
    );
  });
});
