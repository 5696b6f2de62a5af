/**
 * Reaches a server over streamable HTTP (2025-03-26 to 2025-11-25, and 2026-07-28), with a session of its own on the server for
 * each that asks. Knows what these sessions have in common: where the server is, whether it was ever there, and what its tools want
 * said in headers.
 */

import type { UpstreamConnector, UpstreamEvents } from '../ports.ts';
import { noHeaderParams } from '../protocol/header-params.ts';
import { HttpLink, type HttpLinkOptions, type HttpServer, type LinkBefore } from './http-link.ts';
import { httpTarget } from './http-target.ts';

export interface HttpConnectorOptions extends HttpLinkOptions {
  /** `http://` or `https://`; credentials in it are sent as Basic authorization. */
  readonly url: string;
  /** Sent with every request, in place of what would be sent under these names otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpConnector extends Required<Pick<UpstreamConnector, 'connect' | 'goingOn'>> {
  /** Requests that are open now, in all sessions. */
  readonly openRequests: number;
}

/** @throws RangeError with the sentence of `httpProblem`. */
export function httpConnector(options: HttpConnectorOptions): HttpConnector {
  const links = new Set<HttpLink>();
  const target = httpTarget(options.url, options.headers);
  const server: HttpServer = { target, isReached: false, headerParams: noHeaderParams };
  const connect = (events: UpstreamEvents, before: LinkBefore): HttpLink => {
    const link = new HttpLink(options, server, events, () => links.delete(link), before);
    links.add(link);
    return link;
  };
  const usual: UpstreamConnector = { connect: (events, heritage) => connect(events, { heritage }) };
  return {
    ...usual,
    goingOn: (serverSession) =>
      firstThen({ connect: (events) => connect(events, { goesOnWith: serverSession }) }, usual),
    get openRequests() {
      let open = 0;
      for (const link of links) open += link.requests.size;
      return open;
    },
  };
}

/** The first connection is made by one, all others by another. */
export function firstThen(first: UpstreamConnector, then: UpstreamConnector): UpstreamConnector {
  let next = first;
  return {
    connect: (events, heritage) => {
      const connector = next;
      next = then;
      return connector.connect(events, heritage);
    },
  };
}
