/** Runs what stands for a command line of another proxy, or says what that would be. */

import type { CompatRequest, PeerName } from './compat.ts';
import { isForPython, pythonMcpProxy } from './compat-mcp-proxy-python.ts';
import { mcpProxy } from './compat-mcp-proxy.ts';
import { mcpRemote } from './compat-mcp-remote.ts';
import type { Peer, PeerWorld } from './compat-peer.ts';
import { understand } from './compat-plan.ts';
import { supergateway } from './compat-supergateway.ts';
import { explanation, flagsText, refusalText, runText } from './compat-text.ts';
import { exitCodes } from './exit-codes.ts';

/** What the command does to the process it runs in. */
export interface CompatSurroundings extends PeerWorld {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly goTo: (folder: string) => void;
  readonly set: (variable: string, value: string) => void;
  /** Runs a command line of ours, and sets the exit code. */
  readonly run: (words: readonly string[]) => Promise<void>;
}

/** @returns the exit code, where nothing was run that sets it. */
export async function runCompat(request: CompatRequest, around: CompatSurroundings): Promise<number | undefined> {
  const peer = peerOf(request);
  if (request.isExplained && request.words.length === 0) {
    around.out(flagsText(peer));
    return exitCodes.ok;
  }
  const understood = understand(peer, request.words, around);
  const { plan } = understood;
  if (request.isExplained || understood.isExplained) {
    around.out(explanation(peer, understood));
    return plan.problems.length === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (plan.problems.length > 0) {
    around.err(refusalText(understood));
    return exitCodes.usage;
  }
  if (!isSilent(plan.words)) around.err(runText(peer, understood));
  for (const [name, value] of Object.entries(plan.environment)) around.set(name, value);
  if (plan.folder !== undefined) around.goTo(plan.folder);
  await around.run(plan.words);
  return undefined;
}

function isSilent(words: readonly string[]): boolean {
  return words[words.indexOf('--log-level') + 1] === 'silent';
}

const peers: Readonly<Record<PeerName, Peer>> = { 'mcp-proxy': mcpProxy, supergateway, 'mcp-remote': mcpRemote };

function peerOf({ peer, words, isPython }: CompatRequest): Peer {
  return peer === 'mcp-proxy' && (isPython || isForPython(words)) ? pythonMcpProxy : peers[peer];
}
