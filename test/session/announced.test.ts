import { describe, expect, test } from 'vitest';
import { settleAllAsLost } from '../../src/session/settle.ts';
import { noFacts, nothingAnnounced } from '../../src/session/facts.ts';
import { Exchange, type PendingEntry, type Via } from '../../src/session/pending.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import {
  answer,
  blocked,
  commit,
  countsOf,
  forwardVerdict,
  frameOf,
  fromClient,
  fromServer,
  notification,
  openSession,
  receive,
  refusals,
  request,
  settlements,
  waitingIds,
  written,
} from './fixtures.ts';

const versionKey = 'io.modelcontextprotocol/protocolVersion';
const meta = (version = '2026-07-28') => ({ [versionKey]: version });
const tools = [
  { name: 'move', inputSchema: { type: 'object', properties: { to: { type: 'string', 'x-mcp-header': 'To' } } } },
];

const saying = (headers: Readonly<Record<string, string>> = {}): Exchange =>
  new Exchange(
    (name) => headers[name],
    (prefix) => Object.entries(headers).filter(([name]) => name.startsWith(prefix)),
  );

let tickets = 0;

type How = Omit<NonNullable<Parameters<typeof answer>[1]>, 'via'> & {
  readonly version?: string;
  readonly isLegacy?: boolean;
  readonly via?: (entry: PendingEntry) => Via;
};

/** Asks in the way of 2026-07-28, and answers. */
function exchange(record: SessionRecord, method: string, { version, isLegacy, via, ...how }: How): void {
  const params = isLegacy === true ? {} : { _meta: meta(version) };
  receive(record, request('any', method, params, { via: saying(), ticket: ++tickets }));
  const entry = record.pending.entries().at(-1)!;
  receive(record, answer(entry.sentId, via === undefined ? how : { ...how, via: via(entry) }));
}

/** What the client is told at once when it asks. */
function refusedAt(record: SessionRecord, method: string, params: object, via: Exchange = saying()): unknown {
  return refusals(receive(record, request('asked', method, params, { via, ticket: ++tickets })), 'client')[0];
}

const speaks = (...supportedVersions: unknown[]) => ({ result: { supportedVersions, capabilities: {} } });
const lists = (list: unknown = tools) => ({ result: { tools: list } });
const move = (args: object) => ({ name: 'move', arguments: args, _meta: meta() });

function httpSession(how: Parameters<typeof openSession>[0] = {}): SessionRecord {
  return openSession({ hasExchanges: true, transportType: 'http', ...how }).record;
}

describe('the revisions that a server behind a pipe says it speaks', () => {
  test('are the only ones that its clients may ask in, and the refusal says which these are', () => {
    const record = httpSession();
    expect(refusedAt(record, 'tools/list', { _meta: meta('2099-01-01') })).toBeUndefined();
    exchange(record, 'server/discover', speaks('2026-07-28', '2027-01-01'));
    expect(refusedAt(record, 'tools/list', { _meta: meta('2027-01-01') })).toBeUndefined();
    const effects = receive(
      record,
      request('late', 'tools/list', { _meta: meta('2099-01-01') }, { via: saying(), ticket: ++tickets }),
    );
    expect(written(effects)).toEqual([
      {
        to: 'client',
        message: {
          jsonrpc: '2.0',
          id: 'late',
          error: {
            code: -32022,
            message: 'Unsupported protocol version',
            data: {
              code: 'UNSUPPORTED_PROTOCOL_VERSION',
              supported: ['2026-07-28', '2027-01-01'],
              requested: '2099-01-01',
            },
          },
        },
      },
    ]);
    expect(effects).toMatchObject([{ type: 'settled' }, { type: 'send', status: 400 }]);
    expect(settlements(effects)).toEqual([['late', 'refused']]);
    expect(waitingIds(record)).not.toContain('late');
  });

  test('say nothing about requests that name none, and about questions of the server', () => {
    const record = httpSession();
    exchange(record, 'server/discover', speaks('2027-01-01'));
    expect(refusedAt(record, 'ping', {})).toBeUndefined();
    const asked = request('q', 'roots/list', { _meta: meta() }, { from: fromServer });
    expect(written(receive(record, asked))).toMatchObject([{ to: 'client', message: { method: 'roots/list' } }]);
  });

  test('are what it said last', () => {
    const record = httpSession();
    exchange(record, 'server/discover', speaks('2027-01-01'));
    exchange(record, 'server/discover', { ...speaks('2026-07-28'), version: '2027-01-01' });
    expect(record.facts.announced.supportedVersions).toEqual(['2026-07-28']);
    exchange(record, 'server/discover', { error: { code: 1, message: 'no' } });
    expect(record.facts.announced.supportedVersions).toEqual(['2026-07-28']);
    exchange(record, 'server/discover', { result: {} });
    expect(record.facts.announced.supportedVersions).toBeUndefined();
  });

  test('are those of another answer to nobody', () => {
    const record = httpSession();
    exchange(record, 'tools/list', speaks('2027-01-01'));
    exchange(record, 'server/discover', { ...speaks('2027-01-01'), isLegacy: true });
    expect(record.facts).toBe(noFacts);
  });
});

