/** A short history with a broken law, for reports to be made of. */

import type { Findings } from '../../../src/testing/report/finding.ts';
import type { History, HistoryEvent } from '../../../src/testing/play/history.ts';

export type Bare<One = HistoryEvent> = One extends HistoryEvent ? Omit<One, 'seq' | 'at'> : never;

/** Numbers the events, 10 ms apart. */
export const historyOf = (...events: readonly Bare[]): History =>
  events.map((event, seq) => ({ ...event, seq, at: seq * 10 }));

const hello = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {} },
};
const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo' } };
const welcome = { jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-11-25', capabilities: {} } };
const answer = { jsonrpc: '2.0', id: 1, result: {} };

/** The answer to a call comes twice. */
export const answeredTwice = historyOf(
  { type: 'connected', connection: 1, role: 'client' },
  { type: 'sent', connection: 1, message: hello },
  { type: 'connected', connection: 2, role: 'server' },
  { type: 'received', connection: 2, message: hello },
  { type: 'sent', connection: 2, message: welcome },
  { type: 'received', connection: 1, message: welcome },
  { type: 'sent', connection: 1, message: call },
  { type: 'received', connection: 2, message: call },
  { type: 'sent', connection: 2, message: answer },
  { type: 'received', connection: 1, message: answer },
  { type: 'network', connection: 1, deed: 'reading-stopped' },
  { type: 'received', connection: 1, message: answer },
  { type: 'settled' },
);

const counterexample = {
  violation: { law: 'one-outcome', text: 'tools/call 1 was answered twice', at: [6, 9, 11] },
  history: answeredTwice,
  seed: 7,
  path: '3:0',
  steps: 3,
};

const law = (id: string) => ({ id, text: `the law ${id} holds`, source: 'JSON-RPC 2.0, section 5' });

/** One law of each verdict. */
export const findings: Findings = {
  target: { kind: 'proxy', name: 'a-proxy {server}', era: 'session', isHttp: false },
  seed: 7,
  runs: 20,
  beganAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  elapsedMs: 1234,
  leftovers: 0,
  laws: [
    { law: law('one-outcome'), exercised: 5, isKnown: false, counterexample },
    { law: law('own-frames'), exercised: 9, isKnown: false },
    { law: law('no-late-frame'), exercised: 0, isKnown: false },
    { law: law('progress-first'), exercised: 2, isKnown: true, counterexample: { ...counterexample, path: '4' } },
  ],
};
