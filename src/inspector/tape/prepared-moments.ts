/**
 * What a session of a tape was after each of its events, made once from the first on, a slice at a time, and kept packed: neighbours
 * differ in a few numbers, so that many take little room. Any of them is there at once then, in whichever order they are looked at.
 */

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Rebuild } from '../../record/rebuild.ts';
import type { ReadLine } from '../../record/tape-lines.ts';
import type { SessionSnapshot } from '../../session/snapshot.ts';

/** Of one session. What is behind them is not prepared. */
const packedBytesMax = 128 * 1024 * 1024;
const momentsOfPack = 256;
/** The quickest: the moments of a pack are nearly the same, and become a thirtieth with it as well. */
const level = 1;

export class PreparedMoments {
  readonly #lines: readonly ReadLine[];
  readonly #session: number;
  readonly #places: readonly number[];
  readonly #rebuild = new Rebuild();
  /** Lines that were applied. */
  #applied = 0;
  readonly #packs: Uint8Array[] = [];
  #packedBytes = 0;
  /** Those that make up no pack yet, as JSON texts. */
  #loose: string[] = [];
  /** The pack that was looked into last: who steps stays in it. */
  #unpacked: { readonly pack: number; readonly texts: readonly string[] } | undefined;

  /**
   * @param session its number on the tape.
   * @param places of the lines of that session, in order.
   */
  constructor(lines: readonly ReadLine[], session: number, places: readonly number[]) {
    this.#lines = lines;
    this.#session = session;
    this.#places = places;
  }

  /** Of how many events, from the first on, it is known. */
  get length(): number {
    return this.#packs.length * momentsOfPack + this.#loose.length;
  }

  /** All that will be here is. */
  get isDone(): boolean {
    return this.length === this.#places.length || this.#packedBytes >= packedBytesMax;
  }

  /** Goes on for so many lines of the tape. */
  prepare(lines: number): void {
    const end = this.#applied + lines;
    while (this.#applied < end && !this.isDone) {
      const place = this.#applied++;
      this.#rebuild.apply(this.#lines[place]!);
      if (place === this.#places[this.length]) this.#add(this.#rebuild.snapshot(this.#session));
    }
  }

  /** Undefined also where it is not known yet. @param index of the event among those of the session, from 0. */
  at(index: number): SessionSnapshot | undefined {
    const pack = Math.floor(index / momentsOfPack);
    const texts = pack === this.#packs.length ? this.#loose : this.#opened(pack);
    const text = texts[index % momentsOfPack];
    return text === undefined ? undefined : ((JSON.parse(text) as SessionSnapshot | null) ?? undefined);
  }

  #add(moment: SessionSnapshot | undefined): void {
    this.#loose.push(JSON.stringify(moment ?? null));
    if (this.#loose.length < momentsOfPack) return;
    const pack = deflateRawSync(this.#loose.join('\n'), { level });
    this.#packs.push(pack);
    this.#packedBytes += pack.length;
    this.#loose = [];
  }

  #opened(pack: number): readonly string[] {
    const bytes = this.#packs[pack];
    if (bytes === undefined) return [];
    if (this.#unpacked?.pack !== pack) {
      this.#unpacked = { pack, texts: inflateRawSync(bytes).toString().split('\n') };
    }
    return this.#unpacked.texts;
  }
}
