import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { shapeMistakes, shown } from '../../src/config/shape-mistakes.ts';
import { readYaml } from '../../src/config/yaml-text.ts';

const schema = z.strictObject({
  mode: z.enum(['fast', 'slow']),
  servers: z.record(z.string().regex(/^[a-z]+$/, 'A name has small letters'), z.strictObject({ port: z.int() })),
  list: z.array(z.strictObject({ name: z.string() })).optional(),
});

function mistakes(text: string): readonly string[] {
  const read = readYaml(text);
  if ('mistakes' in read) throw new Error('it can be read');
  const { error } = schema.safeParse(read.value);
  return shapeMistakes(error?.issues ?? [], read, schema).map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
}

describe('a shape that is wrong', () => {
  test.each([
    ['mode: fst\nservers: {}', "1:7 mode: it is one of fast, slow; did you mean 'fast'?"],
    ['servers: {}', '1:1 mode is missing'],
    [
      'mode: fast\nservers:\n  a:\n    prot: 1\n    port: 2',
      "4:5 servers.a.prot: there is no such key; did you mean 'port'?",
    ],
    ['mode: fast\nservers:\n  a: {}', '3:3 servers.a.port is missing'],
    ['mode: fast\nservers:\n  a: { port: x }', '3:14 servers.a.port: it is to be a number, and not a text'],
    ['mode: fast\nservers: [1]', '2:10 servers: it is to be a list of keys with values, and not a list'],
    ['mode: fast\nservers:\n  A1: { port: 1 }', '3:3 servers.A1: A name has small letters'],
    [
      'mode: fast\nservers: {}\nlist:\n  - name: a\n  - nmae: b',
      "5:5 list[1].nmae: there is no such key; did you mean 'name'?",
    ],
    ['- 1', '1:1 the file: it is to be a list of keys with values, and not a list'],
  ])('%j is told as %s', (text, sentence) => {
    expect(mistakes(text)).toContain(sentence);
  });
});

test('a path is shown as people write it', () => {
  expect(shown(['routes', 0, 'path'])).toBe('routes[0].path');
});
