/**
 * Attaches the receiver of @statelyai/inspect to the wire at the address it is given, and writes one line of JSON for each message:
 * what came, and what the machine says that XState 5 makes of the chart.
 */
import { createWebSocketReceiver } from '@statelyai/inspect';
import { createMachine } from 'xstate';

const machines = new Map();

function read({ type, sessionId, name, parentId, definition, event, snapshot }) {
  if (type === '@xstate.actor') machines.set(sessionId, createMachine(JSON.parse(definition)));
  if (type === '@xstate.event') return { type, sessionId, event: event.type, data: event };
  const { value, context, status } = snapshot;
  const resolved = machines.get(sessionId).resolveState({ value, context });
  return {
    type,
    sessionId,
    ...(type === '@xstate.actor' ? { name, parentId, states: Object.keys(machines.get(sessionId).states) } : {}),
    event: event?.type,
    status,
    value: resolved.value,
    tags: [...resolved.tags],
    context,
  };
}

createWebSocketReceiver({ server: process.argv[2] }).subscribe((message) => {
  process.stdout.write(`${JSON.stringify(read(message))}\n`);
});
