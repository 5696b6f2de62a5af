/**
 * A program of somebody else on the entry `.`: a session between two peers in memory, with an interceptor, an observer and
 * limits. Prints what happened as one line of JSON.
 */
import {
  type Clock,
  type Frame,
  type Ids,
  type InterceptAction,
  type Interceptor,
  type Limits,
  LocalError,
  type Log,
  type Observation,
  type Outcome,
  type PeerLink,
  type Profile,
  type Refusal,
  type RestartPolicy,
  type Runtime,
  type RuntimeSession,
  type SessionSnapshot,
  type TagRule,
  type Times,
  type TotalsSnapshot,
  type UpstreamConnector,
  createRuntime,
  defaultLimits,
  defaultTimes,
  errorTable,
  outcomes,
  systemClock,
} from 'ninelives';

const encode = (message: object): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ jsonrpc: '2.0', ...message }));
const decode = (slices: readonly Uint8Array[]): unknown =>
  JSON.parse(slices.map((slice) => new TextDecoder().decode(slice)).join(''));

const guard: Interceptor = {
  name: 'guard',
  intercept(frame): InterceptAction | undefined {
    return frame.method === 'tools/call' && JSON.stringify(frame.message).includes('"forbidden"')
      ? { action: 'block', message: 'not here' }
      : undefined;
  },
};
const busy: TagRule = { tag: 'busy', holds: (view) => view.pending > 0 };
const limits: Partial<Limits> = { pendingPerSession: 2, frameBytesMax: defaultLimits.frameBytesMax };
const times: Partial<Times> = { requestIdleMs: defaultTimes.requestIdleMs };
const clock: Clock = systemClock();
let serial = 0;
const ids: Ids = { sessionId: () => `session-${++serial}` };
const lines: string[] = [];
const write = (_fields: Readonly<Record<string, unknown>>, text: string): void => void lines.push(text);
const log: Log = { traces: false, trace: write, debug: write, info: write, warn: write, error: write };

const runtime: Runtime = createRuntime({ ids, clock, log, limits, times, interceptors: [guard], tagRules: [busy] });
const settled: Outcome[] = [];
const stopObserving: () => void = runtime.observe((seen: Observation) => {
  if (seen.type === 'request-settled') settled.push(seen.outcome);
});

const linkTo = (written: unknown[]): PeerLink => ({
  write: (message) => written.push(decode(message)) > 0,
  pause: () => {},
  close: () => {},
});
const toClient: unknown[] = [];
const toServer: unknown[] = [];
const opened = runtime.open({
  transportType: 'in-memory',
  client: linkTo(toClient),
  server: linkTo(toServer),
  principal: 'me',
});
if ('refusal' in opened) {
  const refusal: Refusal = opened.refusal;
  throw new Error(`${refusal.code}: ${errorTable[refusal.code].operatorHint}`);
}
const session: RuntimeSession = opened.session;

const call = (id: number | string, name: string): Uint8Array => encode({ id, method: 'tools/call', params: { name } });
session.client.receive(call(1, 'echo'));
session.server.receive(encode({ id: 1, result: { content: [] } }));
session.client.receive(call('two', 'forbidden'));
session.client.receive(call(3, 'slow'));
session.client.receive(call(4, 'slow'));
session.client.receive(call(5, 'one too many'));
session.client.receive(encode({ method: 'notifications/cancelled', params: { requestId: 3 } }));
const snapshot: SessionSnapshot = session.snapshot();
session.close();
const totals: TotalsSnapshot = runtime.totals();
stopObserving();

/** Shapes that this program does not run, to have them checked. */
export interface AlsoChecked {
  readonly connector: UpstreamConnector;
  readonly frame: Frame;
  readonly profile: Profile;
  readonly restart: RestartPolicy;
}

void runtime.stop().then(() => {
  const known = settled.every((outcome) => outcomes.includes(outcome));
  // oxlint-disable-next-line no-console -- it is what the test reads
  console.log(
    JSON.stringify({
      id: session.id,
      settled,
      known,
      tags: snapshot.tags,
      toClient: toClient.length,
      toServer: toServer.length,
      opened: totals.sessionsOpened,
      error: new LocalError('SESSION_REFUSED', 'x').code,
    }),
  );
});
