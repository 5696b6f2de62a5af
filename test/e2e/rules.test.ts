/** Rules of a file in front of a real server: what the guides show, and a file that changes while a session is open. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

import { folderWith } from '../rules/folder.ts';
import { type Program, forwarding, ninelives, start, stopAll, textOf, toolCall } from './program.ts';

afterAll(stopAll);

const timeout = 60_000;

const everything = [
  process.execPath,
  fileURLToPath(new URL('../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url)),
];

const guide = (name: string): string => readFileSync(`test/docs/${name}.example.yaml`, 'utf8');

async function open(rules: string): Promise<{ readonly program: Program; readonly file: string }> {
  const file = join(folderWith({ 'rules.yaml': rules }), 'rules.yaml');
  const program = start(forwarding(everything, ['--rules', file]));
  await program.initialize({});
  return { program, file };
}

describe('rules in front of a real server', () => {
  test(
    'block a tool, also by its arguments',
    async () => {
      const { program } = await open(guide('block-a-tool'));
      program.send(
        toolCall(1, 'get-env', {}),
        toolCall(2, 'get-sum', { a: 1, b: 200 }),
        toolCall(3, 'get-sum', {}),
        toolCall(4, 'get-sum', { a: 1, b: 2 }),
      );
      expect((await program.answer(1)).error).toMatchObject({
        code: 4030,
        message: 'This tool is switched off',
        data: { interceptor: 'no-environment' },
      });
      expect((await program.answer(2)).error).toMatchObject({ code: 4031, message: 'At most 100' });
      expect((await program.answer(3)).error).toMatchObject({ data: { interceptor: 'small-sums-only' } });
      expect(textOf(await program.answer(4))).toContain('3');
    },
    timeout,
  );

  test(
    'answer in its place, and change what it is asked',
    async () => {
      const { program } = await open(guide('mock-a-server'));
      program.send(toolCall(1, 'get-weather', {}), toolCall(2, 'echo', { message: 'as it was' }));
      expect(textOf(await program.answer(1))).toBe('Sunny');
      expect(textOf(await program.answer(2))).toContain('changed on its way');
    },
    timeout,
  );

  test(
    'let a call wait, and refuse what nobody has decided about',
    async () => {
      const { program } = await open(guide('hold-a-call'));
      const before = performance.now();
      program.send(toolCall(1, 'get-sum', { a: 1, b: 2 }), toolCall(2, 'get-env', {}));
      expect(textOf(await program.answer(1))).toContain('3');
      expect(performance.now() - before).toBeGreaterThan(290);
      expect((await program.answer(2)).error).toMatchObject({ code: 4030, data: { interceptor: 'ask-first' } });
    },
    timeout,
  );

  test(
    'change with their file while a session is open, and not when the file is broken',
    async () => {
      const { program, file } = await open('version: 1\n');
      program.send(toolCall(1, 'echo', { message: 'a' }));
      expect(textOf(await program.answer(1))).toContain('a');
      writeFileSync(file, 'version: 1\nrules: [{ id: no, when: frame.name == "echo", do: [block: {}] }]\n');
      await program.logged('rules loaded');
      program.send(toolCall(2, 'echo', { message: 'b' }));
      expect((await program.answer(2)).error).toMatchObject({ code: 4030, data: { interceptor: 'no' } });
      writeFileSync(file, 'version: 1\nrules: [{ id: no, whn: true }]\n');
      program.signal('SIGHUP');
      await program.logged('the rule file has mistakes: the rules stay as they are');
      program.send(toolCall(3, 'echo', { message: 'c' }));
      expect((await program.answer(3)).error).toMatchObject({ code: 4030 });
    },
    timeout,
  );

  test(
    'that are wrong start nothing, and each mistake is told with its place',
    async () => {
      const file = join(folderWith({ 'rules.yaml': 'version: 1\nrules: [{ id: a, do: [blok: {}] }]\n' }), 'rules.yaml');
      const program = start(forwarding(everything, ['--rules', file]));
      expect((await program.exit).code).toBe(2);
      expect(program.err.join('\n')).toContain("rules.yaml:2:23: rules[0].do[0].blok: There is no key 'blok' here.");
      const check = start(ninelives('rules', 'check', file, '--json'));
      expect((await check.exit).code).toBe(1);
      expect(JSON.parse(check.out.join('\n'))).toMatchObject({ ok: false, problems: [{ line: 2, column: 23 }, {}] });
    },
    timeout,
  );
});
