/**
 * Which running process has the one thing that an id names, where each process counts for itself: the same id may name something in
 * another one, too. Asks each for its list; knows nothing of what is on it.
 */

import { askAdmin } from '../admin/client.ts';
import { type KnownProcess, sentenceOf } from './known-processes.ts';

export interface Listed<Item> {
  readonly process: KnownProcess;
  readonly items: readonly Item[];
}

/** What every process has on the list that it gives at `path` under `member`, and who did not say. */
export async function listsOf<Item>(
  processes: readonly KnownProcess[],
  path: string,
  member: string,
): Promise<{ readonly lists: readonly Listed<Item>[]; readonly problems: readonly string[] }> {
  const [lists, problems]: [Listed<Item>[], string[]] = [[], []];
  for (const process of processes) {
    const answer = await askAdmin(process.reached, 'GET', path);
    if (answer.kind === 'answered') {
      const body = answer.body as Readonly<Record<string, readonly Item[]>>;
      lists.push({ process, items: body[member] ?? [] });
    } else problems.push(`process ${process.facts.pid}: ${sentenceOf(answer)}`);
  }
  return { lists, problems };
}

/** @param what it is, in the words of the complaint about one that nobody has. */
export function holderOf<Item extends { readonly id: string }>(
  id: string,
  lists: readonly Listed<Item>[],
  what: string,
): { readonly process: KnownProcess; readonly item: Item } | { readonly problem: string } {
  const found = lists.flatMap(({ process, items }) => {
    const item = items.find((each) => each.id === id);
    return item === undefined ? [] : [{ process, item }];
  });
  const [first] = found;
  if (first === undefined) return { problem: `there is no ${what} '${id}'` };
  if (found.length === 1) return first;
  const pids = found.map(({ process }) => process.facts.pid);
  return { problem: `'${id}' is a ${what} in processes ${pids.join(' and ')}: say which with --pid` };
}
