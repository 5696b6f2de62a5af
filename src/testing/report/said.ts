/** What passes in a play, in a few words: for diagrams and lists. Knows nothing of where they stand. */

import type { HistoryEvent, WireMessage } from '../play/history.ts';

/** A message in a few words: what it is, its id, and what tells it from others. */
export function messageWords(message: WireMessage): string {
  const { method, id, params, error } = message;
  const shownId = id === undefined ? '' : ` ${JSON.stringify(id)}`;
  if (method === undefined) return `${error === undefined ? 'result' : `error ${error.code}`}${shownId}`;
  const detail = detailOf(method, params);
  return `${method.replace(/^notifications\//, '')}${shownId}${detail === undefined ? '' : ` (${detail})`}`;
}

function detailOf(method: string, params: WireMessage['params']): string | undefined {
  switch (method) {
    case 'tools/call':
    case 'prompts/get':
      return textOf(params?.['name']);
    case 'resources/read':
      return textOf(params?.['uri']);
    case 'notifications/cancelled':
      return textOf(params?.['requestId']);
    case 'notifications/progress':
      return textOf(params?.['progressToken']);
    default:
      return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : undefined;
}

/** What happened besides messages, as a sentence about whom it happened to; undefined for what needs no line of its own. */
export function deedWords(
  event: HistoryEvent,
  nameOf: (connection: number) => string,
  target: string,
): string | undefined {
  switch (event.type) {
    case 'connected':
      return `${nameOf(event.connection)} is there${event.principal === undefined ? '' : `, of ${event.principal}`}`;
    case 'disconnected':
      return event.by === 'us'
        ? `${nameOf(event.connection)} has left`
        : `${target} has left ${nameOf(event.connection)}`;
    case 'network':
      return `${nameOf(event.connection)}: ${networkWords[event.deed]}`;
    case 'process':
      return `${event.of === 'target' ? target : 'the server'} is ${event.deed}`;
    case 'time':
      return `${event.ms} ms pass`;
    case 'settled':
      return 'everybody has said what there was to say';
    case 'rule':
      return event.failure === undefined ? `rule ${event.name}` : `rule ${event.name}: ${event.failure}`;
    case 'held':
      return `${target} still holds ${heldWords(event.what)}`;
    case 'sent':
    case 'received':
    case 'leftover':
    case 'unreadable':
    case 'exchange-ended':
    case 'abandoned':
      return undefined;
  }
}

const networkWords: Readonly<Record<Extract<HistoryEvent, { type: 'network' }>['deed'], string>> = {
  split: 'that came in pieces',
  delayed: 'that came late',
  duplicated: 'that came twice',
  dropped: 'that was lost on its way',
  'reading-stopped': 'reads nothing from here on',
  'reading-resumed': 'reads again',
};

function heldWords(what: Readonly<Record<string, number>>): string {
  const held = Object.entries(what).filter(([, count]) => count > 0);
  return held.length === 0 ? 'nothing' : held.map(([name, count]) => `${count} ${name}`).join(', ');
}
