/**
 * The processes that the command line can ask about their sessions, and the sessions that they have. A process that does not answer
 * is named, and keeps nobody from the others.
 */

import type { ProcessFacts } from '../observe/process-facts.ts';
import { type AdminAnswer, type Reached, askAdmin } from '../admin/client.ts';
import { readRunFiles } from '../admin/run-files.ts';
import type { SessionPage, SessionSummary } from '../admin/session-list.ts';
import { textOf } from './server-flags.ts';
import type { NodeFacts } from '../cluster/node.ts';
import type { ProcessChoice } from './process-choice.ts';

export interface KnownProcess {
  readonly reached: Reached;
  readonly facts: ProcessFacts;
  readonly sessions: readonly SessionSummary[];
  /** Where it is a node of a cluster. */
  readonly cluster?: NodeFacts;
}

export interface KnownProcesses {
  readonly processes: readonly KnownProcess[];
  /** Of those that did not answer, as sentences. */
  readonly problems: readonly string[];
}

/** All of them, or the one that is meant. */
export async function knownProcesses(choice: ProcessChoice): Promise<KnownProcesses> {
  const places = placesOf(choice);
  if ('problem' in places) return { processes: [], problems: [places.problem] };
  const found = await Promise.all(places.map(async (place) => askAbout(place)));
  return {
    processes: found.flatMap((each) => ('process' in each ? [each.process] : [])),
    problems: found.flatMap((each) => ('problem' in each ? [each.problem] : [])),
  };
}

/** As `knownProcesses`. What is in the way is complained about; so is that there is none. */
export async function managedProcesses(
  choice: ProcessChoice,
  complain: (what: string) => void,
): Promise<readonly KnownProcess[]> {
  const { processes, problems } = await knownProcesses(choice);
  for (const problem of problems) complain(problem);
  if (processes.length === 0 && problems.length === 0) {
    complain(
      "nothing that can be managed runs here: start it with --inspect, as in 'ninelives forward http --inspect -- COMMAND'",
    );
  }
  return processes;
}

/** What a process is, in a line. */
export function titleOf({ command, url, server, pid }: ProcessFacts): string {
  return `${command}${url === undefined ? '' : ` on ${url}`}, in front of ${server}, process ${pid}`;
}

interface Place extends Reached {
  readonly name: string;
  /** A file says that it is there: when nobody is, that is no news. */
  readonly isFound: boolean;
}

function placesOf({ pid, admin, tokenFile }: ProcessChoice): readonly Place[] | { readonly problem: string } {
  if (admin !== undefined) {
    const read = textOf(tokenFile ?? '');
    if ('problem' in read) return { problem: `--token-file ${read.problem}` };
    return [{ name: admin, origin: admin, token: read.text.trim(), isFound: false }];
  }
  const files = readRunFiles();
  if ('problem' in files) return files;
  const meant = pid === undefined ? files : files.filter((file) => file.pid === pid);
  if (pid !== undefined && meant.length === 0) return { problem: `no process ${pid} can be managed here` };
  return meant.map((file) => ({ ...file, name: `process ${file.pid}`, isFound: pid === undefined }));
}

type Asked = { readonly process: KnownProcess } | { readonly problem: string } | { readonly isGone: true };

async function askAbout(place: Place): Promise<Asked> {
  const facts = await askAdmin(place, 'GET', '/process');
  if (facts.kind === 'unreachable' && facts.isGone && place.isFound) return { isGone: true };
  if (facts.kind !== 'answered') return { problem: `${place.name}: ${sentenceOf(facts)}` };
  const sessions: SessionSummary[] = [];
  let after: string | null = null;
  do {
    const query: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const answer = await askAdmin(place, 'GET', `/sessions?limit=500${query}`);
    if (answer.kind !== 'answered') return { problem: `${place.name}: ${sentenceOf(answer)}` };
    const page = answer.body as SessionPage;
    sessions.push(...page.sessions);
    after = page.next;
  } while (after !== null);
  const unique = [...new Map(sessions.map((session) => [session.id, session])).values()];
  const known = { reached: place, facts: facts.body as ProcessFacts, sessions: unique };
  if (known.facts.node === undefined) return { process: known };
  const cluster = await askAdmin(place, 'GET', '/cluster');
  return { process: cluster.kind === 'answered' ? { ...known, cluster: cluster.body as NodeFacts } : known };
}

export function sentenceOf(answer: Exclude<AdminAnswer, { kind: 'answered' }>): string {
  return answer.kind === 'refused' ? answer.message : `it cannot be reached: ${answer.message}`;
}

export type Found = { readonly process: KnownProcess; readonly session: SessionSummary } | { readonly problem: string };

/** The one session whose id this is, or begins with it. */
export function sessionCalled(id: string, processes: readonly KnownProcess[]): Found {
  const all = processes.flatMap((process) => process.sessions.map((session) => ({ process, session })));
  const exact = all.find(({ session }) => session.id === id);
  if (exact !== undefined) return exact;
  const [first, ...others] = id === '' ? [] : all.filter(({ session }) => session.id.startsWith(id));
  if (first === undefined)
    return { problem: `there is no open session '${id}': 'ninelives sessions list' shows those there are` };
  if (others.length === 0) return first;
  const ids = [first, ...others].slice(0, shownMax).map(({ session }) => session.id);
  const rest = others.length + 1 - ids.length;
  return { problem: `'${id}' begins more than one id: ${ids.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}` };
}

const shownMax = 5;
