/**
 * What travels beside a message between two objects of an SDK: what a transport said of it on its way in, or what it is to
 * know on the way out. The session carries it and does not look.
 */

/** What a transport said along with a message that it read. */
export class Incoming {
  readonly extra: object;

  constructor(extra: object) {
    this.extra = extra;
  }
}

/** What a protocol object said along with a message that it sends. */
export class Outgoing {
  readonly options: object | undefined;
  /** The message is for the session alone: its peer is told in another way. */
  readonly isForSessionAlone: boolean;
  /** The transport's promise, once the message was handed to it. */
  sent: Promise<void> | undefined = undefined;
  readonly #mute: (act: () => void) => void;

  /** @param mute does something of which the sender is not told by a message. */
  constructor(options: object | undefined, mute: (act: () => void) => void, isForSessionAlone = false) {
    this.options = options;
    this.isForSessionAlone = isForSessionAlone;
    this.#mute = mute;
  }

  /** The sender knows by `sent` that the message did not arrive: what the session answers in its place says nothing new. */
  muted(act: () => void): void {
    this.#mute(act);
  }
}

/** An option by its name; whoever made the options need not have it. */
export function optionOf(options: object | undefined, name: string): unknown {
  return options === undefined ? undefined : (Reflect.get(options, name) as unknown);
}
