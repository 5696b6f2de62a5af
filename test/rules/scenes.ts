/** Frames for rules to look at, without a session around them. */
import type { InterceptContext, JsonObject, SessionMetadata } from '../../src/session/interception.ts';
import { Scene } from '../../src/rules/frame-view.ts';

const metadata: SessionMetadata = {
  frame_count: 3,
  session_duration_ms: 1500,
  session_tags: ['slow', 'demo'],
  session_state: 'active.serving',
  pending_count: 1,
  protocol_version: '2025-11-25',
  client_name: 'test-client',
  server_name: undefined,
  principal: 'ann',
  route: undefined,
};

export interface Facts {
  readonly message?: JsonObject;
  readonly direction?: InterceptContext['direction'];
  readonly metadata?: Partial<SessionMetadata>;
  readonly claims?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sessionId?: string;
  readonly bytes?: number;
}

export const call = (name: string, args: JsonObject = {}): JsonObject => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
});

/** @param reads is told each time that the message is read. */
export function contextOf(facts: Facts = {}, reads: () => void = () => {}): InterceptContext {
  const message = facts.message ?? call('echo');
  const params = message['params'] as { readonly name?: unknown } | undefined;
  return {
    kind: 'method' in message ? ('id' in message ? 'request' : 'notification') : 'response',
    method: (message['method'] as string | undefined) ?? '',
    name: typeof params?.name === 'string' ? params.name : '',
    get message() {
      reads();
      return message;
    },
    bytes: facts.bytes ?? JSON.stringify(message).length,
    direction: facts.direction ?? 'client-to-server',
    sessionId: facts.sessionId ?? 's1',
    transportType: 'in-memory',
    frameId: 4,
    timestamp: 1_800_000_000_000,
    metadata: { ...metadata, ...facts.metadata },
    claims: facts.claims ?? {},
    header: (name) => facts.headers?.[name],
  };
}

export const sceneOf = (facts: Facts = {}): Scene => new Scene(contextOf(facts));
