/**
 * Programs of others, against the package as it is published: they compile with the oldest and the newest compilers that it is
 * for, with every declaration checked, and run in every Node that it is for, loaded by `import` and by `require`.
 */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import spawn from 'cross-spawn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageVersion } from '../../src/cli/version.ts';
import { absent } from './absent.ts';
import { type InstalledPackage, installPackage } from './installed-package.ts';

/** Long enough for a busy machine. */
const timeout = 120_000;
const programs = ['embedder', 'core-user', 'adapters'] as const;
const kinds = ['mts', 'cts'] as const;

let installed: InstalledPackage;

beforeAll(() => {
  installed = installPackage();
  for (const program of programs) {
    for (const kind of kinds) {
      copyFileSync(`test/compat/programs/${program}.mts`, join(installed.folder, `${program}.${kind}`));
    }
  }
  const complaints = compiled('node_modules/typescript', 'nodenext', programs, { outDir: '.' });
  if (complaints !== '') throw new Error(complaints);
}, timeout);
afterAll(() => installed.remove());

/** What the compiler says about the programs, as modules of both kinds; nothing when all is well. */
function compiled(
  compiler: string,
  module: 'nodenext' | 'bundler',
  named: readonly string[],
  others: Readonly<Record<string, unknown>>,
): string {
  const settings = {
    compilerOptions: {
      strict: true,
      skipLibCheck: false,
      // The compiler's own declarations are not on trial, and take most of the time.
      skipDefaultLibCheck: true,
      target: 'es2022',
      // Programs for Node have its types, and those for browsers the DOM's.
      ...(module === 'bundler'
        ? { lib: ['es2022', 'dom'], types: [] }
        : { lib: ['es2022'], types: ['node'], typeRoots: [resolve('node_modules/@types')] }),
      module: module === 'bundler' ? 'preserve' : module,
      moduleResolution: module,
      ...(others['outDir'] === undefined ? { noEmit: true } : {}),
      ...others,
    },
    files: named.flatMap((program) => kinds.map((kind) => `${program}.${kind}`)),
  };
  writeFileSync(join(installed.folder, 'tsconfig.json'), JSON.stringify(settings));
  return run(process.execPath, resolve(compiler, 'bin/tsc'), '-p', '.');
}

/** What a program says, and its exit code where that is not zero. */
function run(...[command = '', ...options]: readonly string[]): string {
  const { stdout, stderr, error, status } = spawnSync(command, options, { cwd: installed.folder, encoding: 'utf8' });
  const said = [error?.message ?? '', stdout, stderr, status === 0 ? '' : `exit ${status}`].join('');
  return stripVTControlCharacters(said).trim();
}

