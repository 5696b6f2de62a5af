/**
 * Where on a tape somebody is with one session: the events around that place, and the session as it was there. Asks for one thing at a
 * time, and for what is wanted by then: who moves fast gets fewer answers, and none of them late. Knows no elements.
 */

import { signal } from '@preact/signals';
import type { EventsRead, Moment } from '../../feed-messages.ts';
import { type EventWindow, eventAt, windowMax, windowWanted } from './event-window.ts';

/** How a tape is read. Both reject with a sentence. */
export interface TapeSource {
  readonly readEvents: (from: number, max: number) => Promise<EventsRead>;
  readonly readMoment: (seq: number) => Promise<Moment>;
}

export interface TapeView {
  /** The event after which the session is shown, from 1 on; Infinity until it is known which one is the last. */
  readonly place: number;
  readonly window: EventWindow | undefined;
  /** The newest that was heard: of this place, or of the one before. */
  readonly moment: Moment | undefined;
  /** Why nothing more can be read. */
  readonly failure: string | undefined;
}

export class TapeReader {
  readonly view = signal<TapeView>({ place: Infinity, window: undefined, moment: undefined, failure: undefined });
  readonly #source: TapeSource;
  #isReadingEvents = false;
  #isReadingMoment = false;
  #isClosed = false;

  constructor(source: TapeSource) {
    this.#source = source;
  }

  /** @param place from 1 on; what is beyond the last event is the last one. */
  goTo(place: number): void {
    const { window } = this.view.value;
    const last = window?.total ?? Infinity;
    this.#change({ place: Math.min(Math.max(1, place), last), failure: undefined });
    void this.#readOn();
  }

  /** To the event of this number, wherever it is. */
  async goToEvent(seq: number): Promise<void> {
    const { window } = this.view.value;
    const here = window?.events.findIndex((event) => event.seq === seq) ?? -1;
    if (window !== undefined && here >= 0) {
      this.goTo(window.from + here);
      return;
    }
    try {
      const moment = await this.#source.readMoment(seq);
      this.#change({ moment });
      this.goTo(moment.place);
    } catch (error) {
      this.#failed(error);
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  async #readOn(): Promise<void> {
    await Promise.all([this.#readEvents(), this.#readMoment()]);
  }

  async #readEvents(): Promise<void> {
    if (this.#isReadingEvents) return;
    this.#isReadingEvents = true;
    try {
      for (let from = this.#wanted(); from !== undefined && !this.#isClosed; from = this.#wanted()) {
        const window = await this.#source.readEvents(from, windowMax);
        this.#change({ window, place: Math.min(this.view.value.place, Math.max(1, window.total)) });
        void this.#readMoment();
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isReadingEvents = false;
    }
  }

  #wanted(): number | undefined {
    const { window, place } = this.view.value;
    return windowWanted(window, place);
  }

  async #readMoment(): Promise<void> {
    if (this.#isReadingMoment) return;
    this.#isReadingMoment = true;
    try {
      for (let seq = this.#unseen(); seq !== undefined && !this.#isClosed; seq = this.#unseen()) {
        this.#change({ moment: await this.#source.readMoment(seq) });
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isReadingMoment = false;
    }
  }

  /** The event at this place, where it is not known yet how the session was after it. */
  #unseen(): number | undefined {
    const { window, place, moment } = this.view.value;
    const seq = window === undefined ? undefined : eventAt(window, place)?.seq;
    return seq === moment?.seq ? undefined : seq;
  }

  #change(changed: Partial<TapeView>): void {
    if (!this.#isClosed) this.view.value = { ...this.view.value, ...changed };
  }

  #failed(error: unknown): void {
    this.#change({ failure: error instanceof Error ? error.message : String(error) });
  }
}
