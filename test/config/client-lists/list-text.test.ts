import { describe, expect, test } from 'vitest';
import { edited, placeOf, serversIn, textOfNode } from '../../../src/config/client-lists/list-text.ts';

describe('a list of servers', () => {
  test('is read with comments and trailing commas, each server with its own text', () => {
    const text = '{ "a": { "servers": { "x": { "command": "y", }, /* none */ }, }, }';
    const read = serversIn(text, [['missing'], ['a', 'servers']]);
    if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes));
    expect(read.servers).toMatchObject([{ list: ['a', 'servers'], name: 'x', value: { command: 'y' } }]);
    expect(textOfNode(text, read.servers[0]!.node)).toBe('{ "command": "y", }');
  });

  test.each([
    ['{\n  "servers": {,}\n}', 2, 15, 'Value expected.'],
    ['{\r\n"servers" {}}', 2, 11, 'Colon expected.'],
    ['', 1, 1, 'Value expected.'],
    ['[]', 1, 1, 'This is no JSON object.'],
    ['{"servers": []}', 1, 13, 'servers is no list of servers by name.'],
    ['{"servers": {"x": {},\n "x": {}}}', 2, 2, 'The server "x" stands here twice.'],
  ])('%j is refused at %d:%d: %s', (text, line, column, message) => {
    const read = serversIn(text, [['servers']]);
    expect('mistakes' in read && read.mistakes[0]).toEqual({ line, column, message });
  });
});

test('edits are made where they are said, whatever their order', () => {
  const edits = [
    { offset: 1, length: 1, text: 'BBB' },
    { offset: 3, length: 0, text: '-' },
    { offset: 0, length: 1, text: '' },
  ];
  expect(edited('abcd', edits)).toBe('BBBc-d');
});

test('places count lines and columns from 1', () => {
  expect([placeOf('a\nbc', 0), placeOf('a\nbc', 3)]).toEqual([
    { line: 1, column: 1 },
    { line: 2, column: 2 },
  ]);
});