describe('the declarations', () => {
  const compilers = ['typescript-5.4', 'typescript-5.9'].map((name) => `test/compat/typescript/node_modules/${name}`);
  const older = absent(compilers.every(existsSync), 'TypeScript 5.4 and 5.9 are', 'npm run compat');

  describe.skipIf(older).each(compilers)('under %s', (compiler) => {
    test.each(['nodenext', 'bundler'] as const)(
      'check as %s, in ES modules and in CommonJS',
      (module) => {
        expect(compiled(compiler, module, programs, {})).toBe('');
      },
      timeout,
    );
  });

  test(
    'check under our own compiler as a bundler resolves them',
    () => {
      expect(compiled('node_modules/typescript', 'bundler', programs, {})).toBe('');
    },
    timeout,
  );

  test(
    'of . check with exact optional properties as well, for no declaration of XState is among them',
    () => {
      const exact = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true };
      expect(compiled('node_modules/typescript', 'nodenext', ['embedder', 'adapters'], exact)).toBe('');
      const said = compiled('node_modules/typescript', 'nodenext', ['core-user'], exact);
      expect(said.match(/^[^\s(]+(?=\()/gm)?.filter((file) => !file.includes('node_modules/xstate/'))).toEqual([]);
    },
    timeout,
  );

  test(
    'are read: a program that is wrong does not compile',
    () => {
      const program = readFileSync(join(installed.folder, 'embedder.mts'), 'utf8');
      writeFileSync(
        join(installed.folder, 'wrong.mts'),
        program.replace('pendingPerSession: 2', `pendingPerSession: '2'`),
      );
      writeFileSync(join(installed.folder, 'wrong.cts'), program.replace('session.close()', 'session.shut()'));
      const said = compiled('node_modules/typescript', 'nodenext', ['wrong'], {});
      expect(said.match(/^wrong\.\w+\(\d+,\d+\): error TS\d+/gm)?.map((line) => line.replace(/\(.*\)/, ''))).toEqual([
        'wrong.cts: error TS2339',
        'wrong.mts: error TS2322',
      ]);
    },
    timeout,
  );
});

describe('the package', () => {
  test(
    'is laid out as publint and attw want it',
    () => {
      expect(run(process.execPath, resolve('node_modules/publint/src/cli.js'), '--strict', installed.tarball)).toMatch(
        /All good!$/,
      );
      // The rules left out are from before Node could load an ES module by `require`, which is what we rely on.
      const attw = resolve('node_modules/@arethetypeswrong/cli/dist/index.js');
      const rules = ['--ignore-rules', 'cjs-resolves-to-esm', 'false-cjs'];
      const said = run(process.execPath, attw, installed.tarball, '--quiet', '--profile', 'node16', ...rules);
      expect(said).toBe('');
    },
    timeout,
  );
});

/** The Node that runs the tests, and the others that the package is for, where they are. */
const nodes = nodesToTry();

function nodesToTry(): readonly string[] {
  const names = ['node-20.19', 'node-22', 'node-24'].map((name) => `test/compat/node/node_modules/${name}/bin/node`);
  const isOurs = process.platform === 'linux' && process.arch === 'x64';
  const areThere = isOurs && !absent(names.every(existsSync), 'Node 20.19, 22 and 24 are', 'npm run compat');
  return [process.execPath, ...(areThere ? names.map((name) => resolve(name)) : [])];
}

describe('the command', () => {
  const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';
  const server = `process.stdin.once('data', () => console.log('{"jsonrpc":"2.0","id":1,"result":{}}'))`;

  test.each(nodes)(
    'is found by its name, and forwards, in %s',
    (node) => {
      const env = {
        ...process.env,
        PATH: `${dirname(node)}${delimiter}${process.env['PATH']}`,
        NINELIVES_LOG: 'error',
      };
      const command = join(installed.folder, 'node_modules/.bin/ninelives');
      const ran = (...words: readonly string[]) =>
        spawn.sync(command, [...words], { cwd: installed.folder, encoding: 'utf8', env, input: ping });
      expect(ran('--version').stdout.trim()).toBe(packageVersion());
      expect(ran('forward', 'stdio', '--', node, '-e', server)).toMatchObject({
        status: 0,
        stdout: '{"jsonrpc":"2.0","id":1,"result":{}}\n',
        stderr: '',
      });
      expect(ran('compat', 'mcp-remote', '--silent', 'no-url')).toMatchObject({ status: 2, stdout: '' });
      expect(ran('tape', 'check', 'no-such.tape.jsonl').status).toBe(1);
    },
    timeout,
  );
});

describe('the programs', () => {
  test.each(nodes.flatMap((node) => ['mjs', 'cjs'].map((kind) => [node, kind] as const)))(
    'run in %s as %s',
    (node, kind) => {
      expect(JSON.parse(run(node, `embedder.${kind}`))).toEqual({
        id: 'session-1',
        settled: ['result', 'refused', 'refused', 'cancelled', 'refused'],
        known: true,
        tags: ['authenticated', 'busy'],
        toClient: 4,
        toServer: 4,
        opened: 1,
        error: 'SESSION_REFUSED',
      });
      expect(JSON.parse(run(node, `core-user.${kind}`))).toEqual({
        kind: 'request',
        legality: 'legal',
        method: true,
        revision: true,
        events: true,
        status: 'active',
        lines: [3, 3],
        states: ['initializing', 'active', 'shuttingDown', 'closed', 'failed'],
        charts: ['session', 'supervisor', 'upstream'],
        written: 2,
      });
      expect(JSON.parse(run(node, `adapters.${kind}`))).toEqual({
        answered: ['{"jsonrpc":"2.0","id":1,"result":{}}'],
        response: '200 true true',
        seen: ['ping result', 'initialize result'],
      });
    },
    timeout,
  );
});
