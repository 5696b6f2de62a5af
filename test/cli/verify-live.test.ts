import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { LiveTable } from '../../src/cli/verify-live.ts';
import { findings } from '../testing/report/example.ts';

function table(isTTY: boolean, width = 200) {
  let now = 0;
  const said: string[] = [];
  const live = new LiveTable({ isTTY, write: (text) => said.push(text) }, 20, width, () => now);
  return { live, said, passes: (ms: number) => (now += ms) };
}

const progress = (runs: number) => ({ runs, isShrinking: false, findings });

describe('on a terminal', () => {
  test('the table is drawn over itself, and cleared at the end', () => {
    const { live, said, passes } = table(true);
    live.show(progress(1));
    passes(1000);
    live.show(progress(2));
    live.clear();
    expect(said[0]).toContain('1 of 20 plays');
    expect(said[1]).toMatch(new RegExp(`^\\u001b\\[${findings.laws.length + 1}A`));
    expect(said[2]).toBe(`\u001b[${findings.laws.length + 1}A\u001b[0J`);
  });

  test('it is not drawn more often than anybody sees, nor wider than the terminal', () => {
    const { live, said } = table(true, 40);
    live.show(progress(1));
    live.show(progress(2));
    expect(said).toHaveLength(1);
    const lines = said[0]!.split('\n').map((line) => stripVTControlCharacters(line));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(40);
  });
});

test('elsewhere each law is told once when it breaks, and now and then how far it is', () => {
  const { live, said, passes } = table(false);
  live.show(progress(1));
  passes(60_000);
  live.show(progress(2));
  live.clear();
  expect(said).toEqual([
    'broken: one-outcome: tools/call 1 was answered twice\n',
    'known: progress-first: tools/call 1 was answered twice\n',
    '2 of 20 plays\n',
  ]);
});
