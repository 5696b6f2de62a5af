/**
 * Tells when a file has changed, or another has taken its place. The folder is watched where the system can do that, and the file is looked
 * at now and then all the same: it may be a link, or on another machine. Reads nothing of what is in it.
 */

import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

export interface FileWatchOptions {
  readonly file: string;
  /** As `fileState` gave it before the file was read; as the file is now, if it is not said. */
  readonly since?: string;
  readonly onChange: () => void;
}

/** Between two looks. */
const lookMs = 500;
/** Editors write a file in several steps: it is told of when it has stayed the same for so long. */
const settleMs = 100;

export class FileWatch {
  readonly #file: string;
  readonly #onChange: () => void;
  readonly #watcher: FSWatcher | undefined;
  readonly #looks: NodeJS.Timeout;
  #settling: NodeJS.Timeout | undefined;
  /** The one that was told of. */
  #known: string;

  constructor({ file, since = fileState(file), onChange }: FileWatchOptions) {
    this.#file = file;
    this.#onChange = onChange;
    this.#known = since;
    this.#watcher = this.#watch();
    this.#looks = setInterval(() => this.#look(), lookMs).unref();
  }

  close(): void {
    this.#watcher?.close();
    clearInterval(this.#looks);
    clearTimeout(this.#settling);
  }

  /** The folder and not the file: many programs put a new file in the place of the old one. */
  #watch(): FSWatcher | undefined {
    const name = basename(this.#file);
    try {
      const watcher = watch(dirname(resolve(this.#file)), { persistent: false }, (_event, changed) => {
        if (changed === null || changed === name) this.#look();
      });
      return watcher.on('error', () => watcher.close());
    } catch {
      // Not every folder can be watched: the looks are left.
      return undefined;
    }
  }

  #look(): void {
    const state = fileState(this.#file);
    if (state === this.#known || this.#settling !== undefined) return;
    this.#settle(state);
  }

  #settle(state: string): void {
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      const now = fileState(this.#file);
      if (now !== state) this.#settle(now);
      else if (now !== this.#known) {
        this.#known = now;
        this.#onChange();
      }
    }, settleMs).unref();
  }
}

/** Another one after whatever changed the file, or put another in its place; empty while there is none. */
export function fileState(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}
