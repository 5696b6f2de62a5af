import { expect, test } from 'vitest';
import { nextTheme, themeIn, themes } from '../../../src/inspector/page/theme.ts';

test('what is stored is a theme, or the system decides', () => {
  expect([...themes, 'pink', null].map((stored) => themeIn(stored))).toEqual([
    'system',
    'light',
    'dark',
    'system',
    'system',
  ]);
});

test('themes go round', () => {
  expect(themes.map((theme) => nextTheme(theme))).toEqual(['light', 'dark', 'system']);
});
