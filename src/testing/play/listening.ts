/** What listeners of 2026-07-28 ask for and are told (basic/utilities/subscriptions): the words, and no connections. */

import type { RequestId } from '../../protocol/envelope.ts';
import { isJsonObject } from '../../protocol/derive.ts';
import type { WireMessage } from './history.ts';

type Members = Readonly<Record<string, unknown>>;

export const listenMethod = 'subscriptions/listen';
export const acknowledged = 'notifications/subscriptions/acknowledged';

const key = 'io.modelcontextprotocol/subscriptionId';

/** What a listener names to be told of it, by the notification that tells. */
const filters: Readonly<Record<string, string>> = {
  'notifications/tools/list_changed': 'toolsListChanged',
  'notifications/prompts/list_changed': 'promptsListChanged',
  'notifications/resources/list_changed': 'resourcesListChanged',
  'notifications/resources/updated': 'resourceSubscriptions',
};

/** Nobody is told of it unasked. */
export function isForListeners(method: string): boolean {
  return method === acknowledged || Object.hasOwn(filters, method);
}

/** @param params of the request to listen. The acknowledgement is for everybody. */
export function isListenedFor(method: string, params: Members | undefined): boolean {
  if (method === acknowledged) return true;
  const wanted = params?.['notifications'];
  const filter = Object.hasOwn(filters, method) ? filters[method] : undefined;
  const value = filter === undefined || !isJsonObject(wanted) ? undefined : wanted[filter];
  return Array.isArray(value) ? value.length > 0 : value === true;
}

/** The listener that a notification or a closing result is for, by the id of its request. */
export function listenerOf({ params, result }: WireMessage): unknown {
  const members = params ?? result;
  const meta = isJsonObject(members) ? members['_meta'] : undefined;
  return isJsonObject(meta) ? meta[key] : undefined;
}

/** The members, said to be for this listener. */
export function forListener(members: Members | undefined, id: RequestId): Members {
  const meta = members?.['_meta'];
  return { ...members, _meta: { ...(isJsonObject(meta) ? meta : {}), [key]: id } };
}
