/**
 * Attaches the receiver of @xstate/inspect to the wire at the address it is given, host and all that follows, and writes one line of
 * JSON for each message: what the receiver made of it, and what the machine says that XState 4 has made of the chart.
 */
import { createRequire } from 'node:module';
import WebSocket from 'ws';

// The receiver is one for browsers.
globalThis.WebSocket = WebSocket;
const { createWebSocketReceiver } = createRequire(import.meta.url)('@xstate/inspect');
const machines = new Map();
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function read(message) {
  const { type, sessionId } = message;
  if (type === 'service.event') return { type, sessionId, event: message.event.name, data: message.event.data };
  if (type === 'service.stop') return { type, sessionId };
  if (type === 'service.register') machines.set(sessionId, message.machine);
  const machine = machines.get(sessionId);
  const { state } = message;
  const resolved = machine.resolveState(state);
  return {
    type,
    sessionId,
    ...(type === 'service.register' ? { id: message.id, parent: message.parent, ...facts(machine) } : {}),
    states: resolved.toStrings(),
    tags: [...resolved.tags],
    done: resolved.done,
    event: state.event.type,
    context: state.context,
  };
}

/** What the machine does by itself: the names of its states, the events that it knows, and where a closed session is. */
function facts(machine) {
  return {
    paths: machine.stateIds,
    events: machine.events,
    closed: machine.events.includes('session.close') ? machine.transition(undefined, 'session.close').value : undefined,
  };
}

createWebSocketReceiver({ server: process.argv[2] }).subscribe(
  (message) => say(read(message)),
  (error) => say({ type: 'error', message: error.message }),
);
