import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { StderrLines } from '../../src/transports/stderr-lines.ts';

function linesOf(
  chunks: readonly (string | Uint8Array)[],
  bounds: { lineBytesMax?: number; keptLinesMax?: number } = {},
) {
  const said: string[] = [];
  const lines = new StderrLines({ ...bounds, onLine: (line) => said.push(line) });
  for (const chunk of chunks) lines.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  lines.end();
  return { said, last: lines.last() };
}

describe('lines of stderr', () => {
  test('come whole however they were chunked, and without carriage returns', () => {
    expect(linesOf(['first\nsec', 'ond\r\nthird\n']).said).toEqual(['first', 'second', 'third']);
  });

  test('are told when the newline comes, not before', () => {
    const said: string[] = [];
    const lines = new StderrLines({ onLine: (line) => said.push(line) });
    lines.push(Buffer.from('one\ntwo'));
    expect(said).toEqual(['one']);
    lines.end();
    expect(said).toEqual(['one', 'two']);
  });

  test('that are blank are left out', () => {
    expect(linesOf(['\n  \n\r\nsaid\n\n']).said).toEqual(['said']);
  });

  test('are cut at the limit, and the cut is said', () => {
    expect(linesOf(['abcdef', 'ghi\nnext\n'], { lineBytesMax: 4 }).said).toEqual(['abcd [5 bytes cut]', 'next']);
    expect(linesOf(['abcd\n'], { lineBytesMax: 4 }).said).toEqual(['abcd']);
  });

  test('are not cut inside a character', () => {
    expect(linesOf(['aé€\n'], { lineBytesMax: 5 }).said).toEqual(['aé [1 bytes cut]']);
  });

  test('that are endless take no more memory than the limit', () => {
    const chunk = Buffer.alloc(1_000_000, 'x');
    const said = linesOf(Array.from({ length: 50 }, () => chunk)).said;
    expect(said).toEqual([`${'x'.repeat(4096)} [${50_000_000 - 4096} bytes cut]`]);
  });

  test('that are not UTF-8 are shown as well as they can be', () => {
    expect(linesOf([Buffer.from([0x61, 0xff, 0x62, 0x0a])]).said).toEqual(['a\ufffdb']);
  });

  test('cannot move a terminal, forge a line, or turn the writing round', () => {
    const spoilt = '\u001b[2Jgone\u0000 a\tb \u009b1m \u2028ERROR \u202egnp.exe\u007f\n';
    expect(linesOf([spoilt]).said).toEqual(['\\x1b[2Jgone\\x00 a\tb \\x9b1m \\u2028ERROR \\u202egnp.exe\\x7f']);
  });

  test('are kept, the last twenty, for the report of the end', () => {
    const all = Array.from({ length: 25 }, (_, index) => `line ${index}`);
    expect(linesOf([all.join('\n')]).last).toEqual(all.slice(5));
    expect(linesOf([all.join('\n')], { keptLinesMax: 2 }).last).toEqual(['line 23', 'line 24']);
    expect(linesOf([all.join('\n')], { keptLinesMax: 0 }).last).toEqual([]);
  });

  test('do not depend on where the chunks were cut', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '€', '\u{1f600}', '\n', '\r\n', ' ', '\u0007'), { maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 8 }), (characters, cuts) => {
        const bytes = Buffer.from(characters.join(''));
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        expect(linesOf(chunks, { lineBytesMax: 6 })).toEqual(linesOf([bytes], { lineBytesMax: 6 }));
      }),
      { numRuns: 300 },
    );
  });
});
