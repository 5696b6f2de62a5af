/**
 * Where tokens for servers are kept between runs: a file for each server and client, for its owner alone, written as a whole or not
 * at all. What is kept belongs to one issuer, and is never brought to another.
 */

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '../ports.ts';
import { withLock } from './lock-file.ts';
import type { OAuthClient, Tokens } from './oauth-calls.ts';

/** What is known of one server: who issues its tokens, as whom we come there, and what we have. */
export interface StoredAuth {
  /** The URL of the server, and what tokens are asked for. */
  readonly url: string;
  readonly resource: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly tokenEndpointMethods?: readonly string[];
  readonly client: OAuthClient;
  readonly tokens?: Tokens;
}

const version = 1;
const fileBytesMax = 256 * 1024;

/** `$XDG_CONFIG_HOME/ninelives/auth`, or `~/.config/ninelives/auth`. */
export function storeFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CONFIG_HOME: home } = env;
  return join(home === undefined || home === '' ? join(homedir(), '.config') : home, 'ninelives', 'auth');
}

export class TokenStore {
  readonly #folder: string;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** @param client its id where it was chosen by the user; another client has other tokens. */
  async read(url: URL, client?: string): Promise<StoredAuth | undefined> {
    const stored = await this.#readFile(`${nameOf(url, client)}.json`);
    return stored?.url === keyOf(url) ? stored : undefined;
  }

  async write(url: URL, client: string | undefined, stored: StoredAuth): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${nameOf(url, client)}.json`);
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, `${JSON.stringify({ version, ...stored }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  }

  /** False: there was nothing. */
  async remove(url: URL, client?: string): Promise<boolean> {
    const path = join(this.#folder, `${nameOf(url, client)}.json`);
    const isThere = (await this.read(url, client)) !== undefined;
    await rm(path, { force: true });
    return isThere;
  }

  async all(): Promise<readonly StoredAuth[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const stored = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map(async (name) => this.#readFile(name)),
    );
    return stored.filter((each) => each !== undefined);
  }

  /** Does it when no other process of this user does something with the tokens of this server. */
  async alone<T>(url: URL, client: string | undefined, holdMs: number, act: () => Promise<T>): Promise<T> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return withLock(join(this.#folder, `${nameOf(url, client)}.lock`), { clock: this.#clock, holdMs }, act);
  }

  /** What nobody can read is as good as nothing: a login writes it anew. */
  async #readFile(name: string): Promise<StoredAuth | undefined> {
    const text = await readFile(join(this.#folder, name), 'utf8').catch(() => '');
    if (text === '' || text.length > fileBytesMax) return undefined;
    try {
      const { version: found, ...stored } = JSON.parse(text) as StoredAuth & { readonly version: unknown };
      const isWhole =
        found === version && typeof stored.tokenEndpoint === 'string' && typeof stored.client.id === 'string';
      return isWhole ? stored : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Without what no server is told, and without a query, which may hold a secret. */
export function keyOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** For people who look into the folder it begins with the host. */
function nameOf(url: URL, client = ''): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([keyOf(url), client]))
    .digest('hex');
  return `${url.hostname.replaceAll(/[^\w.-]/g, '_').slice(0, 64)}-${digest.slice(0, 24)}`;
}
