/** Puts together how we prove who we are to a server: tokens that are kept, and a login where a user may be asked. Wiring only. */

import { openBrowser } from '../auth/browser.ts';
import { errandStarted } from '../transports/child-roster.ts';
import type { Login, LoginOptions } from '../auth/oauth-login.ts';
import { TokenKeeper } from '../auth/token-keeper.ts';
import { TokenStore, storeFolder } from '../auth/token-store.ts';
import type { Clock, Log } from '../ports.ts';
import type { HttpAgent } from '../transports/http-agent.ts';
import { inquirer } from '../transports/http-inquiry.ts';

/** How we may prove who we are. */
export interface OAuthRequest {
  /** `stored`: with tokens of an earlier login, which are renewed; `login`: also by asking the user. */
  readonly mode: 'stored' | 'login';
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly scope?: string;
  /** Of the place on this machine that a browser comes back to. */
  readonly port?: number;
}

export interface KeeperSurroundings {
  readonly url: URL;
  readonly clock: Clock;
  readonly log: Log;
}

/** For a user to log in. */
const loginMs = 5 * 60_000;

export function remoteKeeper(
  agent: HttpAgent,
  oauth: OAuthRequest,
  { url, clock, log }: KeeperSurroundings,
): TokenKeeper {
  const show = (page: URL): void => {
    const hasBrowser = openBrowser(page, process, errandStarted);
    const what = hasBrowser
      ? 'log in to the server in the browser that opens'
      : 'log in to the server with a browser on this machine';
    log.warn(
      { server: url.host, page: page.href },
      `${what}, or stop and run: ninelives auth login ${url.origin}${url.pathname}`,
    );
  };
  return new TokenKeeper({
    url,
    clientId: oauth.clientId,
    store: openStore(clock),
    fetch: inquirer(agent, clock),
    clock,
    log,
    login: oauth.mode === 'login' ? remoteLogin(agent, oauth, { url, clock, show }) : undefined,
  });
}

export function openStore(clock: Clock): TokenStore {
  return new TokenStore(storeFolder(process.env), clock);
}

/** What it takes is loaded when somebody logs in. */
export function remoteLogin(
  agent: HttpAgent,
  { clientId, clientSecret, scope, port }: Omit<OAuthRequest, 'mode'>,
  { url, clock, show }: Pick<LoginOptions, 'url' | 'clock' | 'show'>,
): Login {
  return async (before, challenge) => {
    const { loginOver } = await import('../auth/oauth-login.ts');
    const secret = clientSecret === undefined ? {} : { secret: clientSecret };
    const client = clientId === undefined ? undefined : { id: clientId, ...secret };
    const login = loginOver({
      url,
      client,
      scope,
      port,
      fetch: inquirer(agent, clock),
      clock,
      timeoutMs: loginMs,
      show,
    });
    return login(before, challenge);
  };
}
