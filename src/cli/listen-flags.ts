/** Flags of the fronts that listen: where, for whom, and with which certificate. */

import type { Command } from 'commander';
import type { ListenOptions } from '../proxy/listening.ts';
import { doorProblem } from '../transports/door.ts';
import { type CertificateInFiles, readCertificate } from './certificate-files.ts';
import { gathered } from './server-flags.ts';

export interface ListenFlags {
  readonly listen: string;
  readonly path: string;
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export const usualListenAddress = '127.0.0.1:7400';

export function addListenFlags(command: Command): Command {
  return command
    .optionsGroup('Where it listens:')
    .option('--listen <host:port>', 'where to listen; port 0 takes a free one', usualListenAddress)
    .option('--path <path>', 'where MCP is served', '/mcp')
    .option(
      '--allow-host <name>',
      'a name by which clients know this proxy, besides those of loopback; may be repeated',
      gathered,
    )
    .option('--allow-origin <origin>', 'a page that may use it, such as https://example.com; may be repeated', gathered)
    .option('--tls-cert <file>', 'speak TLS with this certificate (PEM)')
    .option('--tls-key <file>', 'the key of --tls-cert (PEM)');
}

/** Where a front is to listen, and the files that its certificate stands in. */
export type ListenRequest = ListenOptions & { readonly tls?: CertificateInFiles };

/** @param isGuarded whoever comes in is asked to prove who they are. */
export function listenOptionsOf(flags: ListenFlags, isGuarded = false): ListenRequest | { readonly problem: string } {
  const address = addressIn(flags.listen);
  if (address === undefined) {
    return { problem: `--listen ${flags.listen}: write it as HOST:PORT, such as ${usualListenAddress} or [::1]:7400` };
  }
  if (!/^\/[!-~]*$/.test(flags.path) || /[?#]/.test(flags.path)) {
    return { problem: `--path ${flags.path}: a path begins with / and has neither ? nor #` };
  }
  const { host } = address;
  const { allowHost: allowHosts = [], allowOrigin: allowOrigins = [] } = flags;
  const problem = doorProblem({ listenHost: host, allowHosts, allowOrigins, isGuarded });
  if (problem !== undefined) return { problem };
  const tls = tlsOf(flags);
  if (tls !== undefined && 'problem' in tls) return tls;
  return { ...address, path: flags.path, door: { allowHosts, allowOrigins }, ...(tls === undefined ? {} : { tls }) };
}

/** `HOST:PORT`, `[IPv6]:PORT`, or `PORT` alone for this machine only. */
export function addressIn(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:(?:\[([\da-fA-F:.]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, ipv6, name, digits] = match;
  const port = Number(digits);
  return port > 65_535 ? undefined : { host: ipv6 ?? name ?? '127.0.0.1', port };
}

function tlsOf({ tlsCert, tlsKey }: ListenFlags): ReturnType<typeof readCertificate> | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) return { problem: '--tls-cert and --tls-key go together' };
  return readCertificate({ cert: tlsCert, key: tlsKey });
}
