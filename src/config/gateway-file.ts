/**
 * Reads a gateway configuration file, and finds everything that is wrong with it: its YAML, its shape, names that nobody has, files
 * and variables that are not there. Each mistake with its line and column. A file with one mistake is not used at all.
 */

import { readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { dirname, resolve } from 'node:path';

import { isLoopback } from '../auth/fetching.ts';
import type { StaticToken } from '../auth/static-tokens.ts';
import { readTokens } from '../auth/token-file.ts';
import { type Limits, type Times, type TotalLimits, defaultLimits } from '../session/limits.ts';
import { type MethodTimes, type Profile, builtInProfiles } from '../session/profiles.ts';
import type { TagSettings } from '../session/tag-settings.ts';
import { doorProblem } from '../transports/door.ts';
import { defaultHttpLimits, defaultHttpTimes } from '../transports/http-front-options.ts';
import type { AuthConfig, GatewayConfig, RouteConfig, UpstreamConfig } from './gateway-config.ts';
import { type ClusterAddress, type ClusterRequest, clusterAddress, usualClusterName } from './cluster-address.ts';
import { type GatewayText, gatewaySchema, routeLimitNames, timeNames } from './gateway-schema.ts';
import { meant } from './near-name.ts';
import { loadProfile } from './profile-file.ts';
import { type Surroundings, fileText, resolved } from './references.ts';
import { shapeMistakes, shown } from './shape-mistakes.ts';
import { type Mistake, type YamlText, readYaml } from './yaml-text.ts';
import { systemReason } from '../reasons.ts';

export type LoadedGateway = { readonly config: GatewayConfig } | { readonly mistakes: readonly Mistake[] };

const fileBytesMax = 4 * 1024 * 1024;
const certificateBytesMax = 1024 * 1024;

/** `FILE:LINE:COLUMN: what is wrong`. */
export function mistakeLine(file: string, { line, column, message }: Mistake): string {
  return `${file}:${line}:${column}: ${message}`;
}

export function loadGateway(file: string, environment: Surroundings['environment']): LoadedGateway {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const reason = systemReason(error);
    return { mistakes: [{ line: 1, column: 1, message: `the file cannot be read: ${reason}` }] };
  }
  if (bytes.length > fileBytesMax) {
    return { mistakes: [{ line: 1, column: 1, message: `the file has more than ${fileBytesMax} bytes` }] };
  }
  return parseGateway(bytes.toString('utf8'), { environment, folder: dirname(resolve(file)) });
}

export function parseGateway(text: string, surroundings: Surroundings): LoadedGateway {
  const read = readYaml(text);
  if ('mistakes' in read) return read;
  const shaped = gatewaySchema.safeParse(read.value);
  if (!shaped.success) return { mistakes: inOrder(shapeMistakes(shaped.error.issues, read, gatewaySchema)) };
  const reader = new Reader(shaped.data, read, surroundings);
  const config = reader.config();
  return reader.mistakes.length === 0 ? { config } : { mistakes: inOrder(reader.mistakes) };
}

function inOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.toSorted((one, other) =>
    one.line === other.line ? one.column - other.column : one.line - other.line,
  );
}

type Path = readonly PropertyKey[];

/** Goes on after each mistake, so that all of them are told at once; what it makes then is not used. */
class Reader {
  readonly mistakes: Mistake[] = [];
  readonly #said: GatewayText;
  readonly #text: YamlText;
  readonly #surroundings: Surroundings;

  constructor(said: GatewayText, text: YamlText, surroundings: Surroundings) {
    this.#said = said;
    this.#text = text;
    this.#surroundings = surroundings;
  }

