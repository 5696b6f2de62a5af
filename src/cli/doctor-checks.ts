/** What the doctor looks at on this machine: Node, the run-time folder, the page's address, files that are named, clients' lists. */

import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { isAbsolute } from 'node:path';
import { holderOf } from '../admin/hub-file.ts';
import { readRunFiles } from '../admin/run-files.ts';
import { runFolder } from '../admin/run-folder.ts';
import { type ClientList, clientLists } from '../config/client-lists/clients.ts';
import { readListFile } from '../config/client-lists/list-file.ts';
import { serversIn } from '../config/client-lists/list-text.ts';
import { kindOf } from '../config/client-lists/server-entry.ts';
import { loadGateway, mistakeLine } from '../config/gateway-file.ts';
import { loadRules } from '../rules/load-rules.ts';
import { problemText } from '../rules/yaml-places.ts';
import { type Finding, ok, problem, warning } from './doctor-finding.ts';

/** The first Node that runs us: `engines` in package.json. */
const nodeMin = [20, 19] as const;

/** @param version without the letter: `20.19.0`. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1]);
  if (isEnough) return ok('node', `Node ${version}`);
  return problem('node', `Node ${version} is too old`, `install ${nodeMin.join('.')} or later`);
}

export function checkRunFolder(environment: NodeJS.ProcessEnv): Finding {
  const folder = runFolder(environment);
  const files = readRunFiles(folder);
  if ('problem' in files) {
    return problem(
      'processes',
      files.problem,
      "until then 'ninelives sessions' finds nothing, and the page one process",
    );
  }
  const many = files.length === 1 ? 'a process' : `${files.length} processes`;
  return ok('processes', `${files.length === 0 ? 'no process' : many} with --inspect (${folder})`);
}

/** Who has the address that `--inspect` takes where nothing is said. */
export async function checkPort(host: string, port: number, environment: NodeJS.ProcessEnv): Promise<Finding> {
  const origin = `http://${host}:${port}`;
  const holder = holderOf(origin, runFolder(environment));
  if (holder !== undefined) return ok('page', `${origin} is process ${holder.pid} (${holder.command})`);
  if (!(await isTaken(host, port))) return ok('page', `${origin} is free for the first process with --inspect`);
  return warning(
    'page',
    `${origin} belongs to somebody else`,
    'processes take another port, and say which: or name one for all of them, --inspect HOST:PORT',
  );
}

/** Who has the address that a front takes where nothing is said. One of ours or another's, both are as it should be. */
export async function checkFront(host: string, port: number): Promise<Finding> {
  const address = `${host}:${port}`;
  if (!(await isTaken(host, port))) return ok('front', `${address} is free for 'forward http' and 'forward ws'`);
  return ok('front', `${address} is in use: another front says where it is to be, --listen HOST:PORT`);
}

const connectMsMax = 1_000;

async function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectMsMax });
    const over = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket
      .once('connect', () => over(true))
      .once('error', () => over(false))
      .once('timeout', () => over(false));
  });
}

export function checkGatewayFile(file: string, environment: NodeJS.ProcessEnv): readonly Finding[] {
  const loaded = loadGateway(file, environment);
  if ('config' in loaded) {
    const { routes, upstreams } = loaded.config;
    return [ok('config', `${file}: ${routes.length} routes, ${upstreams.size} upstreams, nothing wrong`)];
  }
  return loaded.mistakes.map((mistake) =>
    problem('config', mistakeLine(file, mistake), 'docs/reference/gateway.md says what may stand there'),
  );
}

export async function checkRuleFile(file: string): Promise<readonly Finding[]> {
  const loaded = await loadRules(file);
  if ('ruleSet' in loaded) return [ok('rules', `${file}: ${loaded.ruleSet.rules.length} rules, nothing wrong`)];
  return loaded.problems.map((found) =>
    problem('rules', problemText(file, found), 'docs/reference/rules.md says what may stand there'),
  );
}

/** Where clients keep servers, whether ninelives is in front of them, and whether it is where they look for it. */
export function checkClients(place: Parameters<ClientList['file']>[0], folder: string): readonly Finding[] {
  return clientLists.flatMap((client) => checkClient(client, client.file(place), folder));
}

function checkClient(client: ClientList, path: string, folder: string): readonly Finding[] {
  const { name, title } = client;
  const file = readListFile(path);
  if (file === undefined) return [];
  if ('problem' in file) return [warning('clients', `${title}: ${file.problem}`, 'its servers cannot be looked at')];
  const read = serversIn(file.text, client.lists(folder));
  if ('mistakes' in read) {
    return read.mistakes.map(({ line, column, message }) =>
      problem('clients', `${title}: ${path}:${line}:${column}: ${message}`, `${title} may find none of its servers`),
    );
  }
  const wrapped = read.servers.flatMap((server) => {
    const entry = kindOf(server);
    return entry.kind === 'wrapped' ? [{ server: server.name, launcher: entry.words.launcher }] : [];
  });
  const missing = wrapped.flatMap(({ server, launcher }) => {
    const gone = launcher.find((word) => isAbsolute(word) && !existsSync(word));
    if (gone === undefined) return [];
    return problem(
      'clients',
      `${title}: the server '${server}' is started by ${gone}, which is not there`,
      `ninelives unwrap ${name} --server ${server}, and wrap it again`,
    );
  });
  const count = `${wrapped.length} of ${read.servers.length} servers`;
  return [ok('clients', `${title}: ninelives is in front of ${count}`), ...missing];
}
