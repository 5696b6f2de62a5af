/** Days of a proxy that comes to its server with a token: whenever it says one, that one is still good, and none is renewed too early. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { TokenKeeper } from '../../src/auth/token-keeper.ts';
import { TokenStore } from '../../src/auth/token-store.ts';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { Script } from '../../src/testing/script.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import type { Chance } from './random.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** A token is renewed when so little of it is left, and no earlier. */
const leftMs = 30_000;
const url = new URL('https://mcp.example.com/mcp');

/** @returns how often a token was said, and how many of them there were. */
export async function liveOnTokens(
  days: number,
  chance: Chance,
): Promise<{ readonly said: number; readonly tokens: number }> {
  const clock = new VirtualClock({ epochMs: Date.UTC(2026, 0, 1) });
  const folder = mkdtempSync(join(tmpdir(), 'days-tokens-'));
  try {
    const store = new TokenStore(folder, clock);
    const issuer = new Issuer(clock, chance);
    const [server, issuerUrl] = [url.href, 'https://issuer.example.com'];
    const about = { url: server, resource: server, issuer: issuerUrl, tokenEndpoint: `${issuerUrl}/token` };
    const tokens = { access: 'a0', refresh: 'r0', expiresAt: clock.wallTime() };
    await store.write(url, undefined, { ...about, client: { id: 'me' }, tokens });
    const log = new CollectingLog(new Script(), false);
    const fetch = issuer.answers;
    const keeper = new TokenKeeper({ url, clientId: undefined, store, fetch, clock, log, login: undefined });
    let said = 0;
    for (; clock.now() < days * dayMs; said += 1) {
      const says = await keeper.authorization();
      if (says !== `Bearer a${issuer.issued}` || clock.wallTime() >= issuer.expiresAt)
        throw new Error(`after ${clock.now()} ms the proxy says ${says}, good until ${issuer.expiresAt}`);
      const [broken] = issuer.broken;
      if (broken !== undefined) throw new Error(`after ${clock.now()} ms ${broken}`);
      // Any moment of the next minutes, or one beside that from which on a token has to be renewed.
      const leftOfIt = issuer.expiresAt - leftMs - clock.wallTime() + chance.between(-1, 1);
      clock.advance(chance.between(0, 7) === 0 ? Math.max(1, leftOfIt) : chance.between(1, 40 * minuteMs));
    }
    return { said, tokens: issuer.issued };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes each refresh token once, and each of its tokens is good for another time. */
class Issuer {
  /** What it was asked and should not have been; who asks takes a refusal for one that passes. */
  readonly broken: string[] = [];
  issued = 0;
  expiresAt: number;
  readonly #clock: VirtualClock;
  readonly #chance: Chance;

  constructor(clock: VirtualClock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
    this.expiresAt = clock.wallTime();
  }

  readonly answers = async (_url: URL, { body = '' }: { readonly body?: string }): Promise<Response> => {
    const refresh = new URLSearchParams(body).get('refresh_token');
    if (refresh !== `r${this.issued}`) this.broken.push(`${refresh} is said in place of r${this.issued}`);
    if (this.expiresAt - this.#clock.wallTime() >= leftMs) this.broken.push(`a${this.issued} is renewed too early`);
    this.issued += 1;
    const seconds = this.#chance.between(5 * 60, 12 * 60 * 60);
    this.expiresAt = this.#clock.wallTime() + seconds * 1000;
    return Promise.resolve(
      Response.json({
        token_type: 'bearer',
        access_token: `a${this.issued}`,
        refresh_token: `r${this.issued}`,
        expires_in: seconds,
      }),
    );
  };
}
