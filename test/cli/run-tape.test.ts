import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTape } from '../../src/record/read-tape.ts';
import { checkTapes, showTape, stepTape } from '../../src/cli/run-tape.ts';
import { tapeTexts } from '../record/taped.ts';

let folder: string;
let file: string;
let said = '';
let complained = '';
const say = (text: string): void => void (said += text);
const complain = (text: string): void => void (complained += text);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ninelives-tape-'));
  file = join(folder, 'a.tape.jsonl');
  writeFileSync(file, `${(await tapeTexts({ sessions: 2 })).join('\n')}\n`);
  said = '';
  complained = '';
});

afterEach(() => rmSync(folder, { recursive: true }));

const show = { do: 'show', bodies: false, json: false } as const;

describe('tape show', () => {
  test('says what it is and what happened', async () => {
    expect(await showTape({ ...show, file }, say, complain)).toBe(0);
    expect(said.split('\n')[0]).toBe(`${file}: a tape of ninelives x, begun 1970-01-01T00:00:00.000Z`);
    expect(said).toContain('#2  -> tools/list 1');
  });

  test('says one session, one method and its messages alone', async () => {
    expect(await showTape({ ...show, file, session: 2, method: 'tools/list', bodies: true }, say, complain)).toBe(0);
    expect(said.split('\n').slice(1)).toEqual([
      '    +0.000 s  #2  -> tools/list 1  46 B',
      '                {"jsonrpc":"2.0","id":1,"method":"tools/list"}',
      '    +0.000 s  #2  <- response 1  36 B  tools/list result after 0 ms',
      '                {"jsonrpc":"2.0","id":1,"result":{}}',
      '',
    ]);
  });

  test('gives programs its lines with everything that they leave to their messages', async () => {
    expect(await showTape({ ...show, file, json: true }, say, complain)).toBe(0);
    const told = said
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    const parts: unknown[] = [];
    for await (const part of readTape(file))
      parts.push('header' in part ? part.header : 'line' in part ? part.line : part);
    expect(told).toEqual(parts);
    expect(told[4]).toMatchObject({ kind: 'request', id: 0, method: 'initialize', bytes: 160, sent: [{ bytes: 160 }] });
  });

  test('says where a tape ends that cannot be read on, or is none', async () => {
    writeFileSync(file, `${readFileSync(file, 'utf8')}{}\n`);
    expect(await showTape({ ...show, file }, say, complain)).toBe(1);
    expect(complained).toMatch(/a\.tape\.jsonl:\d+: this line has no seq, at or event\n$/);
  });
});

describe('tape check', () => {
  test('says that every law holds, or which does not and where', async () => {
    expect(await checkTapes({ do: 'check', files: [file], json: false }, say, complain)).toBe(0);
    expect(said).toContain('2 sessions, 4 requests\n  note: ');
    expect(said).toMatch(/every law holds\n$/);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"to":"closed"', '"to":"failed"'));
    said = '';
    expect(await checkTapes({ do: 'check', files: [file], json: false }, say, complain)).toBe(1);
    expect(said).toContain('broken: the chart comes to what the tape says\n');
    expect(said).not.toContain('every law holds');
  });

  test('gives programs what it found, and build servers a report', async () => {
    const junit = join(folder, 'report.xml');
    expect(await checkTapes({ do: 'check', files: [file], json: true, junit }, say, complain)).toBe(0);
    expect(JSON.parse(said)).toMatchObject([{ file, sessions: 2, findings: [{ law: 'whole' }] }]);
    expect(readFileSync(junit, 'utf8')).toMatch(/<testsuites tests="\d+"/);
    expect(await checkTapes({ do: 'check', files: [file], json: true, junit: folder }, say, complain)).toBe(1);
    expect(complained).toContain('cannot be written: EISDIR');
  });
});

describe('tape step', () => {
  async function* keys(...pressed: readonly string[]): AsyncGenerator<string> {
    for (const key of pressed) yield await Promise.resolve(key);
  }
  const stepsSaid = (): readonly string[] => [...said.matchAll(/^ +(\d+)\/\d+ /gm)].map(([, step = '']) => step);

  test('says every step where there are no keys', async () => {
    expect(await stepTape({ do: 'step', file, session: 1 }, say, complain, undefined)).toBe(0);
    expect(stepsSaid()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(said).toContain('waits -> tools/list 1, open, for 0 ms');
    expect(complained).toBe('');
  });

  test('goes on, back, far, to the ends, and shows the message', async () => {
    const pressed = keys('n', 'right', 'p', 'left', 'left', 'N', 'P', 'G', ' ', 'g', 'n', 'b', '?', 'q', 'n');
    expect(await stepTape({ do: 'step', file, session: 1 }, say, complain, pressed)).toBe(0);
    expect(stepsSaid()).toEqual(['1', '2', '3', '2', '1', '7', '1', '7', '1', '2']);
    expect(said).toContain('this is the first step');
    expect(said).toContain('this is the last step');
    expect(said).toContain('"method":"initialize"');
    expect(said).toContain('Space or n: on');
  });

  test('begins where it is asked to, if there is such a step', async () => {
    expect(await stepTape({ do: 'step', file, at: 14 }, say, complain, undefined)).toBe(0);
    expect(stepsSaid()).toEqual(['14']);
    expect(await stepTape({ do: 'step', file, at: 15 }, say, complain, undefined)).toBe(1);
    expect(complained).toContain('there is no step 15: it has 14\n');
  });

  test('says where the chart of this release decides otherwise, and where the tape ends too early', async () => {
    const text = readFileSync(file, 'utf8').replace('"to":"closed"', '"to":"failed"');
    writeFileSync(file, `${text}{\n`);
    expect(await stepTape({ do: 'step', file }, say, complain, undefined)).toBe(1);
    expect(complained).toContain('the chart differs: the state is closed here, and failed on the tape');
    expect(complained).toContain('this line is no JSON object');
  });
});
