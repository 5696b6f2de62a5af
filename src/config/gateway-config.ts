/** A gateway configuration that was read and checked: every reference resolved, every name known, nothing left to be wrong. */

import type { StaticToken } from '../auth/static-tokens.ts';
import type { Limits, Times, TotalLimits } from '../session/limits.ts';
import type { TagSettings } from '../session/tag-settings.ts';
import type { Profile } from '../session/profiles.ts';
import type { ClusterRequest } from './cluster-address.ts';
import type { HttpLimits, HttpTimes } from '../transports/http-front-options.ts';

export interface GatewayConfig {
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /** PEM texts, and the files that they stand in. */
    readonly tls: { readonly cert: string; readonly key: string; readonly files: readonly string[] } | undefined;
  };
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly sessionsMax: number;
  /** Of all routes together. */
  readonly totals: TotalLimits;
  /** Connections and streams of clients. */
  readonly front: { readonly limits: Partial<HttpLimits>; readonly times: Partial<HttpTimes> };
  /** The rule file. */
  readonly rules: string | undefined;
  /** Whether rules, and those who manage the process, may make things go wrong on purpose. */
  readonly takesFaults: boolean;
  /** To be one node of several that serve the same sessions. */
  readonly cluster: ClusterRequest | undefined;
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>;
  readonly routes: readonly RouteConfig[];
}

export type UpstreamConfig = ChildUpstream | RemoteUpstream;

export interface ChildUpstream {
  readonly kind: 'child';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly isShared: boolean;
  /** On another node of a cluster, for sessions that this one had. */
  readonly isRestartable: boolean;
  readonly restarts: boolean;
}

export interface RemoteUpstream {
  readonly kind: 'remote';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM text. */
  readonly ca: string | undefined;
  readonly restarts: boolean;
}

export interface RouteConfig {
  readonly name: string;
  /** Of what is below it where `isPrefix`; then it ends with `/`. */
  readonly path: string;
  readonly isPrefix: boolean;
  readonly host: string | undefined;
  readonly upstream: string;
  readonly auth: AuthConfig | undefined;
  /** With the deadlines of single methods that the file says. */
  readonly profile: Profile;
  readonly limits: Partial<Limits>;
  readonly times: Partial<Times>;
  readonly tagSettings: TagSettings;
}

export interface AuthConfig {
  readonly tokens: readonly StaticToken[];
  readonly jwt?: { readonly jwksUrl: URL; readonly issuer: string; readonly audience: string };
  readonly scopes: readonly string[];
  readonly resource?: URL;
}
