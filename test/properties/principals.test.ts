/**
 * Two principals over HTTP in front of one shared server, with the same ids and progress tokens (P20): in sessions of their
 * own, in requests that name no session, and in the sessions of the other. Whatever the order, each hears what it asked for and
 * nothing of the other's. NINELIVES_RUNS=250 plays ten thousand of these.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFetchHandler } from '../../src/adapters/fetch-handler.ts';
import { initialize, initializeResult } from '../../src/testing/messages.ts';
import { SharedWorld, settled } from '../transports/shared-world.ts';
import { runs } from './runs.ts';

const principals = ['ann', 'bob'] as const;
type Principal = (typeof principals)[number];
const otherOf = (principal: Principal): Principal => (principal === 'ann' ? 'bob' : 'ann');

interface Step {
  readonly by: Principal;
  readonly do: 'ask' | 'ask without session' | 'ask as the other' | 'end the other' | 'cancel' | 'answer' | 'progress';
  readonly id: 0 | 1 | '1';
  /** Which of the requests that the server has, counted from the newest. */
  readonly at: number;
  readonly isPatient: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom(...principals),
  do: fc.oneof(
    { weight: 5, arbitrary: fc.constant('ask' as const) },
    { weight: 3, arbitrary: fc.constantFrom('ask without session' as const, 'ask as the other' as const) },
    { weight: 5, arbitrary: fc.constant('answer' as const) },
    { weight: 3, arbitrary: fc.constantFrom('progress' as const, 'cancel' as const, 'end the other' as const) },
  ),
  id: fc.constantFrom<Step['id']>(0, 1, '1'),
  at: fc.nat(5),
  isPatient: fc.boolean(),
});

interface Call {
  readonly mark: string;
  readonly by: Principal;
  readonly isForeign: boolean;
  wasCalledOff: boolean;
  readonly answer: Promise<{ readonly status: number; readonly text: string }>;
}

class TwoPrincipals extends SharedWorld {
  readonly handler = createFetchHandler({
    runtime: this.runtime,
    server: () => this.shared.member(),
    sessionless: 'pass',
  });
  readonly calls: Call[] = [];
  /** What must not be, in words. */
  readonly #breaches: string[] = [];
  readonly #sessions = new Map<Principal, string>();
  readonly #withoutSession = new Set<Principal>();

  async begins(): Promise<void> {
    this.server.onHeard = ({ id, method }) => {
      if (method === 'initialize')
        void settled().then(() => this.server.says({ id, result: initializeResult('2025-11-25') }));
    };
    for (const principal of principals) {
      const opening = this.#posts(principal, initialize(0));
      if (principal === 'ann') {
        while (!this.server.isRunning) await settled();
        this.server.comesUp();
      }
      const session = (await opening).headers.get('mcp-session-id') ?? '';
      this.#sessions.set(principal, session);
      await this.#posts(principal, { method: 'notifications/initialized' }, session);
    }
    this.server.takes();
  }

