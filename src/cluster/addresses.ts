/**
 * Where nodes receive mail. The incarnation is part of every address, so a node that was started again never gets what was meant
 * for the one before it.
 */

/** Names one life of one node: letters, digits, `-` and `_`. */
export type Incarnation = string;

/** What arrives at a node, by the address that it came to. */
export type Arrival =
  | { readonly kind: 'frames' }
  | { readonly kind: 'answer'; readonly request: number }
  | { readonly kind: 'pulse'; readonly of: Incarnation }
  | { readonly kind: 'stray' };

export function mailboxOf(node: Incarnation): string {
  return `node.${node}`;
}

/** Requests, and whatever is said about answers. */
export function framesTo(node: Incarnation): string {
  return `node.${node}.frames`;
}

/** All that is said about one request of the node. */
export function answerTo(node: Incarnation, request: number): string {
  return `node.${node}.answer.${request}`;
}

/** Whether another node is there. */
export function pulseTo(node: Incarnation, of: Incarnation): string {
  return `node.${node}.pulse.${of}`;
}

/** The node that an address leads to. */
export function nodeIn(address: string): Incarnation {
  return address.split('.', 2)[1] ?? '';
}

export function readAddress(address: string): Arrival {
  const [, , kind, rest = ''] = address.split('.');
  if (kind === 'frames') return { kind };
  if (kind === 'answer') return { kind, request: Number(rest) };
  if (kind === 'pulse') return { kind, of: rest };
  return { kind: 'stray' };
}
