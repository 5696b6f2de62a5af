/** How a thing that runs outside of this process is started and reached, and what of that makes no sense. Starts nothing. */

import type { Target, TargetKind } from '../play/target.ts';
import { type PlaceholderName, placeholdersIn } from './placeholders.ts';
import type { QuietLimits } from './quiet.ts';

export interface RealTargetOptions {
  readonly kind: TargetKind;
  /** The command and its arguments, with placeholders. Left out where only a URL is given. */
  readonly command?: readonly string[];
  /** Where it is reached, with placeholders. Left out where it is spoken to on its standard input and output. */
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** To the URL, with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly era: Target['era'];
  readonly quiet?: Partial<QuietLimits>;
  /** Until it listens. */
  readonly startMsMax?: number;
}

/** Where a command listens that is given a port and no URL. */
const usualUrl = 'http://127.0.0.1:{port}/mcp';

/** The URL at which the thing is reached, before its placeholders have values; undefined for standard input and output. */
export function urlOf(options: RealTargetOptions): string | undefined {
  const { kind, url } = options;
  if (url !== undefined || kind === 'client') return url;
  return placeholdersOf(options).has('port') ? usualUrl : undefined;
}

/** What cannot be tested, as a sentence; undefined for what can. */
export function targetProblem(options: RealTargetOptions): string | undefined {
  const { kind, command, url } = options;
  if (command === undefined && url === undefined) return 'say a command behind --, or --url';
  const used = placeholdersOf(options);
  if (command === undefined && kind !== 'server') {
    return `a ${kind} is started for every play, with a server of ours: say its command behind --`;
  }
  if (kind === 'proxy' && !used.has('server') && !used.has('server-url')) {
    return "say where the proxy's server stands in its command: {server} for a command, {server-url} for a URL";
  }
  if (kind === 'server' && (used.has('server') || used.has('server-url')))
    return 'a server has no server behind it: verify proxy';
  return undefined;
}

/** The placeholders in its command, its environment and its URL. */
export function placeholdersOf({ command = [], env = {}, url = '' }: RealTargetOptions): ReadonlySet<PlaceholderName> {
  return placeholdersIn([...command, ...Object.values(env), url]);
}
