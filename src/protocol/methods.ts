/**
 * The one table of methods: every request and notification of every revision, who sends it, and where it exists. Knows
 * names, not bodies. A method that is not here is still a legal JSON-RPC method; it is only unknown.
 */
import type { Revision } from './revisions.ts';

export interface MethodRow {
  readonly method: string;
  readonly kind: 'request' | 'notification';
  /** The revisions in which the client sends it. */
  readonly fromClient: readonly Revision[];
  /** The revisions in which the server sends it. */
  readonly fromServer: readonly Revision[];
  /** `initialize`: opens a legacy session. */
  readonly isHandshake: boolean;
  readonly isPing: boolean;
  /** `subscriptions/listen`: answered only when the subscription ends, so no request deadline applies. */
  readonly isListen: boolean;
  /** A request about a task that exists already (`tasks/*`). */
  readonly isTaskMethod: boolean;
  /** `notifications/cancelled` may name it: any request but `initialize` (2025-11-25, basic/utilities/cancellation). */
  readonly mayBeCancelled: boolean;
}

interface Senders {
  readonly client?: readonly Revision[];
  readonly server?: readonly Revision[];
}

const legacy: readonly Revision[] = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const sinceJune2025: readonly Revision[] = ['2025-06-18', '2025-11-25'];
const november2025: readonly Revision[] = ['2025-11-25'];
const modern: readonly Revision[] = ['2026-07-28'];
const every: readonly Revision[] = [...legacy, ...modern];
const tasks: readonly Revision[] = [...november2025, ...modern];

function row(kind: MethodRow['kind'], method: string, senders: Senders): MethodRow {
  return {
    method,
    kind,
    fromClient: senders.client ?? [],
    fromServer: senders.server ?? [],
    isHandshake: method === 'initialize',
    isPing: method === 'ping',
    isListen: method === 'subscriptions/listen',
    isTaskMethod: method.startsWith('tasks/'),
    mayBeCancelled: kind === 'request' && method !== 'initialize',
  };
}

const request = (method: string, senders: Senders): MethodRow => row('request', method, senders);
const notification = (method: string, senders: Senders): MethodRow => row('notification', method, senders);

const rows: readonly MethodRow[] = [
  request('initialize', { client: legacy }),
  request('ping', { client: legacy, server: legacy }),
  request('server/discover', { client: modern }),
  request('tools/list', { client: every }),
  request('tools/call', { client: every }),
  request('prompts/list', { client: every }),
  request('prompts/get', { client: every }),
  request('resources/list', { client: every }),
  request('resources/templates/list', { client: every }),
  request('resources/read', { client: every }),
  request('resources/subscribe', { client: legacy }),
  request('resources/unsubscribe', { client: legacy }),
  request('subscriptions/listen', { client: modern }),
  request('completion/complete', { client: every }),
  request('logging/setLevel', { client: legacy }),
  request('sampling/createMessage', { server: legacy }),
  request('roots/list', { server: legacy }),
  request('elicitation/create', { server: sinceJune2025 }),
  // In 2025-11-25 either side can hold tasks; in 2026-07-28 they are the extension io.modelcontextprotocol/tasks.
  request('tasks/get', { client: tasks, server: november2025 }),
  request('tasks/cancel', { client: tasks, server: november2025 }),
  request('tasks/result', { client: november2025, server: november2025 }),
  request('tasks/list', { client: november2025, server: november2025 }),
  request('tasks/update', { client: modern }),

  notification('notifications/initialized', { client: legacy }),
  // In 2026-07-28 a server sends it only to end a `subscriptions/listen` stream on stdio.
  notification('notifications/cancelled', { client: every, server: every }),
  notification('notifications/progress', { client: legacy, server: every }),
  notification('notifications/message', { server: every }),
  notification('notifications/tools/list_changed', { server: every }),
  notification('notifications/prompts/list_changed', { server: every }),
  notification('notifications/resources/list_changed', { server: every }),
  notification('notifications/resources/updated', { server: every }),
  notification('notifications/roots/list_changed', { client: legacy }),
  notification('notifications/elicitation/complete', { server: november2025 }),
  notification('notifications/tasks/status', { client: november2025, server: november2025 }),
  notification('notifications/tasks', { server: modern }),
  notification('notifications/subscriptions/acknowledged', { server: modern }),
];

const rowByMethod: ReadonlyMap<string, MethodRow> = new Map(rows.map((entry) => [entry.method, entry]));

export const knownMethods: readonly string[] = rows.map((entry) => entry.method);

/** The row of a method, or `undefined` for one that no revision knows. */
export function methodRow(method: string): MethodRow | undefined {
  return rowByMethod.get(method);
}
