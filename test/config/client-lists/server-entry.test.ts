import { describe, expect, test } from 'vitest';
import { edited, serversIn } from '../../../src/config/client-lists/list-text.ts';
import { kindOf, unwrapEdits, wrapEdits } from '../../../src/config/client-lists/server-entry.ts';

function entry(text: string) {
  const whole = `{"s":{"one":${text}}}`;
  const read = serversIn(whole, [['s']]);
  if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes));
  return { whole, server: read.servers[0]! };
}

describe('an entry', () => {
  test.each([
    ['{"command":"a","args":["b"]}', { kind: 'command', words: ['a', 'b'] }],
    ['{"command":"a"}', { kind: 'command', words: ['a'] }],
    ['{"url":"http://h"}', { kind: 'url', key: 'url' }],
    ['{"serverUrl":"http://h"}', { kind: 'url', key: 'serverUrl' }],
    ['{"command":"ninelives","args":["forward","stdio","--","a"]}', { kind: 'wrapped' }],
    ['{"command":"a","args":"b"}', { kind: 'other', why: 'its command line is not made of texts' }],
    ['{"command":"a","args":[1]}', { kind: 'other' }],
    ['{"command":""}', { kind: 'other' }],
    ['7', { kind: 'other', why: 'it is no object' }],
    ['{}', { kind: 'other', why: 'it has neither a command nor a URL' }],
    ['{"url":"http://h","auth":{}}', { kind: 'other', why: expect.stringContaining('it has auth') as string }],
  ])('%s is %o', (text, kind) => {
    expect(kindOf(entry(text).server)).toMatchObject(kind);
  });

  test('takes nothing in front of it twice, and nothing away that is not ours', () => {
    const ours = entry('{"command":"ninelives","args":["forward","stdio","--","a"]}');
    expect(wrapEdits(ours.whole, ours.server, { launcher: ['ninelives'], flags: [] })).toEqual([]);
    const other = entry('{"command":"a"}');
    expect(unwrapEdits(other.whole, other.server, undefined)).toEqual([]);
  });

  test('with one argument a line has ours on a line of their own', () => {
    const { whole, server } = entry('{\n\t"command": "a",\r\n\t"args": [\r\n\t\t"b"\r\n\t]\n}');
    const wrapped = edited(whole, wrapEdits(whole, server, { launcher: ['ninelives'], flags: [] }));
    expect(wrapped).toContain('[\r\n\t\t"forward", "stdio", "--", "a",\r\n\t\t"b"\r\n\t]');
  });
});
