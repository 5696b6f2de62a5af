/** Tapes as files: whole, growing, packed, cut off, altered, and no tapes at all. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { z } from 'zod';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ReadTapeOptions, readTape } from '../../src/record/read-tape.ts';
import type { TapePart } from '../../src/record/tape-parts.ts';
import { checkTape } from '../../src/record/tape-check.ts';
import { eventSchema } from '../../src/record/tape-schema.ts';
import { openRecording } from '../../src/record/recording.ts';
import { Playbook } from '../../src/testing/playbook.ts';
import { KeptLog } from '../runtime/kept-log.ts';
import { plain } from './kept-lines.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-tape-'));
  path = join(folder, 'run.tape.jsonl');
  const clock = { now: () => 0, wallTime: () => 0, setTimeout: () => undefined, clearTimeout: () => {} };
  const recording = openRecording({
    place: { file: path },
    version: 'x',
    chart: 'c',
    clock,
    log: new KeptLog(),
    hide: plain,
    isRedacted: false,
    bodyBytesMax: 1000,
    whenFull: 'wait',
  });
  const play = new Playbook({ tracer: recording.tracer });
  const { client, server, session, handshake } = play.open();
  handshake();
  client.asks(1, 'tools/list');
  server.takesAll();
  server.answers(1);
  client.takesAll();
  session.close();
  recording.close();
  await play.ends();
});

afterEach(() => rmSync(folder, { recursive: true }));

async function partsOf(file: string, options?: ReadTapeOptions): Promise<readonly TapePart[]> {
  const parts: TapePart[] = [];
  for await (const part of readTape(file, options)) parts.push(part);
  return parts;
}

const kindsOf = (parts: readonly TapePart[]) => parts.map(({ type }) => type);

describe('a tape', () => {
  test('is read from its header to its last line, packed or not', async () => {
    const parts = await partsOf(path);
    expect(kindsOf(parts)).toEqual(['header', ...Array.from({ length: parts.length - 1 }, () => 'line')]);
    expect(parts.at(-1)).toMatchObject({ line: { event: 'tape.closed', lines: parts.length - 1 } });
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    expect(await partsOf(`${path}.gz`)).toEqual(parts);
  });

  test('that was cut off anywhere is read up to its last whole line', async () => {
    const whole = await partsOf(path);
    const bytes = readFileSync(path);
    for (let length = 1; length < bytes.length; length += 97) {
      writeFileSync(path, bytes.subarray(0, length));
      const parts = await partsOf(path);
      const lines = parts.filter(({ type }) => type === 'line' || type === 'header');
      expect(lines).toEqual(whole.slice(0, lines.length));
      expect(kindsOf(parts.slice(lines.length))).toEqual(bytes[length - 1] === 0x0a ? [] : ['cut-off']);
    }
  });

  test('in which a byte is another one, or a line is missing, is known for it', async () => {
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('tools/list', 'tools/lost'));
    expect(kindsOf(await partsOf(path)).slice(-2)).toEqual(['altered', 'line']);
    writeFileSync(path, text.replace(/^.*upstream\.ready.*\n/m, ''));
    expect(kindsOf(await partsOf(path))).toContain('altered');
  });

  test('ends at the first line that cannot be used, which is named', async () => {
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [lines[0], lines[2], lines[1], ''].join('\n'));
    expect((await partsOf(path)).at(-1)).toEqual({
      type: 'problem',
      line: 3,
      problem: 'this line has the seq 1 and stands behind 2: lines are out of order',
    });
  });
});

test.each([true, false])(
  'a line that is too long ends the reading and is not kept (with its end: %s)',
  async (isWhole) => {
    const [header = '', first = ''] = readFileSync(path, 'utf8').split('\n');
    const lineBytesMax = Math.max(header.length, first.length);
    expect(await partsOf(path, { lineBytesMax })).not.toContainEqual(
      expect.objectContaining({ line: 2, type: 'problem' }),
    );
    writeFileSync(path, `${header}\n${first}${' '.repeat(1_000_000)}${isWhole ? '\n' : ''}`);
    expect((await partsOf(path, { lineBytesMax })).slice(1)).toEqual([
      { type: 'problem', line: 2, problem: `this line is longer than ${lineBytesMax} bytes` },
    ]);
    expect(kindsOf(await partsOf(path)).slice(1)).toEqual([isWhole ? 'line' : 'cut-off']);
  },
);

/** What can happen to a file on its way, and what somebody can write who knows what a tape is. */
const harm = fc.oneof(
  fc.record({ kind: fc.constant('flip'), at: fc.nat(), to: fc.nat(255) }),
  fc.record({ kind: fc.constantFrom('cut', 'repeat', 'leave out', 'swap'), at: fc.nat(), other: fc.nat() }),
  fc.record({
    kind: fc.constant('say'),
    at: fc.nat(),
    member: fc.nat(),
    value: fc.jsonValue({ maxDepth: 1 }),
  }),
);
type Harm = typeof harm extends fc.Arbitrary<infer T> ? T : never;

