/** The plots of docs/benchmarks.md are those of its numbers, and show what they should. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { figuresIn } from './page-figures.ts';
import { plotFolder, plots, plotsOf } from './plots.ts';

const page = readFileSync('docs/benchmarks.md', 'utf8');

const table = (title: string, ...rows: readonly string[]): string =>
  [`## ${title}`, '', '| | median | interval | target | target is |', '| --- | --- |', ...rows].join('\n');

describe('the plots', () => {
  test.each([...plotsOf(page)])('%s is that of the numbers: npm run bench:plots draws it anew', (file, svg) => {
    expect(readFileSync(join(plotFolder, file), 'utf8')).toBe(svg);
    expect(page).toContain(`](images/${file})`);
  });

  test('read numbers with thousands, without a unit, without an interval and below zero', () => {
    const text = table(
      'A',
      '| `x` | 1,234 B | -0.127 to 1,500 | at most 3 | met |',
      '| y | 7 | | | |',
      '| no number | | | | |',
    );
    expect(figuresIn(`# Page\n\n${text}\n`)).toEqual([
      {
        title: 'A',
        figures: [
          { name: 'x', value: 1234, unit: 'B', interval: { low: -0.127, high: 1500 } },
          { name: 'y', value: 7, unit: '', interval: undefined },
        ],
      },
    ]);
  });

  test('show a floor and another proxy the same way round', () => {
    const rows = [
      '| 32 at a time: processor time of ninelives, by lines | 2.00 x | 1.50 to 3.00 |',
      '| 32 at a time: processor time of slow-proxy, by ninelives | 4.00 x | 3.00 to 5.00 |',
      '| 32 at a time: processor time, lines | 2.00 us | |',
    ];
    const svg = plotsOf(table('Hop', ...rows)).get(plots[0]!.file)!;
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain('>32 at a time, by slow-proxy</text>');
    expect(svg).toContain('>0.250 x</text>');
    expect(svg).toMatch(/class="less" cx/);
    expect(svg).toMatch(/class="more" cx/);
  });

  test('show a curve from three points on, and what is added to what', () => {
    const rows = [10, 100, 1000].map((many) => `| ${many} sessions: kept by an idle one | ${many} B | |`);
    const ruled = [
      '| no rules, a frame | 2.00 us | |',
      '| added by rules by method, a frame | 1.00 us | 0.50 to 2.00 |',
    ];
    const all = plotsOf([table('S', ...rows), table('R', ...ruled)].join('\n\n'));
    expect(all.get(plots[1]!.file)!.match(/<circle/g)).toHaveLength(3);
    expect(all.get(plots[2]!.file)!).toContain('>1.50 x</text>');
    expect(plotsOf(table('S', ...rows.slice(1))).get(plots[1]!.file)!).not.toContain('<circle');
  });
});
