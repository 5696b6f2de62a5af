/** Pictures of charts in the pages of the site. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chartFigure } from '../../scripts/site/chart-figure.ts';
import { flowchartFigure } from '../../scripts/site/flowchart.ts';
import type { ChartLayout } from '../../src/inspector/layouts/chart-layout.ts';

const layout = (name: string): ChartLayout =>
  JSON.parse(readFileSync(`src/inspector/layouts/${name}.json`, 'utf8')) as ChartLayout;

test('a chart is drawn twice, with every state and edge that its drawings have', () => {
  const [wide, narrow] = [layout('session-wide'), layout('session-narrow')];
  const html = chartFigure({ wide, narrow });
  expect(html).not.toContain('\n');
  expect(html.match(/<svg /g)).toHaveLength(2);
  expect(html.match(/class="edge"/g)).toHaveLength(wide.edges.length + narrow.edges.length);
  for (const { label } of wide.states) expect(html).toContain(`>${label}</text>`);
  expect(html).toContain('>upstream.lost</tspan>');
});

test('a flow chart has its boxes and the words on its arrows', async () => {
  const html = await flowchartFigure('flowchart LR\n  a[one & two] -- by hand --> b\n  b -- {x} --> c[three]\n');
  for (const text of ['>one &amp; two</tspan>', '>b</tspan>', '>three</tspan>', '>by hand</text>', '&#123;x&#125;']) {
    expect(html).toContain(text);
  }
  expect(html.match(/<rect/g)).toHaveLength(3);
  await expect(flowchartFigure('pie\n')).rejects.toThrow("begins with 'pie'");
  await expect(flowchartFigure('flowchart LR\n  a --> b\n')).rejects.toThrow("'  a --> b'");
});
