/**
 * Proxies of other projects that go from stdio to stdio, as a package of their own (test/bench/peers) installs them. Nobody
 * needs them to build or test; a bench without them leaves their rows out.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Peer {
  readonly name: string;
  /** To be followed by the server's command. */
  readonly command: readonly string[];
  /** The file in its working directory into which it writes every frame, whether asked or not. */
  readonly log: string;
}

interface PeerRow extends Peer {
  readonly runsOn: { readonly platform: NodeJS.Platform; readonly arch: NodeJS.Architecture };
}

const folder = fileURLToPath(new URL('../../../test/bench/peers/node_modules/', import.meta.url));

const rows: readonly PeerRow[] = [
  {
    name: 'tooner',
    command: [`${folder}@chaindead/tooner_linux_amd64/tooner`],
    log: 'tooner.log',
    runsOn: { platform: 'linux', arch: 'x64' },
  },
];

const isInstalled = ({ command }: Peer): boolean => existsSync(command[0]!);

export function installedPeers(): readonly Peer[] {
  return rows.filter(isInstalled);
}

/** Names of the peers that would run on this machine and are not there; `npm run bench:peers` installs them. */
export function missingPeers(): readonly string[] {
  const { platform, arch } = process;
  return rows
    .filter((row) => row.runsOn.platform === platform && row.runsOn.arch === arch && !isInstalled(row))
    .map(({ name }) => name);
}