describe('the arguments that travel in headers', () => {
  test('are compared with the headers of calls, and what is wrong is told', () => {
    const record = httpSession();
    expect(refusedAt(record, 'tools/call', move({ to: 'x' }))).toBeUndefined();
    exchange(record, 'tools/list', lists());
    expect(refusedAt(record, 'tools/call', move({ to: 'x' }), saying({ 'mcp-param-to': 'x' }))).toBeUndefined();
    expect(refusedAt(record, 'tools/call', move({}))).toBeUndefined();
    const effects = receive(record, request(7, 'tools/call', move({ to: 'x' }), { via: saying() }));
    expect(effects).toMatchObject([{ type: 'settled' }, { type: 'send', status: 400 }]);
    expect(written(effects)).toMatchObject([
      {
        to: 'client',
        message: {
          id: 7,
          error: {
            code: -32020,
            message: 'Headers and message disagree',
            data: { code: 'HEADER_MISMATCH', reason: 'Mcp-Param-To is missing' },
          },
        },
      },
    ]);
    expect(refusedAt(record, 'tools/call', move({ to: 'x' }), saying({ 'mcp-param-to': 'y' }))).toMatchObject({
      reason: 'Mcp-Param-To says "y", the message "x"',
    });
  });

  test('are those of the list that the client got, and of the call that it made', () => {
    const record = httpSession();
    const tamed = forwardVerdict(frameOf({ id: 1, ...lists([{ name: 'move', inputSchema: {} }]) }));
    exchange(record, 'tools/list', { ...lists(), verdict: tamed });
    expect(record.facts).toBe(noFacts);
    exchange(record, 'tools/list', lists());
    const changed = forwardVerdict(frameOf({ id: 1, method: 'tools/call', params: move({ to: 'elsewhere' }) }));
    const call = request(7, 'tools/call', move({ to: 'x' }), {
      via: saying({ 'mcp-param-to': 'x' }),
      verdict: changed,
    });
    expect(written(receive(record, call))).toMatchObject([{ to: 'server' }]);
  });

  test('are not known any more once the tools have changed', () => {
    const record = httpSession();
    exchange(record, 'tools/list', lists());
    exchange(record, 'server/discover', speaks('2026-07-28'));
    receive(record, notification('notifications/prompts/list_changed', {}, { from: fromServer }));
    receive(record, notification('notifications/tools/list_changed', {}));
    expect(record.facts.announced.headerParams.size).toBe(1);
    receive(record, notification('notifications/tools/list_changed', {}, { from: fromServer }));
    expect(record.facts.announced).toEqual({ ...nothingAnnounced, supportedVersions: ['2026-07-28'] });
    const before = record.facts;
    receive(record, notification('notifications/tools/list_changed', {}, { from: fromServer }));
    expect(record.facts).toBe(before);
  });
});

describe('a request that is refused so', () => {
  test('is refused before it is held for a verdict, and before limits are looked at', () => {
    const record = httpSession({ limits: { pendingPerSession: 1 } });
    exchange(record, 'tools/list', lists());
    receive(record, request(1, 'tools/call', move({}), { via: saying() }));
    const call = request(2, 'tools/call', move({ to: 'x' }), { via: saying(), verdict: 'awaited', ticket: 5 });
    expect(refusals(receive(record, call), 'client')).toMatchObject([{ code: 'HEADER_MISMATCH' }]);
    expect([record.held.size, countsOf(record).refusedPerSession]).toEqual([0, undefined]);
  });

  test('is refused by an interceptor that refuses it, whatever its headers are', () => {
    const record = httpSession();
    exchange(record, 'tools/list', lists());
    const call = request(2, 'tools/call', move({ to: 'x' }), { via: saying(), verdict: blocked });
    expect(refusals(receive(record, call), 'client')).toMatchObject([{ code: 'BLOCKED' }]);
  });
});

describe('nothing is learned', () => {
  const learned = (record: SessionRecord, via?: (entry: PendingEntry) => Via): boolean => {
    const how = via === undefined ? {} : { via };
    exchange(record, 'server/discover', { ...speaks('2026-07-28'), ...how });
    exchange(record, 'tools/list', { ...lists(), ...how });
    return record.facts !== noFacts;
  };

  test('on a connection, where no headers are, nor from a server on HTTP, which refuses for itself', () => {
    expect(learned(httpSession())).toBe(true);
    expect(learned(openSession().record)).toBe(false);
    expect(learned(openSession({ idBase: 1000 }).record)).toBe(false);
    const via = (entry: PendingEntry): Via => ({ exchange: undefined, request: entry, status: 200 });
    expect(learned(httpSession(), via)).toBe(false);
  });

  test('from what a client answers', () => {
    const record = httpSession();
    receive(record, request('q', 'tools/list', { _meta: meta() }, { from: fromServer }));
    receive(record, answer('q', { from: fromClient, ...lists() }));
    expect(record.facts).toBe(noFacts);
  });
});

test('a server that is lost takes with it what it has announced', () => {
  const record = httpSession();
  const loss = { reason: 'exited', exitCode: 1, signal: null, lastStderr: [], willRestart: true } as const;
  const lost = { type: 'upstream.lost', at: 0, loss } as const;
  commit(record, settleAllAsLost, lost);
  expect(record.facts).toBe(noFacts);
  exchange(record, 'server/discover', speaks('2026-07-28'));
  exchange(record, 'tools/list', lists());
  commit(record, settleAllAsLost, lost);
  expect(record.facts.announced).toBe(nothingAnnounced);
});
