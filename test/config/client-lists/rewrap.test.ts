import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ListedServer, edited, serversIn } from '../../../src/config/client-lists/list-text.ts';
import { type Choice, unwrapAll, wrapAll } from '../../../src/config/client-lists/rewrap.ts';

const wrapping = { launcher: ['/usr/bin/node', '/opt/ninelives.cjs'], flags: ['--inspect'] };
const lists = [['mcpServers']];
const everyone: Choice = { names: [], isAll: true };

function servers(text: string): readonly ListedServer[] {
  const read = serversIn(text, lists);
  if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes));
  return read.servers;
}
const wrap = (text: string, choice = everyone): string =>
  edited(text, wrapAll(text, servers(text), choice, wrapping).edits);
const unwrap = (text: string, backup?: string, choice = everyone): string =>
  edited(text, unwrapAll(text, servers(text), lists, choice, backup).edits);

const list = `{
  // servers of mine
  "mcpServers": {
    "files": {
      "command": "np\\u0078", // from npm
      "args": [
        "-y",
        "@modelcontextprotocol/server-filesystem",
      ],
      "env": { "TOKEN": "secret" }
    },
    "bare": { "command": "uvx" },
    "empty": { "args": [ ], "command": "/bin/my server" },
    "remote": { "type": "http", "url": "https://example.com/mcp?a=1", "disabled": true },
    "guarded": { "url": "https://example.com/mcp", "headers": { "Authorization": "Bearer x" } },
    "odd": { "command": 7 }
  },
  "colour": "red"
}
`;

describe('a list of servers', () => {
  test('has ninelives in front of each that can have it, and everything else where it was', () => {
    expect(wrap(list)).toBe(`{
  // servers of mine
  "mcpServers": {
    "files": {
      "command": "/usr/bin/node", // from npm
      "args": [
        "/opt/ninelives.cjs", "forward", "stdio", "--inspect", "--", "np\\u0078",
        "-y",
        "@modelcontextprotocol/server-filesystem",
      ],
      "env": { "TOKEN": "secret" }
    },
    "bare": { "command": "/usr/bin/node", "args": ["/opt/ninelives.cjs", "forward", "stdio", "--inspect", "--", "uvx"] },
    "empty": { "args": ["/opt/ninelives.cjs", "forward", "stdio", "--inspect", "--", "/bin/my server" ], "command": "/usr/bin/node" },
    "remote": { "type": "stdio", "command": "/usr/bin/node", "args": ["/opt/ninelives.cjs", "forward", "stdio", "--inspect", "--upstream", "https://example.com/mcp?a=1"], "disabled": true },
    "guarded": { "url": "https://example.com/mcp", "headers": { "Authorization": "Bearer x" } },
    "odd": { "command": 7 }
  },
  "colour": "red"
}
`);
  });

  test('says of each server what is done with it, and why nothing is', () => {
    const { servers: done } = wrapAll(list, servers(list), { names: [], isAll: false }, wrapping);
    expect(done.map(({ name, what, why }) => [name, what, why])).toEqual([
      ['files', 'wrap', undefined],
      ['bare', 'wrap', undefined],
      ['empty', 'wrap', undefined],
      ['remote', 'leave', expect.stringContaining('name it with --server')],
      ['guarded', 'leave', expect.stringContaining('others on this machine can read')],
      ['odd', 'leave', 'it has neither a command nor a URL'],
    ]);
  });

  test('is wrapped once, however often it is asked for', () => {
    expect(wrap(wrap(list))).toBe(wrap(list));
  });

  test('is what it was when it is unwrapped with what was kept of it', () => {
    expect(unwrap(wrap(list), list)).toBe(list);
  });

  test('of one server alone leaves the others as they are', () => {
    const one = { names: ['bare'], isAll: false };
    expect(
      wrap(list, one)
        .split('\n')
        .filter((line) => line.includes('ninelives')),
    ).toHaveLength(1);
    expect(
      unwrap(wrap(list), list, one)
        .split('\n')
        .filter((line) => line.includes('ninelives')),
    ).toHaveLength(3);
  });

  test('is unwrapped by what it says where nothing was kept', () => {
    expect(
      JSON.parse(
        unwrap('{"mcpServers":{"a":{"args":["/n/ninelives","forward","stdio","--","x","y"],"command":"node"}}}'),
      ),
    ).toEqual({ mcpServers: { a: { args: ['y'], command: 'x' } } });
    const url =
      '{"mcpServers":{"a":{"args":["forward","stdio","--upstream","http://h/mcp"],"type":"stdio","command":"ninelives"}}}';
    expect(JSON.parse(unwrap(url))).toEqual({ mcpServers: { a: { type: 'http', url: 'http://h/mcp' } } });
  });

  test('that was changed after it was wrapped is not taken back to what was kept', () => {
    const changed = wrap(list).replace('"-y"', '"--yes"');
    const back = unwrap(changed, list);
    expect(back).toBe(list.replace('"-y"', '"--yes"'));
  });
});

/** JSON with blanks, line ends and comments in all places. */
const blank = fc.constantFrom('', ' ', '\n  ', '\r\n\t', ' /* " } , */ ', ' // " ] \n');
const word = fc.string({ minLength: 1, maxLength: 8 });
const entry = fc
  .tuple(
    word,
    fc.option(fc.array(word, { maxLength: 4 })),
    fc.boolean(),
    fc.array(blank, { minLength: 12, maxLength: 12 }),
    fc.boolean(),
  )
  .map(([command, args, isArgsFirst, blanks, hasMore]) => {
    const gap = blanks[Symbol.iterator]();
    const next = (): string => gap.next().value ?? '';
    const ofCommand = `${next()}"command"${next()}:${next()}${JSON.stringify(command)}${next()}`;
    const ofArgs =
      args === null
        ? []
        : [`"args"${next()}:${next()}[${args.map((one) => next() + JSON.stringify(one)).join(',')}${next()}]`];
    const more = hasMore ? ['"env":{"A":"[b]"}'] : [];
    return `{${(isArgsFirst ? [...ofArgs, ofCommand, ...more] : [...more, ofCommand, ...ofArgs]).join(',')}${next()}}`;
  });

test('whatever a list looks like: wrapped it says the same command line behind ours, and unwrapped it is what it was', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), entry, { maxKeys: 4, noNullPrototype: true }),
      blank,
      (entries, gap) => {
        const members = Object.entries(entries).map(([name, text]) => `${gap}${JSON.stringify(name)}:${text}`);
        const text = `${gap}{"x":[1],"mcpServers":{${members.join(',')}${gap}}}`;
        const before = servers(text).map(({ value }) => value as { command: string; args?: string[] });
        const wrapped = wrap(text);
        const after = servers(wrapped).map(({ value }) => value as { command: string; args: string[] });
        expect(after.map(({ command, args }) => [command, ...args])).toEqual(
          before.map(({ command, args = [] }) => [
            ...wrapping.launcher,
            ...['forward', 'stdio', '--inspect', '--', command, ...args],
          ]),
        );
        expect(wrap(wrapped)).toBe(wrapped);
        expect(unwrap(wrapped, text)).toBe(text);
        const unkept = servers(unwrap(wrapped)).map(({ value }) => value);
        expect(unkept).toEqual(before.map((one) => ({ ...one, args: one.args ?? [] })));
      },
    ),
    { numRuns: 200 },
  );
});
