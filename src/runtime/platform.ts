/**
 * What the runtime takes of the platform it runs on: the few things that Node, browsers and workers all have, and, where it is
 * there, what only one of them has. This folder compiles without any platform's types, so what it may use is declared here.
 */
/* oxlint-disable no-restricted-globals -- this file is the one way from the runtime to its platform */

/** A timer as the platform hands it out: in Node one that can be told not to keep the process alive. */
export type PlatformTimer = unknown;

declare const performance: { now(): number };
declare const crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
declare function setTimeout(callback: () => void, delayMs: number): PlatformTimer;
declare function clearTimeout(timer: PlatformTimer): void;

interface Port {
  addEventListener(type: 'message', listener: () => void): void;
  start(): void;
  postMessage(message: unknown): void;
  close(): void;
}

interface SomePlatforms {
  readonly process?: {
    getBuiltinModule?(name: 'node:buffer'): { readonly isUtf8?: (bytes: Uint8Array) => boolean } | undefined;
  };
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly MessageChannel?: new () => { readonly port1: Port; readonly port2: Port };
}

/** Milliseconds, with fractions, on a clock that never goes backwards. */
export function monotonicMs(): number {
  return performance.now();
}

/** The same bytes, filled with random ones that nobody can guess. Pages that were not loaded over TLS have this, too. */
export function fillRandom(bytes: Uint8Array): Uint8Array {
  return crypto.getRandomValues(bytes);
}

/** A timer that does not keep the process alive, where there is a process. */
export function startTimer(callback: () => void, delayMs: number): PlatformTimer {
  const timer = setTimeout(callback, delayMs) as { unref?(): unknown };
  timer.unref?.();
  return timer;
}

export function stopTimer(timer: PlatformTimer): void {
  clearTimeout(timer);
}

/** A check of UTF-8 that is faster than the portable one, where the platform has one. */
export function fastUtf8Check(platform: object = globalThis): ((bytes: Uint8Array) => boolean) | undefined {
  return (platform as SomePlatforms).process?.getBuiltinModule?.('node:buffer')?.isUtf8;
}

/**
 * Resolves when the platform has looked after everything else that waits. Not a timer where that can be helped: browsers hold
 * back timers that follow each other, and those of hidden pages for a second.
 */
export function nextTurn(platform: object = globalThis): Promise<void> {
  const { setImmediate, MessageChannel } = platform as SomePlatforms;
  return new Promise((resolve) => {
    if (setImmediate !== undefined) setImmediate(resolve);
    else if (MessageChannel === undefined) setTimeout(resolve, 0);
    else {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => {
        port1.close();
        resolve();
      });
      port1.start();
      port2.postMessage(undefined);
    }
  });
}
