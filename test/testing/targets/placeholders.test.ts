import { expect, test } from 'vitest';
import { filled, placeholdersIn } from '../../../src/testing/targets/placeholders.ts';

test('known names in braces are found and filled, wherever they stand in a word', () => {
  expect([...placeholdersIn(['--stdio={server}', 'http://x:{port}/'])]).toEqual(['server', 'port']);
  expect(filled('http://x:{port}/?to={server-url}', { port: '80', 'server-url': 'u' })).toBe('http://x:80/?to=u');
});

test('other braces, and names without a value, stay as they are', () => {
  expect(filled('{"a":{port}} {x} {server}', { port: '80' })).toBe('{"a":80} {x} {server}');
  expect([...placeholdersIn(['{"a":1}', '{Port}'])]).toEqual([]);
});
