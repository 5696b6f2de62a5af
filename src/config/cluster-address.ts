/**
 * Where the server of a cluster is, as people write it: `nats://HOST:PORT`, several of them, and perhaps who asks. What is secret in it
 * is taken out, so that nothing else ever shows it.
 */

import type { NatsLogin } from '../cluster/nats-engine.ts';

export interface ClusterAddress {
  /** `nats://HOST:PORT` or `tls://HOST:PORT`, without credentials. */
  readonly servers: readonly string[];
  readonly login: NatsLogin | undefined;
  readonly isTls: boolean;
}

/** What is asked of a cluster, with the texts of the files that were named. */
export interface ClusterRequest {
  readonly servers: readonly string[];
  /** Which cluster on these servers it is. */
  readonly name: string;
  /** Copies of what the nodes agree on. */
  readonly replicas: 1 | 3 | 5;
  readonly login: NatsLogin | undefined;
  /** PEM texts. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
}

/** @param text URLs with commas between them. */
export function clusterAddress(text: string): ClusterAddress | { readonly problem: string } {
  const servers: string[] = [];
  let login: NatsLogin | undefined;
  let isTls = false;
  for (const [index, part] of text.split(',').entries()) {
    const url = URL.canParse(part.trim()) ? new URL(part.trim()) : undefined;
    const isServer = url !== undefined && (url.protocol === 'nats:' || url.protocol === 'tls:') && url.host !== '';
    if (!isServer || (url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '') {
      // It may hold a password: it is named by its place.
      return { problem: `address ${index + 1} is none: write it as nats://HOST:PORT or tls://HOST:PORT` };
    }
    servers.push(`${url.protocol}//${url.host}`);
    isTls ||= url.protocol === 'tls:';
    login ??= loginOf(url);
  }
  return { servers, login, isTls };
}

function loginOf({ username, password }: URL): NatsLogin | undefined {
  if (username === '') return undefined;
  if (password === '') return { kind: 'token', token: decodeURIComponent(username) };
  return { kind: 'password', user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** As names of tables and addresses take it. */
export function isClusterName(name: string): boolean {
  return /^[\w-]{1,64}$/.test(name);
}

export const usualClusterName = 'ninelives';
