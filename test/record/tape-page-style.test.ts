import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tapePageStyle } from '../../src/record/tape-page-style.ts';

test('every colour that is used has a name, and every name is used', () => {
  const declared = new Set([...tapePageStyle.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
  const used = new Set([...tapePageStyle.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name));
  expect([...used].filter((name) => !declared.has(name))).toEqual([]);
  expect([...declared].filter((name) => !used.has(name))).toEqual([]);
});

test('its colours are those of the page of the inspector', () => {
  const tokens = readFileSync(new URL('../../src/inspector/page/style/tokens.css', import.meta.url), 'utf8');
  const valueOf = new Map(coloursOf(tokens));
  const ours = coloursOf(tapePageStyle);
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.filter(([name, value]) => valueOf.get(name) !== value)).toEqual([]);
});

function coloursOf(style: string): (readonly [name: string, value: string])[] {
  return [...style.matchAll(/(--[\w-]+): (light-dark\([^)]*\));/g)].map(([, name, value]) => [name!, value!]);
}
