/** Tapes: whatever stands on one, it is gone through to its end, or to a problem with the number of its line. */

import { readFileSync } from 'node:fs';
import { Rebuild } from '../../../src/record/rebuild.ts';
import { sessionsOn } from '../../../src/record/taped-sessions.ts';
import { type ReadLine, readHeader, readLine } from '../../../src/record/tape-lines.ts';
import { tapeHar } from '../../../src/record/tape-har.ts';
import type { TapeHeader } from '../../../src/record/tape-format.ts';
import { fuzzCases } from '../fuzz-case.ts';
import { type PureTarget, broken } from '../fuzz-target.ts';

const lineFeed = 0x0a;
/** The beginning of a tape is a tape, and a long one teaches nothing more. */
const linesMax = 24;

/** Beginnings of the tapes among the fixtures. */
export const tapesBegun: readonly Uint8Array[] = ['stdio', 'http', 'rules', 'recovery'].map((name) => {
  const lines = readFileSync(`test/fixtures/tapes/${name}.tape.jsonl`, 'utf8').split('\n');
  return new Uint8Array(Buffer.from(`${lines.slice(0, linesMax).join('\n')}\n`));
});

export const tapePieces: readonly string[] = [
  ...['\n', '\n\n', '{', '}', '[', ']', '"', ',', ':', '\\', 'null', 'true', '-1', '0', '1e308', '999999999999', '1.5'],
  ...['"seq":1,', '"seq":99999,', '"at":-1,', '"session":7,', '"bytes":999999999999,', '"bytes":-5,', '"ticket":0,'],
  ...['"event":"frame.request",', '"event":"session.opened",', '"event":"settings",', '"event":"tape.closed",'],
  ...[
    '"event":"frame.response",',
    '"event":"request.expired",',
    '"event":"effect.failed",',
    '"event":"frame.decided",',
  ],
  ...['"body":{},', '"body":{"jsonrpc":"2.0","id":1,"method":"a"},', '"request":0,', '"request":99,', '"exchange":3,'],
  ...[
    '"wallTime":1e300,',
    '"limits":{},',
    '"times":{"requestIdleMs":null},',
    '"__proto__":{"polluted":1},',
    'ü',
    '\u0000',
  ],
  ...[
    '"verdict":{"kind":"drop"},',
    '"verdict":"awaited",',
    '"direction":"server-to-client",',
    '"decision":"committed",',
  ],
];

export const tape: PureTarget = {
  name: 'tape',
  kind: 'pure',
  law: 'a tape is gone through, or has a problem with the number of its line, and nothing throws',
  cases: fuzzCases(tapesBegun, tapePieces),
  check: ({ bytes }) => {
    const read: ReadLine[] = [];
    let header: TapeHeader | undefined;
    let number = 0;
    let seq = 0;
    for (let from = 0, end = bytes.indexOf(lineFeed); end !== -1; from = end + 1, end = bytes.indexOf(lineFeed, from)) {
      number++;
      const line = bytes.subarray(from, end);
      const part = number === 1 ? readHeader(line) : readLine(line, number, seq);
      if ('problem' in part) {
        if (part.line !== number || part.problem === '') broken(`a problem of line ${part.line} in line ${number}`);
        break;
      }
      if ('tape' in part) header = part;
      else {
        read.push(part);
        ({ seq } = part.line);
      }
    }
    if (header === undefined) return;
    const rebuild = new Rebuild();
    for (const each of read) rebuild.apply(each);
    for (const session of rebuild.numbers()) rebuild.snapshot(session);
    for (const _piece of tapeHar({ header }, sessionsOn({ lines: read }), { hide: (message) => message }));
    if ('polluted' in {}) broken('every object has what a tape said');
  },
};
