/**
 * Holds the list of requirements and the tests to each other: what is promised is tested, what the list names is there, and
 * what a test claims to show is in the list.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { posix, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { manifest } from './manifest.ts';

const promised =
  'S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 R15 R16 R17 R18 R19 R20 R21 R22 R23 R24 R25 R26 P1 P2 P3 P4 P5 P7 P8 P9 P10 P11 P12 P13 P14 P16 P17 P18 P19 P20 U3 U8 U13';

/** The names that a test file gives to its tests and to groups of them, as they stand in the source. */
function namesIn(source: string): readonly string[] {
  const call = /(?:\b(?:test|describe)(?:\.\w+)*|\))(?:<[^()]*>)?\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1\s*,/g;
  return [...source.matchAll(call)].map(([, , name = '']) => name.replaceAll(/\\(.)/g, '$1'));
}

function idsIn(name: string): readonly string[] {
  return name.match(/\b[SFRPU]\d{1,2}\b/g) ?? [];
}

/** Every test file, with its names. */
const testNames: ReadonlyMap<string, readonly string[]> = new Map(
  readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((path) => posix.join('test', ...path.split(sep)))
    .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules') && path !== 'test/manifest.test.ts')
    .map((path) => [path, namesIn(readFileSync(path, 'utf8'))]),
);

describe('the manifest', () => {
  test('has a row for every id that is promised', () => {
    const ids = new Set(manifest.map(({ id }) => id));
    expect(promised.split(' ').filter((id) => !ids.has(id))).toEqual([]);
  });

  test.each(manifest)(
    'names a test that is there and cites its id: $id in $test.file',
    ({ id, test: { file, name } }) => {
      expect(testNames.get(file)).toContain(name);
      expect(idsIn(name)).toContain(id);
    },
  );

  test('knows every file in which a test cites an id', () => {
    const rows = new Set(manifest.map(({ id, test: { file } }) => `${id} ${file}`));
    const cited = [...testNames].flatMap(([file, names]) => names.flatMap(idsIn).map((id) => `${id} ${file}`));
    const missing = new Set(cited.filter((pair) => !rows.has(pair)));
    expect([...missing].map((pair) => `${pair}: add a row to test/manifest.ts`)).toEqual([]);
  });

  test('says one law for each id, in a sentence', () => {
    const said = new Set(manifest.map(({ id, law }) => `${id} ${law}`));
    expect(said.size).toBe(new Set(manifest.map(({ id }) => id)).size);
    expect(manifest.map(({ law }) => law).filter((law) => !/^[A-Z0].*\.$/.test(law))).toEqual([]);
  });
});

test('names are read from calls alone, in any quotes and over lines', () => {
  const source = `
    test('S1 plain', () => {});
    describe("S2 isn't", () => {});
    test.each<[string]>([['S3 data']])('S4 it\\'s %s', (a) => {});
    test(
      \`R1 long\`,
      async () => {},
    );
    client.asks('S5 no name', 'x');
    const text = 'S6';`;
  expect(namesIn(source)).toEqual(['S1 plain', "S2 isn't", "S4 it's %s", 'R1 long']);
  expect(idsIn('S1 F5 as R12')).toEqual(['S1', 'F5', 'R12']);
});
