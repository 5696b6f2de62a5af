import { expect, test } from 'vitest';
import { textTable } from '../../src/cli/text-table.ts';

const columns = [
  { title: 'ID' },
  { title: 'N', isNumber: true },
  { title: 'ROUTE', isOptional: true },
  { title: 'STATE', colourOf: (text: string) => (text === 'bad' ? ('red' as const) : undefined) },
];

test('a table is as wide as what stands in it, and leaves out what says nothing', () => {
  const rows = [
    ['a', '1', '-', 'good'],
    ['longer', '1000', '-', 'bad'],
  ];
  expect(textTable(columns, rows, false)).toBe(
    ['  ID         N  STATE', '  a          1  good', '  longer  1000  bad', ''].join('\n'),
  );
});

test('colours stand around a cell, and not in its width', () => {
  expect(textTable(columns, [['a', '1', 'r', 'bad']], true).split('\n')[1]).toBe(
    '  a   1  r      \u001b[31mbad  \u001b[0m',
  );
});

test('what a peer wrote gives no orders to a terminal, and takes no more room than there is', () => {
  const [, line = ''] = textTable(columns, [['\u001b[2J\n', '1', '-', 'x'.repeat(100)]], false).split('\n');
  expect(line).toContain(String.raw`\u001b[2J\u000a`);
  expect(line).toMatch(/ x{39}…$/);
});
