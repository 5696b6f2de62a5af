/**
 * The check at the door of an HTTP or WebSocket front: for whom a request was meant (`Host`) and which page sent it (`Origin`).
 * It keeps web pages away from servers on their visitors' machines (DNS rebinding). It does not know who the user is.
 */

export interface DoorOptions {
  /** The address that the front is bound to: `127.0.0.1`, `::1`, `localhost`, `0.0.0.0`. */
  readonly listenHost: string;
  /** Names that requests may be for beside those of loopback: `NAME`, `*.NAME` for all below it, each with `:PORT` or without. */
  readonly allowHosts?: readonly string[];
  /** Pages that may send requests beside those of the allowed hosts: `SCHEME://NAME`, `SCHEME://*.NAME`, with `:PORT` or without. */
  readonly allowOrigins?: readonly string[];
  /** Whoever comes in is asked next to prove who they are, by what no page sends on behalf of its visitor. */
  readonly isGuarded?: boolean;
}

/** As `request.headersDistinct` has them. `request.headers` hides a second Host. */
export interface DoorHeaders {
  readonly host?: string | readonly string[] | undefined;
  readonly origin?: string | readonly string[] | undefined;
}

export interface DoorRefusal {
  readonly status: 403;
  /** For the client's developer, and safe to be sent: at most one header value, which is known to be a name. */
  readonly reason: string;
}

export interface DoorPolicy {
  /** Undefined: the request may come in. Never throws. */
  check(headers: DoorHeaders): DoorRefusal | undefined;
}

/** What is wrong with the options, as a sentence for whoever wrote them. */
export function doorProblem(options: DoorOptions): string | undefined {
  const { listenHost, allowHosts = [], allowOrigins = [], isGuarded = false } = options;
  const badHost = allowHosts.find((pattern) => hostPattern(pattern) === undefined);
  if (badHost !== undefined) return `--allow-host ${badHost}: this is neither NAME nor *.NAME, with :PORT or without`;
  const badOrigin = allowOrigins.find((pattern) => originPattern(pattern) === undefined);
  if (badOrigin !== undefined)
    return `--allow-origin ${badOrigin}: this is no origin such as https://NAME or http://NAME:PORT`;
  if (allowHosts.length === 0 && !isGuarded && !isLoopback(addressOf(listenHost))) {
    return `Whoever reaches ${listenHost} could use this proxy: say --allow-host NAME for each name that clients know it by, or ask them who they are with --auth-token-file FILE`;
  }
  return undefined;
}

/** @throws RangeError with the sentence of `doorProblem`. */
export function doorPolicy(options: DoorOptions): DoorPolicy {
  const problem = doorProblem(options);
  if (problem !== undefined) throw new RangeError(problem);
  const { listenHost, allowHosts = [], allowOrigins = [] } = options;
  const address = addressOf(listenHost);
  const ownNames = isLoopback(address) ? [...loopbackNames, address] : [];
  const hosts = [...ownNames, ...allowHosts].flatMap((pattern) => hostPattern(pattern) ?? []);
  const origins = allowOrigins.flatMap((pattern) => originPattern(pattern) ?? []);
  if (hosts.length === 0) return { check: ({ host, origin }) => checkAnyHost(host, origin, origins) };
  return { check: ({ host, origin }) => checkHost(host, hosts) ?? checkOrigin(origin, hosts, origins) };
}

/** By whatever name clients know this proxy: pages that it serves under that name are its own, and all others are not. */
function checkAnyHost(
  hostHeader: DoorHeaders['host'],
  originHeader: DoorHeaders['origin'],
  origins: readonly Origin[],
): DoorRefusal | undefined {
  const values = valuesOf(hostHeader);
  const host = values.length === 1 ? authorityOf(values[0] ?? '') : undefined;
  if (host === undefined) return checkHost(hostHeader, []);
  return checkOrigin(originHeader, [host], origins);
}

function checkHost(header: DoorHeaders['host'], hosts: readonly Authority[]): DoorRefusal | undefined {
  const values = valuesOf(header);
  if (values.length !== 1) return refused('A request says in one Host header for whom it is');
  const host = authorityOf(values[0] ?? '');
  if (host === undefined) return refused('The Host header of the request is no host');
  if (hosts.some((pattern) => isHostOf(pattern, host, webPorts))) return undefined;
  return refused(`This proxy does not answer to the host ${host.name}: --allow-host makes it`);
}

function checkOrigin(
  header: DoorHeaders['origin'],
  hosts: readonly Authority[],
  origins: readonly Origin[],
): DoorRefusal | undefined {
  const values = valuesOf(header);
  if (values.length === 0) return undefined;
  const origin = values.length === 1 ? originOf(values[0] ?? '') : undefined;
  // Also for `null`, which is every page that has no origin of its own, such as a frame in a sandbox.
  if (origin === undefined) return refused('The Origin header of the request is no origin');
  const ports = portsOf(origin.scheme);
  const isAllowed =
    (isWeb(origin.scheme) && hosts.some((pattern) => isHostOf(pattern, origin, ports))) ||
    origins.some((pattern) => pattern.scheme === origin.scheme && isHostOf(pattern, origin, ports));
  if (isAllowed) return undefined;
  return refused(`Pages of ${origin.scheme}://${origin.name} may not use this proxy: --allow-origin lets them`);
}

