/** Runs `ninelives sessions`: asks the processes, and shows what they say, to people as tables and to programs as JSON. */

import type { SessionPlace } from '../admin/administered.ts';
import { askAdmin } from '../admin/client.ts';
import type { Explanation } from '../admin/debug-operations.ts';
import { spoken } from '../observe/explain.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { clusterLines } from './cluster-lines.ts';
import { exitCodes } from './exit-codes.ts';
import { type KnownProcess, managedProcesses, sentenceOf, sessionCalled, titleOf } from './known-processes.ts';
import type { SessionsRequest } from './sessions.ts';
import { textTable } from './text-table.ts';
import { type Terminal, isColoured, printable } from './terminal.ts';

/** Where lines go. */
export interface Output extends Terminal {
  write(text: string): unknown;
}

/** Resolves with the exit code. */
export async function runSessions(request: SessionsRequest, out: Output, err: Output): Promise<number> {
  const complain = (what: string): void => void err.write(`ninelives: ${printable(what)}\n`);
  const processes = await managedProcesses(request.of, complain);
  if (processes.length === 0) return exitCodes.notManaged;
  if (request.do === 'list') {
    if (request.json)
      out.write(
        json({ processes: processes.map(({ facts, cluster, sessions }) => ({ process: facts, cluster, sessions })) }),
      );
    else out.write(processes.map((process) => listOf(process, isColoured(out))).join(''));
    return exitCodes.ok;
  }
  const found = sessionCalled(request.id, processes);
  if ('problem' in found) {
    const elsewhere = await placeElsewhere(request.id, processes);
    if (elsewhere === undefined) complain(found.problem);
    else
      complain(
        `session ${request.id} is on node ${elsewhere.node} of the cluster, by claim ${elsewhere.epoch}: ask there`,
      );
    return exitCodes.notManaged;
  }
  return askOf(request, found.process, found.session.id, out, err);
}

/** A session of a node that is not here, found by its whole id. */
async function placeElsewhere(id: string, processes: readonly KnownProcess[]): Promise<SessionPlace | undefined> {
  const node = processes.find(({ cluster }) => cluster !== undefined);
  if (node === undefined) return undefined;
  const answer = await askAdmin(node.reached, 'GET', `/cluster/sessions/${encodeURIComponent(id)}`);
  return answer.kind === 'answered' ? (answer.body as SessionPlace) : undefined;
}

type Single = Exclude<SessionsRequest, { readonly do: 'list' }>;

async function askOf(
  request: Single,
  { reached, facts }: KnownProcess,
  id: string,
  out: Output,
  err: Output,
): Promise<number> {
  const path = `/sessions/${encodeURIComponent(id)}`;
  const answer = await askAdmin(reached, ...whatToAsk(request, path));
  if (answer.kind !== 'answered') {
    err.write(`ninelives: session ${id}: ${printable(sentenceOf(answer))}\n`);
    return answer.kind === 'refused' && answer.code.endsWith('_NOT_FOUND')
      ? exitCodes.notManaged
      : exitCodes.sessionFailed;
  }
  switch (request.do) {
    case 'show':
      out.write(request.json ? json(answer.body) : shown(answer.body as SessionSnapshot));
      break;
    case 'explain': {
      const { lines } = answer.body as Explanation;
      const about = `Session ${id}, in process ${facts.pid} (${facts.command}, in front of ${printable(facts.server)}).`;
      if (request.json) out.write(json({ id, pid: facts.pid, lines }));
      else out.write(`${[about, ...lines.map(printable)].join('\n')}\n`);
      break;
    }
    case 'close':
      out.write(request.json ? json({ id, closed: true }) : `closed ${id}\n`);
      break;
    case 'tag': {
      const { tags } = answer.body as { readonly tags: readonly string[] };
      out.write(request.json ? json({ id, tags }) : `${id}: ${listed(tags.map(printable), ', ', 'no tags')}\n`);
      break;
    }
  }
  return exitCodes.ok;
}