  config(): GatewayConfig {
    const { upstreams: said, auth: saidAuth = {}, sessionsMax = 1000, allowHosts = [], allowOrigins = [] } = this.#said;
    const { rules: file, allowFaults: takesFaults = false } = this.#said;
    const totals = totalsOf(this.#said.totals);
    const rules = file === undefined ? undefined : resolve(this.#surroundings.folder, file);
    const upstreams = new Map(Object.entries(said).map(([name, each]) => [name, this.#upstream(name, each)]));
    const auth = new Map(Object.entries(saidAuth).map(([name, each]) => [name, this.#auth(name, each)]));
    const routes = this.#said.routes.map((route, index) => this.#route(route, index, upstreams, auth));
    this.#checkRoutes(routes);
    const listen = this.#listen(routes);
    for (const name of upstreams.keys()) {
      if (!routes.some(({ upstream }) => upstream === name))
        this.#wrong(['upstreams', name], 'no route leads to it', 'key');
    }
    const front = {
      limits: saidOf(defaultHttpLimits, this.#said.front),
      times: saidOf(defaultHttpTimes, this.#said.front),
    };
    const cluster = this.#cluster(this.#said.cluster);
    const all = { listen, allowHosts, allowOrigins, sessionsMax, totals, front };
    return { ...all, rules, takesFaults, cluster, upstreams, routes };
  }

  #wrong(path: Path, message: string, what: 'key' | 'value' = 'value'): void {
    this.mistakes.push({ ...this.#text.placeOf(path, what), message: `${shown(path)}: ${message}` });
  }

  /** The text with its references resolved; empty where one cannot be. */
  #resolved(text: string, path: Path): string {
    const found = resolved(text, this.#surroundings);
    if ('text' in found) return found.text;
    this.#wrong(path, found.problem);
    return '';
  }

  #file(name: string, path: Path): string {
    const found = fileText(name, this.#surroundings, certificateBytesMax);
    if ('text' in found) return found.text;
    this.#wrong(path, found.problem);
    return '';
  }

  #listen(routes: readonly RouteConfig[]): GatewayConfig['listen'] {
    const { listen = '127.0.0.1:7400', tls, allowHosts = [], allowOrigins = [] } = this.#said;
    const [, ipv6, name, digits] = /^(?:(?:\[([\da-fA-F:.]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/.exec(listen) ?? [];
    const port = Number(digits);
    if (digits === undefined || port > 65_535) {
      this.#wrong(['listen'], 'write it as HOST:PORT, such as 127.0.0.1:7400 or [::1]:7400');
    }
    const host = ipv6 ?? name ?? '127.0.0.1';
    for (const [index, allowed] of allowHosts.entries()) {
      if (doorProblem({ listenHost: '127.0.0.1', allowHosts: [allowed] }) !== undefined)
        this.#wrong(['allowHosts', index], 'this is neither NAME nor *.NAME, with :PORT or without');
    }
    for (const [index, allowed] of allowOrigins.entries()) {
      if (doorProblem({ listenHost: '127.0.0.1', allowOrigins: [allowed] }) !== undefined)
        this.#wrong(['allowOrigins', index], 'this is no origin such as https://NAME or http://NAME:PORT');
    }
    const isGuarded = routes.every(({ auth, host: known }) => auth !== undefined || known !== undefined);
    if (this.mistakes.length === 0 && doorProblem({ listenHost: host, allowHosts, isGuarded }) !== undefined) {
      this.#wrong(
        ['listen'],
        `whoever reaches ${host} could use the gateway: say allowHosts, or a host or auth for each route`,
      );
    }
    return {
      host,
      port,
      tls:
        tls === undefined
          ? undefined
          : {
              cert: this.#file(tls.cert, ['tls', 'cert']),
              key: this.#file(tls.key, ['tls', 'key']),
              files: [tls.cert, tls.key].map((pem) => resolve(this.#surroundings.folder, pem)),
            },
    };
  }

  #upstream(name: string, said: GatewayText['upstreams'][string]): UpstreamConfig {
    const path = ['upstreams', name];
    const restarts = said.restart !== 'never';
    if ((said.command === undefined) === (said.url === undefined)) {
      this.#wrong(path, 'a server is a command, or a url, and not both', 'key');
    }
    const foreign =
      said.url === undefined ? (['headers', 'ca'] as const) : (['args', 'env', 'cwd', 'share', 'restartable'] as const);
    for (const key of foreign) {
      const owner = said.url === undefined ? 'a url has' : 'a command has';
      if (said[key] !== undefined) this.#wrong([...path, key], `only ${owner} this`, 'key');
    }
    if (said.url !== undefined) {
      return {
        kind: 'remote',
        url: this.#url(said.url, [...path, 'url'], ['http:', 'https:', 'ws:', 'wss:']),
        headers: this.#headers(said.headers ?? {}, [...path, 'headers']),
        ca: said.ca === undefined ? undefined : this.#file(said.ca, [...path, 'ca']),
        restarts,
      };
    }
    const env = Object.entries(said.env ?? {}).map(([key, value]): readonly [string, string] => [
      key,
      this.#resolved(value, [...path, 'env', key]),
    ]);
    return {
      kind: 'child',
      command: this.#resolved(said.command ?? '', [...path, 'command']),
      args: (said.args ?? []).map((arg, index) => this.#resolved(arg, [...path, 'args', index])),
      env: Object.fromEntries(env),
      cwd: resolve(this.#surroundings.folder, this.#resolved(said.cwd ?? '.', [...path, 'cwd'])),
      isShared: said.share === 'shared',
      isRestartable: said.restartable === true,
      restarts,
    };
  }

  /** What the URL is may be secret in parts: no mistake repeats it. */
  #url(text: string, path: Path, schemes: readonly string[]): URL {
    const whole = this.#resolved(text, path);
    const url = URL.canParse(whole) ? new URL(whole) : undefined;
    if (url !== undefined && schemes.includes(url.protocol) && url.hash === '') return url;
    if (whole !== '')
      this.#wrong(path, `this is no ${schemes.map((scheme) => `${scheme}//`).join(', ')} URL, or has a #`);
    return new URL('http://nowhere.invalid');
  }

  #headers(said: Readonly<Record<string, string>>, path: Path): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(said)) {
      const whole = this.#resolved(value, [...path, name]);
      try {
        validateHeaderName(name);
        validateHeaderValue(name, whole);
        headers[name] = whole;
      } catch {
        this.#wrong([...path, name], 'this cannot be sent as a header', 'key');
      }
    }
    return headers;
  }

  #cluster(said: GatewayText['cluster']): ClusterRequest | undefined {
    if (said === undefined) return undefined;
    const { name = usualClusterName, replicas = 1, creds, cert, key } = said;
    const whole = this.#resolved(said.url, ['cluster', 'url']);
    const address = clusterAddress(whole);
    if ('problem' in address && whole !== '') this.#wrong(['cluster', 'url'], address.problem);
    const { servers, login, isTls } = 'problem' in address ? nowhere : address;
    if ((cert === undefined) !== (key === undefined)) this.#wrong(['cluster'], 'cert and key go together', 'key');
    if (creds !== undefined && login !== undefined) {
      this.#wrong(['cluster', 'creds'], 'url has a login already: say one of them', 'key');
    }
    const tls: { ca?: string; cert?: string; key?: string } = {};
    for (const what of ['ca', 'cert', 'key'] as const) {
      const file = said[what];
      if (file !== undefined) tls[what] = this.#file(file, ['cluster', what]);
    }
    return {
      ...{ servers, name, replicas },
      login: creds === undefined ? login : { kind: 'file', content: this.#file(creds, ['cluster', 'creds']) },
      tls: isTls || Object.keys(tls).length > 0 ? tls : undefined,
    };
  }

  #auth(name: string, said: NonNullable<GatewayText['auth']>[string]): AuthConfig {
    const path = ['auth', name];
    const { tokenFile, jwt, scopes = [], resource } = said;
    if (tokenFile === undefined && jwt === undefined) {
      this.#wrong(path, 'nobody could come in: say tokenFile, jwt, or both', 'key');
    }
    return {
      tokens: tokenFile === undefined ? [] : this.#tokens(tokenFile, [...path, 'tokenFile']),
      ...(jwt === undefined
        ? {}
        : {
            jwt: {
              jwksUrl: this.#jwks(jwt.jwks, [...path, 'jwt', 'jwks']),
              issuer: this.#resolved(jwt.issuer, [...path, 'jwt', 'issuer']),
              audience: this.#resolved(jwt.audience, [...path, 'jwt', 'audience']),
            },
          }),
      scopes,
      ...(resource === undefined ? {} : { resource: this.#url(resource, [...path, 'resource'], ['http:', 'https:']) }),
    };
  }

  #jwks(text: string, path: Path): URL {
    const url = this.#url(text, path, ['http:', 'https:']);
    if (url.protocol === 'http:' && !isLoopback(url) && url.hostname !== 'nowhere.invalid')
      this.#wrong(path, 'keys come from an https:// URL, or from this machine');
    return url;
  }

  #tokens(file: string, path: Path): readonly StaticToken[] {
    const text = this.#file(file, path);
    const read = text === '' ? { tokens: [] } : readTokens(text, file);
    if ('tokens' in read) return read.tokens;
    this.#wrong(path, read.problem);
    return [];
  }

  #route(
    said: GatewayText['routes'][number],
    index: number,
    upstreams: ReadonlyMap<string, UpstreamConfig>,
    auth: ReadonlyMap<string, AuthConfig>,
  ): RouteConfig {
    const place = ['routes', index];
    const { upstream, host } = said;
    const behind = upstreams.get(upstream);
    if (behind === undefined) {
      this.#wrong(
        [...place, 'upstream'],
        `there is no upstream '${upstream}'${meant(upstream, [...upstreams.keys()])}`,
      );
    }
    if (said.auth !== undefined && !auth.has(said.auth)) {
      this.#wrong([...place, 'auth'], `there is no auth '${said.auth}'${meant(said.auth, [...auth.keys()])}`);
    }
    if (host !== undefined && doorProblem({ listenHost: '127.0.0.1', allowHosts: [host] }) !== undefined) {
      this.#wrong([...place, 'host'], 'this is neither NAME nor *.NAME, with :PORT or without');
    }
    const profile = this.#profile(said, place);
    if (behind?.kind === 'child' && behind.isShared && profile.shutdownMethods.length > 0) {
      this.#wrong(
        [...place, 'profile'],
        'with this profile one client could shut the shared server down for all others',
      );
    }
    const isPrefix = said.path.endsWith('*');
    return {
      name: said.name ?? upstream,
      path: isPrefix ? said.path.slice(0, -1) : said.path,
      isPrefix,
      host,
      upstream,
      auth: said.auth === undefined ? undefined : auth.get(said.auth),
      profile,
      limits: { ...limitsOf(this.#said.limits), ...limitsOf(said.limits) },
      times: { ...timesOf(this.#said.times), ...timesOf(said.times) },
      tagSettings: tagSettingsOf(this.#said.tags, said.tags),
    };
  }

  #profile(said: GatewayText['routes'][number], place: Path): Profile {
    const name = said.profile ?? this.#said.profile ?? 'mcp';
    const isFile = /[./\\]/.test(name) && !builtInProfiles.has(name);
    const loaded = loadProfile(isFile ? resolve(this.#surroundings.folder, name) : name);
    const path = said.profile === undefined ? ['profile'] : [...place, 'profile'];
    if ('problem' in loaded) this.#wrong(path, loaded.problem);
    const profile = 'problem' in loaded ? builtInProfiles.get('mcp')! : loaded.profile;
    const methodTimes: Record<string, MethodTimes> = { ...profile.methodTimes };
    for (const [method, { idleMs, absoluteMs }] of Object.entries({ ...this.#said.methods, ...said.methods })) {
      methodTimes[method] = {
        ...(idleMs === undefined ? {} : { idleMs: millisOf(idleMs) }),
        ...(absoluteMs === undefined ? {} : { absoluteMs: millisOf(absoluteMs) }),
      };
    }
    return { ...profile, methodTimes };
  }

  #checkRoutes(routes: readonly RouteConfig[]): void {
    const names = new Set<string>();
    const places = new Set<string>();
    for (const [index, { name, path, isPrefix, host }] of routes.entries()) {
      if (names.has(name))
        this.#wrong(['routes', index], `another route is called '${name}': give each a name of its own`);
      names.add(name);
      const place = `${host?.toLowerCase() ?? ''} ${path}${isPrefix ? '*' : ''}`;
      if (places.has(place)) this.#wrong(['routes', index, 'path'], 'another route is there already');
      places.add(place);
      if (/^\/(?:healthz|readyz|\.well-known)(?:\/|$)/.test(path))
        this.#wrong(['routes', index, 'path'], 'the gateway itself answers there');
    }
  }
}

const nowhere: ClusterAddress = { servers: [], login: undefined, isTls: false };

function limitsOf(said: GatewayText['limits'] = {}): Partial<Limits> {
  const limits: { -readonly [Name in keyof Limits]?: number } = {};
  for (const name of routeLimitNames) {
    const value = said[name];
    if (value !== undefined) limits[name] = value;
  }
  return limits;
}

function totalsOf(said: GatewayText['totals'] = {}): TotalLimits {
  const { pendingTotal, reservedTotal, listensTotal, questionsTotal, bufferBytesTotal } = { ...defaultLimits, ...said };
  return { pendingTotal, reservedTotal, listensTotal, questionsTotal, bufferBytesTotal };
}

function timesOf(said: GatewayText['times'] = {}): Partial<Times> {
  const times: { -readonly [Name in keyof Times]?: number } = {};
  for (const name of timeNames) {
    const value = said[name];
    if (value !== undefined) times[name] = millisOf(value);
  }
  return times;
}

/** What is said of these, without what is not. */
function saidOf<Names extends object>(
  usual: Names,
  said: Readonly<Record<string, number | undefined>> = {},
): Partial<Record<keyof Names, number>> {
  const found: Partial<Record<keyof Names, number>> = {};
  for (const name in usual) if (said[name] !== undefined) found[name] = said[name];
  return found;
}

/** What a route says of a tag stands before what is said for all routes. */
function tagSettingsOf(forAll: GatewayText['tags'] = {}, own: GatewayText['tags'] = {}): TagSettings {
  return Object.fromEntries(
    [...new Set([...Object.keys(forAll), ...Object.keys(own)])].map((tag) => [
      tag,
      {
        limits: { ...limitsOf(forAll[tag]?.limits), ...limitsOf(own[tag]?.limits) },
        times: { ...timesOf(forAll[tag]?.times), ...timesOf(own[tag]?.times) },
      },
    ]),
  );
}

function millisOf(value: number | 'off'): number {
  return value === 'off' ? Infinity : value;
}