  async takes({ by, do: what, id, at, isPatient }: Step): Promise<void> {
    switch (what) {
      case 'ask':
        this.#asks(by, id, this.#sessions.get(by), false);
        break;
      case 'ask without session':
        this.#asks(by, id, undefined, false);
        this.#withoutSession.add(by);
        break;
      case 'ask as the other':
        this.#asks(by, id, this.#sessions.get(otherOf(by)), true);
        if (this.runtime.session(this.#sessions.get(otherOf(by))!, { principal: by }) !== undefined) {
          this.#breaches.push(`${by} found the session of the other`);
        }
        break;
      case 'end the other':
        this.#expects(
          `${by} ends the session of the other`,
          (await this.#sends(by, 'DELETE', undefined, this.#sessions.get(otherOf(by)))).status,
          404,
        );
        break;
      case 'cancel':
        this.#cancels(by, id);
        break;
      case 'answer':
      case 'progress':
        this.#speaks(at, what);
    }
    if (isPatient) await settled();
  }

  /** Everything that is still to be answered is. Resolves with what was heard, or found, that must not be. */
  async ends(): Promise<readonly string[]> {
    for (let turn = 0; turn < 4; turn++) await settled();
    while (this.#waiting().length > 0) {
      this.#speaks(0, 'answer');
      await settled();
    }
    for (const { mark, isForeign, wasCalledOff, answer } of this.calls) {
      if (wasCalledOff) continue;
      const { status, text } = await answer;
      this.#expects(`status of ${mark}`, status, isForeign ? 404 : 200);
      this.#expects(`answers to ${mark}`, text.match(/"result"/g)?.length ?? 0, isForeign ? 0 : 1);
    }
    // Requests that name no session share one, and it is their principal's.
    for (const principal of principals) {
      const own = Array.from(this.runtime.sessions()).filter((session) => session.principal === principal).length;
      this.#expects(`sessions of ${principal}`, own, this.#withoutSession.has(principal) ? 2 : 1);
    }
    await Promise.all([this.handler.close(), this.#ended()]);
    for (const { mark, answer } of this.calls) {
      const { text } = await answer;
      for (const found of text.match(/mark-\d+-[a-z]+/g) ?? []) this.#expects(`mark heard by ${mark}`, found, mark);
    }
    this.server.goesDown();
    await this.runtime.stop();
    const { pending, sessionsByState } = this.runtime.totals();
    for (const [name, left] of Object.entries({ ...pending, ...sessionsByState })) this.#expects(name, left, 0);
    return this.#breaches;
  }

  #expects(what: string, found: string | number, wanted: string | number): void {
    if (found !== wanted) this.#breaches.push(`${what}: ${found}, not ${wanted}`);
  }

  /** A closing handler gives its clients a second to read. */
  async #ended(): Promise<void> {
    await settled();
    this.clock.advance(5000);
  }

  #asks(by: Principal, id: Step['id'], session: string | undefined, isForeign: boolean): void {
    const mark = `mark-${this.calls.length}-${by}`;
    const params = { mark, _meta: { progressToken: 1 } };
    const answer = this.#posts(by, { id, method: 'tools/call', params }, session).then(async (response) => ({
      status: response.status,
      text: await response.text(),
    }));
    this.calls.push({ mark, by, isForeign, wasCalledOff: false, answer });
  }

  /** Which of the requests with this id is meant is nobody's to say: none of them has to be answered. */
  #cancels(by: Principal, id: Step['id']): void {
    for (const call of this.calls) if (call.by === by && !call.isForeign) call.wasCalledOff = true;
    const cancelled = { method: 'notifications/cancelled', params: { requestId: id } };
    void this.#posts(by, cancelled, this.#sessions.get(by));
  }

  #waiting() {
    return this.server.heard.filter(({ method, id }) => method === 'tools/call' && !this.#answered.has(id));
  }

  readonly #answered = new Set<unknown>();

  #speaks(at: number, what: 'answer' | 'progress'): void {
    const waiting = this.#waiting();
    const call = waiting.at(-1 - (at % Math.max(1, waiting.length)));
    if (call === undefined) return;
    const { mark, _meta } = call['params'] as {
      readonly mark: string;
      readonly _meta: { readonly progressToken: unknown };
    };
    if (what === 'answer') {
      this.#answered.add(call['id']);
      this.server.says({ id: call['id'], result: { mark } });
    } else {
      const params = { progressToken: _meta.progressToken, progress: 1, message: mark };
      this.server.says({ method: 'notifications/progress', params });
    }
  }

  async #posts(by: Principal, message: object, session?: string): Promise<Response> {
    return this.#sends(by, 'POST', JSON.stringify({ jsonrpc: '2.0', ...message }), session);
  }

  async #sends(by: Principal, method: string, body: string | undefined, session?: string): Promise<Response> {
    const headers = {
      Accept: 'application/json, text/event-stream',
      'Content-Type': 'application/json',
      'MCP-Protocol-Version': '2025-11-25',
      ...(session === undefined ? {} : { 'Mcp-Session-Id': session }),
    };
    const asked = { method, headers, ...(body === undefined ? {} : { body }) };
    return this.handler.fetch(new Request('http://localhost/mcp', asked), { principal: by });
  }
}

test('P20 two principals with the same ids at one shared server hear nothing of each other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
      const world = new TwoPrincipals();
      await world.begins();
      for (const one of steps) await world.takes(one);
      expect(await world.ends()).toEqual([]);
    }),
    runs(40),
  );
});