function whatToAsk(request: Single, path: string): readonly ['GET' | 'PUT' | 'DELETE', string] {
  switch (request.do) {
    case 'show':
      return ['GET', path];
    case 'explain': {
      const query = request.request === undefined ? '' : `?request=${encodeURIComponent(request.request)}`;
      return ['GET', `${path}/explain${query}`];
    }
    case 'close':
      return ['DELETE', path];
    case 'tag':
      return [request.isRemoved ? 'DELETE' : 'PUT', `${path}/tags/${encodeURIComponent(request.tag)}`];
  }
}

function listed(texts: readonly string[], separator: string, otherwise: string): string {
  return texts.length === 0 ? otherwise : texts.join(separator);
}

/** For programs. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** An id is shown as far as it tells it from the others, and eight characters at least. */
const idCharactersMin = 8;

function listOf({ facts, cluster, sessions }: KnownProcess, hasColours: boolean): string {
  const title = [printable(titleOf(facts)), ...(cluster === undefined ? [] : clusterLines(cluster))].join('\n');
  if (sessions.length === 0) return `${title}\n  no sessions\n`;
  const length = idLength(sessions.map(({ id }) => id));
  const rows = sessions.map((session) => [
    session.id.slice(0, length),
    session.state,
    spoken(session.ageMs),
    session.clientName ?? '-',
    session.serverName ?? '-',
    session.protocolVersion ?? '-',
    session.route ?? '-',
    session.principal ?? '-',
    String(session.pending),
    String(session.frames),
    listed(session.tags, ',', '-'),
  ]);
  return `${title}\n${textTable(columns, rows, hasColours)}`;
}

const columns = [
  { title: 'ID' },
  { title: 'STATE', colourOf: (state: string) => colourOfState[state] },
  { title: 'AGE', isNumber: true },
  { title: 'CLIENT' },
  { title: 'SERVER' },
  { title: 'REVISION' },
  { title: 'ROUTE', isOptional: true },
  { title: 'PRINCIPAL', isOptional: true },
  { title: 'PENDING', isNumber: true },
  { title: 'FRAMES', isNumber: true },
  { title: 'TAGS' },
] as const;

const colourOfState: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = {
  'active.serving': 'green',
  'active.recovering': 'red',
  initializing: 'yellow',
  shuttingDown: 'yellow',
};

function idLength(ids: readonly string[]): number {
  const longest = Math.max(...ids.map((id) => id.length));
  let length = idCharactersMin;
  while (length < longest && new Set(ids.map((id) => id.slice(0, length))).size < ids.length) length += 1;
  return length;
}

/** A snapshot as lines of names and values; what is empty or zero is left out. */
function shown(session: SessionSnapshot): string {
  const { counts, dwellMs, pending, held, transitions, ...plain } = session;
  const lines = Object.entries(plain).flatMap(([name, value]) => {
    const text = Array.isArray(value)
      ? value.join(', ')
      : typeof value === 'number' && name.endsWith('Ms')
        ? spoken(value)
        : String(value);
    return text === '' ? [] : [[name, text]];
  });
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  const dwelt = Object.entries(dwellMs).filter(([, ms]) => ms > 0);
  return [
    section(undefined, lines),
    section(
      'counts',
      counted.map(([name, count]) => [name, String(count)]),
    ),
    section(
      'time in each state',
      dwelt.map(([name, ms]) => [name, spoken(ms)]),
    ),
    section(
      'transitions',
      transitions.map(({ from, to, count }) => [`${from} -> ${to}`, String(count)]),
    ),
    section(
      'waiting for an answer',
      pending.map((entry) => [`${JSON.stringify(entry.id)} ${entry.method}`, `${entry.state}, ${spoken(entry.ageMs)}`]),
    ),
    section(
      'held',
      held.map((frame) => [`frame ${frame.ticket} ${frame.method}`, `${frame.kind}, ${frame.bytes} bytes`]),
    ),
  ].join('');
}

function section(title: string | undefined, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const lines = rows.map(([name = '', value = '']) => `  ${printable(name).padEnd(width)}  ${printable(value)}\n`);
  return `${title === undefined ? '' : `${title}\n`}${lines.join('')}`;
}
