/** What can be wrong with bytes that claim to be a JSON-RPC message. Values, never thrown: bad input is expected. */

/** What is wrong with a message, for programs. */
export type FaultKind =
  | 'not-json'
  | 'invalid-utf8'
  | 'not-an-object'
  | 'invalid-message'
  | 'invalid-id'
  | 'id-too-long'
  | 'too-deep'
  | 'frame-too-large'
  | 'empty-batch'
  | 'batch-too-large';

/** A message that is none, with what could be found out about it: enough to answer whoever waits. */
export interface ReadFault {
  readonly fault: FaultKind;
  /** One sentence for the log and for the requester. */
  readonly reason: string;
  /** The sender waits for an answer: the message has a method and an id, or could not be read far enough to tell. */
  readonly expectsAnswer: boolean;
  /** The message is itself an answer (it has `result` or `error` and no method): its request waits on the other side. */
  readonly isAnswer: boolean;
  /** The id's JSON token as it stood in the message, to be echoed; `undefined` when none could be read. */
  readonly idToken: string | undefined;
}

export function isFault<T extends object>(read: T | ReadFault): read is ReadFault {
  return 'fault' in read;
}
