import { describe, expect, test } from 'vitest';
import { type MutationReport, percent, scoresOf, survivorLine } from './scores.ts';

const at = (
  line: number,
  from: number,
  to: number,
): MutationReport['files'][string]['mutants'][number]['location'] => ({
  start: { line, column: from },
  end: { line, column: to },
});

const report: MutationReport = {
  files: {
    'src/b.ts': {
      source: 'const a = 1;\nif (a > 0) run(\n  a,\n);\n',
      mutants: [
        { mutatorName: 'x', replacement: 'true', status: 'Killed', location: at(2, 5, 10) },
        { mutatorName: 'x', replacement: 'false', status: 'Timeout', location: at(2, 5, 10) },
        { mutatorName: 'x', replacement: 'a >= 0', status: 'Survived', location: at(2, 5, 10) },
        {
          mutatorName: 'x',
          replacement: '',
          status: 'NoCoverage',
          location: { start: { line: 2, column: 12 }, end: { line: 4, column: 2 } },
        },
        { mutatorName: 'x', replacement: '2', status: 'RuntimeError', location: at(1, 11, 12) },
      ],
    },
    'src/a.ts': { source: 'a', mutants: [{ mutatorName: 'x', status: 'Killed', location: at(1, 1, 2) }] },
    'src/types.ts': { source: 'type A = 1;', mutants: [] },
  },
};

describe('the score of a file', () => {
  test('counts what tests noticed, a hang among it, of all that could be noticed', () => {
    expect(scoresOf(report).map(({ path, killed, counted }) => [path, killed, counted])).toEqual([
      ['src/a.ts', 1, 1],
      ['src/b.ts', 2, 4],
    ]);
    expect(percent(scoresOf(report))).toBe(60);
  });

  test('is full where nothing can be noticed', () => {
    expect(percent([])).toBe(100);
  });
});

test('a survivor is told as a place in the source, what stood there and what was put there', () => {
  expect(scoresOf(report).flatMap(({ survivors }) => survivors.map(survivorLine))).toEqual([
    'src/b.ts:2:5  a > 0  ->  a >= 0',
    'src/b.ts:2:12  run( a, )  ->    (no test comes here)',
  ]);
});
