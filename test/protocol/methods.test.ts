import { describe, expect, test } from 'vitest';
import {
  ClientNotificationSchema,
  ClientRequestSchema,
  ServerNotificationSchema,
  ServerRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { knownMethods, methodRow } from '../../src/protocol/methods.ts';
import type { MethodRow } from '../../src/protocol/methods.ts';
import { revisions } from '../../src/protocol/revisions.ts';
import type { Revision } from '../../src/protocol/revisions.ts';

type Side = 'fromClient' | 'fromServer';

function methodsOf(kind: MethodRow['kind'], side: Side, revision: Revision): readonly string[] {
  return knownMethods
    .filter((method) => methodRow(method)?.kind === kind && methodRow(method)?.[side].includes(revision) === true)
    .sort();
}

interface MethodSchemas {
  readonly options: readonly { readonly shape: { readonly method: { readonly value: string } } }[];
}
const named = (schemas: MethodSchemas): readonly string[] =>
  schemas.options.map((option) => option.shape.method.value).sort();

describe('the table of methods', () => {
  test('agrees with the schemas of the SDK for 2025-11-25', () => {
    expect(methodsOf('request', 'fromClient', '2025-11-25')).toEqual(named(ClientRequestSchema));
    expect(methodsOf('request', 'fromServer', '2025-11-25')).toEqual(named(ServerRequestSchema));
    expect(methodsOf('notification', 'fromClient', '2025-11-25')).toEqual(named(ClientNotificationSchema));
    expect(methodsOf('notification', 'fromServer', '2025-11-25')).toEqual(named(ServerNotificationSchema));
  });

  test('agrees with the schema of 2026-07-28 and its tasks extension', () => {
    expect(methodsOf('request', 'fromClient', '2026-07-28')).toEqual([
      'completion/complete',
      'prompts/get',
      'prompts/list',
      'resources/list',
      'resources/read',
      'resources/templates/list',
      'server/discover',
      'subscriptions/listen',
      'tasks/cancel',
      'tasks/get',
      'tasks/update',
      'tools/call',
      'tools/list',
    ]);
    expect(methodsOf('request', 'fromServer', '2026-07-28')).toEqual([]);
    expect(methodsOf('notification', 'fromClient', '2026-07-28')).toEqual(['notifications/cancelled']);
    expect(methodsOf('notification', 'fromServer', '2026-07-28')).toEqual([
      'notifications/cancelled',
      'notifications/message',
      'notifications/progress',
      'notifications/prompts/list_changed',
      'notifications/resources/list_changed',
      'notifications/resources/updated',
      'notifications/subscriptions/acknowledged',
      'notifications/tasks',
      'notifications/tools/list_changed',
    ]);
  });

  test('knows what earlier revisions lacked', () => {
    const since = (method: string): string | undefined => {
      const row = methodRow(method);
      return revisions.find((revision) => row?.fromClient.includes(revision) || row?.fromServer.includes(revision));
    };
    expect(since('sampling/createMessage')).toBe('2024-11-05');
    expect(since('completion/complete')).toBe('2024-11-05');
    expect(since('elicitation/create')).toBe('2025-06-18');
    expect(since('tasks/get')).toBe('2025-11-25');
    expect(since('notifications/elicitation/complete')).toBe('2025-11-25');
  });

  test('lets nobody send what only the other side sends', () => {
    expect(methodRow('sampling/createMessage')?.fromClient).toEqual([]);
    expect(methodRow('tools/call')?.fromServer).toEqual([]);
  });

  test('calls every notification so, and no request', () => {
    for (const method of knownMethods) {
      expect([method, method.startsWith('notifications/')]).toEqual([
        method,
        methodRow(method)?.kind === 'notification',
      ]);
    }
  });

  test('marks the few methods that the session treats apart', () => {
    const marked = (flag: 'isHandshake' | 'isPing' | 'isListen' | 'isTaskMethod'): readonly string[] =>
      knownMethods.filter((method) => methodRow(method)?.[flag] === true);
    expect(marked('isHandshake')).toEqual(['initialize']);
    expect(marked('isPing')).toEqual(['ping']);
    expect(marked('isListen')).toEqual(['subscriptions/listen']);
    expect(marked('isTaskMethod')).toEqual(['tasks/get', 'tasks/cancel', 'tasks/result', 'tasks/list', 'tasks/update']);
  });

  test('any request may be cancelled but the handshake (R9)', () => {
    const fixed = knownMethods.filter((method) => {
      const row = methodRow(method);
      return row?.kind === 'request' && !row.mayBeCancelled;
    });
    expect(fixed).toEqual(['initialize']);
    expect(methodRow('notifications/progress')?.mayBeCancelled).toBe(false);
  });

  test('names each method once, and knows no names of JavaScript', () => {
    expect(new Set(knownMethods).size).toBe(knownMethods.length);
    for (const name of ['__proto__', 'constructor', 'toString', '', 'Ping']) expect(methodRow(name)).toBeUndefined();
  });
});
