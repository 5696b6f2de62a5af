/** A server in this process that does what it is asked at once, and is wrong where it is told to be. */

import type { RunningTarget, Target, TargetConnection } from '../../../src/testing/play/target.ts';

export interface Wrongs {
  /** A method. */
  readonly answersTwice?: string;
  readonly turnsIdsIntoText?: string;
}

export function smallServer({ answersTwice, turnsIdsIntoText }: Wrongs): Target {
  const running: RunningTarget = {
    connect: async (events): Promise<TargetConnection> =>
      Promise.resolve({
        send: ({ id, method, params }) => {
          if (method === undefined || id == null) return;
          const isHello = method === 'initialize';
          const serverInfo = { name: 'small', version: '1' };
          const welcome = { protocolVersion: params?.['protocolVersion'], capabilities: {}, serverInfo };
          const bodies: Readonly<Record<string, object>> = { 'tools/list': { tools: [] }, ping: {} };
          const said = {
            jsonrpc: '2.0',
            id: method === turnsIdsIntoText ? String(id) : id,
            result: isHello ? welcome : (bodies[method] ?? {}),
          };
          events.message(said);
          if (method === answersTwice) events.message(said);
        },
        read: () => {},
        close: () => {},
        cut: () => {},
      }),
    settle: async () => Promise.resolve(),
    stop: async () => Promise.resolve(),
  };
  return {
    kind: 'server',
    name: 'a small server',
    era: 'session',
    isHttp: false,
    faults: [],
    isVirtual: true,
    start: async () => Promise.resolve(running),
  };
}
