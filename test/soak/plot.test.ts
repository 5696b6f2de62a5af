import { expect, test } from 'vitest';
import { plot } from './plot.ts';

const points = [
  [0, 10],
  [50, 30],
  [100, 20],
] as const;

test('a series is a line from the first moment to the last, between nothing and the top of its axis', () => {
  const svg = plot('a run', [{ title: 'heap', unit: 'MiB', series: [{ name: 'steady', points }] }]);
  // The axis ends at 50: 10, 30 and 20 stand at a fifth, three fifths and two fifths of its height.
  expect(svg).toContain('points="70.0,136.8 420.0,98.4 770.0,117.6"');
  expect(svg).toContain('>heap, MiB</text>');
  expect(svg).toContain('>100 s</text>');
});

test('it has no ground of its own, so that it can be read on light ground and on dark', () => {
  expect(plot('a run', [{ title: 'heap', unit: 'MiB', series: [] }])).not.toMatch(/<rect|background|style/);
});

test('words are words, whatever is in them', () => {
  const svg = plot('a < b & c', [{ title: 'x', unit: 'y', series: [{ name: '<script>', points: [] }] }]);
  expect(svg).toContain('a &lt; b &amp; c');
  expect(svg).not.toContain('<script>');
});
