/** What a command line of another proxy becomes: our line as one text, or why there is none. */
import type { Peer, PeerWorld } from '../../src/cli/compat-peer.ts';
import { understand } from '../../src/cli/compat-plan.ts';

const noWorld: PeerWorld = {
  environment: {},
  platform: 'linux',
  readText: (file) => {
    throw new Error(`no such file: ${file}`);
  },
};

/** @param words split at spaces where they are one text; the words of our line are joined in the same way. */
export function lineOf(
  peer: Peer,
  words: string | readonly string[],
  world: Partial<PeerWorld> = {},
): string | readonly string[] {
  const { plan } = understand(peer, typeof words === 'string' ? words.split(' ') : words, { ...noWorld, ...world });
  return plan.problems.length > 0 ? plan.problems : plan.words.join(' ');
}

/** What else is done and said. */
export function planOf(peer: Peer, words: string, world: Partial<PeerWorld> = {}) {
  return understand(peer, words.split(' '), { ...noWorld, ...world }).plan;
}