function harmed(text: string, harms: readonly Harm[]): Buffer {
  let bytes = Buffer.from(text);
  for (const one of harms) {
    const lines = bytes.toString('latin1').split('\n');
    const at = one.at % lines.length;
    if (one.kind === 'flip') bytes[one.at % Math.max(1, bytes.length)] = one.to;
    else if (one.kind === 'cut') bytes = bytes.subarray(0, one.at % (bytes.length + 1));
    else {
      if (one.kind === 'repeat') lines.splice(at, 0, lines[at]!);
      else if (one.kind === 'leave out') lines.splice(at, 1);
      else if (one.kind === 'say') lines[at] = saying(lines[at]!, one.member, one.value);
      else [lines[at], lines[one.other % lines.length]] = [lines[one.other % lines.length]!, lines[at]!];
      bytes = Buffer.from(lines.join('\n'), 'latin1');
    }
  }
  return bytes;
}

/** The line with another value for one of its members, or with one that it had not. */
function saying(line: string, member: number, value: unknown): string {
  try {
    const said = JSON.parse(line) as Record<string, unknown>;
    const names = [...Object.keys(said), ...Object.keys(eventSchema instanceof z.ZodObject ? eventSchema.shape : {})];
    const name = names[member % names.length]!;
    return JSON.stringify({ ...said, [name]: name === 'session' && typeof value === 'number' ? 1 : value });
  } catch {
    return line;
  }
}

test('whatever happened to a tape, reading and checking it ends with a word about a line of it, and never throws', async () => {
  const text = readFileSync(path, 'utf8');
  const file = join(folder, 'harmed.tape.jsonl');
  await fc.assert(
    fc.asyncProperty(fc.array(harm, { minLength: 1, maxLength: 4 }), async (harms) => {
      const bytes = harmed(text, harms);
      writeFileSync(file, bytes);
      const lines = bytes.toString('latin1').split('\n').length;
      const parts = await partsOf(file);
      for (const part of parts)
        if ('line' in part && typeof part.line === 'number') expect(part.line).toBeLessThanOrEqual(lines);
      const { findings } = await checkTape(readTape(file));
      for (const { line } of findings) expect(line).toBeLessThanOrEqual(lines);
      const isAsItWas = bytes.toString().startsWith(text.replace(/[^\n]*\n$/, ''));
      if (!isAsItWas) expect(findings).not.toEqual([]);
    }),
    { numRuns: 150 },
  );
});

describe('what is no tape', () => {
  test.each([
    ['', 'this is no tape: the file is empty'],
    ['hello\n', 'this is no tape: its first line does not say {"tape":2,...}'],
    ['{"tape":9}\n', 'this is a tape of version 9; this release reads versions 1 and 2'],
  ])('%j is refused', async (text, problem) => {
    writeFileSync(path, text);
    expect(await partsOf(path)).toEqual([{ type: 'problem', line: 1, problem }]);
  });

  test('is a file that is not there, or packed wrongly', async () => {
    const problem = 'it cannot be read: ENOENT: no such file or directory';
    expect(await partsOf(join(folder, 'none'))).toEqual([{ type: 'problem', line: 1, problem }]);
    writeFileSync(path, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    expect(await partsOf(path)).toEqual([
      { type: 'problem', line: 1, problem: expect.stringMatching(/^it cannot be read: /) },
    ]);
  });
});

test('a tape that grows is read as far as it goes', async () => {
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${lines.slice(0, 4).join('\n')}\n`);
  expect(await partsOf(path)).toHaveLength(4);
  appendFileSync(path, `${lines[4]}\n`);
  expect(await partsOf(path)).toHaveLength(5);
});
