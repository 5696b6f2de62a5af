/**
 * The command line of a server that has ninelives in front: how it is put together, how one is recognised, and what was there
 * before. Knows words, and neither files nor JSON.
 */

export interface WrappedWords {
  /** What starts ninelives: a program, and a script where that is started by another one. */
  readonly launcher: readonly string[];
  /** Between `forward stdio` and the server. */
  readonly flags: readonly string[];
  readonly server: { readonly command: readonly string[] } | { readonly url: string };
}

/** Words before `forward` at most: `cmd /c npx -y ninelives@1.2.3`. */
const launcherWordsMax = 6;

const nameOfOurs = /^ninelives(?:@[^/\\]*)?(?:\.(?:cjs|mjs|js|cmd|exe|ps1))?$/i;

export function wrappedWords({ launcher, flags, server }: WrappedWords): readonly string[] {
  const behind = 'url' in server ? ['--upstream', server.url] : ['--', ...server.command];
  return [...launcher, 'forward', 'stdio', ...flags, ...behind];
}

/** Undefined for a command line that is not ours, and for one that says of no server. */
export function unwrappedWords(words: readonly string[]): WrappedWords | undefined {
  const at = words.indexOf('forward');
  if (at < 1 || at > launcherWordsMax || words[at + 1] !== 'stdio') return undefined;
  const launcher = words.slice(0, at);
  if (!launcher.some((word) => nameOfOurs.test(word.split(/[/\\]/).at(-1)!))) return undefined;
  const rest = words.slice(at + 2);
  const end = rest.indexOf('--');
  if (end !== -1) {
    const command = rest.slice(end + 1);
    return command.length === 0 ? undefined : { launcher, flags: rest.slice(0, end), server: { command } };
  }
  const upstream = rest.indexOf('--upstream');
  const url = upstream === -1 ? undefined : rest[upstream + 1];
  return url === undefined ? undefined : { launcher, flags: rest.toSpliced(upstream, 2), server: { url } };
}
