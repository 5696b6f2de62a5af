/** Runs `ninelives wrap` and `unwrap`: finds the list, shows what changes, asks, and writes it. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type ClientList, clientListCalled, clientLists } from '../config/client-lists/clients.ts';
import {
  type ListFile,
  backupPath,
  readListFile,
  removeBackup,
  writeBackup,
  writeListFile,
} from '../config/client-lists/list-file.ts';
import { type ListedServer, edited, serversIn } from '../config/client-lists/list-text.ts';
import { type Rewrap, type Rewrapped, unwrapAll, wrapAll } from '../config/client-lists/rewrap.ts';
import { unifiedDiff } from '../config/client-lists/unified-diff.ts';
import { nearName } from '../config/near-name.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './run-sessions.ts';
import { isColoured, printable } from './terminal.ts';
import type { WrapRequest } from './wrap.ts';

export interface WrapSurroundings {
  readonly out: Output;
  readonly err: Output;
  /** Where the answer comes from, when somebody can be asked. */
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
  readonly home: string;
  readonly folder: string;
  /** How this installation is started. */
  readonly launcher: readonly string[];
  /** What is wrong with flags for `forward stdio`; undefined where nothing is. */
  flagsProblem(flags: readonly string[]): Promise<string | undefined>;
}

/** Resolves with the exit code. */
export async function runWrap(request: WrapRequest, around: WrapSurroundings): Promise<number> {
  const say = (text: string): void => void around.err.write(`ninelives: ${text}\n`);
  const fail = (text: string): number => {
    say(text);
    return exitCodes.usage;
  };
  const client = clientListCalled(request.client);
  if (client === undefined) return fail(unknownClient(request.client));
  const flagsProblem = request.flags.length === 0 ? undefined : await around.flagsProblem(request.flags);
  if (flagsProblem !== undefined) return fail(`after --: ${flagsProblem}`);

  const path = request.file === undefined ? client.file(around) : resolve(around.folder, request.file);
  const file = readListFile(path);
  if (file === undefined)
    return fail(`${client.title} keeps no servers here: there is no ${path}${orProject(client, request, around)}`);
  if ('problem' in file) return fail(file.problem);
  const lists = client.lists(around.folder);
  const read = serversIn(file.text, lists);
  if ('mistakes' in read) {
    for (const { line, column, message } of read.mistakes) say(`${path}:${line}:${column}: ${message}`);
    return fail('nothing was changed: the file cannot be read');
  }
  const unknown = request.names.find((name) => !read.servers.some((server) => server.name === name));
  if (unknown !== undefined) return fail(unknownServer(unknown, path, read.servers));

  const rewrap = rewrapOf(request, file, read.servers, lists, around.launcher);
  for (const server of rewrap.servers) around.err.write(`${lineOf(server)}\n`);
  if (rewrap.edits.length === 0) {
    say(`nothing to change in ${path}${orProject(client, request, around)}`);
    return exitCodes.ok;
  }
  around.out.write(coloured(unifiedDiff(path, file.text, rewrap.edits), isColoured(around.out, around.environment)));
  if (request.isDryRun) return exitCodes.ok;
  if (!request.isAgreed) {
    if (around.input.isTTY !== true || around.out.isTTY !== true)
      return fail('nothing was changed: say --yes to change it');
    if (!(await isAgreed(path, around))) {
      say('nothing was changed');
      return exitCodes.ok;
    }
  }
  const problem = written(request, file, read.servers, rewrap, lists);
  if (problem !== undefined) return fail(`nothing was changed: ${problem}`);
  say(request.do === 'wrap' ? `written; as it was: ${backupPath(path)}` : 'written');
  say(client.restart);
  return exitCodes.ok;
}

function rewrapOf(
  { do: what, names, isAll, flags }: WrapRequest,
  { path, text }: ListFile,
  servers: readonly ListedServer[],
  lists: ReturnType<ClientList['lists']>,
  launcher: readonly string[],
): Rewrap {
  if (what === 'wrap') return wrapAll(text, servers, { names, isAll }, { launcher, flags });
  return unwrapAll(text, servers, lists, { names, isAll }, keptText(path));
}

function keptText(path: string): string | undefined {
  const kept = readListFile(backupPath(path));
  return kept === undefined || 'problem' in kept ? undefined : kept.text;
}

/** The backup says what the file would be without us, whatever was wrapped before. */
function written(
  request: WrapRequest,
  file: ListFile,
  servers: readonly ListedServer[],
  rewrap: Rewrap,
  lists: ReturnType<ClientList['lists']>,
): string | undefined {
  const { path, text } = file;
  const next = edited(text, rewrap.edits);
  if (request.do === 'wrap') {
    const { edits } = unwrapAll(text, servers, lists, { names: [], isAll: true }, keptText(path));
    const backed = writeBackup(file, edited(text, edits));
    if (backed !== undefined) return backed.problem;
  }
  const wrote = writeListFile(file, next);
  if (wrote !== undefined) return wrote.problem;
  if (request.do === 'unwrap' && keptText(path) === next) removeBackup(file);
  return undefined;
}

/** Whoever says nothing has not agreed. */
async function isAgreed(path: string, { input, out }: WrapSurroundings): Promise<boolean> {
  out.write(`Change ${path}? [y/N] `);
  const lines = createInterface({ input });
  for await (const line of lines) {
    lines.close();
    return /^y(?:es)?$/i.test(line.trim());
  }
  out.write('\n');
  return false;
}

function lineOf({ list, name, what, why }: Rewrapped): string {
  const where = list.length === 1 ? '' : ` (${list.slice(0, -1).join(' ')})`;
  return printable(`  ${what.padEnd(6)} ${name}${where}${why === undefined ? '' : `: ${why}`}`);
}

function coloured(diff: string, hasColours: boolean): string {
  const shown = diff.split('\n').map((line) => printable(line.replaceAll('\t', '  ')));
  if (!hasColours) return shown.join('\n');
  const paint = (line: string): string =>
    line.startsWith('+') ? `\u001b[32m${line}\u001b[0m` : line.startsWith('-') ? `\u001b[31m${line}\u001b[0m` : line;
  return shown.map(paint).join('\n');
}

function unknownClient(name: string): string {
  const known = clientLists.map((client) => client.name);
  const near = nearName(name, known);
  return `'${printable(name)}' is no client that is known here${near === undefined ? '' : `; did you mean ${near}?`} Known are ${known.join(', ')}`;
}

function unknownServer(name: string, path: string, servers: readonly ListedServer[]): string {
  const known = servers.map((server) => server.name);
  const there = known.length === 0 ? 'it has none' : `it has ${known.map(printable).join(', ')}`;
  return `${path} has no server '${printable(name)}': ${there}`;
}

/** A file of a project may be shared with others, for whom our paths do not hold: it is named, and left alone. */
function orProject({ projectFile }: ClientList, { file }: WrapRequest, { folder }: WrapSurroundings): string {
  if (file !== undefined || projectFile === undefined || !existsSync(resolve(folder, projectFile))) return '';
  return `; this folder has ${projectFile}, which others may share: --config ${projectFile}`;
}
