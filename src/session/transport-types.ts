/** The transports that a session can be on, as a list: the type is where interceptors are told of it. */

import type { TransportType } from './interception.ts';

const known: Readonly<Record<TransportType, true>> = {
  stdio: true,
  http: true,
  sse: true,
  websocket: true,
  'in-memory': true,
};

export const transportTypes = Object.keys(known) as readonly TransportType[];
