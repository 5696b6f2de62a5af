/** What is written on the page can be read: every colour of text on every surface that it stands on, in both themes. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync('src/inspector/page/style/tokens.css', 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/gi)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
);

/** As WCAG 2 defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const states = ['initializing', 'serving', 'recovering', 'shuttingDown', 'closed', 'failed'];
const surfaces = ['bg', 'bg-raised', 'bg-sunken', 'bg-hover', 'bg-selected'];
const texts = ['text', 'text-dim', 'link', 'ok', 'bad', ...states.map((state) => `state-${state}`)];
const pairs = [
  ...texts.flatMap((text) => surfaces.map((surface) => [text, surface])),
  ...['key', 'string', 'number', 'word'].map((part) => [`json-${part}`, 'bg-sunken']),
  ...['client', 'proxy', 'server'].map((lane) => [`lane-${lane}`, 'bg']),
  ...['0', '1', '2', '3', '4'].map((step) => ['text', `heat-${step}`]),
  ...['ok-bg', 'warn-bg', 'bad-bg'].map((surface) => ['text', surface]),
  ['warn', 'warn-bg'],
  ['bad', 'bad-bg'],
  ['on-accent', 'accent'],
];

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test('text stands out from what is behind it by 4.5 to 1 at least', () => {
    const weak = pairs
      .map(([text = '', surface = '']) => {
        const ratio = contrast(tokens.get(text)![theme], tokens.get(surface)![theme]);
        return { pair: `${text} on ${surface}`, ratio: Math.round(ratio * 100) / 100 };
      })
      .filter(({ ratio }) => !(ratio >= 4.5));
    expect(weak).toEqual([]);
  });

  test('what is pressed or typed into has an edge that shows, by 3 to 1', () => {
    for (const edge of ['line-strong', 'focus']) {
      expect(contrast(tokens.get(edge)![theme], tokens.get('bg')![theme])).toBeGreaterThanOrEqual(3);
    }
  });
});
