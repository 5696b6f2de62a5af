/**
 * Reads a command line of another proxy by the table of its flags, in the way of the parsers that such proxies have. Does not know
 * what the flags mean.
 */

import type { Peer, PeerFlag, Said } from './compat-peer.ts';

export interface ReadWords {
  readonly said: Said;
  /** The flags that were said, each once, in the order of the table. */
  readonly flags: readonly PeerFlag[];
  /** Our own `--explain` was among them; no proxy has a flag of that name. */
  readonly isExplained: boolean;
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const explaining: readonly string[] = ['--explain', '--dry-run'];

export function readPeerWords(peer: Peer, words: readonly string[], environment: Environment): ReadWords {
  const values = new Map<PeerFlag, readonly string[]>();
  const plain: string[] = [];
  const problems: string[] = [];
  let rest: readonly string[] | undefined;
  let isExplained = false;
  for (const [name, value] of inEnvironment(peer, environment)) take(name, [value]);

  for (let at = 0; at < words.length && rest === undefined;) {
    const word = words[at]!;
    at += 1;
    if (word === '--') rest = words.slice(at);
    else if (explaining.includes(word)) isExplained = true;
    else if (isFlag(word)) {
      const [name, given] = nameAndValue(word);
      if (given !== undefined) take(name, [given]);
      else at += take(name, words.slice(at));
    } else if (peer.endsAtCommand) rest = words.slice(at - 1);
    else plain.push(word);
  }

  const byName = new Map([...values].map(([flag, each]) => [flag.name, each]));
  return {
    said: {
      is: (name) => byName.has(name),
      one: (name) => byName.get(name)?.at(-1),
      all: (name) => byName.get(name) ?? [],
      words: plain,
      rest,
    },
    flags: peer.flags.filter((flag) => values.has(flag)),
    isExplained,
    problems,
  };

  /** Notes a flag, and says how many of the words that follow it are its own. */
  function take(name: string, following: readonly string[]): number {
    const flag = flagOf(peer, name);
    const denied = flag === undefined ? flagOf(peer, name.replace(/^--no-/, '--')) : undefined;
    if (flag === undefined && denied?.value !== undefined) return refuse(unknown(peer, name));
    if (flag?.value === undefined) {
      const row = flag ?? denied;
      if (row === undefined) return refuse(unknown(peer, name));
      const [word] = following;
      const isAnswer = word === 'true' || word === 'false';
      const isOn = (flag !== undefined) !== (word === 'false');
      const opposite = flagOf(peer, row.name.replace(/^--/, '--no-'));
      values.delete(row);
      if (isOn) values.set(row, []);
      else if (opposite !== undefined) values.set(opposite, []);
      return isAnswer ? 1 : 0;
    }
    const taken = wordsOf(flag, following);
    if (taken === undefined) return refuse(`${flag.name}: its value is missing: ${flag.name} ${flag.value}`);
    const before = isRepeated(flag) ? (values.get(flag) ?? []) : [];
    values.set(flag, [...before, ...taken]);
    return taken.length;
  }

  function refuse(problem: string): number {
    problems.push(problem);
    return 0;
  }
}

/** Of the words that follow a flag those that it takes; undefined when they are not there. */
function wordsOf(flag: PeerFlag, following: readonly string[]): readonly string[] | undefined {
  const end = following.findIndex(isFlag);
  const free = end === -1 ? following : following.slice(0, end);
  if (flag.takes === 'many') return free;
  const count = flag.takes === 'pair' ? 2 : 1;
  return free.length < count ? undefined : free.slice(0, count);
}

/** Every value counts, and not the last one alone. */
function isRepeated(flag: PeerFlag): boolean {
  return flag.takes !== undefined || flag.isRepeated === true;
}

/** A number may begin with a minus, and a dash alone is a word. */
function isFlag(word: string): boolean {
  return /^-\D/.test(word);
}

function nameAndValue(word: string): readonly [name: string, value: string | undefined] {
  const at = word.indexOf('=');
  return at === -1 || !word.startsWith('--') ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function flagOf({ flags, isCamel }: Peer, name: string): PeerFlag | undefined {
  const plain = (text: string): string => (isCamel ? kebab(text) : text);
  return flags.find((flag) => [flag.name, ...(flag.also ?? [])].some((each) => plain(each) === plain(name)));
}

/** `--sessionTimeout` and `--session-timeout` are one flag to some parsers. */
function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function inEnvironment(peer: Peer, environment: Environment): readonly (readonly [name: string, value: string])[] {
  const { environmentPrefix: prefix } = peer;
  if (prefix === undefined) return [];
  return Object.entries(environment).flatMap(([variable, value = '']) => {
    if (!variable.startsWith(prefix)) return [];
    const name = `--${variable.slice(prefix.length).toLowerCase().replaceAll('_', '-')}`;
    return flagOf(peer, name) === undefined ? [] : [[name, value] as const];
  });
}

function unknown(peer: Peer, name: string): string {
  return `${name}: ${peer.title} has no such flag that is known here: 'ninelives compat ${peer.name} --explain' lists those that are`;
}