function valuesOf(header: string | readonly string[] | undefined): readonly string[] {
  if (header === undefined) return [];
  return typeof header === 'string' ? [header] : header;
}

function refused(reason: string): DoorRefusal {
  return { status: 403, reason };
}

interface Authority {
  /** Lower case, without the dot of the root; an IPv6 address in brackets, in its shortest form. */
  readonly name: string;
  readonly port: number | undefined;
  /** A pattern for everything below the name. */
  readonly isWildcard: boolean;
}

interface Origin extends Authority {
  readonly scheme: string;
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'] as const;

/** What a port that is not said may be: a Host does not tell its scheme. */
const webPorts: readonly number[] = [80, 443];

/** DNS has no longer names. */
const nameCharactersMax = 253;
const authorityCharactersMax = nameCharactersMax + '*.'.length + '.:65535'.length;

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Reads `name`, `name:port`, `[address]` or `[address]:port`; nothing of a URL beside these, user names least of all. */
function authorityOf(text: string): Authority | undefined {
  if (text.length > authorityCharactersMax) return undefined;
  const [, address, plainName = '', digits] = /^(?:\[([0-9a-f:.]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const name = address === undefined ? nameOf(plainName) : shortestOf(address);
  const port = digits === undefined ? undefined : Number(digits);
  if (name === undefined || (port !== undefined && port > 65_535)) return undefined;
  return { name, port, isWildcard: false };
}

function nameOf(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, '');
  if (name.length > nameCharactersMax || !name.split('.').every((part) => label.test(part))) return undefined;
  // Some that look like names are none, such as 999.999.999.999, and clients could not be told a URL with them.
  return URL.canParse(`http://${name}`) ? name : undefined;
}

/** One address has many spellings, and a URL keeps one of them. */
function shortestOf(address: string): string | undefined {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : undefined;
}

/** What stands between the brackets of a URL is nothing else. */
function isIPv6(address: string): boolean {
  return address.includes(':') && URL.canParse(`http://[${address}]`);
}

/** `scheme://authority`, as browsers write it: without a path. */
function originOf(text: string): Origin | undefined {
  const [scheme, rest] = schemeAndRest(text);
  const authority = rest === undefined ? undefined : authorityOf(rest);
  return authority === undefined ? undefined : { ...authority, scheme };
}

function schemeAndRest(text: string): readonly [scheme: string, rest: string | undefined] {
  const [, scheme = '', rest] = /^([a-z][a-z0-9+.-]{0,63}):\/\/(.*)$/i.exec(text) ?? [];
  return [scheme.toLowerCase(), rest];
}

function hostPattern(text: string): Authority | undefined {
  const isWildcard = text.startsWith('*.');
  const authority = authorityOf(isWildcard ? text.slice(2) : text);
  if (authority === undefined || (isWildcard && isAddress(authority.name))) return undefined;
  return { ...authority, isWildcard };
}

function originPattern(text: string): Origin | undefined {
  const [scheme, rest] = schemeAndRest(text);
  const authority = rest === undefined ? undefined : hostPattern(rest);
  if (authority === undefined) return undefined;
  // Without a port it is that of the scheme: origins are compared whole.
  return { ...authority, scheme, port: authority.port ?? portsOf(scheme)[0] };
}

/** @param unsaid the ports that a host without a port may mean. */
function isHostOf(pattern: Authority, host: Authority, unsaid: readonly number[]): boolean {
  const isName = pattern.isWildcard ? host.name.endsWith(`.${pattern.name}`) : host.name === pattern.name;
  if (!isName || pattern.port === undefined) return isName;
  return host.port === undefined ? unsaid.includes(pattern.port) : host.port === pattern.port;
}

function isWeb(scheme: string): boolean {
  return scheme === 'http' || scheme === 'https';
}

function portsOf(scheme: string): readonly number[] {
  if (scheme === 'http') return [80];
  return scheme === 'https' ? [443] : [];
}

/** A bind address, which may be an IPv6 address without brackets. */
function addressOf(listenHost: string): string {
  return authorityOf(isIPv6(listenHost) ? `[${listenHost}]` : listenHost)?.name ?? '';
}

/** `localhost`, or an address that only this machine has; an IPv6 address with brackets or without. */
export function isLoopbackName(host: string): boolean {
  return isLoopback(addressOf(host));
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function isAddress(name: string): boolean {
  return name.startsWith('[') || /^[0-9.]+$/.test(name);
}
